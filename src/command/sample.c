/* sample: a company to try things on. */
#include <inttypes.h>
#include <stdio.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/sample.h"

static int send_report(const struct sample_report *report, struct sink *sink, struct error *error)
{
    const struct {
        const char *what;
        int64_t     rows;
    } lines[] = {
        {"users", report->users},         {"channels", report->channels}, {"videos", report->videos},
        {"snapshots", report->snapshots}, {"costs", report->costs},       {"revenue", report->revenue},
        {"metrics", report->metrics},
    };
    _cleanup_(table_freep) struct table *table = table_new("loaded:text rows:int");
    char text[32];

    table_column_mutable(table, 1)->format = FORMAT_NUMBER;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        (void)snprintf(text, sizeof text, "%" PRId64, lines[i].rows);
        table_add(table, lines[i].what, text);
    }
    return table_send(table, sink, error);
}

static int run_load(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct sample_options options = {.until = instant_now()};
    struct sample_report  report;
    struct pg            *pg;
    long long             channels, days, seed;
    int                   r = args_number(args, "channels", 1, 10000, SAMPLE_CHANNELS, &channels, error);

    if (r >= 0)
        r = args_number(args, "days", 1, 3650, SAMPLE_DAYS, &days, error);
    if (r >= 0)
        r = args_number(args, "seed", 0, INT64_MAX, SAMPLE_SEED, &seed, error);
    if (r >= 0)
        r = app_pg(app, &pg, error);
    if (r < 0)
        return r;
    options.channels = (int)channels;
    options.days = (int)days;
    options.seed = (uint64_t)seed;
    options.until -= options.until % US_PER_HOUR;
    r = sample_load(pg, &options, sink, &report, error);
    return r < 0 ? r : send_report(&report, sink, error);
}

const struct command command_sample_load = {
    .name = "sample load",
    .summary = "Load a believable company to try things on",
    .text = "Users with five channels each, videos, hourly counters, daily increments, costs and revenue, up to this "
            "hour: the same for the same seed. "
            "Loading again takes the company before away, and nothing else.",
    .options = OPTIONS(VALUE("channels", "N", "how many channels; 250 unless said"),
                       VALUE("days", "N", "how many days back; 90 unless said"),
                       VALUE("seed", "N", "another company; 1 unless said")),
    .examples = EXAMPLES("sample load", "sample load --channels 25 --days 30"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_load,
};
