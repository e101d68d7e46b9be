/*
 * Restoring. A database that is to be made, or replaced, is filled under another name, counted, and then given its own:
 * whatever happens on the way, the old one is there as it was. One that is there and empty is filled where it is, in
 * one transaction.
 */
#include <stdio.h>
#include <string.h>

#include "backup_int.h"
#include "ytempire/base/file.h"
#include "ytempire/engine/loop.h"

#define DESK "postgres"      /* the database that statements about others are said in */
#define NAME_MOST 63         /* the server cuts longer ones */

/* -- a database for a while ---------------------------------------------------------------------------------------- */

int scratch_make(const struct backup_options *options, const struct manifest *manifest, struct scratch *ret_scratch,
                 struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *said = NULL;
    struct pg_value values[] = {PG_TEXT(manifest->encoding), PG_TEXT(manifest->collation), PG_TEXT(manifest->ctype)};
    struct scratch  scratch = {0};
    int             r = options->open(options->who, DESK, false, &scratch.desk, error);

    if (r >= 0)
        r = pg_catalog_query(scratch.desk, "backup_scratch", values, COUNT_OF(values), &said, error);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(said); i++)
        if (pg_result_text(said, i, 3) != NULL)
            r = pg_query(scratch.desk, pg_result_text(said, i, 3), NULL, 0, NULL, error);
    if (r >= 0) {
        scratch.name = mem_strdup(pg_result_text(said, 0, 0));
        scratch.drop = mem_strdup(pg_result_text(said, 0, 2));
        r = pg_query(scratch.desk, pg_result_text(said, 0, 1), NULL, 0, NULL, error);
    }
    if (r < 0)
        scratch_drop(&scratch);
    else
        *ret_scratch = scratch;
    return r;
}

void scratch_drop(struct scratch *scratch)
{
    struct task *task = task_current();
    int          cancelled = task_cancelled(task);

    if (cancelled != 0)
        task_cancel_clear(task);
    if (scratch->drop != NULL && pg_in_transaction(scratch->desk))
        (void)!pg_script(scratch->desk, "ROLLBACK", NULL);
    if (scratch->drop != NULL)
        (void)!pg_query(scratch->desk, scratch->drop, NULL, 0, NULL, NULL);
    if (cancelled != 0)
        task_cancel(task, cancelled);
    pg_close(scratch->desk);
    mem_free(scratch->name);
    mem_free(scratch->drop);
    *scratch = (struct scratch){0};
}

/* -- before -------------------------------------------------------------------------------------------------------- */

static int check_bytes(const struct manifest *manifest, struct error *error)
{
    _cleanup_(mem_freep) char *dump = path_join(manifest->folder, BACKUP_DUMP);
    char sha256[SHA256_TEXT_SIZE];
    int  r = file_digest(dump, false, sha256, error);

    if (r >= 0 && !text_equal(sha256, manifest->sha256)) {
        r = error_set(error, ERR_FAILED, "'%s' is not as it was written: its checksum is another", dump);
        error_hint(error, "'backup verify' looks at all; take another one");
    }
    return r;
}

static int check_roles(struct pg *pg, const struct manifest *manifest, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *missing = NULL;
    struct str list = STR_INIT;
    int        r;

    str_add_char(&list, '{');
    for (size_t i = 0; i < manifest->role_count; i++) {
        str_add(&list, i > 0 ? ",\"" : "\"");
        for (const char *c = manifest->roles[i]; *c != '\0'; c++)
            str_addf(&list, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        str_add_char(&list, '"');
    }
    str_add_char(&list, '}');
    r = pg_catalog_query(pg, "backup_roles", &PG_TEXT(str_text(&list)), 1, &missing, error);
    str_done(&list);
    if (r >= 0 && pg_result_text(missing, 0, 0) != NULL) {
        r = error_set(error, ERR_CONFLICT, "this server has no role %s, to which parts of the backup belong",
                      pg_result_text(missing, 0, 0));
        error_hint(error, "'migrate up' in any database of the server makes the program's roles; others: CREATE ROLE");
    }
    return r;
}

static int is_empty(const struct backup_options *options, const char *database, bool *ret_empty, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *said = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int r = options->open(options->who, database, false, &pg, error);

    if (r >= 0)
        r = pg_catalog_query(pg, "backup_is_empty", NULL, 0, &said, error);
    if (r >= 0)
        *ret_empty = text_equal(pg_result_text(said, 0, 0), "t");
    return r;
}

/* A template is what every new database begins as. */
static int refuse_name(const char *database, bool template, struct error *error)
{
    if (database[0] == '\0' || strlen(database) > NAME_MOST)
        return error_set(error, ERR_USAGE, "the name of a database has 1 to %d bytes, not %zu", NAME_MOST,
                         strlen(database));
    if (template)
        return error_set(error, ERR_USAGE, "'%s' is a template of the server's", database);
    return 0;
}

static int look(const struct backup_options *options, const char *into, char **ret_database, bool *ret_there,
                bool *ret_empty, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *said = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int  r = options->open(options->who, NULL, false, &pg, error);
    bool there = false, empty = true;

    if (r < 0)
        return r;
    if (into == NULL)
        into = pg_database(pg);
    r = pg_catalog_query(pg, "backup_is_there", &PG_TEXT(into), 1, &said, error);
    if (r >= 0)
        there = text_equal(pg_result_text(said, 0, 0), "t");
    if (r >= 0)
        r = refuse_name(into, text_equal(pg_result_text(said, 0, 1), "t"), error);
    if (r >= 0 && there)
        r = is_empty(options, into, &empty, error);
    if (r < 0)
        return r;
    *ret_database = mem_strdup(into);
    *ret_there = there;
    *ret_empty = empty;
    return 0;
}

int backup_would_replace(const struct backup_options *options, const char *into, bool *ret_replaces,
                         char **ret_database, struct error *error)
{
    bool there, empty;
    int  r = look(options, into, ret_database, &there, &empty, error);

    if (r >= 0)
        *ret_replaces = there && !empty;
    return r;
}

/* -- restoring ----------------------------------------------------------------------------------------------------- */

struct restoring {
    const struct backup_options *options;
    const struct manifest *manifest;
    struct sink *sink;
    struct table *wrong;
    char        *before;              /* the name that the replaced one has now, or NULL */
};

static int check_rows(const struct restoring *restoring, struct error *error)
{
    struct data_cell name;

    if (table_row_count(restoring->wrong) == 0)
        return 0;
    name = table_cell(restoring->wrong, 0, 0);
    error_set(error, ERR_FAILED,
              "what was restored is not what was dumped: %zu tables have other rows, the first is %.*s",
              table_row_count(restoring->wrong), (int)name.length, name.text);
    error_hint(error, "'backup verify --deep %s' lists them", restoring->manifest->name);
    return ERR_FAILED;
}

static int refuse_others(const char *database, long long others, struct error *error)
{
    error_set(error, ERR_CONFLICT, "%lld others are connected to '%s', which is to be replaced", others, database);
    error_hint(error, "stop the worker and leave the consoles there, or restore into another database");
    return ERR_CONFLICT;
}

/* The scratch database gets the name, which the one that had it gives up: both or neither. */
static int rename_to(struct restoring *restoring, struct scratch *scratch, const char *database, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *said = NULL;
    struct pg_value values[] = {PG_TEXT(database), PG_TEXT(scratch->name)};
    bool there = false;
    int  r;

    restoring->options->let_go(restoring->options->who);
    r = pg_catalog_query(scratch->desk, "backup_rename", values, COUNT_OF(values), &said, error);
    if (r >= 0)
        there = text_equal(pg_result_text(said, 0, 0), "t");
    if (r >= 0 && there && pg_result_int(said, 0, 1) > 0)
        return refuse_others(database, pg_result_int(said, 0, 1), error);
    if (r >= 0)
        r = pg_script(scratch->desk, "BEGIN", error);
    if (r >= 0 && there)
        r = pg_query(scratch->desk, pg_result_text(said, 0, 3), NULL, 0, NULL, error);
    if (r >= 0)
        r = pg_query(scratch->desk, pg_result_text(said, 0, 2), NULL, 0, NULL, error);
    if (r >= 0)
        r = pg_script(scratch->desk, "COMMIT", error);
    if (r < 0)
        return r;
    if (there)
        restoring->before = mem_strdup(pg_result_text(said, 0, 4));
    mem_free(TAKE(scratch->drop));        /* it is no scratch any more */
    return 0;
}

static int analyze(const struct restoring *restoring, const char *database, struct error *error)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int r = restoring->options->open(restoring->options->who, database, false, &pg, error);

    sink_progress(restoring->sink, "statistics", 0, 0, NULL);
    if (r >= 0)
        r = pg_catalog_query(pg, "backup_analyze", NULL, 0, NULL, error);
    sink_progress_end(restoring->sink);
    return r;
}

static int restore_beside(struct restoring *restoring, const char *database, struct error *error)
{
    struct scratch scratch = {0};
    int r = scratch_make(restoring->options, restoring->manifest, &scratch, error);

    if (r < 0)
        return r;
    r = database_fill(restoring->options, restoring->manifest, scratch.name, restoring->wrong, restoring->sink, error);
    if (r >= 0)
        r = check_rows(restoring, error);
    if (r >= 0)
        r = analyze(restoring, scratch.name, error);
    if (r >= 0)
        r = rename_to(restoring, &scratch, database, error);
    scratch_drop(&scratch);
    return r;
}

static int restore_there(struct restoring *restoring, const char *database, struct error *error)
{
    int r = database_fill(restoring->options, restoring->manifest, database, restoring->wrong, restoring->sink, error);

    if (r >= 0)
        r = check_rows(restoring, error);
    return r < 0 ? r : analyze(restoring, database, error);
}

static int report(const struct restoring *restoring, const char *database, int64_t began, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("database:text tables:int rows:int seconds:numeric before:text");
    char tables[24], rows[24], seconds[32];

    (void)snprintf(tables, sizeof tables, "%zu", restoring->manifest->table_count);
    (void)snprintf(rows, sizeof rows, "%lld", restoring->manifest->rows);
    (void)snprintf(seconds, sizeof seconds, "%.1f", (double)(monotonic_us() - began) / 1e6);
    table_add(table, database, tables, rows, seconds, restoring->before);
    if (restoring->before != NULL)
        sink_text(restoring->sink, "what '%s' was is '%s' now; drop it when you are sure", database, restoring->before);
    return table_send(table, restoring->sink, error);
}

static int prepare(const struct restoring *restoring, struct error *error)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int r = check_bytes(restoring->manifest, error);

    if (r >= 0)
        r = restoring->options->open(restoring->options->who, NULL, false, &pg, error);
    return r < 0 ? r : check_roles(pg, restoring->manifest, error);
}

static int refuse_full(const char *database, struct error *error)
{
    error_set(error, ERR_CONFLICT, "the database '%s' is not empty", database);
    error_hint(error,
               "restore into a new one: 'backup restore --into NAME …'; with --into and --yes it is replaced, and "
               "kept under another name");
    return ERR_CONFLICT;
}

int backup_restore(const struct backup_options *options, const char *name, const char *into, bool replace,
                   struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *folder = folder_of(options->folder, name), *database = NULL;
    struct manifest  manifest = {0};
    struct restoring restoring = {options, &manifest, sink, NULL, NULL};
    bool             there = false, empty = true;
    int64_t          began = monotonic_us();
    int              r = manifest_read(folder, &manifest, error);

    if (r == ERR_UNKNOWN)
        error_hint(error, "'backup list' lists all");
    if (r >= 0)
        r = look(options, into, &database, &there, &empty, error);
    if (r >= 0 && there && !empty && !replace)
        r = refuse_full(database, error);
    if (r >= 0)
        r = prepare(&restoring, error);
    restoring.wrong = table_new("name:text expected:int found:int");
    if (r >= 0)
        r = there && empty ? restore_there(&restoring, database, error) : restore_beside(&restoring, database, error);
    if (r >= 0)
        r = report(&restoring, database, began, error);
    table_free(restoring.wrong);
    mem_free(restoring.before);
    manifest_done(&manifest);
    return r;
}
