/*
 * The warehouse's real schema in a test's server, made of the files in sql/migrations, in a database of its own that is
 * dropped again; of the native storage engine, or of the one that YTEMPIRE_TEST_STORAGE names. Include after server.h.
 */
#ifndef YTEMPIRE_TESTS_WAREHOUSE_H
#define YTEMPIRE_TESTS_WAREHOUSE_H

#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static inline bool is_timescaledb(void)
{
    const char *storage = getenv("YTEMPIRE_TEST_STORAGE");

    return storage != NULL && strcmp(storage, "timescaledb") == 0;
}

/* Before a server is started: it must have what the engine needs, else the test is skipped. */
__attribute__((constructor)) static void warehouse_prepare(void)
{
    if (is_timescaledb())
        setenv("YTEMPIRE_TEST_PRELOAD", "timescaledb", 1);
}

static inline void script(struct desk *desk, const char *sql)
{
    if (pg_script(desk->pg, sql, &desk->error) < 0)
        fail_msg("%s: %.2000s", desk->error.text, sql);
}

static inline void script_file(struct desk *desk, const char *folder, const char *name)
{
    _cleanup_(mem_freep) char *path = path_join(folder, name);
    char                      *text, *down;
    struct error               error = ERROR_INIT;

    if (file_read(path, 1u << 20, &text, NULL, &error) < 0)
        fail_msg("%s", error.text);
    down = strstr(text, "-- migrate:down");
    if (down != NULL)
        *down = '\0';
    if (pg_script(desk->pg, text, &desk->error) < 0)
        fail_msg("%s: %s", name, desk->error.text);
    mem_free(text);
}

static inline void warehouse_fill(struct desk *desk)
{
    _cleanup_(mem_freep) char *catalog = path_join(program_data_folder(), "sql/catalog");
    _cleanup_(mem_freep) char *folder = path_join(program_data_folder(), "sql/migrations");
    struct error               error = ERROR_INIT;
    char                     **names;
    size_t                     count;

    assert_int_equal(file_list(folder, ".sql", &names, &count, &error), 0);
    script_file(desk, catalog, "migrate_bootstrap.sql");
    for (size_t i = 0; i < count; i++) {
        if (strstr(names[i], is_timescaledb() ? ".native." : ".timescaledb.") == NULL)
            script_file(desk, folder, names[i]);
        mem_free(names[i]);
    }
    mem_free(names);
}

/* Of this process alone: a server that was given may serve several tests at once. */
static inline void warehouse_name(char name[static 40])
{
    (void)snprintf(name, 40, "ytempire_test_%ld", (long)getpid());
}

/* Moves the desk to a new database with the schema in it, or to the one this process has made before. */
static inline void warehouse_open(struct desk *desk)
{
    char                       name[40];
    _cleanup_(mem_freep) char *create = NULL, *dsn = NULL;
    bool                       made;

    warehouse_name(name);
    create = mem_printf("CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'", name);
    dsn = mem_printf("%s dbname=%s", desk->dsn, name);
    made = pg_query(desk->pg, create, NULL, 0, NULL, NULL) == 0;
    pg_close(desk->pg);
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = dsn}, &desk->pg, NULL), 0);
    if (made)
        warehouse_fill(desk);
}

static inline void warehouse_drop_task(void *who)
{
    struct desk *desk = who;
    char         name[40], drop[80];

    warehouse_name(name);
    (void)snprintf(drop, sizeof drop, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    assert_int_equal(pg_query(desk->pg, drop, NULL, 0, NULL, &desk->error), 0);
}

/* At the end of the group. */
static inline void warehouse_drop(void)
{
    desk_run(warehouse_drop_task);
}

#endif
