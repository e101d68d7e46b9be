/* The ledger of quotas as a table, and a hand in it. */
#include "ingest_int.h"

int ingest_list_quota(struct pg *pg, struct sink *sink, struct error *error)
{
    return pg_catalog_table(pg, "quota_show", NULL, 0, sink, error);
}

static int refuse_bucket(struct pg *pg, const char *bucket, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = values_run(pg, "quota_names", NULL, &result, error);

    if (r < 0)
        return r;
    error_set(error, ERR_UNKNOWN, "unknown bucket '%s'", bucket);
    if (pg_result_text(result, 0, 0) != NULL)
        error_hint(error, "buckets are: %s", pg_result_text(result, 0, 0));
    return ERR_UNKNOWN;
}

int ingest_set_quota(struct pg *pg, const struct ingest_bucket *bucket, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(table_freep) struct table *table = table_new("project:text bucket:text limit:int reserve:int");
    struct values values = {0};
    int           r;

    value_text(&values, bucket->project);
    value_text(&values, bucket->name);
    for (size_t i = 0; i < 2; i++) {
        int64_t number = i == 0 ? bucket->limit : bucket->reserve;

        if (number >= 0)
            value_int(&values, number);
        else
            value_text(&values, NULL);
    }
    r = values_run(pg, "quota_set", &values, &result, error);
    if (r < 0)
        return r;
    if (pg_result_rows(result) == 0)
        return refuse_bucket(pg, bucket->name, error);
    table_add(table, pg_result_text(result, 0, 0), pg_result_text(result, 0, 1), pg_result_text(result, 0, 2),
              pg_result_text(result, 0, 3));
    return table_send(table, sink, error);
}
