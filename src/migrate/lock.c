/*
 * One migrator at a time, by an advisory lock of the session that is polled and never waited for: a statement that waits
 * in the server holds a snapshot, and CREATE INDEX CONCURRENTLY of the holder would wait for it in turn. The server
 * gives the lock back when the session ends, however it ends; ops.migrator only says what its holder is at.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define WAIT_DEFAULT (60 * US_PER_SECOND)
#define PAUSE_FIRST (50 * 1000)
#define PAUSE_MOST US_PER_SECOND

char *migrate_client(void)
{
    char host[256] = "";

    if (gethostname(host, sizeof host - 1) < 0)
        host[0] = '\0';
    return mem_printf("%s, ytempire " PROGRAM_VERSION, host[0] != '\0' ? host : "unknown host");
}

/* Two that failed together do not come back together: the pause is between a half and the whole of what it may be. */
int migrate_pause(size_t attempt, int64_t deadline)
{
    int64_t  left = deadline - monotonic_us(), pause = PAUSE_FIRST << (attempt < 5 ? attempt : 5);
    uint64_t random = ((uint64_t)monotonic_us() ^ (uint64_t)getpid() << 32) * UINT64_C(0x9E3779B97F4A7C15);

    if (left <= 0)
        return ERR_CONFLICT;
    if (pause > PAUSE_MOST)
        pause = PAUSE_MOST;
    pause = pause / 2 + (int64_t)(random >> 33) % (pause / 2);
    return task_sleep(pause < left ? pause : left);
}

int64_t migrate_deadline(const struct migrate_options *options)
{
    return monotonic_us() + (options->lock_wait_us > 0 ? options->lock_wait_us : WAIT_DEFAULT);
}

/* -- the holder ---------------------------------------------------------------------------------------------------------- */

static const char *first_of(const char *a, const char *b)
{
    return a != NULL && *a != '\0' ? a : b;
}

int migrate_holder(struct pg *pg, char **ret_words, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *holder = NULL, *says = NULL;
    const char                                  *application = NULL, *since, *client, *doing = NULL;
    int                                          r = pg_catalog_query(pg, "migrate_holder", NULL, 0, &holder, error);

    if (r < 0)
        return r;
    *ret_words = NULL;
    if (pg_result_rows(holder) == 0)
        return 0;
    application = pg_result_text(holder, 0, 1);
    client = pg_result_text(holder, 0, 2);
    since = pg_result_text(holder, 0, 3);
    /* Its table may not be there yet: then it says nothing. */
    r = pg_catalog_query(pg, "migrate_holder_says", &PG_TEXT(pg_result_text(holder, 0, 0)), 1, &says, NULL);
    if (r < 0 && r != ERR_SERVER)
        return error_set(error, r, "%s", error_sentence(r));
    if (r >= 0 && pg_result_rows(says) > 0) {
        doing = pg_result_text(says, 0, 0);
        since = first_of(pg_result_text(says, 0, 1), since);
        application = first_of(pg_result_text(says, 0, 2), application);
        client = first_of(pg_result_text(says, 0, 3), client);
    }
    *ret_words = mem_printf("%s (process %s of the server%s%s)%s%s%s%s", first_of(application, "a session"), pg_result_text(holder, 0, 0),
                            client != NULL ? ", from " : "", first_of(client, ""), since != NULL ? " since " : "", first_of(since, ""),
                            doing != NULL ? ", at " : "", first_of(doing, ""));
    return 0;
}

int migrate_doing(struct pg *pg, const char *doing, struct error *error)
{
    _cleanup_(mem_freep) char *client = migrate_client();
    struct pg_value            values[] = {PG_TEXT(doing), PG_TEXT(client)};

    return pg_catalog_query(pg, "migrate_doing", values, COUNT_OF(values), NULL, error);
}

/* -- the lock ------------------------------------------------------------------------------------------------------------ */

static int try_lock(struct pg *pg, bool *ret_locked, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = pg_catalog_query(pg, "migrate_lock", NULL, 0, &result, error);

    if (r >= 0)
        *ret_locked = text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

static void show_holder(struct sink *sink, const char *words, char **shown)
{
    if (sink == NULL || words == NULL || text_equal(words, *shown))
        return;
    sink_text(sink, "waiting for another migrator: %s", words);
    mem_free(*shown);
    *shown = mem_strdup(words);
}

int migrate_lock(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *shown = NULL;
    int64_t                    deadline = migrate_deadline(options);
    bool                       locked = false;

    for (size_t attempt = 0;; attempt++) {
        _cleanup_(mem_freep) char *holder = NULL;
        int                        r = try_lock(pg, &locked, error);

        if (r < 0 || locked)
            return r;
        r = migrate_holder(pg, &holder, error);
        if (r < 0)
            return r;
        show_holder(sink, holder, &shown);
        r = migrate_pause(attempt, deadline);
        if (r == ERR_CONFLICT) {
            r = error_set(error, ERR_CONFLICT, "another migrator is at work: %s", first_of(holder, "it has just ended"));
            error_hint(error, "wait for it, or end that session");
            return r;
        }
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
    }
}

void migrate_unlock(struct pg *pg)
{
    (void)!pg_catalog_query(pg, "migrate_done", NULL, 0, NULL, NULL);
    (void)!pg_catalog_query(pg, "migrate_unlock", NULL, 0, NULL, NULL);
}
