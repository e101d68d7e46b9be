/* deadletters: rows that were refused. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/ingest.h"

static int run_deadletters(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    return r < 0 ? r : ingest_list_letters(pg, args_get(args, "SOURCE"), sink, error);
}

const struct command command_deadletters = {
    .name = "deadletters",
    .summary = "List rows that were refused, with line and reason",
    .text = "line counts the lines of the file from 1; raw is the row as it stands there.",
    .args = ARGS(OPTIONAL("SOURCE", COMPLETE_SOURCE)),
    .examples = EXAMPLES("deadletters", "deadletters trending"),
    .connects = true,
    .run = run_deadletters,
};
