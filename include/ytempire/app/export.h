/*
 * app/export: rows into a file, in the format its ending names.
 *
 * The file is made beside and takes its place when all is written (base/file.h). Formats for programs hold the rows
 * alone; what else must be known of them (a cut, a remark) is said.
 */
#ifndef YTEMPIRE_APP_EXPORT_H
#define YTEMPIRE_APP_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/app.h"

/* ".csv .tsv .json .ndjson .md .html .xlsx" */
#define EXPORT_ENDINGS ".csv, .tsv, .json, .ndjson, .md, .html, .xlsx"

struct export;

/* `front` hears words and progress; both are borrowed. ERR_USAGE: an ending that is no format, no ordinary file; ERR_IO. */
int         export_open(struct app *app, const char *path, struct sink *front, struct export **ret_export,
                        struct error *error) NODISCARD;
bool        export_replaces(const struct export *export);      /* a file was there */
const char *export_format(const struct export *export);        /* its name */
/* One result goes in here: rows, and at the end its note. May wait. */
struct sink *export_sink(struct export *export);
/* Puts the file in its place, once. */
int         export_keep(struct export *export, struct error *error) NODISCARD;
uint64_t    export_rows(const struct export *export);
uint64_t    export_bytes(const struct export *export);
void        export_free(struct export *export);                /* NULL is a no-op */
void        export_freep(struct export **export);

#endif
