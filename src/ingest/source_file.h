/*
 * ingest/source_file: the files queries/sources/NAME.json, of the program and, before those, of a person's own.
 *
 * A file says what a source is:
 *
 *     {"kind": "api", "summary": "…", "schedule": "0 * * * *", "settings": {"base": "https://…", "batch": 50}}
 *
 * `kind` decides who reads the rest. "api": one of the sources that are built in, whose name the file has; it may have
 * nothing but these four. "csv", "tsv", "ndjson", "json": files with a mapping of one's own, which the reader of
 * mappings finds in `root`. What stands in "settings" comes before the source's defaults, and after what a command
 * says. Blocks for one small file.
 */
#ifndef INGEST_SOURCE_FILE_H
#define INGEST_SOURCE_FILE_H

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/tree.h"
#include "ytempire/ingest.h"

struct source_file {
    struct arena       *arena;
    struct tree         tree;
    char               *text;          /* what the tree stands on */
    const char         *name, *path, *kind;
    const char         *summary;       /* NULL: none */
    struct ingest_pair *settings;      /* numbers as they are written */
    size_t              setting_count;
    const char         *cron;          /* of its schedule; NULL: none */
    const char         *zone, *missed; /* "UTC", "once" */
    const char        **files;         /* that are loaded then */
    size_t              file_count;
};

/* The names of all there are, sorted; ended with source_file_names_free. */
int  source_file_names(char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
void source_file_names_free(char **names, size_t count);
/* ERR_UNKNOWN: there is none; ERR_SYNTAX with "file:line:column". */
int  source_file_read(const char *name, struct source_file **ret_file, struct error *error) NODISCARD;
void source_file_free(struct source_file *file);       /* NULL is a no-op */
void source_file_freep(struct source_file **file);

/* In source_file_read: the schedule. */
int  source_schedule_read(struct source_file *file, struct error *error) NODISCARD;

/* Fails with the place of `node` in the file (of its key, when `of_key`): ERR_SYNTAX. */
int  source_file_fail(const struct source_file *file, const struct tree_node *node, bool of_key, struct error *error,
                      const char *format, ...) PRINTF_LIKE(5, 6);
/* Refuses members of `object` that are not among the `count` names, with did-you-mean. */
int  source_file_check_names(const struct source_file *file, const struct tree_node *object, const char *const *names,
                             size_t count, struct error *error) NODISCARD;

#endif
