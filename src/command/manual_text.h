/* The words of the manual that stand in no table. Included by manual.c alone. */
#ifndef COMMAND_MANUAL_TEXT_H
#define COMMAND_MANUAL_TEXT_H

#include <stddef.h>

#define MANUAL_DATE "2026-11-24"

struct manual_entry {
    const char *tag, *text;
};

struct manual_example {
    const char        *text;
    const char *const *lines;
};

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char manual_synopsis[] =
    ".B ytempire\n[\\fIOPTIONS\\fR] [\\fIDSN\\fR]\n"
    ".br\n.B ytempire\n[\\fIOPTIONS\\fR] \\fB\\-\\-exec\\fR \\(aq\\fICOMMANDS\\fR\\(aq\n"
    ".br\n.B ytempire\n[\\fIOPTIONS\\fR] \\fB\\-\\-file\\fR \\fIFILE\\fR\n";

static const char *const manual_description[] = {
    "ytempire asks a warehouse of YouTube data, kept in PostgreSQL: measures and dimensions are named, the SQL is "
    "written and run, and the answer comes as a table, "
    "CSV, JSON and other formats. "
    "It also builds that warehouse, loads it, and looks after it.",
    "Commands come from --exec and --file in the order they are given, else from standard input. "
    "Results go to standard output, everything else to standard error. "
    "The first command that fails ends the run, unless --keep-going was given.",
    NULL,
};

static const char manual_options[] =
    "What is not said on the command line comes from the profile, then from the environment, then from the default. "
    "Names of options are never abbreviated.";

static const char *const manual_commands[] = {
    "A line that begins with a command is that command. "
    "A line that begins with SELECT, WITH, VALUES, TABLE or SHOW, in any case, is 'sql'. "
    "Any other line is a query. "
    "Names are not abbreviated.",
    "A command ends at ';' or at the end of the line, outside quotes and brackets; a line that begins with white space "
    "continues the one before. "
    "A line that begins with -- or # is a comment. "
    "A word with spaces or semicolons is quoted, 'so' (with '' for an apostrophe) or \"so\" (with JSON's escapes). "
    "'sql' is read by PostgreSQL's rules: its strings, dollar quotes and comments may hold anything.",
    NULL,
};

static const char *const manual_keys[] = {
    "In the console a key does what a command does: each key below stands with its command. "
    "In the prompt, which is readline with the person's own inputrc, only the keys of 'everywhere' are taken.",
    "Keys are changed in $XDG_CONFIG_HOME/ytempire/keys, a line each: PLACE KEY COMMAND, where PLACE is always, any, query, "
    "text or list; the command 'none' takes a key away; # begins a comment.",
    NULL,
};

static const char manual_queries[] = "A query names measures, then clauses in any order, each at most once.";

static const struct manual_entry manual_clauses[] = {
    {"[from CUBE] MEASURE, …", "What is asked for. A name is looked up in the cube after 'from', else in the model's "
                               "default cube, else in the only cube that has it."},
    {"by MEMBER, …", "Groups. A time dimension takes a granularity, as in snapshot_time.week; a bare one (day, week, "
                     "month …) means the cube's own time dimension."},
    {"where FILTER", "Tests joined by and, or, not and brackets: = != < <= > >=, is null, in (…), contains, starts "
                     "with, ends with, like, has, between. A test on a measure is a having."},
    {"having FILTER", "Tests on the values that are shown."},
    {"segment NAME, …", "Filters that the model has a name for."},
    {"[for] PERIOD", "today, yesterday, this month, last 7 days, 30d, ytd, all time, 2026, 2026-Q1, 2026-03, "
                     "2026-01-15..2026-02-15, since 2026-01-01 until yesterday. Ranges include both ends."},
    {"vs previous | last year | 4 weeks ago | PERIOD",
     "Puts the same measures of another period beside, with difference and change."},
    {"order by MEMBER [asc|desc], …", "By default: time ascending, else the first measure descending."},
    {"top N [by MEASURE] [with other]",
     "Keeps the N combinations that have most; 'other' is the rest, computed as one."},
    {"limit N [offset M]", "Cuts the result."},
    {"fill [zero]", "Makes the missing buckets of time."},
    {"total", "Adds a row over all, computed at its own grain."},
    {"tz ZONE", "The time zone of ranges and buckets."},
    {NULL, NULL},
};

static const char manual_queries_after[] =
    "A value is a number, a date, a word, a quoted text or :NAME, which stands for what --var gave. "
    "A line that begins with + - & or with a clause changes the query before: '+content_type', '-channel', '& niche = "
    "Music', 'for ytd', 'top 5', '-where'. "
    "Text that begins with { is a query of Cube's REST API. "
    "'explain QUERY' shows how it was understood, and its SQL.";

static const char manual_conditions[] = "--expect takes a condition. "
                                        "Numbers are compared exactly, times as instants, all else as text.";

static const struct manual_entry manual_condition_parts[] = {
    {"rows OP NUMBER", "How many rows there are. OP is one of = != < <= > >=."},
    {"COLUMN OP VALUE", "It holds in every row, and there is at least one."},
    {"any COLUMN OP VALUE", "It holds in at least one row."},
    {"all COLUMN OP VALUE", "It holds in every row there is."},
    {"COLUMN is [not] null", "NULL fulfils no other test."},
    {"CONDITION and CONDITION", "Both hold."},
    {NULL, NULL},
};

static const char manual_exit[] = "The first failure decides; a 4 stands unless something worse follows.";

static const struct manual_entry manual_exit_codes[] = {
    {"0", "All was done."},
    {"1", "A command failed; a check found an error; the server refused a statement."},
    {"2", "Usage: a bad option, an unknown command, a query that does not parse or names what does not exist."},
    {"3", "No connection to the server. It is worth trying again."},
    {"4", "Done in part: rows were refused, an answer is stale, or with --keep-going some commands failed and some did "
          "not."},
    {"5", "The result does not hold --expect."},
    {"124", "A command took longer than --timeout."},
    {"130", "Interrupted."},
    {NULL, NULL},
};

static const struct manual_entry manual_files[] = {
    {"$XDG_CONFIG_HOME/ytempire/config.ini", "Profiles: a section each, with options by their names (dsn = …). The "
                                             "section [default] is read without being asked for."},
    {"$XDG_CONFIG_HOME/ytempire/queries/model/*.json",
     "Cubes of your own; a file takes the place of the installed one of the same name."},
    {"$XDG_CONFIG_HOME/ytempire/queries/saved/NAME.query",
     "Saved queries: text that --file would run. Lines that begin with # are comments, the rest is one query."},
    {"$XDG_CONFIG_HOME/ytempire/queries/model/pins/NAME.json",
     "Pinned queries with their answers; with --model they are in the folder 'pins' of that one."},
    {"$XDG_DATA_HOME/ytempire/local/", "The private PostgreSQL and Redis of --local."},
    {"~/.pgpass, ~/.pg_service.conf", "Passwords and services, as libpq reads them."},
    {NULL, NULL},
};

static const struct manual_entry manual_environment[] = {
    {"PGHOST, PGPORT, PGDATABASE, PGUSER, PGSERVICE, …",
     "Where to connect when neither the command line nor the profile says so, as libpq reads them."},
    {"REDIS_URL", "The same for Redis."},
    {"XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME",
     "Where files lie: ~/.config, ~/.local/share and ~/.local/state by default."},
    {"NO_COLOR", "When it is set there is no colour, unless --color says always."},
    {"LC_ALL, LC_CTYPE, LANG", "Tables are drawn with lines where the locale is UTF-8."},
    {"YTEMPIRE_DATADIR, YTEMPIRE_MODULEDIR",
     "Where the program's own files and modules lie instead of where they were installed."},
    {NULL, NULL},
};

static const struct manual_example manual_examples[] = {
    {"A company to try things on, and a first question:",
     LINES("ytempire --local -e 'sample load'",
           "ytempire --local -e 'total_views, engagement_rate by channel_name top 10 by total_views'")},
    {"A report for a spreadsheet:",
     LINES("ytempire --local --format csv -e 'revenue, profit by month for 2026' > report.csv")},
    {"A check in a script, which exits 5 when it fails:",
     LINES("ytempire --local --expect 'rows > 0 and all total_views >= 0' -e 'total_views by day last 7 days'")},
    {"SQL, with a value that is bound and never pasted:",
     LINES("ytempire --local --var niche=Gaming -e 'SELECT count(*) FROM analytics.dim_channel WHERE niche = :niche'")},
    {NULL, NULL},
};

#endif
