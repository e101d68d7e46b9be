/* command/copy_header: the names that COPY writes in its first line, made unique as the other formats make them. */
#ifndef COMMAND_COPY_HEADER_H
#define COMMAND_COPY_HEADER_H

#include <stddef.h>

#include "ytempire/base/str.h"

/* Appends the line, a second "id" as "id_2". */
void copy_header_add(const char *line, size_t length, struct str *to);

#endif
