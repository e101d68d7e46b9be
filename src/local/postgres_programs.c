/* PostgreSQL's programs. A cluster needs its own major version; a new one gets 15, else the oldest that is newer. */
#include <stdlib.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/postgres.h"

#define MAJOR_WANTED 15      /* and the least: the schema says NULLS NOT DISTINCT */

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
    struct postgres_programs programs;
    _cleanup_(mem_freep) char *found = NULL;
    const char *best = NULL;
    int best_major = 0, r = 0;

    postgres_programs_find("postgres", &programs);
    found = postgres_programs_majors(&programs);
    for (size_t i = 0; i < programs.count; i++)
        if (is_better(programs.items[i].major, best_major, major)) {
            best = programs.items[i].folder;
            best_major = programs.items[i].major;
        }
    if (best)
        *ret_folder = mem_strdup(best);
    else
        r = refuse(major, found, error);
    postgres_programs_done(&programs);
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
