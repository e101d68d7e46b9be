/* What a mapped file can fill. To add one: its struct, a line in the list, and the statements it names. */
#include <string.h>

#include "mapping.h"

#define TEXT(n) {.name = (n), .type = TARGET_TEXT}
#define INT(n) {.name = (n), .type = TARGET_INT}
#define BIGINT(n) {.name = (n), .type = TARGET_BIGINT}
#define NUMERIC(n, w) {.name = (n), .type = TARGET_NUMERIC, .whole = (w)}
#define BOOL(n) {.name = (n), .type = TARGET_BOOL}
#define DATE(n) {.name = (n), .type = TARGET_DATE}
#define INSTANT(n) {.name = (n), .type = TARGET_INSTANT}
#define UUID(n) {.name = (n), .type = TARGET_UUID}
#define JSON(n) {.name = (n), .type = TARGET_JSON}
#define LIST(n) {.name = (n), .type = TARGET_LIST}
#define NEEDED(n, t) {.name = (n), .type = (t), .needed = true}
#define END {0}

#define OF_VIDEO                                                                                                       \
    TEXT("video_title"), TEXT("video_description"), LIST("video_tags"), TEXT("category"), INT("duration_seconds"),     \
        {.name = "production_method", .type = TARGET_TEXT, .words = methods}, TEXT("thumbnail_url"),                   \
        INSTANT("published_at"), BOOL("is_monetized")

static const char *const methods[] = {"ai_generated", "manual", "hybrid", NULL};
static const char *const kinds[] = {"ad", "sponsorship", "affiliate", "membership", "super_chat", NULL};

/* The columns of each stand in the order of the table that map_stage_*.sql makes. */
static const struct target performance = {
    .name = "video_performance",
    .summary = "counters and increments of videos at a moment, and what the rows tell of video and channel",
    .relation = "analytics.fact_video_performance",
    .columns = (const struct target_column[]){NEEDED("video_id", TARGET_TEXT),
                                              NEEDED("timestamp", TARGET_INSTANT),
                                              TEXT("channel_id"),
                                              BIGINT("views"),
                                              INT("likes"),
                                              INT("dislikes"),
                                              INT("comments"),
                                              INT("shares"),
                                              NUMERIC("watch_time_minutes", 10),
                                              NUMERIC("average_view_duration_seconds", 8),
                                              NUMERIC("estimated_revenue_cents", 12),
                                              NUMERIC("actual_revenue_cents", 12),
                                              NUMERIC("cost_cents", 12),
                                              BIGINT("impressions"),
                                              NUMERIC("click_through_rate", 8),
                                              NUMERIC("average_percentage_viewed", 8),
                                              INT("subscriber_gained"),
                                              INT("subscriber_lost"),
                                              OF_VIDEO,
                                              TEXT("channel_name"),
                                              TEXT("channel_handle"),
                                              TEXT("niche"),
                                              TEXT("sub_niche"),
                                              TEXT("monetization_status"),
                                              END},
    .key_columns = 2,
    .times = "map_times_performance",
    .stage = "map_stage_performance",
    .copy = "map_copy",
    .newer = "map_newer_performance",
    .strangers = "map_strangers_performance",
    .steps = (const struct target_step[]){{"map_performance_channels", "r", '\0', "channel_id"},
                                          {"map_older_channels", "tr", '\0', "channel_id"},
                                          {"map_store_channels", "tr", 'E', "channel_id"},
                                          {"map_performance_videos", "r", '\0', NULL},
                                          {"map_told_videos", "tr", 'C', NULL},
                                          {"map_new_videos", "", 'N', NULL},
                                          {"map_merge", "k", '\0', NULL}, {"map_store_performance", "jtr", '=', NULL},
                                          {0}},
    .partitions = "analytics.fact_video_performance",
};

static const struct target channels = {
    .name = "channels",
    .summary = "channels, with their history: a change of name, handle, niche or state opens a version",
    .relation = "analytics.dim_channel",
    .columns = (const struct target_column[]){NEEDED("channel_id", TARGET_TEXT), INSTANT("valid_from"), UUID("user_id"),
                                              TEXT("channel_name"), TEXT("channel_handle"), TEXT("niche"),
                                              TEXT("sub_niche"), JSON("target_audience"), JSON("content_strategy"),
                                              TEXT("monetization_status"), DATE("created_date"), BOOL("is_active"),
                                              END},
    .key_columns = 2,
    .stage = "map_stage_channels",
    .copy = "map_copy",
    .newer = "map_newer_channels",
    .strangers = "map_strangers_channels",
    .steps = (const struct target_step[]){{"map_channels", "r", '\0', NULL},
                                          {"map_store_channels", "tr", '=', NULL},
                                          {0}},
};

static const struct target videos = {
    .name = "videos",
    .summary = "videos: what is told of one replaces what was",
    .relation = "analytics.dim_video",
    .columns = (const struct target_column[]){NEEDED("video_id", TARGET_TEXT), TEXT("channel_id"), OF_VIDEO,
                                              BOOL("is_active"), END},
    .key_columns = 1,
    .stage = "map_stage_videos",
    .copy = "map_copy",
    .newer = "map_newer_videos",
    .strangers = "map_strangers_videos",
    .steps = (const struct target_step[]){{"map_merge", "k", '\0', NULL}, {"map_videos", "", '\0', NULL},
                                          {"map_told_videos", "tr", '!', NULL},
                                          {"map_new_videos", "", '+', NULL},
                                          {0}},
};

static const struct target daily = {
    .name = "channel_daily",
    .summary = "days of channels",
    .relation = "analytics.fact_channel_daily",
    .columns =
        (const struct target_column[]){
            NEEDED("channel_id", TARGET_TEXT), NEEDED("metric_date", TARGET_DATE), INT("videos_published"),
            INT("total_duration_seconds"), BIGINT("total_views"), INT("total_likes"), INT("total_comments"),
            INT("total_shares"), NUMERIC("avg_engagement_rate", 8), NUMERIC("revenue_cents", 12),
            NUMERIC("cost_cents", 12), NUMERIC("profit_cents", 12), INT("subscriber_count"), INT("subscriber_gained"),
            INT("subscriber_lost"), NUMERIC("revenue_per_view_cents", 12), NUMERIC("cost_per_video_cents", 12), END},
    .key_columns = 2,
    .times = "map_times_days",
    .stage = "map_stage_daily",
    .copy = "map_copy",
    .newer = "map_newer_daily",
    .strangers = "map_strangers_daily",
    .steps = (const struct target_step[]){{"map_merge", "k", '\0', NULL}, {"map_store_daily", "jtr", '=', NULL}, {0}},
    .partitions = "analytics.fact_channel_daily",
};

static const struct target costs = {
    .name = "costs",
    .summary = "costs, each known by what its source calls it (source_ref) and its time",
    .relation = "analytics.fact_costs",
    .columns =
        (const struct target_column[]){
            NEEDED("source_ref", TARGET_TEXT), NEEDED("cost_timestamp", TARGET_INSTANT), UUID("user_id"),
            TEXT("cost_category"), TEXT("cost_subcategory"), NUMERIC("quantity", 12), NUMERIC("unit_cost_cents", 12),
            NUMERIC("total_cost_cents", 12), TEXT("video_id"), TEXT("channel_id"), END},
    .key_columns = 2,
    .times = "map_times_costs",
    .stage = "map_stage_costs",
    .copy = "map_copy",
    .newer = "map_newer_costs",
    .strangers = "map_strangers_costs",
    .steps = (const struct target_step[]){{"map_merge", "k", '\0', NULL}, {"map_store_costs", "jtrs", '=', NULL}, {0}},
    .partitions = "analytics.fact_costs",
};

static const struct target revenue = {
    .name = "revenue",
    .summary = "money, an event a row, each known by what its source calls it (source_ref); days are summed from these",
    .relation = "ops.revenue_ledger",
    .columns =
        (const struct target_column[]){NEEDED("source_ref", TARGET_TEXT),
                                       {.name = "kind", .type = TARGET_TEXT, .needed = true, .words = kinds},
                                       NEEDED("metric_date", TARGET_DATE),
                                       UUID("user_id"),
                                       TEXT("channel_id"),
                                       TEXT("video_id"),
                                       {.name = "amount_cents", .type = TARGET_NUMERIC, .needed = true, .whole = 12},
                                       BIGINT("attributed_views"),
                                       END},
    .key_columns = 1,
    .times = "map_times_days",
    .stage = "map_stage_revenue",
    .copy = "map_copy",
    .newer = "map_newer_revenue",
    .steps = (const struct target_step[]){{"map_merge", "k", '\0', NULL}, {"map_store_revenue", "jtrs", '=', NULL},
                                          {"map_sum_revenue", "s", '\0', NULL},
                                          {0}},
};

static const struct target metrics = {
    .name = "youtube_metrics",
    .summary = "Pacific days of a video, or without video_id of a channel as a whole",
    .relation = "analytics.youtube_metrics",
    .columns =
        (const struct target_column[]){
            NEEDED("channel_id", TARGET_TEXT), TEXT("video_id"), NEEDED("date", TARGET_DATE), BIGINT("views"),
            NUMERIC("watch_time_minutes", 10), NUMERIC("revenue_usd", 12), END},
    .key_columns = 3,
    .times = "map_times_metrics",
    .stage = "map_stage_metrics",
    .copy = "map_copy",
    .newer = "map_newer_metrics",
    .strangers = "map_strangers_metrics",
    .steps = (const struct target_step[]){{"map_merge", "k", '\0', NULL}, {"map_store_metrics", "jtr", '=', NULL}, {0}},
};

const struct target *const targets[] = {&performance, &channels, &videos, &daily, &costs, &revenue, &metrics, NULL};

const struct target *target_find(const char *name)
{
    for (size_t i = 0; targets[i] != NULL; i++)
        if (text_equal(targets[i]->name, name))
            return targets[i];
    return NULL;
}

size_t target_width(const struct target *target)
{
    size_t width = 0;

    while (target->columns[width].name != NULL)
        width++;
    return width;
}
