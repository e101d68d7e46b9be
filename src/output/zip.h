/*
 * A zip file written straight through: sizes and checksums follow each entry, so that nothing is held back and the
 * output may be a pipe. Entries are deflated; each is smaller than 4 GB, else the output fails with ERR_LIMIT.
 */
#ifndef YTEMPIRE_OUTPUT_ZIP_H
#define YTEMPIRE_OUTPUT_ZIP_H

#include "output_int.h"

struct zip;

struct zip *zip_new(struct output *output);       /* borrowed */
void        zip_free(struct zip *zip);            /* NULL is a no-op */
void        zip_entry(struct zip *zip, const char *name);                          /* ends the one before */
void        zip_add(struct zip *zip, const char *bytes, size_t length);
void        zip_end(struct zip *zip);             /* the last entry, and the list of all */

#endif
