/*
 * base/md5: the digest that names things (RFC 1321): keys that other programs make the same way. Not for secrets.
 */
#ifndef YTEMPIRE_BASE_MD5_H
#define YTEMPIRE_BASE_MD5_H

#include <stddef.h>

#define MD5_TEXT_SIZE 33       /* 32 hex digits and the NUL */

/* Lower-case hex. */
void md5_text(const void *bytes, size_t length, char ret_hex[static MD5_TEXT_SIZE]);

#endif
