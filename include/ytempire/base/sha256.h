/*
 * base/sha256: the digest that knows a file by its bytes (FIPS 180-4). Not for secrets.
 *
 * A hash is fed piece by piece and then asked once for its digest. Nothing here allocates or fails.
 */
#ifndef YTEMPIRE_BASE_SHA256_H
#define YTEMPIRE_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_TEXT_SIZE 65    /* 64 hex digits and the NUL */

struct sha256 {
    uint32_t      state[8];
    uint64_t      bytes;       /* fed so far */
    unsigned char block[64];   /* the last, incomplete one */
};

void sha256_begin(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t length);
/* Lower-case hex; the hash must begin anew afterwards. */
void sha256_end(struct sha256 *sha, char ret_hex[static SHA256_TEXT_SIZE]);
/* All three in one. */
void sha256_text(const void *bytes, size_t length, char ret_hex[static SHA256_TEXT_SIZE]);

#endif
