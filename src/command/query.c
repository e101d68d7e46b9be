/* query, explain, catalog, lint: the semantic layer at the prompt. */
#include <string.h>

#include "ytempire/app/ask.h"
#include "ytempire/command.h"

#include "command_int.h"
#include "nouns.h"

static int run_query(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return app_ask(app, args_get(args, "QUERY"), sink, error);
}

const struct command command_query = {
    .name = "query",
    .summary = "Ask the semantic layer",
    .text = "Measures, then clauses in any order: by, where, having, segment, a period, order by, top, limit, tz. "
            "A line that begins with no command is a query, so the word may be left out. "
            "Text that begins with { is read as the query of Cube's REST API. "
            "A line that begins with +, -, & or a clause changes the query before.",
    .args = ARGS(REST("QUERY", COMPLETE_QUERY)),
    .examples = EXAMPLES(
        "total_views, engagement_rate by channel_name top 10 by total_views", "query revenue, profit by month for 2026",
        "query {\"measures\": [\"VideoPerformance.total_views\"], \"dimensions\": [\"VideoPerformance.category\"]}"),
    .run = run_query,
};

/* The command's own word may stand here too. */
const char *query_of_rest(const char *rest)
{
    return text_starts(rest, "query ") || text_starts(rest, "query{") ? rest + strlen("query") : rest;
}

static int run_explain(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return app_explain(app, query_of_rest(args_get(args, "QUERY")), args_flag(args, "analyze"), sink, error);
}

const struct command command_explain = {
    .name = "explain",
    .summary = "Show how a query is understood and answered",
    .text =
        "Yields the query in both spellings, the resolved range and zone, the rule of each counter, the SQL and its "
        "parameters; with 'analyze' the query is run and PostgreSQL's plan with timings follows.",
    .args = ARGS(OPTIONAL_WORD("analyze"), REST("QUERY", COMPLETE_QUERY)),
    .examples = EXAMPLES("explain total_views by day last 30 days", "explain analyze revenue by channel top 5"),
    .run = run_explain,
};

static int run_catalog(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    struct model *model;
    int           r = app_model(app, &model, error);

    if (r >= 0)
        r = model_catalog(model, args_get(args, "NAME"), &table, error);
    return r < 0 ? r : table_send(table, sink, error);
}

const struct command command_catalog = {
    .name = "catalog",
    .summary = "List cubes, measures, dimensions, segments and rollups",
    .text = "NAME is a cube or a member; without it everything is listed.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_MEMBER)),
    .examples = EXAMPLES("catalog", "catalog VideoPerformance", "catalog total_views"),
    .run = run_catalog,
};

static int run_lint(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return app_lint(app, args_flag(args, "tests"), &command_board_commands, sink, error);
}

const struct command command_lint = {
    .name = "lint",
    .summary = "Check the model and all that rests on it, also against the database",
    .text = "Model, saved queries, warm sets, sources and boards: one row a finding; exit code 1 when one is an error. With --tests every pinned query is asked again, and "
            "each cell that differs from its pinned answer is an error; a database that cannot be reached then is one too.",
    .options = OPTIONS(FLAG("tests", "ask the pinned queries again")),
    .examples = EXAMPLES("lint", "lint --tests"),
    .connects = true,
    .run = run_lint,
};
