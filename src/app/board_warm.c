/* What a warmed key would hold, asked of PostgreSQL: by the entry of the warm set that makes it. */
#include <string.h>

#include "board_int.h"
#include "warm_int.h"
#include "ytempire/base/time.h"

/* The entry that makes a key, by its form; ERR_UNKNOWN: none does. A set that is broken makes nothing. */
static int find_entry(struct arena *arena, const char *key, struct app_warm_set *ret_set,
                      const struct app_warm_entry **ret_entry, struct error *error)
{
    char **names;
    size_t count;
    bool   found = false;
    int    r = app_warm_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count && !found; i++) {
        if (app_warm_read(arena, names[i], ret_set, NULL) < 0)
            continue;
        for (size_t e = 0; e < ret_set->entry_count && !found; e++) {
            found = text_equal(ret_set->entries[e].key, key);
            *ret_entry = &ret_set->entries[e];
        }
    }
    app_warm_names_free(names, count);
    if (found)
        return 0;
    return error_set(error, ERR_UNKNOWN, "no warm set makes the key '%s'", key);
}

int board_key_check(struct arena *arena, const char *key, struct error *error)
{
    const struct app_warm_entry *entry;
    struct app_warm_set          set;

    return find_entry(arena, key, &set, &entry, error);
}

/* In a transaction that cannot write. */
static int send_sql(struct app *app, struct arena *arena, const char *sql, const char *account, struct sink *sink,
                    struct error *error)
{
    struct pg_value values[] = {PG_TEXT(account)};
    struct pg      *pg;
    int             r = app_pg(app, &pg, error);

    if (account != NULL)
        sql = arena_printf(arena, "SELECT * FROM (%s\n) AS answer WHERE user_id::text = $1", sql);
    if (r >= 0)
        r = pg_script(pg, "BEGIN READ ONLY", error);
    if (r < 0)
        return r;
    r = pg_send(pg, sql, values, account != NULL ? 1 : 0, sink, NULL, error);
    if (pg_script(pg, "ROLLBACK", r >= 0 ? error : NULL) < 0 && r >= 0)
        r = ERR_CONNECT;
    return r;
}

/* By the set's clock: the minute after its instant, as app/warm has it. */
static int find_clock(struct app *app, const struct app_warm_set *set, int64_t *ret_now, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *text;
    struct pg  *pg;
    int         r = app_pg(app, &pg, error);

    if (r >= 0)
        r = pg_query(pg, set->as_of, NULL, 0, &result, error);
    if (r < 0)
        return r;
    text = pg_result_rows(result) > 0 ? pg_result_text(result, 0, 0) : NULL;
    if (text != NULL && instant_from_text(text, strlen(text), ret_now) >= 0)
        *ret_now = (*ret_now / US_PER_MINUTE + 1) * US_PER_MINUTE;
    return 0;
}

static int ask_entry(struct app *app, struct arena *arena, const struct app_warm_set *set,
                     const struct app_warm_entry *entry, struct sink *sink, struct error *error)
{
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    int64_t now = ask_clock();
    int     r = warm_parse(arena, entry, &asked.query, error);

    if (r >= 0 && set->as_of == NULL)      /* of now: through the flight of any question */
        return ask_query_as(app, arena, query_to_line(arena, asked.query), asked.query, set->class, sink, error);
    if (r >= 0)
        r = find_clock(app, set, &now, error);
    return r < 0 ? r : ask_answer_at(app, arena, now, &asked, sink, error);
}

int board_ask_warmed(struct board_run *run, struct arena *arena, const char *key, const char *account,
                     struct sink *sink, struct error *error)
{
    const struct app_warm_entry *entry;
    struct app_warm_set          set;
    struct app                  *app = run->board->session;    /* sets are for all: not as a tenant */
    bool                         of_user = strchr(key, '{') != NULL;
    int                          r = find_entry(arena, key, &set, &entry, error);

    if (r < 0)
        return r;
    if (entry->sql == NULL && of_user)
        return error_set(error, ERR_UNKNOWN, "no one has made the key, and it is made for all users at once");
    if (entry->sql != NULL)
        return send_sql(app, arena, entry->sql, of_user ? account : NULL, sink, error);
    return ask_entry(app, arena, &set, entry, sink, error);
}
