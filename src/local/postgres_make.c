/*
 * A new cluster, whole or not at all: initdb under another name, its settings, owner, database and extensions there by
 * PostgreSQL's single-user mode (no socket, so nobody can come too early), then renamed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/pg.h"
#include "ytempire/engine/process.h"

static const struct {
    const char *name, *value, *why;
} settings[] = {
    {"listen_addresses", "''", "no TCP port, whoever starts it"},
    {"max_connections", "50", "one person"},
    {"shared_buffers", "256MB", "a developer's machine: taken as it is used"},
    {"work_mem", "32MB", "a sort or hash of a million rows stays in memory"},
    {"maintenance_work_mem", "128MB", "indexes after a load"},
    {"random_page_cost", "1.1", "no turning disks"},
    {"wal_level", "minimal", "no replica and no archive: a load into a new table writes its rows once"},
    {"max_wal_senders", "0", "as wal_level = minimal demands"},
    {"max_wal_size", "2GB", "a load of millions of rows runs through few checkpoints"},
    {"min_wal_size", "128MB", "and gives the disk back afterwards"},
    {"checkpoint_timeout", "15min", NULL},
    {"log_checkpoints", "off", NULL},
    {"track_io_timing", "on", "for 'explain analyze'"},
    {"track_activity_query_size", "16kB", "generated queries are long"},
    {"timezone", "'UTC'", "whoever connects, and wherever the files are taken"},
    {"log_timezone", "'UTC'", NULL},
};

/* What is being made: by which programs, and where. */
struct making {
    const struct local   *local;
    const struct account *account;
    const char           *programs, *cluster;
};

/* -- initdb ------------------------------------------------------------------------------------------------------- */

/* The last of the words that says what is wrong. */
static char *last_words(const char *words)
{
    const char *found = NULL;
    size_t found_length = 0;

    for (const char *line = words; *line;) {
        size_t length = strcspn(line, "\n");
        const char *mark = memmem(line, length, "FATAL:", 6);
        mark = mark ? mark : memmem(line, length, "error:", 6);
        mark = mark ? mark : memmem(line, length, "ERROR:", 6);
        if (mark) {
            found = mark + 6 + strspn(mark + 6, " ");
            found_length = length - (size_t)(found - line);
        }
        line += length + (line[length] == '\n');
    }
    if (found)
        return mem_strndup(found, found_length);
    return mem_strndup(words, strcspn(words, "\n"));
}

static int explain(const struct local *local, const char *program, const char *words, struct error *error)
{
    _cleanup_(mem_freep) char *last = last_words(words);

    if (probe_disk_is_full(local->folder, words))
        return probe_disk_error(local, "the private database cannot be made", error);
    return error_set(error, ERR_FAILED, "the private database cannot be made: %s: %s", program,
                     *last ? last : "no reason given");
}

static int run(const struct making *making, const char *const *argv, const char *input, struct error *error)
{
    const struct account *account = making->account;
    _cleanup_(mem_freep) char *out = NULL, *words = NULL;
    const char *slash = strrchr(argv[0], '/');
    int status = -1;
    struct process_options options = {
        .argv = argv,
        .environment = (const char *const[]){"LC_ALL=C.UTF-8", "LANGUAGE=", NULL},    /* its words are read */
        .input = input,
        .input_length = input ? strlen(input) : 0,
        .folder = making->local->redis,    /* one that the account may enter */
        .user = account->drop ? account->user : (uid_t)-1,
        .group = account->group,
    };
    int r = process_run(&options, &status, &out, &words, error);

    if (r < 0)
        return r;
    return status == 0 ? 0 : explain(making->local, slash ? slash + 1 : argv[0], words, error);
}

static int run_initdb(const struct making *making, struct error *error)
{
    _cleanup_(mem_freep) char *initdb = path_join(making->programs, "initdb");
    const char *argv[] = {initdb, "--pgdata", making->cluster, "--username=" LOCAL_SUPERUSER, "--auth=trust", "--encoding=UTF8",
                          "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
                          local_postgres_test_no_sync() ? "--no-sync" : NULL, NULL};

    return run(making, argv, NULL, error);
}

/* A server that nobody can come to gives out the numbers below 16384 that are PostgreSQL's own, and pg_dump leaves out
 * extensions with such numbers, with all that is in them. */
static int begin_numbers(const struct making *making, struct error *error)
{
    _cleanup_(mem_freep) char *resetwal = path_join(making->programs, "pg_resetwal");
    const char *argv[] = {resetwal, "--next-oid=16384", "--pgdata", making->cluster, NULL};

    return run(making, argv, NULL, error);
}

/* -- settings ----------------------------------------------------------------------------------------------------- */

/* Into a file that is there and stays its owner's. */
static int put(const char *cluster, const char *name, int flags, const struct str *text, struct error *error)
{
    _cleanup_(mem_freep) char *path = path_join(cluster, name);
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags);
    int r = fd < 0 ? ERR_IO : fd_write_all(fd, str_text(text), text->length);

    if (r < 0)
        r = error_set(error, ERR_IO, "'%s': %s", path, strerror(errno));
    if (fd >= 0 && close(fd) < 0 && r >= 0)
        r = error_set(error, ERR_IO, "'%s': %s", path, strerror(errno));
    return r;
}

static int write_settings(const char *programs, const char *cluster, struct error *error)
{
    struct str text = STR_INIT;
    int r;

    str_add(&text, "\n# By ytempire, when the cluster was made. From here on it is yours to change.\n");
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        str_addf(&text, "%s = %s", settings[i].name, settings[i].value);
        if (settings[i].why)
            str_addf(&text, "    # %s", settings[i].why);
        str_add_char(&text, '\n');
    }
    if (local_postgres_has_library(programs, "pg_stat_statements"))
        str_add(&text, "shared_preload_libraries = 'pg_stat_statements'    # which queries take the time\n");
    r = put(cluster, "postgresql.conf", O_APPEND, &text, error);
    str_clear(&text);
    str_add(&text, "# By ytempire: the socket lies in a folder that only its owner may enter, and there is no port.\n"
                   "local all all trust\n");
    if (r >= 0)
        r = put(cluster, "pg_hba.conf", O_TRUNC, &text, error);
    str_done(&text);
    return r;
}

/* -- owner, database, extensions ---------------------------------------------------------------------------------- */

/* Runs a file of sql/catalog as the superuser. In single-user mode a statement ends with `;` and an empty line. */
static int run_catalog(const struct making *making, const char *database, const char *name, struct error *error)
{
    _cleanup_(mem_freep) char *postgres = path_join(making->programs, "postgres"), *sql = NULL, *preload = NULL;
    const char *libraries = local_postgres_test_preload(making->programs);
    int r = pg_catalog_text(name, &sql, error);

    if (r < 0)
        return r;
    preload = mem_printf("shared_preload_libraries=%s", libraries ? libraries : "");
    const char *argv[] = {postgres, "--single", "-j", "-D", making->cluster, "-c", "exit_on_error=on", "-c", preload,
                          "-c", local_postgres_test_no_sync() ? "fsync=off" : "fsync=on", database, NULL};
    return run(making, argv, sql, error);
}

struct removal {
    const char  *path;
    int          code;
    struct error error;
};

static void remove_in_thread(void *who)
{
    struct removal *removal = who;

    removal->code = tree_remove(removal->path, &removal->error);
}

static int remove_rest(const char *path, struct error *error)
{
    struct removal removal = {.path = path};
    int r = task_in_thread(remove_in_thread, &removal);

    if (removal.code < 0 && error)
        error_move(error, &removal.error);
    error_done(&removal.error);
    return removal.code < 0 ? removal.code : r;
}

static int make_whole(const struct making *making, struct error *error)
{
    int r = run_initdb(making, error);

    if (r >= 0)
        r = begin_numbers(making, error);
    if (r >= 0)
        r = write_settings(making->programs, making->cluster, error);
    if (r >= 0)
        r = run_catalog(making, "postgres", "local_cluster", error);
    if (r >= 0)
        r = run_catalog(making, "ytempire", "local_database", error);
    if (r >= 0 && local_postgres_test_preload(making->programs))
        r = run_catalog(making, "ytempire", "local_timescaledb", error);
    return r;
}

int local_postgres_make(const struct local *local, const struct account *account, const char *programs,
                        struct error *error)
{
    _cleanup_(mem_freep) char *cluster = mem_printf("%s.new", local->cluster);
    const struct making making = {local, account, programs, cluster};
    int r = remove_rest(cluster, error);

    if (r >= 0)
        r = place_make_folder(local, cluster, account, error);
    if (r >= 0)
        r = make_whole(&making, error);
    if (r >= 0 && unlink(local->stamp) < 0 && errno != ENOENT)    /* it spoke of another cluster */
        r = error_set(error, ERR_IO, "'%s': %s", local->stamp, strerror(errno));
    if (r >= 0 && rename(cluster, local->cluster) < 0)
        r = error_set(error, ERR_IO, "'%s': %s", local->cluster, strerror(errno));
    if (r < 0)
        (void)remove_rest(cluster, NULL);
    return r;
}
