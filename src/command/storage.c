/* storage: partitions or chunks, what they take, and their upkeep. */
#include <stdio.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/migrate.h"

static int run_show(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, storage_show);
}

const struct command command_storage = {
    .name = "storage",
    .summary = "Show what the tables take on disk",
    .text = "One row a table: partitions (or chunks), rows, bytes, compressed bytes, oldest and newest time, and when "
            "each piece of upkeep last "
            "ran and what it did; the same for both storage engines.",
    .examples = EXAMPLES("storage"),
    .connects = true,
    .run = run_show,
};

static int run_policies(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, storage_policies);
}

const struct command command_storage_policies = {
    .name = "storage policies",
    .summary = "Show when each piece of upkeep last ran, and what it did",
    .text = "'storage maintain' and 'storage analyze' note them; what has never had anything to do has no row. Of retention "
            "the days that detailed data is kept. TimescaleDB's own jobs are in 'schedules'.",
    .examples = EXAMPLES("storage policies"),
    .connects = true,
    .run = run_policies,
};

static int run_partitions(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    return r < 0 ? r : storage_partitions(pg, args_get(args, "TABLE"), sink, error);
}

const struct command command_storage_partitions = {
    .name = "storage partitions",
    .summary = "List the partitions of a table, or of all, with their sizes",
    .text = "Or its chunks. TABLE with or without its schema. bytes and index_bytes are those of the last vacuum or "
            "analyze (NULL: there was none), so that nobody is waited for.",
    .args = ARGS(OPTIONAL("TABLE", COMPLETE_NONE)),
    .examples = EXAMPLES("storage partitions", "storage partitions fact_video_performance"),
    .connects = true,
    .run = run_partitions,
};

static int run_maintain(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    return r < 0 ? r : storage_maintain(pg, args_get(args, "STEP"), sink, error);
}

const struct command command_storage_maintain = {
    .name = "storage maintain",
    .summary = "Bring partitions, hours, retention and order of rows up to date",
    .text = "Makes partitions ahead of time and moves rows out of the default one, computes the hours that loads have "
            "touched, drops what is past "
            "the retention horizon (each video's last counters are kept), puts older partitions into the order they "
            "are read in. "
            "What somebody's session stands in the way of is left for the next run (exit 4). STEP is one of them: partitions, "
            "hours, retention or cluster.",
    .args = ARGS(OPTIONAL("STEP", COMPLETE_NONE)),
    .examples = EXAMPLES("storage maintain", "storage maintain partitions"),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_maintain,
};

static int run_analyze(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, storage_analyze);
}

const struct command command_storage_analyze = {
    .name = "storage analyze",
    .summary = "Make statistics anew where much has changed",
    .text = "What PostgreSQL plans queries by: of tables, partitions and chunks that were never analyzed or of which a "
            "twentieth has changed since, and of the tables above partitions, which autovacuum leaves out. One row each. "
            "Nobody waits for it; what another holds is left for the next run (exit 4).",
    .examples = EXAMPLES("storage analyze"),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_analyze,
};

/* Rows that would go are asked about; they go at the next maintain, so there is a way back until then. */
static int run_retention(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("retention_days:int rows_past:int");
    char       days_text[32], rows_text[32];
    struct pg *pg;
    long long  days = 0, rows = 0;
    int        r = 0;

    if (!text_equal(args_get(args, "DAYS"), "off"))
        r = args_number(args, "DAYS", 1, 36500, 0, &days, error);
    if (r < 0) {
        error_hint(error, "storage retention 90, or: storage retention off");
        return r;
    }
    r = app_pg(app, &pg, error);
    if (r >= 0)
        r = storage_count_past(pg, (int)days, &rows, error);
    if (r >= 0 && rows > 0)
        r = args_confirm(args, sink, error,
                         "%lld rows older than %lld days will be dropped at the next 'storage maintain'. Go on?", rows,
                         days);
    if (r >= 0)
        r = storage_set_retention(pg, (int)days, error);
    if (r < 0)
        return r;
    (void)snprintf(days_text, sizeof days_text, "%lld", days);
    (void)snprintf(rows_text, sizeof rows_text, "%lld", rows);
    table_add(table, days > 0 ? days_text : NULL, rows_text);
    return table_send(table, sink, error);
}

const struct command command_storage_retention = {
    .name = "storage retention",
    .summary = "Set for how many days detailed data is kept",
    .text = "DAYS is a number, or 'off': then nothing is dropped. What is older goes at the next 'storage maintain', "
            "in whole partitions; the last "
            "counters of each video are kept, so that totals do not change. Asks first when rows would go. "
            "Yields the horizon (NULL: off) and how many rows lie past it.",
    .args = ARGS(REQUIRED("DAYS", COMPLETE_NONE)),
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("storage retention off", "storage retention --yes 365"),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_retention,
};
