/* export: the answer to a query as a file. */
#include <inttypes.h>
#include <stdio.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/ask.h"
#include "ytempire/app/export.h"

static int send_outcome(const struct export *export, const char *path, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("file:text format:text exported_rows:int bytes:int");
    char rows[32], bytes[32];

    (void)snprintf(rows, sizeof rows, "%" PRIu64, export_rows(export));
    (void)snprintf(bytes, sizeof bytes, "%" PRIu64, export_bytes(export));
    table_add(table, path, export_format(export), rows, bytes);
    return table_send(table, sink, error);
}

static int run_export(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(export_freep) struct export *export = NULL;
    const char *path = args_get(args, "FILE");
    int r = export_open(app, path, sink, &export, error);

    if (r >= 0 && export_replaces(export))
        r = args_confirm(args, sink, error, "'%s' is there already. Write over it?", path);
    if (r >= 0)
        r = app_ask(app, query_of_rest(args_get(args, "QUERY")), export_sink(export), error);
    if (r >= 0)
        r = export_keep(export, error);
    return r < 0 ? r : send_outcome(export, path, sink, error);
}

const struct command command_export = {
    .name = "export",
    .summary = "Write the answer to a query to a file",
    .text = "The file's ending is the format: .csv, .tsv, .json, .ndjson, .md, .html or .xlsx. The file appears when it is "
            "whole; one that is there already is asked about. In xlsx numbers are numbers and times are times, in the "
            "query's zone; what a double cannot keep is written as text, and what would be a formula stays text. A "
            "sheet takes 1,048,576 rows: more go on in another. Yields the file, its format, rows and bytes.",
    .args = ARGS(REQUIRED("FILE", COMPLETE_FILE), REST("QUERY", COMPLETE_QUERY)),
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("export revenue.xlsx revenue, profit by channel last 30 days",
                         "export --yes views.csv total_views by day last 30 days"),
    .writes = WRITES_FILES,
    .run = run_export,
};
