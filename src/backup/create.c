/*
 * Making one. The transaction whose snapshot is dumped is open until pg_dump has ended; the folder has its own name
 * only when all in it is on the disk and pg_restore could read it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_int.h"
#include "ytempire/base/file.h"

struct making {
    const struct backup_options *options;
    struct sink *sink;
    struct pg   *pg;
    struct pg_result *about, *tables;
    struct str   counts;              /* of the manifest: "tables": […] */
    int64_t      started_at, began;
    char        *name, *folder, *dump;      /* the folder it is made in, and the dump there */
    bool         made;                /* the folder is there */
};

static void making_done(struct making *making)
{
    if (making->made) {
        _cleanup_(mem_freep) char *manifest = path_join(making->folder, BACKUP_MANIFEST);

        (void)unlink(making->dump);
        (void)unlink(manifest);
        (void)rmdir(making->folder);
    }
    pg_result_free(making->about);
    pg_result_free(making->tables);
    pg_close(making->pg);
    str_done(&making->counts);
    mem_free(making->name);
    mem_free(making->folder);
    mem_free(making->dump);
}

static int trouble(const char *path, struct error *error)
{
    return error_set(error, ERR_IO, "'%s': %s", path, strerror(errno));
}

/* -- what is to be dumped ------------------------------------------------------------------------------------------ */

static int begin(struct making *making, struct error *error)
{
    int r = making->options->open(making->options->who, NULL, false, &making->pg, error);

    if (r >= 0)
        r = pg_catalog_script(making->pg, "backup_begin", error);
    if (r >= 0)
        r = pg_catalog_query(making->pg, "backup_about", NULL, 0, &making->about, error);
    if (r < 0 && error != NULL && text_equal(error->sqlstate, "42P01"))
        error_hint(error, "the warehouse is not there, or not up to date: migrate up");
    if (r >= 0 && pg_result_text(making->about, 0, 3) != NULL) {
        r = error_set(error, ERR_FAILED, "%s", pg_result_text(making->about, 0, 3));
        error_hint(error, "a private database that an older ytempire made: 'local reset' makes a new one");
    }
    if (r >= 0)
        r = pg_catalog_query(making->pg, "backup_tables", NULL, 0, &making->tables, error);
    return r;
}

static int count_rows(struct making *making, struct error *error)
{
    size_t count = pg_result_rows(making->tables);
    int    r = 0;

    for (size_t i = 0; i < count && r >= 0; i++) {
        _cleanup_(pg_result_freep) struct pg_result *rows = NULL;

        sink_progress(making->sink, "counting rows", i, count, "tables");
        r = pg_query(making->pg, pg_result_text(making->tables, i, 2), NULL, 0, &rows, error);
        if (r >= 0)
            str_addf(&making->counts, "%s\n        {\"name\": %s, \"rows\": %lld}", i > 0 ? "," : "",
                     pg_result_text(making->tables, i, 1), pg_result_int(rows, 0, 0));
    }
    sink_progress_end(making->sink);
    return r;
}

/* -- dumping ------------------------------------------------------------------------------------------------------- */

/* "ytempire-20261128T190000Z": letters that are safe in every file system and in a URL. */
static char *make_name(const struct making *making)
{
    char        text[TIME_TEXT_SIZE];
    struct str  name = STR_INIT;
    int64_t     whole = making->started_at - making->started_at % US_PER_SECOND;

    for (const char *c = pg_database(making->pg); *c != '\0'; c++)
        str_add_char(
            &name,
            (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ? *c : '_');
    str_add_char(&name, '-');
    for (const char *c = instant_to_text(whole, text); *c != '\0'; c++)
        if (*c != '-' && *c != ':')
            str_add_char(&name, *c);
    return str_take(&name);
}

static int make_folder(struct making *making, struct error *error)
{
    _cleanup_(mem_freep) char *there = NULL;

    making->name = make_name(making);
    there = path_join(making->options->folder, making->name);
    making->folder = mem_printf("%s/.%s.new", making->options->folder, making->name);
    making->dump = path_join(making->folder, BACKUP_DUMP);
    if (file_exists(there)) {
        error_set(error, ERR_CONFLICT, "a backup of this second is there already: '%s'", there);
        error_hint(error, "run it again");
        return ERR_CONFLICT;
    }
    if (mkdir(making->folder, 0700) < 0)
        return trouble(making->folder, error);
    making->made = true;
    return 0;
}

static int run_dump(const struct making *making, const char *program, int fd, struct error *error)
{
    _cleanup_(mem_freep) char *snapshot = mem_printf("--snapshot=%s", pg_result_text(making->about, 0, 1));
    const char *argv[] = {program, "--format=custom", "--verbose", "--no-password", "--lock-wait-timeout=60s", snapshot,
                          NULL};
    struct program_run run = {.argv = argv, .pg = making->pg, .output = fd, .verb = "dumping",
                              .mark = "dumping contents of table ", .sink = making->sink};

    if (pg_result_rows(making->tables) > 0)
        run.tables = (size_t)pg_result_int(making->tables, 0, 3);
    return program_run(&run, error);
}

static int dump(struct making *making, struct error *error)
{
    _cleanup_(mem_freep) char *program = NULL;
    int fd, r = program_find("pg_dump", (int)pg_result_int(making->about, 0, 2), &program, error);

    if (r >= 0)
        r = make_folder(making, error);
    if (r < 0)
        return r;
    fd = open(making->dump, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return trouble(making->dump, error);
    r = run_dump(making, program, fd, error);
    close(fd);
    return r;
}

/* -- the manifest, and the name it is known by --------------------------------------------------------------------- */

static int write_manifest(struct making *making, const char *sha256, struct error *error)
{
    _cleanup_(mem_freep) char *path = path_join(making->folder, BACKUP_MANIFEST);
    char        started[TIME_TEXT_SIZE], finished[TIME_TEXT_SIZE], again[SHA256_TEXT_SIZE];
    struct stat about;
    struct str  text = STR_INIT;
    int         r;

    if (stat(making->dump, &about) < 0)
        return trouble(making->dump, error);
    str_addf(
        &text,
        "{\n    \"format\": 1,\n    \"name\": \"%s\",\n    \"started_at\": \"%s\",\n    \"finished_at\": \"%s\",\n",
        making->name, instant_to_text(making->started_at, started), instant_to_text(instant_now(), finished));
    str_addf(&text, "    \"bytes\": %lld,\n    \"sha256\": \"%s\",", (long long)about.st_size, sha256);
    str_addf(&text, "%s", pg_result_text(making->about, 0, 0));
    while (text.length > 0 && text.data[text.length - 1] == '\n')
        text.data[--text.length] = '\0';
    str_addf(&text, ",\n    \"tables\": [%s\n    ]\n}\n", str_text(&making->counts));
    r = file_write(path, str_text(&text), text.length, 0600, error);
    str_done(&text);
    return r < 0 ? r : file_digest(path, true, again, error);
}

/* On the disk before it has its name, and its name too before anybody is told of it. */
static int settle(struct making *making, struct manifest *ret_manifest, struct error *error)
{
    _cleanup_(mem_freep) char *there = path_join(making->options->folder, making->name), *list = NULL;
    struct manifest manifest = {0};
    char sha256[SHA256_TEXT_SIZE];
    int  r = file_digest(making->dump, true, sha256, error);

    if (r >= 0)
        r = write_manifest(making, sha256, error);
    if (r >= 0)
        r = manifest_read(making->folder, &manifest, error);
    if (r >= 0)
        r = archive_list(&manifest, &list, error);
    if (r >= 0)
        r = folder_sync(making->folder, error);
    if (r >= 0 && rename(making->folder, there) < 0)
        r = trouble(making->folder, error);
    if (r >= 0) {
        making->made = false;
        manifest.folder = arena_strdup(manifest.arena, there);
        r = folder_sync(making->options->folder, error);
    }
    if (r < 0)
        manifest_done(&manifest);
    else
        *ret_manifest = manifest;
    return r;
}

/* -- what goes ----------------------------------------------------------------------------------------------------- */

/* Of this database only, and of those that are whole: one that is not must not take the place of one that is. */
static int apply_rule(const struct making *making, const struct backup_rule *rule, const struct manifest *newest,
                      size_t *ret_removed, struct error *error)
{
    struct backups    backups;
    struct manifest **ours = NULL;
    int64_t          *times;
    bool             *stays;
    size_t            count = 0, room = 0, removed = 0;
    int               r = backups_read(making->options->folder, &backups, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < backups.count; i++)
        if (text_equal(backups.items[i].database, newest->database) &&
            text_equal(backups.items[i].system, newest->system) && folder_is_ours(backups.items[i].folder) &&
            folder_is_whole(&backups.items[i]))
            VEC_PUSH(ours, count, room, &backups.items[i]);
    times = mem_array(NULL, count + 1, sizeof *times);
    stays = mem_array(NULL, count + 1, sizeof *stays);
    for (size_t i = 0; i < count; i++)
        times[i] = ours[i]->started_at;
    backup_rule_apply(rule, times, count, stays);
    for (size_t i = 0; i < count && r >= 0; i++)
        if (!stays[i] && !text_equal(ours[i]->name, newest->name)) {
            r = folder_remove(making->options->folder, ours[i]->name, error);
            removed += r >= 0;
        }
    mem_free(times);
    mem_free(stays);
    mem_free(ours);
    backups_done(&backups);
    *ret_removed = removed;
    return r;
}

static int report(const struct making *making, const struct manifest *manifest, size_t removed, const char *remote,
                  struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new(
        "name:text database:text bytes:int tables:int rows:int seconds:numeric sha256:text removed:int remote:text");
    char bytes[24], tables[24], rows[24], seconds[32], gone[24];

    (void)snprintf(bytes, sizeof bytes, "%lld", manifest->bytes);
    (void)snprintf(tables, sizeof tables, "%zu", manifest->table_count);
    (void)snprintf(rows, sizeof rows, "%lld", manifest->rows);
    (void)snprintf(seconds, sizeof seconds, "%.1f", (double)(monotonic_us() - making->began) / 1e6);
    (void)snprintf(gone, sizeof gone, "%zu", removed);
    table_column_mutable(table, 2)->format = FORMAT_BYTES;
    table_add(table, manifest->name, manifest->database, bytes, tables, rows, seconds, manifest->sha256, gone, remote);
    return table_send(table, making->sink, error);
}

static int finish(struct making *making, const struct backup_rule *rule, const struct manifest *manifest,
                  struct error *error)
{
    const char  *remote = making->options->remote;
    struct error lost = ERROR_INIT;
    size_t       removed = 0;
    int          copied = remote != NULL ? remote_copy(remote, manifest, making->sink, &lost) : 0;
    int          r = copied < 0 ? 0 : apply_rule(making, rule, manifest, &removed, error);

    if (r >= 0)
        r = report(making, manifest, removed, copied < 0 ? NULL : remote, error);
    if (r >= 0 && copied < 0) {
        error_prefix(&lost, "the backup '%s' is made, and could not be copied to '%s': ", manifest->name, remote);
        lost.code = copied == ERR_INTERRUPTED || copied == ERR_TIMEOUT ? copied : ERR_PARTIAL;
        r = lost.code;
        if (error != NULL)
            error_move(error, &lost);
    }
    error_done(&lost);
    return r;
}

int backup_create(const struct backup_options *options, struct sink *sink, struct error *error)
{
    struct making making = {.options = options, .sink = sink, .started_at = instant_now(), .began = monotonic_us()};
    struct backup_rule rule;
    struct manifest    manifest = {0};
    int lock = -1, r = backup_rule_parse(options->keep != NULL ? options->keep : BACKUP_KEEP, &rule, error);

    if (r >= 0)
        r = folder_take(options->folder, &lock, error);
    if (r >= 0)
        r = begin(&making, error);
    if (r >= 0)
        r = count_rows(&making, error);
    if (r >= 0)
        r = dump(&making, error);
    if (r >= 0) {
        pg_close(making.pg);              /* a snapshot that is held keeps dead rows everywhere */
        making.pg = NULL;
        r = settle(&making, &manifest, error);
    }
    if (r >= 0)
        r = finish(&making, &rule, &manifest, error);
    making_done(&making);
    manifest_done(&manifest);
    if (lock >= 0)
        close(lock);
    return r;
}
