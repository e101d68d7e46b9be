/*
 * The order: partitions made; then in one transaction: old company out, dimensions in, their keys read back, facts in,
 * touched hours told; then statistics.
 */
#include "loader.h"

#include "ytempire/base/mem.h"

static int analyze_dimensions(struct loader *loader, struct error *error)
{
    return pg_catalog_script(loader->pg, "sample_analyze_dimensions", error);
}

static int load_all(struct loader *loader, struct error *error)
{
    static int (*const steps[])(struct loader *, struct error *) = {load_users, load_channels, load_videos, analyze_dimensions,
                                                                    read_keys,  load_facts,    load_rest};
    int r = pg_script(loader->pg, "BEGIN", error);

    if (r >= 0)
        r = loader_run(loader, "sample_clear", NULL, 0, NULL, error);
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
    struct pg_value values[2] = {PG_TEXT(instant_to_text(midnight_of(loader, loader->first_day), from)),
                                 PG_TEXT(instant_to_text(loader->company.until, to))};

    return loader_run(loader, "sample_partitions", values, 2, &result, error);
}

int sample_load(struct pg *pg, const struct sample_options *options, struct sink *sink,
                struct sample_report *ret_report, struct error *error)
{
    struct sample_report report = {0};
    struct loader        loader = {.pg = pg, .sink = sink, .report = &report};
    int                  r = zone_find("America/Los_Angeles", &loader.pacific);

    if (r < 0)
        return error_set(error, ERR_FAILED, "the time zone database is missing (package tzdata)");
    loader.company = (struct company){
        .seed = options->seed, .channels = options->channels, .days = options->days, .until = options->until};
    loader.company.last_day = utc_day_of(zone_to_local(loader.pacific, options->until - 1));
    loader.first_day = loader.company.last_day - options->days + 1;
    loader.keys = map_new();
    loader.days = mem_alloc(sizeof *loader.days * (size_t)options->days);

    r = make_partitions(&loader, error);
    if (r >= 0)
        r = load_all(&loader, error);
    sink_progress_end(sink);
    if (r >= 0)
        r = pg_catalog_script(pg, "sample_analyze", error);

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
