/*
 * An archive and a database to put it into. Extensions are made from the manifest before anything else: the archive's
 * own word for them would fail for one that only a superuser may make and nothing here rests on (pg_stat_statements),
 * and TimescaleDB's must be there, and told, before its tables come.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_int.h"
#include "ytempire/base/file.h"

/* -- the list of contents ------------------------------------------------------------------------------------------ */

/* "4; 3079 17247 EXTENSION - timescaledb ", "5827; 0 0 COMMENT - EXTENSION timescaledb ": what it is stands behind three
 * numbers; anything else with these words in its name is an object like others. */
static bool is_of_extension(const char *line, size_t length)
{
    size_t at = 0;

    for (int word = 0; word < 3; word++) {
        while (at < length && line[at] != ' ')
            at++;
        at += at < length;
    }
    return text_starts(line + at, "EXTENSION - ") || text_starts(line + at, "COMMENT - EXTENSION ");
}

static int read_list(int fd, char **ret_list, struct error *error)
{
    struct stat about;
    struct str  list = STR_INIT;
    char       *text;

    if (fstat(fd, &about) < 0)
        return error_set(error, ERR_IO, "the list of the archive: %s", strerror(errno));
    text = mem_alloc((size_t)about.st_size + 1);
    if (pread(fd, text, (size_t)about.st_size, 0) != about.st_size) {
        mem_free(text);
        return error_set(error, ERR_IO, "the list of the archive: %s", strerror(errno));
    }
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");

        if (!is_of_extension(line, length))
            str_addf(&list, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    mem_free(text);
    *ret_list = str_take(&list);
    return 0;
}

int archive_list(const struct manifest *manifest, char **ret_list, struct error *error)
{
    _cleanup_(mem_freep) char *dump = path_join(manifest->folder, BACKUP_DUMP), *program = NULL;
    int fd = -1, r = program_find("pg_restore", manifest->server_major, &program, error);

    if (r < 0)
        return r;
    fd = memfd_create("list", MFD_CLOEXEC);
    if (fd < 0)
        return error_set(error, ERR_IO, "no room for the list of the archive: %s", strerror(errno));
    const char *argv[] = {program, "--list", dump, NULL};
    r = program_run(&(struct program_run){.argv = argv, .output = fd, .mark = "\n"}, error);
    if (r >= 0)
        r = read_list(fd, ret_list, error);
    close(fd);
    return r;
}

/* -- extensions ---------------------------------------------------------------------------------------------------- */

static int refuse_timescaledb(struct error *error)
{
    error_set(error, ERR_FAILED, "only a superuser can restore a database with TimescaleDB");
    error_hint(error, "connect as one: --dsn 'postgresql://postgres@HOST/DATABASE'");
    return ERR_FAILED;
}

static int make_extension(struct pg *pg, const struct backup_extension *extension, struct sink *sink,
                          struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *said = NULL;
    struct pg_value values[] = {PG_TEXT(extension->name), PG_TEXT(extension->schema), PG_TEXT(extension->version)};
    bool            timescaledb = text_equal(extension->name, "timescaledb");
    struct error    why = ERROR_INIT;
    int             r = pg_catalog_query(pg, "backup_extension", values, COUNT_OF(values), &said, error);

    if (r >= 0 && timescaledb && !text_equal(pg_result_text(said, 0, 1), "t"))
        return refuse_timescaledb(error);
    if (r >= 0)
        r = pg_query(pg, pg_result_text(said, 0, 0), NULL, 0, NULL, &why);
    if (r == ERR_SERVER && !timescaledb) {
        sink_text(sink, "note: extension %s is left out: %s", extension->name, why.text);
        r = 0;
    } else if (r < 0 && error != NULL && why.text != NULL) {
        error_move(error, &why);
    }
    error_done(&why);
    return r;
}

static int make_extensions(struct pg *pg, const struct manifest *manifest, struct sink *sink, struct error *error)
{
    int r = 0;

    for (size_t i = 0; i < manifest->extension_count && r >= 0; i++)
        r = make_extension(pg, &manifest->extensions[i], sink, error);
    return r;
}

/* -- tables and rows ----------------------------------------------------------------------------------------------- */

/* All or nothing: one transaction. */
static int run_restore(struct pg *pg, const struct manifest *manifest, const char *list, struct sink *sink,
                       struct error *error)
{
    _cleanup_(mem_freep) char *dump = path_join(manifest->folder, BACKUP_DUMP), *program = NULL, *database = NULL;
    struct str quoted = STR_INIT;
    int r = program_find("pg_restore", manifest->server_major, &program, error);

    if (r < 0)
        return r;
    for (const char *c = pg_database(pg); *c != '\0'; c++)
        str_addf(&quoted, *c == '\'' || *c == '\\' ? "\\%c" : "%c", *c);
    database = mem_printf("dbname='%s'", str_text(&quoted));     /* a name with '=' is no connection string */
    str_done(&quoted);
    const char *argv[] = {program, "--dbname", database, "--exit-on-error", "--single-transaction", "--no-password",
                          "--verbose", "--use-list=/dev/stdin", dump, NULL};
    return program_run(&(struct program_run){.argv = argv, .pg = pg, .input = list, .verb = "restoring",
                                             .mark = "processing data for table ", .tables = manifest->table_count,
                                             .sink = sink}, error);
}

static int count_rows(struct pg *pg, const struct backup_table *expected, struct table *wrong, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *statement = NULL, *rows = NULL;
    char before[24];
    int  r = pg_catalog_query(pg, "backup_count", &PG_TEXT(expected->name), 1, &statement, error);

    (void)snprintf(before, sizeof before, "%lld", expected->rows);
    if (r >= 0 && pg_result_rows(statement) == 0) {
        table_add(wrong, expected->name, before, NULL);
        return 0;
    }
    if (r >= 0)
        r = pg_query(pg, pg_result_text(statement, 0, 0), NULL, 0, &rows, error);
    if (r >= 0 && pg_result_int(rows, 0, 0) != expected->rows)
        table_add(wrong, expected->name, before, pg_result_text(rows, 0, 0));
    return r;
}

static int count_all(struct pg *pg, const struct manifest *manifest, struct table *wrong, struct sink *sink,
                     struct error *error)
{
    int r = 0;

    for (size_t i = 0; i < manifest->table_count && r >= 0; i++) {
        sink_progress(sink, "counting rows", i, manifest->table_count, "tables");
        r = count_rows(pg, &manifest->tables[i], wrong, error);
    }
    sink_progress_end(sink);
    return r;
}

static int fill(struct pg *pg, const struct manifest *manifest, const char *list, struct sink *sink,
                struct error *error)
{
    bool timescaledb = manifest_has_extension(manifest, "timescaledb");
    int  r = make_extensions(pg, manifest, sink, error);

    if (r >= 0 && timescaledb)
        r = pg_catalog_query(pg, "backup_timescaledb_before", NULL, 0, NULL, error);
    if (r >= 0)
        r = run_restore(pg, manifest, list, sink, error);
    if (r >= 0 && timescaledb)
        r = pg_catalog_query(pg, "backup_timescaledb_after", NULL, 0, NULL, error);
    return r;
}

int database_fill(const struct backup_options *options, const struct manifest *manifest, const char *database,
                  struct table *wrong, struct sink *sink, struct error *error)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_(mem_freep) char *list = NULL;
    bool superuser = manifest_has_extension(manifest, "timescaledb");
    int  r = archive_list(manifest, &list, error);

    if (r >= 0)
        r = options->open(options->who, database, superuser, &pg, error);
    if (r >= 0)
        r = fill(pg, manifest, list, sink, error);
    if (r >= 0)
        r = count_all(pg, manifest, wrong, sink, error);
    return r;
}
