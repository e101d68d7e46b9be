/* The ledger of quotas, as a fetch pays into it. */
#include "fetch_int.h"

#include "ytempire/base/time.h"

static int refuse(const struct pg_result *result, struct error *error)
{
    const char *bucket = pg_result_text(result, 0, 1), *at = pg_result_text(result, 0, 4);
    long long   left = pg_result_int(result, 0, 3);
    bool        is_reserved = text_equal(pg_result_text(result, 0, 0), "reserved");

    if (is_reserved)
        error_set(error, ERR_QUOTA, "the last %lld unit%s of '%s' %s kept for scheduled runs until %s",
                  left, plural(left), bucket, are(left), at);
    else
        error_set(error, ERR_QUOTA, "the quota '%s' is used up until %s", bucket, at);
    if (is_reserved)
        error_hint(error, "'quota' shows what is left; 'quota reserve %s 0' keeps nothing back", bucket);
    else
        error_hint(error, "'quota' shows what was spent; what was stored stays, and the rest can be loaded then");
    return ERR_QUOTA;
}

int fetch_spend(void *who, const struct api_request *request, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct fetch *fetch = who;
    struct values values = {0};
    int64_t      *paid_at = request->payer;
    int           r;

    *paid_at = 0;
    if (request->bucket == NULL)
        return 0;
    r = fetch_enter(fetch, error);
    if (r < 0)
        return r;
    value_text(&values, ingest_setting_text(fetch->ingest, "project"));
    value_text(&values, fetch->ingest->source->name);
    value_text(&values, request->bucket);
    value_int(&values, request->units > 0 ? request->units : 1);
    value_int(&values, fetch->ingest->job->id);
    r = values_run(fetch->ingest->pgs[1], "quota_spend", &values, &result, error);
    fetch_leave(fetch);
    if (r < 0)
        return r;
    if (!text_equal(pg_result_text(result, 0, 0), "spent") && !text_equal(pg_result_text(result, 0, 0), "free"))
        return refuse(result, error);
    fetch->ingest->job->counts.quota += pg_result_int(result, 0, 2);
    *paid_at = pg_result_int(result, 0, 5);
    return 0;
}

bool fetch_refuse(struct fetch *fetch, const char *method, int64_t paid_at)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};
    int           r = fetch_enter(fetch, NULL);

    if (r < 0)
        return false;
    value_text(&values, ingest_setting_text(fetch->ingest, "project"));
    value_text(&values, fetch->ingest->source->name);
    value_text(&values, method);
    value_int(&values, paid_at);
    r = values_run(fetch->ingest->pgs[1], "quota_refuse", &values, &result, NULL);
    fetch_leave(fetch);
    return r >= 0 && text_equal(pg_result_text(result, 0, 0), "t");
}
