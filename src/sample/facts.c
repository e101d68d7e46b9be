/*
 * What happened: counters and increments of videos, days of channels, costs, revenue.
 *
 * Rows of the largest table go out as they are made; those of the others are gathered meanwhile, since one connection
 * can fill one table at a time: they are a tenth of it.
 */
#include "loader.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "ytempire/base/mem.h"

/* -- keys ---------------------------------------------------------------------------------------------------------- */

int read_keys(struct loader *loader, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = loader_run(loader, "sample_keys", NULL, 0, &result, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        _cleanup_(mem_freep) char *name = mem_printf("%s %s %s", pg_result_text(result, i, 0),
                                                     pg_result_text(result, i, 1), pg_result_text(result, i, 2));

        (void)map_put(loader->keys, name, (void *)(intptr_t)pg_result_int(result, i, 3));
    }
    return r;
}

static int key_of(const struct loader *loader, const char *kind, const char *natural, int version)
{
    char name[96];

    (void)snprintf(name, sizeof name, "%s %s %d", kind, natural, version);
    return (int)(intptr_t)map_get(loader->keys, name);
}

struct keys {
    int     video, channel[2], user[2];
    int64_t channel_changed, user_changed;     /* INT64_MAX: never */
};

static struct keys keys_of(const struct loader *loader, const struct channel *channel, const struct video *video)
{
    struct keys keys = {.channel_changed = INT64_MAX, .user_changed = INT64_MAX};
    char        id[40];

    user_id_of(channel->user, id);
    keys.video = video != NULL ? key_of(loader, "video", video->id, 0) : 0;
    for (int version = 0; version < 2; version++) {
        keys.channel[version] = key_of(loader, "channel", channel->id, version);
        keys.user[version] = key_of(loader, "user", id, version);
    }
    if (channel->later_niche != NULL)
        keys.channel_changed = midnight_of(loader, channel->changed_day);
    if (user_changed_day(loader, channel->user) != 0)
        keys.user_changed = midnight_of(loader, user_changed_day(loader, channel->user));
    return keys;
}

static void add_keys(struct str *rows, const struct keys *keys, int64_t at)
{
    str_addf(rows, "%d\t%d\t%d", keys->video, keys->channel[at >= keys->channel_changed],
             keys->user[at >= keys->user_changed]);
}

/* -- facts --------------------------------------------------------------------------------------------------------- */

static int flush(struct loader *loader, bool all, struct error *error)
{
    int r = 0;

    if (loader->rows.length >= BUFFER || all) {
        r = pg_copy_put(loader->pg, str_text(&loader->rows), loader->rows.length, error);
        str_clear(&loader->rows);
    }
    return r;
}

static void add_snapshot(struct loader *loader, const struct keys *keys, const struct video *video, int64_t at,
                         double views)
{
    char text[TIME_TEXT_SIZE];

    add_keys(&loader->rows, keys, at);
    str_addf(&loader->rows, "\t%d\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n",
             date_key_of(utc_day_of(at)), instant_to_text(at, text), views, floor(views * video->like_rate),
             floor(views * video->like_rate * 0.03), floor(views * video->comment_rate));
    loader->report->snapshots++;
}

/* What happened on one Pacific day, in the row of its midnight; also into the channel's day and the metrics. */
static void add_increments(struct loader *loader, const struct keys *keys, const struct video *video, int32_t day,
                           double gained)
{
    struct random random = random_of(loader->company.seed, 9 + (uint64_t)video->index,
                                     (uint64_t)(day - video->published_day));
    struct day   *sum = &loader->days[day - loader->first_day];
    int64_t       at = midnight_of(loader, day);
    double        average = video->seconds * video->watched, watch = floor(gained * average / 60 * 100) / 100;
    double        revenue = gained / 1000 * video->channel->rpm * random_about(&random, 1, 0.1);
    double        cost = day == video->published_day ? 240 * random_about(&random, 1, 0.18) : 0;
    int gain = (int)(gained * 0.0021 * random_about(&random, 1, 0.3)),
        loss = (int)(gained * 0.0004 * random_about(&random, 1, 0.3));
    bool          known = day <= loader->company.last_day - MONEY_LAG;
    char          text[TIME_TEXT_SIZE], actual[32] = "\\N";

    if (known)
        (void)snprintf(actual, sizeof actual, "%.6f", revenue * 0.97);
    add_keys(&loader->rows, keys, at);
    str_addf(&loader->rows, "\t%d\t%s\t\\N\t\\N\t\\N\t\\N\t%.2f\t%.2f\t%.6f\t%s\t%.6f\t%.0f\t%.4f\t%.4f\t%d\t%d\n",
             date_key_of(utc_day_of(at)), instant_to_text(at, text), watch, average, revenue, actual, cost,
             floor(gained / video->ctr), video->ctr, video->watched * 100, gain, loss);
    sum->views += gained;
    sum->likes += floor(gained * video->like_rate);
    sum->comments += floor(gained * video->comment_rate);
    sum->watch += watch;
    sum->revenue += known ? revenue * 0.97 : 0;
    sum->cost += cost;
    sum->gained += gain;
    sum->lost += loss;
    if (day == video->published_day) {
        sum->published++;
        sum->seconds += video->seconds;
    }
    if (known && day > loader->company.last_day - METRIC_DAYS) {
        char id[40];

        user_id_of(video->channel->user, id);
        str_addf(&loader->metrics, "%s\t%s\t%s\t", id, video->channel->id, video->id);
        rows_add_day(&loader->metrics, day);
        str_addf(&loader->metrics, "\t%.0f\t%.2f\t%.6f\n", gained, watch, revenue * 0.97 / 100);
    }
}

static void add_costs(struct loader *loader, const struct keys *keys, const struct video *video)
{
    static const struct {
        const char *category, *subcategory;
        double      share, unit;
    } parts[] = {{"ai", "script", 0.36, 0.003},
                 {"ai", "voice", 0.34, 0.018},
                 {"ai", "thumbnail", 0.10, 4},
                 {"compute", "render", 0.16, 0.11},
                 {"storage", "masters", 0.04, 0.02}};
    struct random random = random_of(loader->company.seed, 9 + (uint64_t)video->index, 0);
    double total = (random_about(&random, 1, 0.1),
                    240 * random_about(&random, 1, 0.18)); /* the same draw as the increments of its first day */
    int64_t       at = video->published - 2 * US_PER_HOUR;
    char          text[TIME_TEXT_SIZE];

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        double cost = total * parts[i].share;

        str_addf(&loader->costs, "sample\t%s:%s\t%d\t%d\t%s\t%s\t%.6f\t%.6f\t%.6f\t%s\t%s\t%s\n", video->id,
                 parts[i].subcategory, keys->user[at >= keys->user_changed], date_key_of(utc_day_of(at)),
                 parts[i].category, parts[i].subcategory, cost / parts[i].unit, parts[i].unit, cost, video->id,
                 video->channel->id, instant_to_text(at, text));
        at += 7 * US_PER_MINUTE;
    }
}

/* When a poller looks: hourly for two days, every six hours for a week, then daily. */
static int64_t next_look(const struct video *video, int64_t at)
{
    int64_t age = at - video->published;

    return at + (age < 48 * US_PER_HOUR ? US_PER_HOUR : age < 7 * US_PER_DAY ? 6 * US_PER_HOUR : US_PER_DAY);
}

static int add_facts_of_video(struct loader *loader, const struct channel *channel, const struct video *video,
                              struct error *error)
{
    struct keys keys = keys_of(loader, channel, video);
    int64_t     look = video->published - video->published % US_PER_HOUR + US_PER_HOUR + video->minute * US_PER_MINUTE;
    double      before = 0;

    if (video->published_day >= loader->first_day)
        add_costs(loader, &keys, video);
    for (int32_t day = video->published_day; day <= loader->company.last_day; day++) {
        double  gained = video_views_of_day(&loader->company, video, day - video->published_day);
        double  lost = video_correction_of_day(&loader->company, video, day - video->published_day, gained);
        int64_t from = day == video->published_day ? video->published : midnight_of(loader, day),
                to = midnight_of(loader, day + 1);

        for (; look < to && look < loader->company.until; look = next_look(video, look)) {
            double part = look <= from ? 0 : (double)(look - from) / (double)(to - from);

            if (day >= loader->first_day)
                add_snapshot(loader, &keys, video, look, before + floor(gained * part) - (part > 0.5 ? lost : 0));
        }
        if (day >= loader->first_day && midnight_of(loader, day) < loader->company.until)
            add_increments(loader, &keys, video, day, gained);
        before += gained - lost;
    }
    return flush(loader, false, error);
}

static int add_days_of_channel(struct loader *loader, const struct channel *channel, struct error *error)
{
    struct keys keys = keys_of(loader, channel, NULL);
    int64_t     subscribers = channel->subscribers;
    char        id[40];

    user_id_of(channel->user, id);
    for (int i = 0; i < loader->company.days; i++) {
        const struct day *sum = &loader->days[i];
        int32_t           day = loader->first_day + i;
        int64_t           at = midnight_of(loader, day);
        struct random     random = random_of(loader->company.seed, 8 + (uint64_t)channel->index, (uint64_t)i);
        bool              known = day <= loader->company.last_day - MONEY_LAG;
        char              revenue[32] = "\\N", profit[32] = "\\N";

        if (known) {
            (void)snprintf(revenue, sizeof revenue, "%.6f", sum->revenue);
            (void)snprintf(profit, sizeof profit, "%.6f", sum->revenue - sum->cost);
        }
        subscribers += sum->gained - sum->lost;
        str_addf(&loader->daily, "%s\t%d\t%d\t%d\t", channel->id, keys.channel[at >= keys.channel_changed],
                 keys.user[at >= keys.user_changed], date_key_of(day));
        rows_add_day(&loader->daily, day);
        str_addf(&loader->daily, "\t%d\t%d\t%.0f\t%.0f\t%.0f\t%.4f\t%s\t%.6f\t%s\t%" PRId64 "\t%d\t%d\n",
                 sum->published, sum->seconds, sum->views, sum->likes, sum->comments,
                 sum->views > 0 ? (sum->likes + sum->comments) / sum->views : 0, revenue, sum->cost,
                 profit, subscribers, sum->gained, sum->lost);
        if (!known)
            continue;
        str_addf(&loader->metrics, "%s\t%s\t\\N\t", id, channel->id);
        rows_add_day(&loader->metrics, day);
        str_addf(&loader->metrics, "\t%.0f\t%.2f\t%.6f\n", sum->views, sum->watch, sum->revenue / 100);
        for (int kind = 0; kind < 3; kind++) {
            static const char *const kinds[] = {"ad", "membership", "sponsorship"};
            double amount = kind == 0                             ? sum->revenue
                            : kind == 1                           ? (double)random_between(&random, 0, 3) * 499
                            : random_between(&random, 1, 60) == 1 ? 15000 + channel->size
                                                                  : 0;

            if (kind > 0 && amount <= 0)
                continue;
            str_addf(&loader->ledger, "sample\t%s:%d:%s\t%s\t", channel->id, date_key_of(day), kinds[kind],
                     kinds[kind]);
            rows_add_day(&loader->ledger, day);
            str_addf(&loader->ledger, "\t%s\t%s\t%.6f\t%.0f\n", id, channel->id, amount, kind == 0 ? sum->views : 0);
        }
    }
    sink_progress(loader->sink, "sample company", (uint64_t)channel->index + 1, (uint64_t)loader->company.channels,
                  "channels");
    return flush(loader, false, error);
}

int load_facts(struct loader *loader, struct error *error)
{
    _cleanup_(mem_freep) char *sql = NULL;
    long long rows;
    int       r = pg_catalog_text("sample_copy_performance", &sql, error);

    if (r >= 0)
        r = pg_copy_begin(loader->pg, sql, error);
    if (r < 0)
        return r;
    r = for_each_video(loader, add_facts_of_video, add_days_of_channel, error);
    if (r >= 0)
        r = flush(loader, true, error);
    if (r < 0) {
        (void)!pg_copy_abandon(loader->pg, "the sample was given up");
        return r;
    }
    return pg_copy_end(loader->pg, &rows, error);
}

int load_rest(struct loader *loader, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    char            first[16], last[16];
    struct pg_value days[2] = {PG_TEXT(first), PG_TEXT(last)};
    struct str      text = STR_INIT;
    int             r = loader_copy(loader, "sample_copy_costs", &loader->costs, &loader->report->costs, error);

    if (r >= 0)
        r = loader_copy(loader, "sample_copy_daily", &loader->daily, NULL, error);
    if (r >= 0)
        r = loader_copy(loader, "sample_copy_metrics", &loader->metrics, &loader->report->metrics, error);
    if (r >= 0)
        r = loader_copy(loader, "sample_copy_ledger", &loader->ledger, &loader->report->revenue, error);
    if (r < 0)
        return r;
    rows_add_day(&text, loader->first_day);
    (void)snprintf(first, sizeof first, "%s", str_text(&text));
    str_clear(&text);
    rows_add_day(&text, loader->company.last_day);
    (void)snprintf(last, sizeof last, "%s", str_text(&text));
    str_done(&text);
    r = loader_run(loader, "sample_sum_revenue", days, 2, &result, error);
    return r < 0 ? r : loader_run(loader, "sample_touched", NULL, 0, NULL, error);
}
