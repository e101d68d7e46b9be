/* Names of fields and what they mean. */
#include <string.h>

#include "infer.h"

#define NAME_MOST 128

/* Other names of a column, without case and what is no letter or digit. */
static const struct {
    const char *column;
    const char *words[10];
} synonyms[] = {
    {"video_id", {"video", "ytid", "youtubeid", "videoidentifier"}},
    {"channel_id", {"channel", "channelidentifier"}},
    {"timestamp", {"date", "day", "time", "datetime", "at", "measuredat", "snapshotat", "ts", "trendingdate"}},
    {"metric_date", {"date", "day", "at"}},
    {"date", {"day", "metricdate"}},
    {"cost_timestamp", {"date", "day", "time", "at", "timestamp", "datetime", "ts", "costdate"}},
    {"source_ref", {"id", "ref", "reference", "number", "invoice", "invoiceid", "transactionid", "txn", "transaction"}},
    {"total_cost_cents", {"amount", "total", "cost", "price", "amountcents", "costcents", "cents", "totalcost"}},
    {"amount_cents", {"amount", "total", "revenue", "revenuecents", "cents"}},
    {"unit_cost_cents", {"unitprice", "unitcost", "rate"}},
    {"actual_revenue_cents", {"revenue", "earnings"}},
    {"estimated_revenue_cents", {"estimatedrevenue"}},
    {"revenue_cents", {"revenue", "earnings"}},
    {"revenue_usd", {"revenue", "estimatedrevenue", "earnings"}},
    {"cost_category", {"category"}},
    {"cost_subcategory", {"subcategory"}},
    {"quantity", {"qty", "count", "units"}},
    {"kind", {"type", "revenuetype"}},
    {"user_id", {"user", "owner"}},
    {"views", {"view", "viewcount"}},
    {"total_views", {"views", "view", "viewcount"}},
    {"likes", {"like", "likecount"}},
    {"total_likes", {"likes", "likecount"}},
    {"dislikes", {"dislike", "dislikecount"}},
    {"comments", {"comment", "commentcount"}},
    {"total_comments", {"comments", "commentcount"}},
    {"shares", {"share", "sharecount"}},
    {"total_shares", {"shares", "sharecount"}},
    {"watch_time_minutes", {"watchminutes", "minuteswatched", "estimatedminuteswatched"}},
    {"click_through_rate", {"ctr", "impressionsctr"}},
    {"average_view_duration_seconds", {"averageviewduration", "avgviewduration"}},
    {"average_percentage_viewed", {"averageviewpercentage"}},
    {"subscriber_count", {"subscribers", "subs"}},
    {"subscriber_gained", {"subscribersgained"}},
    {"subscriber_lost", {"subscriberslost"}},
    {"video_title", {"title"}},
    {"video_description", {"description"}},
    {"video_tags", {"tags", "keywords"}},
    {"category", {"genre", "categoryname"}},
    {"duration_seconds", {"duration", "length", "seconds", "runtime"}},
    {"thumbnail_url", {"thumbnail", "thumbnaillink"}},
    {"published_at", {"published", "publishtime", "publishdate", "publisheddate", "uploadedat", "uploaddate"}},
    {"is_monetized", {"monetized"}},
    {"is_active", {"active"}},
    {"channel_name", {"channeltitle", "channel"}},
    {"channel_handle", {"handle", "customurl"}},
};

/* Letters and digits alone, small; other bytes than ASCII's stay. */
static void flatten(const char *name, char to[static NAME_MOST])
{
    size_t length = 0;

    for (; *name != '\0' && length + 1 < NAME_MOST; name++) {
        char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80)
            to[length++] = c;
    }
    to[length] = '\0';
}

static bool is_synonym(const char *flat, const char *column)
{
    for (size_t i = 0; i < COUNT_OF(synonyms); i++)
        for (size_t w = 0; text_equal(synonyms[i].column, column) && w < COUNT_OF(synonyms[i].words); w++)
            if (text_equal(synonyms[i].words[w], flat))
                return true;
    return false;
}

static int score(const char *name, const char *column)
{
    char flat[NAME_MOST], same[NAME_MOST];

    flatten(name, flat);
    flatten(column, same);
    if (text_equal(flat, same))
        return 4;
    if (text_equal(flat, "id") && text_equal(column, "video_id"))     /* a file of videos rather than of channels */
        return 2;
    if (text_equal(flat, "id") && text_equal(column, "channel_id"))
        return 1;
    return is_synonym(flat, column) ? 3 : 0;
}

int infer_name_score(const char *field, const char *column)
{
    const char *dot = strrchr(field, '.');
    int         whole = score(field, column), tail = dot != NULL ? score(dot + 1, column) : 0;

    return whole > 0 || tail == 0 ? whole : tail - 1;
}

bool infer_is_money(const char *field, const struct target_column *target)
{
    char flat[NAME_MOST];

    flatten(field, flat);
    return text_ends(target->name, "_cents") && strstr(flat, "cent") == NULL;
}
