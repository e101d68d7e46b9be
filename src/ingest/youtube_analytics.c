/*
 * The source `youtube-analytics`: YouTube's Analytics API, version 2 (reports.query).
 *
 * For each channel of users.channels four reports over a range of Pacific days: the channel by day, its videos by day,
 * and of both the money, which only the owner of a channel that earns is told (403 else: then it stays unknown). Days
 * come 48 to 72 hours late and are restated; `look_back` reads the last ones again. A load says the range itself with
 * `from` and `to`.
 */
#include <string.h>

#include "fetch.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define ROWS_MOST 10000                /* in one answer */
#define VIDEOS_MOST 500                /* in one filter, as the API has it */

struct analytics {
    struct ingest *ingest;
    struct fetch  *fetch;
    const char    *channel;
    char          *from, *to;          /* days, the first and the last */
    bool           is_poor;            /* the money of the channel at hand is not for us */
};

static const struct fetch_api analytics_api = {.auth = API_AUTH_REFRESH,
                                               .secret = "YOUTUBE_REFRESH_TOKEN",
                                               .client_id = "YOUTUBE_CLIENT_ID",
                                               .client_secret = "YOUTUBE_CLIENT_SECRET",
                                               .stage = "analytics_stage",
                                               .unstage = "analytics_unstage"};

#define VIEWS                                                                                                          \
    "views,estimatedMinutesWatched,averageViewDuration,averageViewPercentage,likes,comments,shares,"                   \
    "subscribersGained,subscribersLost"

/* -- a report ------------------------------------------------------------------------------------------------------ */

struct report {
    const char *stream, *dimensions, *metrics, *filters;
    bool        is_money;
};

static int ask_page(struct analytics *analytics, const struct report *report, size_t first, size_t *ret_rows,
                    struct error *error)
{
    _cleanup_(mem_freep) char *ids = mem_printf("channel==%s", analytics->channel);
    _cleanup_(mem_freep) char *about = mem_printf("{\"channel\": \"%s\"}", analytics->channel);
    _cleanup_(mem_freep) char *most = mem_printf("%d", ROWS_MOST), *start = mem_printf("%zu", first);
    const struct api_parameter parameters[] = {{"ids", ids}, {"startDate", analytics->from}, {"endDate", analytics->to},
                                               {"metrics", report->metrics}, {"dimensions", report->dimensions},
                                               {"filters", report->filters}, {"currency", "USD"},
                                               {"sort", report->dimensions}, {"maxResults", most},
                                               {"startIndex", first > 1 ? start : NULL}};
    const struct fetch_request request = {.path = "/reports", .parameters = parameters,
                                          .parameter_count = COUNT_OF(parameters), .method = "reports.query",
                                          .stream = report->stream, .about = about};
    const struct api_answer   *answer;
    int                        r = fetch_ask(analytics->fetch, &request, &answer, error);

    if (r >= 0) {
        const struct tree_node *rows = tree_get(answer->json, "rows");

        *ret_rows = rows != NULL && rows->kind == TREE_ARRAY ? rows->count : 0;
    }
    return r;
}

/* 403: it is not for us. Of money that is no more than unknown; of the rest the channel is passed over. */
static int bear(struct analytics *analytics, const struct report *report, struct error *found, struct error *error)
{
    struct error *partial = &analytics->ingest->partial;

    if (fetch_is_unasked(analytics->fetch))
        return 1;
    if (fetch_status(analytics->fetch) != 403) {
        int code = found->code;

        if (error != NULL)
            error_move(error, found);
        return code;
    }
    if (report->is_money) {
        analytics->is_poor = true;
        return 0;
    }
    ingest_tell(analytics->ingest, "warning", "the reports of channel %s are not for this account: %s",
                analytics->channel, found->text);
    if (partial->code == 0)
        error_set(partial, ERR_PARTIAL, "youtube-analytics: the reports of channel %s are not for this account",
                  analytics->channel);
    return 1;
}

/* 0; 1: the channel is not ours to read. */
static int ask_report(struct analytics *analytics, const struct report *report, struct error *error)
{
    struct error found = ERROR_INIT;
    size_t       rows = ROWS_MOST, first = 1;
    int          r = 0;

    while (r == 0 && rows == ROWS_MOST) {
        r = ask_page(analytics, report, first, &rows, &found);
        first += ROWS_MOST;
    }
    if (r == ERR_FAILED)
        r = bear(analytics, report, &found, error);
    else if (r < 0 && error != NULL)
        error_move(error, &found);
    error_done(&found);
    return r;
}

static int ask_both(struct analytics *analytics, const char *stream, const char *dimensions, const char *filters,
                    struct error *error)
{
    const struct report views = {stream, dimensions, VIEWS, filters, false};
    const struct report money = {stream, dimensions, "estimatedRevenue", filters, true};
    int                 r = ask_report(analytics, &views, error);

    return r == 0 && !analytics->is_poor ? ask_report(analytics, &money, error) : r;
}

static int store(struct analytics *analytics, struct error *error)
{
    static const char *const scripts[] = {"analytics_rows", "analytics_metrics", "analytics_increments",
                                          "analytics_channels", "analytics_done", NULL};
    const struct fetch_store what = {.scripts = scripts, .data_until = INT64_MIN};

    return fetch_store(analytics->fetch, &what, error);
}

/* -- a channel ----------------------------------------------------------------------------------------------------- */

/* The filters of its videos, so many in each; or all those of the run that is played again, of which it asked but one's
 * own. */
static int list_filters(struct analytics *analytics, struct arena *arena, const char ***ret_filters, size_t *ret_count,
                        struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *ids = NULL;
    _cleanup_(str_done) struct str filter = STR_INIT;
    size_t        most = (size_t)ingest_setting(analytics->ingest, "batch"), count = 0;
    const char  **filters;
    struct values values = {0};
    int           r;

    if (fetch_is_replay(analytics->fetch)) {
        *ret_count = fetch_replayed(analytics->fetch, arena, "/reports", "filters", ret_filters);
        return 0;
    }
    value_text(&values, analytics->channel);
    value_text(&values, analytics->to);
    r = values_run(analytics->ingest->pgs[0], "analytics_videos", &values, &ids, error);
    if (r < 0)
        return r;
    filters = ARENA_ARRAY(arena, const char *, pg_result_rows(ids) / most + 1);
    for (size_t i = 0; i < pg_result_rows(ids);) {
        str_clear(&filter);
        for (size_t last = i + most; i < last && i < pg_result_rows(ids); i++)
            str_addf(&filter, "%s%s", filter.length > 0 ? "," : "video==", pg_result_text(ids, i, 0));
        filters[count++] = arena_strdup(arena, str_text(&filter));
    }
    *ret_filters = filters;
    *ret_count = count;
    return 0;
}

static int ask_videos(struct analytics *analytics, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char **filters = NULL;
    size_t       count = 0;
    int          r = list_filters(analytics, arena, &filters, &count, error);

    for (size_t i = 0; r == 0 && i < count; i++) {
        r = ask_both(analytics, "video", "day,video", filters[i], error);
        if (r > 0 && fetch_is_unasked(analytics->fetch))
            r = 0;
        if (r == 0 && fetch_is_full(analytics->fetch))
            r = store(analytics, error);
    }
    return r;
}

static int ask_channel(struct analytics *analytics, struct error *error)
{
    int r = ask_both(analytics, "channel", "day", NULL, error);

    if (r == 0)
        r = ask_videos(analytics, error);
    return r < 0 ? r : store(analytics, error);
}

/* -- the source ---------------------------------------------------------------------------------------------------- */

/* Of a run that is played again it is what it was then. */
static bool replay_range(struct analytics *analytics)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char **from, **to;

    if (fetch_replayed(analytics->fetch, arena, "/reports", "startDate", &from) == 0 ||
        fetch_replayed(analytics->fetch, arena, "/reports", "endDate", &to) == 0)
        return false;
    analytics->from = mem_strdup(from[0]);
    analytics->to = mem_strdup(to[0]);
    return true;
}

static int find_range(struct analytics *analytics, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *range = NULL;
    struct values values = {0};
    int           r;

    if (replay_range(analytics))
        return 0;
    value_text(&values, ingest_setting_text(analytics->ingest, "from"));
    value_text(&values, ingest_setting_text(analytics->ingest, "to"));
    value_int(&values, ingest_setting(analytics->ingest, "look_back"));
    value_int(&values, fetch_run_at(analytics->fetch));
    r = values_run(analytics->ingest->pgs[0], "analytics_range", &values, &range, error);
    if (r < 0)
        return r;
    analytics->from = mem_strdup(pg_result_text(range, 0, 0));
    analytics->to = mem_strdup(pg_result_text(range, 0, 1));
    return strcmp(analytics->from, analytics->to) <= 0
               ? 0
               : error_set(error, ERR_USAGE, "the days from %s to %s are none", analytics->from, analytics->to);
}

/* Accounts and channels are dimensions before there are facts of them. */
static int prepare(struct analytics *analytics, struct error *error)
{
    static const char *const scripts[] = {"youtube_stage", "ingest_users", "youtube_versions", "youtube_unstage",
                                          NULL};
    const struct fetch_store what = {.scripts = scripts, .data_until = INT64_MIN};
    int                      r = find_range(analytics, error);

    return r < 0 ? r : fetch_store(analytics->fetch, &what, error);
}

static int load(struct analytics *analytics, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *ids = NULL;
    int r = prepare(analytics, error);

    if (r >= 0)
        r = values_run(analytics->ingest->pgs[0], "youtube_channel_ids", NULL, &ids, error);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(ids); i++) {
        analytics->channel = pg_result_text(ids, i, 0);
        analytics->is_poor = false;
        r = ask_channel(analytics, error);
        if (r >= 0)
            r = fetch_progress(analytics->fetch, "reports", i + 1, pg_result_rows(ids), "channels", error);
    }
    return r < 0 ? r : fetch_finish(analytics->fetch, "reports", error);
}

static int analytics_run(struct ingest *ingest, struct error *error)
{
    struct analytics analytics = {.ingest = ingest};
    int              r = fetch_begin(ingest, &analytics_api, &analytics.fetch, error);

    if (r >= 0)
        r = load(&analytics, error);
    fetch_end(analytics.fetch);
    mem_free(analytics.from);
    mem_free(analytics.to);
    return r;
}

static int analytics_check(struct ingest *ingest, struct error *error)
{
    return fetch_check(ingest, &analytics_api, error);
}

const struct ingest_source ingest_youtube_analytics = {
    .name = "youtube-analytics",
    .kind = "api",
    .summary = "what channels and videos gained by day, from YouTube's Analytics API",
    .settings =
        (const struct ingest_setting[]){
            FETCH_SETTINGS("https://youtubeanalytics.googleapis.com/v2"),
            FETCH_TOKEN_SETTING,
            {"batch", "IDS", "200", 1, VIDEOS_MOST, "videos of one report"},
            {"look_back", "DAYS", "35", 0, 3660, "the last days, which are read again: money is restated for a month"},
            {"final_after", "DAYS", "3", 1, 365, "days after which a day is final; until then it is provisional"},
            {"from", "DAY", "", 0, 0, "the first day, Pacific, instead of the look-back"},
            {"to", "DAY", "", 0, 0, "the last day; today"},
            {0},
        },
    .check = analytics_check,
    .run = analytics_run,
    .calls = "analytics_calls",
};
