/* source: what a source and its API said to each other. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/ingest.h"

static int run_tape(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    long long  id;
    int        r = args_number(args, "ID", 1, INT64_MAX, 0, &id, error);

    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : ingest_show_tape(pg, args_get(args, "NAME"), id, sink, error);
}

const struct command command_source_tape = {
    .name = "source tape",
    .summary = "Show the last exchanges of a source with its API, without secrets",
    .text =
        "Newest first; with ID one exchange whole. status 0: there was no answer. The last 500 of a source are kept, "
        "for 30 days and up to 32 MB, with those of runs that failed. Of a body the first MB is kept; one with whole f "
        "is cut, or was no UTF-8.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_SOURCE), OPTIONAL("ID", COMPLETE_NONE)),
    .examples = EXAMPLES("source tape youtube-data"),
    .connects = true,
    .run = run_tape,
};
