/* migrate: the schema of the warehouse, from the files in sql/migrations to the server. */
#include <stdio.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/command.h"
#include "ytempire/local.h"
#include "ytempire/migrate.h"

#include "nouns.h"

/* -- what they share ----------------------------------------------------------------------------------------------- */

static int begin(struct app *app, const struct args *args, struct pg **ret_pg, struct migrate_options *ret_options,
                 struct error *error)
{
    app_migrate_options(app, ret_options);
    if (args_option(args, "storage") != NULL)
        ret_options->storage = args_option(args, "storage");
    ret_options->recover = args_option(args, "recover");
    return app_pg(app, ret_pg, error);
}

/* What was noted of the private database no longer holds. */
static int forget_stamp(struct app *app, struct error *error)
{
    struct local *local = app_local(app);

    return local != NULL ? migrate_stamp_drop(local_stamp(local), error) : 0;
}

static int send_outcome(struct pg *pg, const char *column, size_t count, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *columns = mem_printf("%s:int newest:text", column), *newest = NULL,
                              *number = mem_printf("%zu", count);
    _cleanup_(table_freep) struct table *table = table_new(columns);
    int                            r = migrate_newest(pg, &newest, error);

    if (r < 0)
        return r;
    table_add(table, number, newest);
    return table_send(table, sink, error);
}

static int up(struct app *app, const struct args *args, const char *to, struct sink *sink, struct error *error)
{
    struct migrate_options options;
    struct pg             *pg;
    size_t                 applied = 0;
    int                    r = begin(app, args, &pg, &options, error);

    if (r >= 0)
        r = migrate_up(pg, &options, to, sink, &applied, error);
    return r < 0 ? r : send_outcome(pg, "applied", applied, sink, error);
}

#define FILES_NAMED 8        /* in a question */

static int ask_before(struct pg *pg, const struct migrate_options *options, const char *to, const struct args *args,
                      struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *touches = NULL;
    struct str list = STR_INIT;
    char     **files = NULL;
    size_t     count = 0;
    int        r = migrate_would_undo(pg, options, to, &files, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        if (i < FILES_NAMED)
            str_addf(&list, "%s%s", i > 0 ? ", " : "", files[i]);
        mem_free(files[i]);
    }
    mem_free(files);
    if (count > FILES_NAMED)
        str_addf(&list, " and %zu more", count - FILES_NAMED);
    if (count > 0)
        r = migrate_undo_touches(pg, options, to, &touches, error);
    if (r >= 0 && count > 0)
        r = args_confirm(args, sink, error, "Undo %s, with the data in what they made%s%s%s?", str_text(&list),
                         touches[0] != '\0' ? " (" : "", touches, touches[0] != '\0' ? ")" : "");
    str_done(&list);
    return r;
}

static int down(struct app *app, const struct args *args, const char *to, struct sink *sink, struct error *error)
{
    struct migrate_options options;
    struct pg             *pg;
    size_t                 undone = 0;
    int                    r = begin(app, args, &pg, &options, error);

    if (r >= 0)
        r = ask_before(pg, &options, to, args, sink, error);
    if (r >= 0)
        r = forget_stamp(app, error);
    if (r >= 0)
        r = migrate_down(pg, &options, to, sink, &undone, error);
    if (r >= 0 && app_local(app) != NULL)
        sink_text(sink, "note: the next program that opens the private database applies them again");
    return r < 0 ? r : send_outcome(pg, "undone", undone, sink, error);
}

#define RECOVER                                                                                                        \
    VALUE("recover", "HOW", "go on after a file that was interrupted outside a transaction: resume, repair or mark")
#define STORAGE VALUE("storage", "ENGINE", "native or timescaledb, instead of what the server is found to offer")

/* -- the verbs ----------------------------------------------------------------------------------------------------- */

static int run_status(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct migrate_options options;
    struct pg             *pg;
    int                    r = begin(app, args, &pg, &options, error);

    return r < 0 ? r : migrate_status(pg, &options, sink, error);
}

const struct command command_migrate_status = {
    .name = "migrate status",
    .summary = "List migrations: applied, pending, changed, missing",
    .text = "A file that was changed after it was applied is 'changed', one that is gone 'missing'. A file outside a "
            "transaction may also be 'running', or 'failed' when it did not end.",
    .examples = EXAMPLES("migrate status"),
    .connects = true,
    .run = run_status,
};

static int run_up(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return up(app, args, args_get(args, "VERSION"), sink, error);
}

const struct command command_migrate_up = {
    .name = "migrate up",
    .summary = "Apply what is pending",
    .text =
        "Up to and with VERSION, or all. Each file is one transaction. Only one migrator works at a time; who it is "
        "is shown while the others wait. Nothing is applied when an applied file was changed.",
    .args = ARGS(OPTIONAL("VERSION", COMPLETE_MIGRATION)),
    .options = OPTIONS(STORAGE, RECOVER),
    .examples = EXAMPLES("migrate up"),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_up,
};

/* Without a VERSION the newest one goes. */
static int run_down(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *before = NULL;
    const char                *to = args_get(args, "VERSION");
    struct pg                 *pg;
    int                        r = to != NULL ? 0 : app_pg(app, &pg, error);

    if (r >= 0 && to == NULL)
        r = migrate_before_newest(pg, &before, error);
    return r < 0 ? r : down(app, args, to != NULL ? to : before, sink, error);
}

const struct command command_migrate_down = {
    .name = "migrate down",
    .summary = "Undo the newest migration, or all after a version",
    .text = "Newest first; VERSION itself stays, and 0 undoes all. What was made is dropped with its data, so it asks. "
            "Nothing is undone when one of the files has no part 'down'. The private database of --local is brought up "
            "to date by the next program that opens it, so there it is good for trying a file only.",
    .args = ARGS(OPTIONAL("VERSION", COMPLETE_MIGRATION)),
    .options = OPTIONS(RECOVER, FLAG_YES),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_down,
};

static int run_to(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *newest = NULL;
    const char                *to = args_get(args, "VERSION");
    struct pg                 *pg;
    int                        r = app_pg(app, &pg, error);

    if (r >= 0)
        r = migrate_newest(pg, &newest, error);
    if (r < 0)
        return r;
    return migrate_compare_versions(to, newest) < 0 ? down(app, args, to, sink, error) : up(app, args, to, sink, error);
}

const struct command command_migrate_to = {
    .name = "migrate to",
    .summary = "Go up or down to a version",
    .args = ARGS(REQUIRED("VERSION", COMPLETE_MIGRATION)),
    .options = OPTIONS(STORAGE, RECOVER, FLAG_YES),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_to,
};

static int run_plan(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct migrate_options options;
    struct pg             *pg;
    int                    r = begin(app, args, &pg, &options, error);

    return r < 0 ? r : migrate_plan(pg, &options, sink, error);
}

const struct command command_migrate_plan = {
    .name = "migrate plan",
    .summary = "Show what 'migrate up' would do, and to whom",
    .text =
        "Each pending statement with the lock it takes, the size of its table, whether the table is written anew, who "
        "blocks it now, and what is wrong with it. Nothing is changed.",
    .options = OPTIONS(STORAGE),
    .examples = EXAMPLES("migrate plan"),
    .connects = true,
    .run = run_plan,
};

static int run_show(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct migrate_options options;
    struct pg             *pg;
    int                    r = begin(app, args, &pg, &options, error);

    return r < 0 ? r : migrate_show(pg, &options, args_get(args, "VERSION"), sink, error);
}

const struct command command_migrate_show = {
    .name = "migrate show",
    .summary = "Show the statements of a migration, up and down, and what they do",
    .text = "Each statement of both parts with the table it is about, the lock it takes there, whether the table is "
            "written anew, whether something is lost, and what is wrong with it. Nothing is changed; 'migrate plan' "
            "looks at the server for those that are pending.",
    .args = ARGS(REQUIRED("VERSION", COMPLETE_MIGRATION)),
    .options = OPTIONS(STORAGE),
    .examples = EXAMPLES("migrate show 0029"),
    .connects = true,
    .run = run_show,
};

static int run_verify(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct migrate_options options;
    struct pg             *pg;
    int                    r = begin(app, args, &pg, &options, error);

    return r < 0 ? r : migrate_verify(pg, &options, sink, error);
}

const struct command command_migrate_verify = {
    .name = "migrate verify",
    .summary = "Check the schema against the files that made it",
    .text =
        "Checksums, missing files, invalid indexes, and where the live schema differs from what the files make. One "
        "row a finding; exit code 1 when one is an error.",
    .connects = true,
    .run = run_verify,
};

static int run_new(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct migrate_options options;

    app_migrate_options(app, &options);
    return migrate_new(&options, args_get(args, "NAME"), args_flag(args, "both"), args_flag(args, "no-transaction"),
                       sink, error);
}

const struct command command_migrate_new = {
    .name = "migrate new",
    .summary = "Make an empty migration with the next number",
    .args = ARGS(REQUIRED("NAME", COMPLETE_NONE)),
    .options = OPTIONS(FLAG("both", "one file for each storage engine"),
                       FLAG("no-transaction", "for the one statement that may not run in a transaction")),
    .writes = WRITES_FILES,
    .run = run_new,
};

static int run_baseline(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct migrate_options options;
    struct pg             *pg;
    size_t                 marked = 0;
    int                    r = begin(app, args, &pg, &options, error);

    if (r >= 0)
        r = migrate_baseline(pg, &options, args_get(args, "VERSION"), sink, &marked, error);
    return r < 0 ? r : send_outcome(pg, "marked", marked, sink, error);
}

const struct command command_migrate_baseline = {
    .name = "migrate baseline",
    .summary = "Note migrations as applied without running them",
    .text = "For a schema that was made by other means, as from a dump: up to and with VERSION, or all.",
    .args = ARGS(OPTIONAL("VERSION", COMPLETE_MIGRATION)),
    .options = OPTIONS(STORAGE),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_baseline,
};
