/*
 * Which storage engine: asked once, written into ops.settings, and kept, because tables of the one cannot become tables
 * of the other by a migration. TimescaleDB is taken only where it is preloaded (making the extension elsewhere ends the
 * session), under its own licence (the other one lacks continuous aggregates and compression), and from version 2.23 on:
 * before, an aggregate put a trigger on the table it reads, which only those may who may change that table.
 */
#include <stdio.h>
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define LEAST_MAJOR 2
#define LEAST_MINOR 23

void engine_choice_done(struct engine_choice *choice)
{
    mem_free(choice->reason);
    *choice = (struct engine_choice){0};
}

static int engine_from_text(const char *text, const char **ret_engine, struct error *error)
{
    int r;

    if (text_equal(text, ENGINE_NATIVE) || text_equal(text, ENGINE_TIMESCALEDB)) {
        *ret_engine = text_equal(text, ENGINE_NATIVE) ? ENGINE_NATIVE : ENGINE_TIMESCALEDB;
        return 0;
    }
    r = error_set(error, ERR_USAGE, "there is no storage engine '%s'", text);
    error_hint(error, "it is native or timescaledb");
    return r;
}

/* -- what was recorded --------------------------------------------------------------------------------------------------- */

/* `ret_choice->engine` stays NULL where nothing is recorded. */
static int read_recorded(struct pg *pg, struct engine_choice *ret_choice, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct error                                 trouble = ERROR_INIT;
    int                                          r = pg_catalog_query(pg, "migrate_engine_recorded", NULL, 0, &result, &trouble);

    if (r < 0) {
        bool absent = migrate_is_absent(&trouble);

        if (!absent && error != NULL && error->code == 0)
            error_move(error, &trouble);
        error_done(&trouble);
        return absent ? 0 : r;
    }
    if (pg_result_rows(result) == 0)
        return 0;
    r = engine_from_text(pg_result_text(result, 0, 0), &ret_choice->engine, error);
    if (r < 0)
        return r;
    ret_choice->recorded = true;
    ret_choice->reason = pg_result_text(result, 0, 1) != NULL ? mem_strdup(pg_result_text(result, 0, 1)) : NULL;
    return 0;
}

static bool is_bound(const struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        if (migration_file_is_of_engine(history->items[i].file))
            return true;
    return false;
}

/* -- what the server can ------------------------------------------------------------------------------------------------- */

struct server {
    bool  available, preloaded, made;
    char *licence, *version;              /* licence NULL: not known yet */
};

static void server_done(struct server *server)
{
    mem_free(server->licence);
    mem_free(server->version);
}

static int read_server(struct pg *pg, struct server *ret_server, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = pg_catalog_query(pg, "migrate_engine", NULL, 0, &result, error);

    if (r < 0)
        return r;
    *ret_server = (struct server){
        .available = text_equal(pg_result_text(result, 0, 0), "t"),
        .preloaded = text_equal(pg_result_text(result, 0, 1), "t"),
        .made = text_equal(pg_result_text(result, 0, 2), "t"),
        .licence = pg_result_text(result, 0, 3) != NULL ? mem_strdup(pg_result_text(result, 0, 3)) : NULL,
        .version = mem_strdup(pg_result_text(result, 0, 4) != NULL ? pg_result_text(result, 0, 4) : ""),
    };
    return 0;
}

static bool is_too_old(const struct server *server)
{
    int major = 0, minor = 0;

    return sscanf(server->version, "%d.%d", &major, &minor) == 2 &&
           (major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR));
}

/* Why not; NULL: nothing speaks against it. Caller frees. */
static char *obstacle(const struct server *server)
{
    if (!server->available)
        return mem_strdup("the extension timescaledb is not installed on this server");
    if (!server->preloaded)
        return mem_strdup("timescaledb is not in shared_preload_libraries");
    if (is_too_old(server))
        return mem_printf("timescaledb %s is older than %d.%d", server->version, LEAST_MAJOR, LEAST_MINOR);
    if (server->licence != NULL && !text_equal(server->licence, "timescale"))
        return mem_printf("timescaledb.license is '%s': no continuous aggregates, no compression", server->licence);
    return NULL;
}

static int judge(const struct server *server, bool forced, struct engine_choice *choice, struct error *error)
{
    char *why = obstacle(server);
    int   r;

    if (why == NULL) {
        choice->engine = ENGINE_TIMESCALEDB;
        choice->reason = mem_printf("timescaledb %s is preloaded%s", server->version, server->licence != NULL ? ", with its licence setting 'timescale'" : "");
        return 0;
    }
    if (!forced) {
        choice->engine = ENGINE_NATIVE;
        choice->reason = why;
        return 0;
    }
    r = error_set(error, ERR_FAILED, "the storage engine cannot be timescaledb: %s", why);
    error_hint(error,
               "leave the storage engine to the program, or have an administrator put timescaledb %d.%d or newer into "
               "shared_preload_libraries",
               LEAST_MAJOR, LEAST_MINOR);
    mem_free(why);
    return r;
}

/* The licence can be seen only when the extension's library is loaded, that is, when the extension was made. */
static int make_to_see(struct pg *pg, struct server *server, struct error *error)
{
    int r = pg_catalog_script(pg, "migrate_engine_make", error);

    if (r < 0)
        return r;
    server_done(server);
    *server = (struct server){0};
    r = read_server(pg, server, error);
    if (r >= 0 && server->licence != NULL && !text_equal(server->licence, "timescale"))
        r = pg_catalog_script(pg, "migrate_engine_drop", error);
    return r;
}

static int ask_server(struct pg *pg, bool forced, bool settle, struct engine_choice *choice, struct error *error)
{
    _cleanup_(server_done) struct server server = {0};
    struct error                         trouble = ERROR_INIT;
    int                                  r = read_server(pg, &server, error);

    if (r >= 0 && settle && server.preloaded && server.available && !is_too_old(&server) && server.licence == NULL) {
        r = make_to_see(pg, &server, &trouble);
        if (r == ERR_SERVER && !forced) {
            choice->engine = ENGINE_NATIVE;
            choice->reason = mem_printf("the extension timescaledb could not be made: %s", trouble.text);
            error_done(&trouble);
            return 0;
        }
        if (r < 0 && error != NULL && error->code == 0)
            error_move(error, &trouble);
        error_done(&trouble);
    }
    return r < 0 ? r : judge(&server, forced, choice, error);
}

/* -- the choice ---------------------------------------------------------------------------------------------------------- */

static int refuse_change(const struct engine_choice *recorded, const char *wanted, struct error *error)
{
    int r = error_set(error, ERR_CONFLICT, "this database was made for the storage engine %s, not %s", recorded->engine, wanted);

    error_hint(error, "it cannot be changed in place: dump the data, make a new database, load it there");
    return r;
}

static int choose(struct pg *pg, const struct migrate_options *options, const struct history *history, bool settle,
                  struct engine_choice *choice, struct error *error)
{
    const char *wanted = NULL;
    int         r = read_recorded(pg, choice, error);

    if (r >= 0 && options->storage != NULL)
        r = engine_from_text(options->storage, &wanted, error);
    if (r < 0 || (choice->recorded && (wanted == NULL || text_equal(wanted, choice->engine))))
        return r;
    if (choice->recorded && is_bound(history))
        return refuse_change(choice, wanted, error);
    engine_choice_done(choice);
    if (!text_equal(wanted, ENGINE_NATIVE))
        return ask_server(pg, wanted != NULL, settle, choice, error);
    choice->engine = ENGINE_NATIVE;
    choice->reason = mem_strdup("asked for");
    return 0;
}

int engine_choose(struct pg *pg, const struct migrate_options *options, const struct history *history, struct engine_choice *ret_choice,
                  struct error *error)
{
    struct engine_choice choice = {0};
    int                  r = choose(pg, options, history, false, &choice, error);

    if (r < 0)
        engine_choice_done(&choice);
    else
        *ret_choice = choice;
    return r;
}

int engine_settle(struct pg *pg, const struct migrate_options *options, const struct history *history, struct engine_choice *ret_choice,
                  struct error *error)
{
    struct engine_choice choice = {0};
    int                  r = choose(pg, options, history, true, &choice, error);

    if (r >= 0 && !choice.recorded) {
        struct pg_value values[] = {PG_TEXT(choice.engine), PG_TEXT(choice.reason)};

        r = pg_catalog_query(pg, "migrate_engine_record", values, COUNT_OF(values), NULL, error);
    }
    if (r < 0)
        engine_choice_done(&choice);
    else
        *ret_choice = choice;
    return r;
}
