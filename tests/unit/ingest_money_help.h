/*
 * For tests of the sources of money: an API that says what the test tells it to, a load from it, and all that such
 * loads write as one text. Include after ingest_help.h.
 */
#ifndef YTEMPIRE_TESTS_INGEST_MONEY_HELP_H
#define YTEMPIRE_TESTS_INGEST_MONEY_HELP_H

#include "http_server.h"

/* How the answer that is at fault is said. */
enum fault { FAULT_NONE, FAULT_CUT, FAULT_HALF, FAULT_SLOW, FAULT_EARLY };

struct said {
    const char *match;                   /* in the request; NULL: any */
    const char *status, *headers, *body; /* status NULL: the end */
};

struct till {
    struct desk         *desk;
    struct http_server   server;
    struct bench         bench;
    const struct said   *fault;          /* said once, before the others; NULL: none */
    enum fault           how;
    const struct said   *says;           /* in their order; the last to the end */
    struct str           asked;
    char                 base[64];
    bool                 replay;
    int64_t              replay_job;
};

static inline void till_say(struct http_talk *talk, const struct said *said, enum fault how)
{
    size_t                     length = strlen(said->body);
    _cleanup_(mem_freep) char *head = mem_printf("HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", said->status, length,
                                                 said->headers != NULL ? said->headers : "");

    switch (how) {
    case FAULT_CUT:                      /* in the middle */
        (void)(http_say(talk, head) && http_say_bytes(talk, said->body, length / 2));
        close(talk->fd);
        talk->fd = -1;
        break;
    case FAULT_EARLY:                    /* before a byte is said */
        close(talk->fd);
        talk->fd = -1;
        break;
    case FAULT_HALF:                     /* whole, as HTTP has it */
        http_answer(talk, said->status, "", said->body, length / 2);
        break;
    case FAULT_SLOW:
        (void)http_say(talk, head);
        for (size_t i = 0; i < length; i += 64)
            if (!http_say_bytes(talk, said->body + i, length - i < 64 ? length - i : 64) || task_sleep(1000) < 0)
                break;
        break;
    case FAULT_NONE:
    default:
        (void)(http_say(talk, head) && http_say_bytes(talk, said->body, length));
    }
}

static inline void till_serve(struct http_talk *talk, void *who)
{
    struct till       *till = who;
    const char        *request = str_text(&talk->request), *body = strstr(request, "\r\n\r\n") + 4;
    const struct said *said = till->fault != NULL ? till->fault : till->says;

    str_addf(&till->asked, "%.*s%s%s\n", (int)strcspn(request, "\r") - 9, request, *body != '\0' ? " " : "", body);
    if (said->match != NULL && strstr(request, said->match) == NULL)
        fail_msg("%s is not in %s", said->match, request);
    till_say(talk, said, till->fault != NULL ? till->how : FAULT_NONE);
    if (till->fault != NULL)
        till->fault = NULL;
    else if (till->says[1].status != NULL)
        till->says++;
}

static inline void till_empty(struct desk *desk)
{
    script(desk, "DELETE FROM analytics.fact_costs; DELETE FROM analytics.fact_revenue; DELETE FROM ops.revenue_ledger;"
                 "DELETE FROM ops.dead_letters; DELETE FROM ops.watermarks; DELETE FROM ops.touched_hours; DELETE FROM "
                 "ops.cache_touched");
}

static inline void till_open(struct till *till, struct desk *desk)
{
    warehouse_open(desk);
    *till = (struct till){.desk = desk};
    till->bench.sink.ops = &bench_ops;
    http_server_open(&till->server, desk->loop, till_serve, till);
    (void)snprintf(till->base, sizeof till->base, "http://127.0.0.1:%d", till->server.port);
    till_empty(desk);
    script(desk, "DELETE FROM ops.jobs; DELETE FROM ops.tape");
    setenv("OPENAI_ADMIN_KEY", "sk-admin-0123456789", 1);
    setenv("ELEVENLABS_API_KEY", "xi-0123456789", 1);
    setenv("STRIPE_API_KEY", "rk_live_0123456789", 1);
    setenv("no_proxy", "127.0.0.1", 1);
}

static inline void till_close(struct till *till)
{
    http_server_close(&till->server);
    bench_done(&till->bench);
    str_done(&till->asked);
}

/* Loads with settings "k=v k=v"; the bench keeps what came of it. */
static inline int till_load(struct till *till, const char *source, const struct said *says, const char *settings)
{
    _cleanup_(mem_freep) char *text = mem_printf("base=%s pause=1%s%s", till->base, *settings != '\0' ? " " : "",
                                                 settings);
    struct ingest_pair    pairs[8];
    struct ingest_options options = {.source = source, .settings = pairs, .open = bench_open, .who = till->desk,
                                     .replay = till->replay, .replay_job = till->replay_job};

    str_clear(&till->bench.rows);
    str_clear(&till->bench.texts);
    str_clear(&till->asked);
    error_done(&till->bench.error);
    till->says = says;
    for (char *rest = text, *pair; (pair = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(pair, '=');

        *value = '\0';
        pairs[options.setting_count++] = (struct ingest_pair){pair, value + 1};
    }
    return ingest_run(till->desk->pg, &options, &till->bench.sink, &till->bench.report, &till->bench.error);
}

/* The same, which must give this row: "costs|3|3|0|0" is what, rows, loaded, unchanged, rejected. */
static inline void till_loads(struct till *till, const char *source, const struct said *says, const char *settings,
                              const char *row)
{
    _cleanup_(mem_freep) char *wanted = mem_printf("%s|%s\n", source, row);
    int r = till_load(till, source, says, settings);

    if (r < 0 && r != ERR_PARTIAL)
        fail_msg("%s (%s)", till->bench.error.text, till->bench.error.hint != NULL ? till->bench.error.hint : "");
    assert_string_equal(str_text(&till->bench.rows), wanted);
}

static inline char *money_text(struct desk *desk)
{
    return ask(
        desk,
        "SELECT line FROM ("
        " SELECT concat_ws('|', 'cost', source, source_ref, cost_timestamp, date_key, cost_category, cost_subcategory,"
        "        quantity, unit_cost_cents, total_cost_cents, user_key, channel_id, video_id) AS line FROM "
        "analytics.fact_costs"
        " UNION ALL SELECT concat_ws('|', 'ledger', source, source_ref, kind, metric_date, user_id, channel_id, "
        "video_id,"
        "        amount_cents, detail) FROM ops.revenue_ledger"
        " UNION ALL SELECT concat_ws('|', 'revenue', source, channel_id, video_key, metric_date, ad_revenue_cents,"
        "        sponsorship_revenue_cents, affiliate_revenue_cents, membership_revenue_cents, "
        "super_chat_revenue_cents)"
        "   FROM analytics.fact_revenue"
        " UNION ALL SELECT concat_ws('|', 'letter', source, file, column_name, reason, raw, state) FROM "
        "ops.dead_letters"
        " UNION ALL SELECT concat_ws('|', 'position', source, stream, position) FROM ops.watermarks"
        ") AS lines ORDER BY line COLLATE \"C\"");
}

#endif
