/*
 * PostgreSQL's programs: in the folders of YTEMPIRE_PGBIN when it is set, else where the distributions put them and in
 * PATH. A cluster needs its own major version; a new one gets 15, else the oldest that is newer.
 */
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/process.h"

#define MAJOR_WANTED 15      /* and the least: the schema says NULLS NOT DISTINCT */

struct programs {
    char **folders;          /* each once */
    size_t count, room;
};

static void programs_done(struct programs *programs)
{
    for (size_t i = 0; i < programs->count; i++)
        mem_free(programs->folders[i]);
    mem_free(programs->folders);
}

static void add_folder(struct programs *programs, const char *folder)
{
    _cleanup_(mem_freep) char *program = path_join(folder, "postgres");
    char real[PATH_MAX], *slash;

    if (!realpath(program, real) || access(real, X_OK) < 0)
        return;
    slash = strrchr(real, '/');
    *slash = '\0';
    for (size_t i = 0; i < programs->count; i++)
        if (text_equal(programs->folders[i], real))
            return;
    VEC_PUSH(programs->folders, programs->count, programs->room, mem_strdup(real));
}

static void add_list(struct programs *programs, const char *list)
{
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, ":");
        _cleanup_(mem_freep) char *folder = mem_strndup(at, length);
        if (length > 0)
            add_folder(programs, folder);
        at += length + (at[length] == ':');
    }
}

static void add_pattern(struct programs *programs, const char *pattern)
{
    glob_t found;

    if (glob(pattern, GLOB_ONLYDIR, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        add_folder(programs, found.gl_pathv[i]);
    globfree(&found);
}

static void find_programs(struct programs *programs)
{
    const char *said = getenv("YTEMPIRE_PGBIN"), *path = getenv("PATH");

    if (said && *said) {
        add_list(programs, said);
        return;
    }
    add_pattern(programs, "/usr/lib/postgresql/*/bin");    /* Debian and its kin */
    add_pattern(programs, "/usr/pgsql-*/bin");             /* PostgreSQL's own packages for Red Hat and its kin */
    if (path)
        add_list(programs, path);
}

/* "postgres (PostgreSQL) 15.20 (Debian …)"; 0 when the program cannot be run. */
static int read_major(const char *folder)
{
    _cleanup_(mem_freep) char *program = path_join(folder, "postgres"), *words = NULL;
    const char *const argv[] = {program, "--version", NULL};
    int status = -1;
    long long major = 0;

    if (process_run(&(struct process_options){.argv = argv, .user = (uid_t)-1}, &status, &words, NULL, NULL) < 0 ||
        status != 0)
        return 0;
    const char *number = strstr(words, ") ");
    if (!number || text_to_int64(number + 2, strspn(number + 2, "0123456789"), &major) < 0)
        return 0;
    return (int)major;
}

static bool is_better(int major, int than, int wanted)
{
    if (wanted != 0)
        return major == wanted && than == 0;
    return major >= MAJOR_WANTED && (than == 0 || major < than);
}

static int refuse(int wanted, const char *found, struct error *error)
{
    if (wanted != 0) {
        error_set(error, ERR_FAILED, "the private database was made by PostgreSQL %d, and %s is installed", wanted,
                  *found ? found : "none");
        error_hint(error, "install PostgreSQL %d; or begin anew with an empty database: 'local reset'", wanted);
        return ERR_FAILED;
    }
    if (*found)
        error_set(error, ERR_FAILED, "PostgreSQL 15 or newer is needed, and %s is installed", found);
    else
        error_set(error, ERR_FAILED, "PostgreSQL is not installed");
    error_hint(error, "install it ('apt-get install postgresql-15'), or name the folder of its programs in "
                      "YTEMPIRE_PGBIN; or say where to connect: --dsn URL");
    return ERR_FAILED;
}

int local_postgres_programs(int major, char **ret_folder, struct error *error)
{
    struct programs programs = {0};
    struct str found = STR_INIT;
    const char *best = NULL;
    int best_major = 0, r = 0;

    find_programs(&programs);
    for (size_t i = 0; i < programs.count; i++) {
        int its_major = read_major(programs.folders[i]);
        if (its_major > 0)
            str_addf(&found, "%s%d", found.length > 0 ? ", " : "", its_major);
        if (is_better(its_major, best_major, major)) {
            best = programs.folders[i];
            best_major = its_major;
        }
    }
    if (best)
        *ret_folder = mem_strdup(best);
    else
        r = refuse(major, str_text(&found), error);
    str_done(&found);
    programs_done(&programs);
    return r;
}

/* -- what can be preloaded ---------------------------------------------------------------------------------------- */

bool local_postgres_has_library(const char *programs, const char *name)
{
    static const char *const folders[] = {"lib", "lib/postgresql", "lib64/pgsql", "lib64/postgresql", "lib/pgsql"};

    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        _cleanup_(mem_freep) char *library = mem_printf("%s/../%s/%s.so", programs, folders[i], name);
        if (file_exists(library))
            return true;
    }
    return false;
}

const char *local_postgres_test_preload(const char *programs)
{
    if (!text_equal(getenv("YTEMPIRE_TEST_STORAGE"), "timescaledb") ||
        !local_postgres_has_library(programs, "timescaledb"))
        return NULL;
    if (!local_postgres_has_library(programs, "pg_stat_statements"))
        return "timescaledb";
    return "timescaledb,pg_stat_statements";
}

bool local_postgres_test_no_sync(void)
{
    return text_equal(getenv("YTEMPIRE_TEST_FSYNC"), "off");
}
