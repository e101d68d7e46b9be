/*
 * The order: partitions made; then in one transaction: old company out, dimensions in, their keys read back, facts in,
 * touched hours told; then statistics. Facts go out as they are made; what the other tables get is gathered meanwhile
 * (one connection can fill one table at a time) and is a tenth of it.
 */
#include "ytempire/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "company.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define METRIC_DAYS 30                 /* of videos; channels have all days */
#define MONEY_LAG 3                    /* days until YouTube's money is known */
#define BUFFER ((size_t)64 * 1024)

struct day {
    double views, likes, comments, watch, revenue, cost;
    int    published, seconds, gained, lost;
};

struct loader {
    struct pg            *pg;
    struct sink          *sink;
    struct sample_report *report;
    struct company        company;
    const struct zone    *pacific;
    int32_t               first_day;
    struct map           *keys;        /* "kind natural version" → key, as a pointer-sized number */
    struct str            rows;        /* of the table being copied */
    struct str            costs, ledger, metrics, daily;
    struct day           *days;        /* of the channel at hand */
};

/* -- text of COPY ------------------------------------------------------------------------------------------------------- */

static void add_text(struct str *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '\t' || *text == '\n')
            str_add_char(to, '\\');
        str_add_char(to, *text);
    }
}

static const char *at_text(int64_t instant, char text[static TIME_TEXT_SIZE])
{
    return instant_to_text(instant, text);
}

static void add_day(struct str *to, int32_t day)
{
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    str_addf(to, "%04d-%02d-%02d", year, month, date);
}

static int date_key(int32_t day)
{
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    return year * 10000 + month * 100 + date;
}

static int32_t utc_day(int64_t instant)
{
    return (int32_t)(instant / US_PER_DAY - (instant % US_PER_DAY < 0));
}

static int64_t midnight(const struct loader *loader, int32_t day)
{
    return zone_to_instant(loader->pacific, (int64_t)day * US_PER_DAY);
}

static int run_file(struct loader *loader, const char *name, const struct pg_value *values, size_t count, struct pg_result **ret_result, struct error *error)
{
    if (count == 0 && ret_result == NULL)
        return pg_catalog_script(loader->pg, name, error);
    return pg_catalog_query(loader->pg, name, values, count, ret_result, error);
}

static int copy_whole(struct loader *loader, const char *command, struct str *rows, int64_t *ret_rows, struct error *error)
{
    long long count = 0;
    int       r = pg_copy_begin(loader->pg, command, error);

    for (size_t at = 0; r >= 0 && at < rows->length; at += BUFFER)
        r = pg_copy_put(loader->pg, rows->data + at, rows->length - at < BUFFER ? rows->length - at : BUFFER, error);
    if (r >= 0)
        r = pg_copy_end(loader->pg, &count, error);
    if (r >= 0 && ret_rows != NULL)
        *ret_rows += count;
    str_clear(rows);
    return r;
}

/* -- users -------------------------------------------------------------------------------------------------------------- */

static int user_count(const struct company *company)
{
    return (company->channels + 4) / 5;
}

static void user_id(int user, char text[static 40])
{
    (void)snprintf(text, 40, "5a3b1e00-0000-4000-9000-%012x", user + 1);
}

/* Every tenth user moved to another tier once: the day, or 0. */
static int32_t user_changed(const struct loader *loader, int user)
{
    return user % 10 == 3 ? loader->first_day + loader->company.days / 2 : 0;
}

static const char *tier_of(int user, int version)
{
    static const char *const tiers[] = {"starter", "growth", "scale"};

    return tiers[(user + version) % 3];
}

static void add_version(struct str *rows, int64_t changed, int version, bool last)
{
    char text[TIME_TEXT_SIZE];

    str_addf(rows, "\t%s", version == 0 ? "-infinity" : at_text(changed, text));
    str_addf(rows, "\t%s\t%s\n", last ? "9999-12-31 00:00:00+00" : at_text(changed, text), last ? "t" : "f");
}

static int load_users(struct loader *loader, struct error *error)
{
    char id[40];
    int  r;

    for (int user = 0; user < user_count(&loader->company); user++) {
        user_id(user, id);
        str_addf(&loader->rows, "%s\tuser%03d@sample.ytempire.invalid\t%s\t%d\n", id, user + 1, tier_of(user, user_changed(loader, user) != 0), user % 7 == 0 ? 15000 : 10000);
    }
    r = copy_whole(loader, "COPY users.accounts (user_id, email, subscription_tier, target_revenue) FROM STDIN", &loader->rows, &loader->report->users, error);
    for (int user = 0; r >= 0 && user < user_count(&loader->company); user++) {
        int versions = user_changed(loader, user) != 0 ? 2 : 1;

        user_id(user, id);
        for (int version = 0; version < versions; version++) {
            str_addf(&loader->rows, "%s\tuser%03d@sample.ytempire.invalid\t%s\t", id, user + 1, tier_of(user, version));
            add_day(&loader->rows, loader->first_day - 100 - user % 300);
            add_version(&loader->rows, midnight(loader, user_changed(loader, user)), version, version == versions - 1);
        }
    }
    return r < 0 ? r : copy_whole(loader, "COPY analytics.dim_user (user_id, email, subscription_tier, signup_date, valid_from, valid_to, is_current) FROM STDIN", &loader->rows, NULL, error);
}

/* -- channels and videos ------------------------------------------------------------------------------------------------- */

static int load_channels(struct loader *loader, struct error *error)
{
    char id[40], name[96], text[TIME_TEXT_SIZE];
    int  r;

    for (int i = 0; i < loader->company.channels; i++) {
        struct channel channel = company_channel(&loader->company, i);

        user_id(channel.user, id);
        channel_name(&channel, name, sizeof name);
        str_addf(&loader->rows, "%s\t%s\t", channel.id, id);
        add_text(&loader->rows, name);
        str_addf(&loader->rows, "\t%s\t%s\n", channel.later_niche != NULL ? channel.later_niche : channel.niche, at_text(midnight(loader, channel.created_day), text));
    }
    r = copy_whole(loader, "COPY users.channels (channel_id, user_id, channel_name, niche, created_at) FROM STDIN", &loader->rows, &loader->report->channels, error);
    for (int i = 0; r >= 0 && i < loader->company.channels; i++) {
        struct channel channel = company_channel(&loader->company, i);
        int            versions = channel.later_niche != NULL ? 2 : 1;

        user_id(channel.user, id);
        channel_name(&channel, name, sizeof name);
        for (int version = 0; version < versions; version++) {
            str_addf(&loader->rows, "%s\t%s\t", channel.id, id);
            add_text(&loader->rows, name);
            str_addf(&loader->rows, "\t@channel%d\t%s\t%s\t", i + 1, version == 0 ? channel.niche : channel.later_niche, i % 11 == 0 ? "applied" : "monetized");
            add_day(&loader->rows, channel.created_day);
            add_version(&loader->rows, midnight(loader, channel.changed_day), version, version == versions - 1);
        }
    }
    return r < 0 ? r : copy_whole(loader, "COPY analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, monetization_status, created_date, valid_from, valid_to, is_current) FROM STDIN", &loader->rows, NULL, error);
}

typedef int each_video(struct loader *loader, const struct channel *channel, const struct video *video, struct error *error);

static int for_each_video(struct loader *loader, each_video *each, int (*after_channel)(struct loader *, const struct channel *, struct error *), struct error *error)
{
    int index = 0, r = 0;

    for (int i = 0; r >= 0 && i < loader->company.channels; i++) {
        struct channel channel = company_channel(&loader->company, i);
        int            count = company_video_count(&loader->company, &channel);

        if (loader->days != NULL)
            memset(loader->days, 0, sizeof *loader->days * (size_t)loader->company.days);
        for (int nth = 0; r >= 0 && nth < count; nth++, index++) {
            struct video video = company_video(&loader->company, &channel, nth, index);

            if (video.published < loader->company.until)
                r = each(loader, &channel, &video, error);
        }
        if (r >= 0 && after_channel != NULL)
            r = after_channel(loader, &channel, error);
    }
    return r;
}

static int add_video(struct loader *loader, const struct channel *channel, const struct video *video, struct error *error)
{
    char title[160], text[TIME_TEXT_SIZE];

    (void)error;
    video_title(video, title, sizeof title);
    str_addf(&loader->rows, "%s\t%s\t", video->id, channel->id);
    add_text(&loader->rows, title);
    str_addf(&loader->rows, "\t{%s,sample}\t%s\t%d\t%s\t%s\t%s\tt\n", channel->niche, video_category(video), video->seconds,
             video->seconds < 60 ? "shorts" : video->seconds < 600 ? "standard" : "long_form", video->method, at_text(video->published, text));
    return 0;
}

static int load_videos(struct loader *loader, struct error *error)
{
    int r = for_each_video(loader, add_video, NULL, error);

    return r < 0 ? r : copy_whole(loader, "COPY analytics.dim_video (video_id, channel_id, video_title, video_tags, category, duration_seconds, content_type, production_method, published_at, is_monetized) FROM STDIN", &loader->rows, &loader->report->videos, error);
}

/* -- keys ---------------------------------------------------------------------------------------------------------------- */

static int read_keys(struct loader *loader, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = run_file(loader, "sample_keys", NULL, 0, &result, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        _cleanup_(mem_freep) char *name = mem_printf("%s %s %s", pg_result_text(result, i, 0), pg_result_text(result, i, 1), pg_result_text(result, i, 2));

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

    user_id(channel->user, id);
    keys.video = video != NULL ? key_of(loader, "video", video->id, 0) : 0;
    for (int version = 0; version < 2; version++) {
        keys.channel[version] = key_of(loader, "channel", channel->id, version);
        keys.user[version] = key_of(loader, "user", id, version);
    }
    if (channel->later_niche != NULL)
        keys.channel_changed = midnight(loader, channel->changed_day);
    if (user_changed(loader, channel->user) != 0)
        keys.user_changed = midnight(loader, user_changed(loader, channel->user));
    return keys;
}

static void add_keys(struct str *rows, const struct keys *keys, int64_t at)
{
    str_addf(rows, "%d\t%d\t%d", keys->video, keys->channel[at >= keys->channel_changed], keys->user[at >= keys->user_changed]);
}

/* -- facts ------------------------------------------------------------------------------------------------------------------ */

static int flush(struct loader *loader, bool all, struct error *error)
{
    int r = 0;

    if (loader->rows.length >= BUFFER || all) {
        r = pg_copy_put(loader->pg, str_text(&loader->rows), loader->rows.length, error);
        str_clear(&loader->rows);
    }
    return r;
}

static void add_snapshot(struct loader *loader, const struct keys *keys, const struct video *video, int64_t at, double views)
{
    char text[TIME_TEXT_SIZE];

    add_keys(&loader->rows, keys, at);
    str_addf(&loader->rows, "\t%d\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n", date_key(utc_day(at)), at_text(at, text), views,
             floor(views * video->like_rate), floor(views * video->like_rate * 0.03), floor(views * video->comment_rate));
    loader->report->snapshots++;
}

/* What happened on one Pacific day, in the row of its midnight; also into the channel's day and the metrics. */
static void add_increments(struct loader *loader, const struct keys *keys, const struct video *video, int32_t day, double gained)
{
    struct random random = random_of(loader->company.seed, 9 + (uint64_t)video->index, (uint64_t)(day - video->published_day));
    struct day   *sum = &loader->days[day - loader->first_day];
    int64_t       at = midnight(loader, day);
    double        average = video->seconds * video->watched, watch = floor(gained * average / 60 * 100) / 100;
    double        revenue = gained / 1000 * video->channel->rpm * random_about(&random, 1, 0.1);
    double        cost = day == video->published_day ? 240 * random_about(&random, 1, 0.18) : 0;
    int           gain = (int)(gained * 0.0021 * random_about(&random, 1, 0.3)), loss = (int)(gained * 0.0004 * random_about(&random, 1, 0.3));
    bool          known = day <= loader->company.last_day - MONEY_LAG;
    char          text[TIME_TEXT_SIZE], actual[32] = "\\N";

    if (known)
        (void)snprintf(actual, sizeof actual, "%.6f", revenue * 0.97);
    add_keys(&loader->rows, keys, at);
    str_addf(&loader->rows, "\t%d\t%s\t\\N\t\\N\t\\N\t\\N\t%.2f\t%.2f\t%.6f\t%s\t%.6f\t%.0f\t%.4f\t%.4f\t%d\t%d\n", date_key(utc_day(at)), at_text(at, text), watch, average,
             revenue, actual, cost, floor(gained / video->ctr), video->ctr, video->watched * 100, gain, loss);
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

        user_id(video->channel->user, id);
        str_addf(&loader->metrics, "%s\t%s\t%s\t", id, video->channel->id, video->id);
        add_day(&loader->metrics, day);
        str_addf(&loader->metrics, "\t%.0f\t%.2f\t%.6f\n", gained, watch, revenue * 0.97 / 100);
    }
}

static void add_costs(struct loader *loader, const struct keys *keys, const struct video *video)
{
    static const struct {
        const char *category, *subcategory;
        double      share, unit;
    } parts[] = {{"ai", "script", 0.36, 0.003}, {"ai", "voice", 0.34, 0.018}, {"ai", "thumbnail", 0.10, 4}, {"compute", "render", 0.16, 0.11}, {"storage", "masters", 0.04, 0.02}};
    struct random random = random_of(loader->company.seed, 9 + (uint64_t)video->index, 0);
    double        total = (random_about(&random, 1, 0.1), 240 * random_about(&random, 1, 0.18));   /* the same draw as the increments of its first day */
    int64_t       at = video->published - 2 * US_PER_HOUR;
    char          text[TIME_TEXT_SIZE];

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        double cost = total * parts[i].share;

        str_addf(&loader->costs, "sample\t%s:%s\t%d\t%d\t%s\t%s\t%.6f\t%.6f\t%.6f\t%s\t%s\t%s\n", video->id, parts[i].subcategory, keys->user[at >= keys->user_changed],
                 date_key(utc_day(at)), parts[i].category, parts[i].subcategory, cost / parts[i].unit, parts[i].unit, cost, video->id, video->channel->id, at_text(at, text));
        at += 7 * US_PER_MINUTE;
    }
}

/* When a poller looks: hourly for two days, every six hours for a week, then daily. */
static int64_t next_look(const struct video *video, int64_t at)
{
    int64_t age = at - video->published;

    return at + (age < 48 * US_PER_HOUR ? US_PER_HOUR : age < 7 * US_PER_DAY ? 6 * US_PER_HOUR : US_PER_DAY);
}

static int add_facts_of_video(struct loader *loader, const struct channel *channel, const struct video *video, struct error *error)
{
    struct keys keys = keys_of(loader, channel, video);
    int64_t     look = video->published - video->published % US_PER_HOUR + US_PER_HOUR + video->minute * US_PER_MINUTE;
    double      before = 0;

    if (video->published_day >= loader->first_day)
        add_costs(loader, &keys, video);
    for (int32_t day = video->published_day; day <= loader->company.last_day; day++) {
        double  gained = video_views_of_day(&loader->company, video, day - video->published_day);
        double  lost = video_correction_of_day(&loader->company, video, day - video->published_day, gained);
        int64_t from = day == video->published_day ? video->published : midnight(loader, day), to = midnight(loader, day + 1);

        for (; look < to && look < loader->company.until; look = next_look(video, look)) {
            double part = look <= from ? 0 : (double)(look - from) / (double)(to - from);

            if (day >= loader->first_day)
                add_snapshot(loader, &keys, video, look, before + floor(gained * part) - (part > 0.5 ? lost : 0));
        }
        if (day >= loader->first_day && midnight(loader, day) < loader->company.until)
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

    user_id(channel->user, id);
    for (int i = 0; i < loader->company.days; i++) {
        const struct day *sum = &loader->days[i];
        int32_t           day = loader->first_day + i;
        int64_t           at = midnight(loader, day);
        struct random     random = random_of(loader->company.seed, 8 + (uint64_t)channel->index, (uint64_t)i);

        subscribers += sum->gained - sum->lost;
        str_addf(&loader->daily, "%s\t%d\t%d\t%d\t", channel->id, keys.channel[at >= keys.channel_changed], keys.user[at >= keys.user_changed], date_key(day));
        add_day(&loader->daily, day);
        str_addf(&loader->daily, "\t%d\t%d\t%.0f\t%.0f\t%.0f\t%.4f\t%.6f\t%.6f\t%.6f\t%" PRId64 "\t%d\t%d\n", sum->published, sum->seconds, sum->views, sum->likes,
                 sum->comments, sum->views > 0 ? (sum->likes + sum->comments) / sum->views : 0, sum->revenue, sum->cost, sum->revenue - sum->cost, subscribers, sum->gained,
                 sum->lost);
        if (day > loader->company.last_day - MONEY_LAG)
            continue;
        str_addf(&loader->metrics, "%s\t%s\t\\N\t", id, channel->id);
        add_day(&loader->metrics, day);
        str_addf(&loader->metrics, "\t%.0f\t%.2f\t%.6f\n", sum->views, sum->watch, sum->revenue / 100);
        for (int kind = 0; kind < 3; kind++) {
            static const char *const kinds[] = {"ad", "membership", "sponsorship"};
            double amount = kind == 0 ? sum->revenue : kind == 1 ? (double)random_between(&random, 0, 3) * 499 : random_between(&random, 1, 60) == 1 ? 15000 + channel->size : 0;

            if (kind > 0 && amount <= 0)
                continue;
            str_addf(&loader->ledger, "sample\t%s:%d:%s\t%s\t", channel->id, date_key(day), kinds[kind], kinds[kind]);
            add_day(&loader->ledger, day);
            str_addf(&loader->ledger, "\t%s\t%s\t%.6f\t%.0f\n", id, channel->id, amount, kind == 0 ? sum->views : 0);
        }
    }
    sink_progress(loader->sink, "sample company", (uint64_t)channel->index + 1, (uint64_t)loader->company.channels, "channels");
    return flush(loader, false, error);
}

static int load_facts(struct loader *loader, struct error *error)
{
    long long rows;
    int       r = pg_copy_begin(loader->pg, "COPY analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views, likes, dislikes, comments, watch_time_minutes, average_view_duration_seconds, estimated_revenue_cents, actual_revenue_cents, cost_cents, impressions, click_through_rate, average_percentage_viewed, subscriber_gained, subscriber_lost) FROM STDIN", error);

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

static int load_rest(struct loader *loader, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    char            first[16], last[16];
    struct pg_value days[2] = {PG_TEXT(first), PG_TEXT(last)};
    struct str      text = STR_INIT;
    int             r = copy_whole(loader, "COPY analytics.fact_costs (source, source_ref, user_key, date_key, cost_category, cost_subcategory, quantity, unit_cost_cents, total_cost_cents, video_id, channel_id, cost_timestamp) FROM STDIN", &loader->costs, &loader->report->costs, error);

    if (r >= 0)
        r = copy_whole(loader, "COPY analytics.fact_channel_daily (channel_id, channel_key, user_key, date_key, metric_date, videos_published, total_duration_seconds, total_views, total_likes, total_comments, avg_engagement_rate, revenue_cents, cost_cents, profit_cents, subscriber_count, subscriber_gained, subscriber_lost) FROM STDIN", &loader->daily, NULL, error);
    if (r >= 0)
        r = copy_whole(loader, "COPY analytics.youtube_metrics (user_id, channel_id, video_id, date, views, watch_time_minutes, revenue_usd) FROM STDIN", &loader->metrics, &loader->report->metrics, error);
    if (r >= 0)
        r = copy_whole(loader, "COPY ops.revenue_ledger (source, source_ref, kind, metric_date, user_id, channel_id, amount_cents, attributed_views) FROM STDIN", &loader->ledger, &loader->report->revenue, error);
    if (r < 0)
        return r;
    add_day(&text, loader->first_day);
    (void)snprintf(first, sizeof first, "%s", str_text(&text));
    str_clear(&text);
    add_day(&text, loader->company.last_day);
    (void)snprintf(last, sizeof last, "%s", str_text(&text));
    str_done(&text);
    r = pg_query(loader->pg, "SELECT ops.sum_revenue('sample', $1::date, $2::date)", days, 2, &result, error);
    return r < 0 ? r : run_file(loader, "sample_touched", NULL, 0, NULL, error);
}

/* -- the whole ---------------------------------------------------------------------------------------------------------------- */

static int load_all(struct loader *loader, struct error *error)
{
    static int (*const steps[])(struct loader *, struct error *) = {load_users, load_channels, load_videos, read_keys, load_facts, load_rest};
    int r = pg_script(loader->pg, "BEGIN", error);

    if (r >= 0)
        r = run_file(loader, "sample_clear", NULL, 0, NULL, error);
    for (size_t i = 0; r >= 0 && i < COUNT_OF(steps); i++)
        r = steps[i](loader, error);
    if (r >= 0)
        return pg_script(loader->pg, "COMMIT", error);
    if (pg_in_transaction(loader->pg))
        (void)!pg_script(loader->pg, "ROLLBACK", NULL);
    return r;
}

static int make_partitions(struct loader *loader, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    char            from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
    struct pg_value values[2] = {PG_TEXT(at_text(midnight(loader, loader->first_day), from)), PG_TEXT(at_text(loader->company.until, to))};

    return run_file(loader, "sample_partitions", values, 2, &result, error);
}

int sample_load(struct pg *pg, const struct sample_options *options, struct sink *sink, struct sample_report *ret_report, struct error *error)
{
    struct sample_report report = {0};
    struct loader        loader = {.pg = pg, .sink = sink, .report = &report};
    int                  r = zone_find("America/Los_Angeles", &loader.pacific);

    if (r < 0)
        return error_set(error, ERR_FAILED, "the time zone database is missing (package tzdata)");
    loader.company = (struct company){.seed = options->seed, .channels = options->channels, .days = options->days, .until = options->until};
    loader.company.last_day = utc_day(zone_to_local(loader.pacific, options->until - 1));
    loader.first_day = loader.company.last_day - options->days + 1;
    loader.keys = map_new();
    loader.days = mem_alloc(sizeof *loader.days * (size_t)options->days);

    r = make_partitions(&loader, error);
    if (r >= 0)
        r = load_all(&loader, error);
    sink_progress_end(sink);
    if (r >= 0)
        r = pg_script(pg, "ANALYZE analytics.fact_video_performance, analytics.dim_video, analytics.dim_channel, analytics.dim_user, analytics.youtube_metrics", error);

    map_free(loader.keys);
    mem_free(loader.days);
    str_done(&loader.rows);
    str_done(&loader.costs);
    str_done(&loader.ledger);
    str_done(&loader.metrics);
    str_done(&loader.daily);
    if (r >= 0)
        *ret_report = report;
    return r;
}
