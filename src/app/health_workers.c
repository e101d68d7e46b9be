/*
 * The workers, as PostgreSQL knows them: one more question on the connection of the health, after its ping.
 *
 * Invariant: `prepared` says that the session there is now knows the statement; who opens another clears it.
 */
#include <stdio.h>
#include <string.h>

#include "health_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

void workers_init(struct workers_watch *watch, void (*on_change)(void *who), void *who)
{
    *watch = (struct workers_watch){.on_change = on_change, .who = who};
    watch->seen = (struct health_workers){.state = HEALTH_NONE, .words = watch->words};
}

static void show(struct workers_watch *watch, enum health_state state, size_t working, const char *words)
{
    bool changed = state != watch->seen.state || !text_equal(words, watch->words);

    watch->seen.state = state;
    watch->seen.working = working;
    (void)snprintf(watch->words, sizeof watch->words, "%s", words);
    if (changed && watch->on_change != NULL)
        watch->on_change(watch->who);
}

/* -- words --------------------------------------------------------------------------------------------------------- */

/* What is wrong with one, the worst first; "" when nothing is. Who was lost long ago is no news where others work. */
static void say_trouble(const struct workers_count *count, char *to, size_t size)
{
    long long lost = count->working > 0 ? count->lost_lately : count->lost;

    if (lost > 0)
        (void)snprintf(to, size, "%lld lost", lost);
    else if (count->silent > 0)
        (void)snprintf(to, size, "%lld silent", count->silent);
    else
        *to = '\0';
}

void workers_counted(struct workers_watch *watch, const struct workers_count *count)
{
    char trouble[32], words[sizeof watch->words];

    say_trouble(count, trouble, sizeof trouble);
    if (count->working > 0) {
        (void)snprintf(words, sizeof words, "%lld%s%s", count->working, trouble[0] != '\0' ? ", " : "", trouble);
        show(watch, trouble[0] != '\0' ? HEALTH_SLOW : HEALTH_OK, (size_t)count->working, words);
    } else if (count->draining > 0) {
        (void)snprintf(words, sizeof words, "%lld draining%s", count->draining, count->wait ? ", jobs wait" : "");
        show(watch, count->wait ? HEALTH_SLOW : HEALTH_OK, 0, words);
    } else if (trouble[0] == '\0' && !count->wait) {
        show(watch, HEALTH_OK, 0, "0");
    } else {
        (void)snprintf(words, sizeof words, "%s%s", trouble[0] != '\0' ? trouble : "none",
                       count->wait ? ", jobs wait" : "");
        show(watch, HEALTH_DOWN, 0, words);
    }
}

void workers_unknown(struct workers_watch *watch)
{
    if (watch->seen.state != HEALTH_NONE)
        show(watch, HEALTH_UNKNOWN, 0, "");
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

/* Where there is a queue that this login may look at. */
static int prepare(struct workers_watch *watch, struct pg *pg, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_catalog_query(pg, "health_workers_known", NULL, 0, &result, error);

    if (r >= 0 && !text_equal(pg_result_text(result, 0, 0), "t")) {
        show(watch, HEALTH_NONE, 0, "");
        return 0;
    }
    if (r >= 0)
        r = pg_catalog_script(pg, "health_workers", error);
    watch->prepared = r >= 0;
    return r;
}

static void take(struct workers_watch *watch, const struct pg_result *result)
{
    const struct workers_count count = {
        .working = pg_result_int(result, 0, 0),
        .draining = pg_result_int(result, 0, 1),
        .silent = pg_result_int(result, 0, 2),
        .lost = pg_result_int(result, 0, 3),
        .lost_lately = pg_result_int(result, 0, 4),
        .wait = text_equal(pg_result_text(result, 0, 5), "t"),
    };

    workers_counted(watch, &count);
}

int workers_ask(struct workers_watch *watch, struct pg *pg, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct error why = ERROR_INIT;
    int          r = 0;

    if (!watch->prepared)
        r = prepare(watch, pg, &why);
    if (watch->prepared)
        r = pg_query(pg, "EXECUTE ytempire_workers", NULL, 0, &result, &why);
    if (result != NULL)
        take(watch, result);
    else if (r < 0)                        /* the queue is gone, or a migration holds it for long */
        workers_unknown(watch);
    watch->prepared = result != NULL;
    if (r == ERR_CONNECT)
        error_move(error, &why);
    error_done(&why);
    return r == ERR_CONNECT ? r : 0;
}
