/*
 * conf: what the user asked for: options, profiles, settings, and where files lie.
 *
 * One table holds every option and setting; the parser, `set`, --help, the manual and the completion read it and
 * nothing else. A value comes from, in this order: `set`, the command line, the profile, the default. This room reads
 * one small file (config.ini) and the environment, and writes a profile when asked to; it prints nothing.
 */
#ifndef YTEMPIRE_CONF_H
#define YTEMPIRE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"

enum conf_type {
    CONF_FLAG,      /* `--name`; "on" and "off" in a profile and for `set` */
    CONF_TEXT,
    CONF_CHOICE,    /* one of `argument`: "a|b|c" */
    CONF_COUNT,     /* a whole number, 0 or more */
    CONF_SECONDS,   /* "30", "0.5", "500ms", "2min" */
    CONF_ZONE,      /* a name of the time zone database */
    CONF_LIST,      /* text; may be given again */
};

/* Where an option may stand. Hidden: it may, and is shown nowhere; so are those that do nothing yet. */
enum conf_place { CONF_LINE = 1, CONF_PROFILE = 2, CONF_SET = 4, CONF_ALL = 7, CONF_HIDDEN = 8 };

/* id, name, letter, argument, type, default, places, group, text */
#define CONF_OPTIONS(X)                                                                                                \
    X(OPTION_DSN, "dsn", 0, "URL", CONF_TEXT, NULL, CONF_LINE | CONF_PROFILE, "Servers",                               \
      "PostgreSQL, as libpq reads it: a URI, key=value pairs, or a database's name")                                   \
    X(OPTION_REDIS, "redis", 0, "URL", CONF_TEXT, NULL, CONF_LINE | CONF_PROFILE, "Servers",                           \
      "Redis: redis://[user:pass@]host:port/db or unix:/path")                                                         \
    X(OPTION_LOCAL, "local", 0, NULL, CONF_FLAG, NULL, CONF_LINE | CONF_PROFILE, "Servers",                            \
      "the private servers under $XDG_DATA_HOME/ytempire/local; the default when nothing else says where to connect")  \
    X(OPTION_LOCAL_WORKER, "local-worker", 0, "on|off", CONF_CHOICE, "on", CONF_LINE | CONF_PROFILE, "Servers",        \
      "whether the console and 'local up' start a worker beside the private servers")                                  \
    X(OPTION_PROFILE, "profile", 0, "NAME", CONF_TEXT, NULL, CONF_LINE, "Servers",                                     \
      "a section of $XDG_CONFIG_HOME/ytempire/config.ini")                                                             \
    X(OPTION_AS_USER, "as-user", 0, "ID_OR_EMAIL", CONF_TEXT, NULL, CONF_LINE | CONF_PROFILE, "Servers",               \
      "see the data as one tenant")                                                                                    \
    X(OPTION_MODEL, "model", 0, "DIR", CONF_TEXT, NULL, CONF_LINE | CONF_PROFILE, "Servers",                           \
      "cubes from this folder instead of the installed model")                                                         \
    X(OPTION_EXEC, "exec", 'e', "COMMANDS", CONF_LIST, NULL, CONF_LINE, "What to do",                                  \
      "run these commands and leave; never reads standard input; may be given again")                                  \
    X(OPTION_FILE, "file", 'f', "FILE", CONF_LIST, NULL, CONF_LINE, "What to do",                                      \
      "run the commands of a file and leave; '-' is standard input; may be given again")                               \
    X(OPTION_WORKER, "worker", 0, NULL, CONF_FLAG, NULL, CONF_LINE, "What to do",                                      \
      "run jobs, schedules, warming and upkeep; SIGTERM drains")                                                       \
    X(OPTION_VAR, "var", 0, "NAME=VALUE", CONF_LIST, NULL, CONF_LINE, "What to do",                                    \
      "value of :NAME in queries and SQL: always bound, never pasted")                                                 \
    X(OPTION_TIMEOUT, "timeout", 0, "SECONDS", CONF_SECONDS, NULL, CONF_ALL, "What to do",                             \
      "stop a command that takes longer (exit 124)")                                                                   \
    X(OPTION_EXPECT, "expect", 0, "CONDITION", CONF_TEXT, NULL, CONF_LINE, "What to do",                               \
      "exit 5 when a result does not hold it, as in 'rows > 0' or 'any views >= 1000'")                                \
    X(OPTION_KEEP_GOING, "keep-going", 0, NULL, CONF_FLAG, NULL, CONF_LINE, "What to do",                              \
      "go on after a command that failed")                                                                             \
    X(OPTION_YES, "yes", 'y', NULL, CONF_FLAG, NULL, CONF_LINE, "What to do", "say yes to every question")             \
    X(OPTION_NO_CACHE, "no-cache", 0, NULL, CONF_FLAG, NULL, CONF_LINE | CONF_SET, "What to do",                       \
      "ask past the cache")                                                                                            \
    X(OPTION_REFRESH, "refresh", 0, NULL, CONF_FLAG, NULL, CONF_LINE | CONF_SET, "What to do",                         \
      "compute answers again and keep the new ones")                                                                   \
    X(OPTION_MAX_STALE, "max-stale", 0, "SECONDS", CONF_SECONDS, NULL, CONF_ALL, "What to do",                         \
      "while another computes it, accept an answer that is so much older than it should be")                           \
    X(OPTION_FORMAT, "format", 0, "table|csv|tsv|json|ndjson|markdown|html|vertical|cube", CONF_CHOICE, "table",       \
      CONF_ALL, "Results", "how results are written")                                                                  \
    X(OPTION_OUTPUT, "output", 'o', "FILE", CONF_TEXT, NULL, CONF_LINE, "Results",                                     \
      "write results to a file instead of standard output")                                                            \
    X(OPTION_NO_HEADER, "no-header", 0, NULL, CONF_FLAG, NULL, CONF_LINE | CONF_SET, "Results",                        \
      "no line of column names in table, csv, tsv, markdown and html")                                                 \
    X(OPTION_NULL, "null", 0, "TEXT", CONF_TEXT, NULL, CONF_ALL, "Results",                                            \
      "what stands for NULL in table, csv, tsv, markdown, html and vertical")                                          \
    X(OPTION_GUARD_FORMULAS, "guard-formulas", 0, NULL, CONF_FLAG, NULL, CONF_ALL, "Results",                          \
      "csv and tsv for spreadsheets: an apostrophe stands before text that would run as a formula")                 \
    X(OPTION_STATS, "stats", 0, NULL, CONF_FLAG, NULL, CONF_LINE | CONF_SET, "Results",                                \
      "one JSON object a command on standard error: rows elapsed_ms cache source rollup key")                          \
    X(OPTION_ASCII, "ascii", 0, NULL, CONF_FLAG, NULL, CONF_ALL, "Results",                                            \
      "draw with ASCII only; the default where the locale is not UTF-8")                                               \
    X(OPTION_COLOR, "color", 0, "auto|always|never", CONF_CHOICE, "auto", CONF_ALL, "Results",                         \
      "colour on a terminal")                                                                                          \
    X(OPTION_THEME, "theme", 0, "NAME", CONF_TEXT, "dark", CONF_ALL, "Results",                                        \
      "colours of the console")                                                                                        \
    X(OPTION_QUIET, "quiet", 'q', NULL, CONF_FLAG, NULL, CONF_LINE | CONF_SET, "Results",                              \
      "no messages and no progress on standard error; errors stay")                                                    \
    X(OPTION_LOG_LEVEL, "log-level", 0, "off|error|warn|info|debug", CONF_CHOICE, "off", CONF_LINE | CONF_PROFILE,     \
      "Results",                                                                                                       \
      "log lines on standard error")                                                                                   \
    X(OPTION_BACKUP_FOLDER, "backup-folder", 0, "DIR", CONF_TEXT, NULL, CONF_PROFILE | CONF_SET, "Session",            \
      "where backups lie; $XDG_DATA_HOME/ytempire/backups")                                                            \
    X(OPTION_BACKUP_KEEP, "backup-keep", 0, "RULE", CONF_TEXT, "last=3,daily=7,weekly=4,monthly=6",                    \
      CONF_PROFILE | CONF_SET, "Session",                                                                              \
      "which backups stay when a new one is made: the newest of so many days, weeks, …; or 'all'")                     \
    X(OPTION_BACKUP_REMOTE, "backup-remote", 0, "REMOTE", CONF_TEXT, NULL, CONF_PROFILE | CONF_SET, "Session",         \
      "where a copy of each backup goes, as rclone writes it: remote:path")                                            \
    X(OPTION_TZ, "tz", 0, "ZONE", CONF_ZONE, NULL, CONF_PROFILE | CONF_SET, "Session",                                 \
      "time zone of queries that name none; the model's, else UTC")                                                    \
    X(OPTION_WRITE, "write", 0, NULL, CONF_FLAG, NULL, CONF_SET, "Session", "let 'sql' change the database")           \
    X(OPTION_SLOTS, "slots", 0, "N", CONF_COUNT, "4", CONF_LINE | CONF_PROFILE, "Worker", "jobs at once")              \
    X(OPTION_GRACE, "grace", 0, "SECONDS", CONF_SECONDS, "25", CONF_LINE | CONF_PROFILE, "Worker",                     \
      "how long jobs in hand may take when it is told to end; then they are given back")                               \
    X(OPTION_WAIT, "wait", 0, "SECONDS", CONF_SECONDS, "30", CONF_LINE | CONF_PROFILE, "Worker",                       \
      "how long it waits at its start for a database that is not there (then exit 3)")                                 \
    X(OPTION_HTTP_PORT, "http-port", 0, "PORT|off", CONF_TEXT, "9948", CONF_LINE | CONF_PROFILE, "Worker",             \
      "port of 127.0.0.1 with /metrics and /healthz; 0: any that is free, told in the log")                            \
    X(OPTION_LOG_FILE, "log-file", 0, "FILE", CONF_TEXT, NULL, CONF_LINE | CONF_PROFILE, "Worker",                     \
      "its log, JSON lines, instead of standard error; SIGHUP opens it anew")                                          \
    X(OPTION_LOG_SIZE, "log-size", 0, "KB", CONF_COUNT, "10240", CONF_LINE | CONF_PROFILE, "Worker",                   \
      "a log file of this size is set aside as FILE.1; 0: never")                                                      \
    X(OPTION_LOG_KEEP, "log-keep", 0, "N", CONF_COUNT, "5", CONF_LINE | CONF_PROFILE, "Worker",                        \
      "how many of those are kept")                                                                                    \
    X(OPTION_PID_FILE, "pid-file", 0, "FILE", CONF_TEXT, NULL, CONF_LINE | CONF_PROFILE, "Worker",                     \
      "process, version and address of /metrics, a line each; a second worker with the same file does not start")      \
    X(OPTION_HELP, "help", 'h', NULL, CONF_FLAG, NULL, CONF_LINE, "Help", "show this and leave")                       \
    X(OPTION_VERSION, "version", 'V', NULL, CONF_FLAG, NULL, CONF_LINE, "Help", "show the version and leave")          \
    X(OPTION_HELP_MAN, "help-man", 0, NULL, CONF_FLAG, NULL, CONF_LINE | CONF_HIDDEN, "Help",                          \
      "write the manual page")                                                                                         \
    X(OPTION_HELP_COMPLETION, "help-completion", 0, NULL, CONF_FLAG, NULL, CONF_LINE | CONF_HIDDEN, "Help",            \
      "write the completion of bash")

enum conf_id {
#define X(id, name, letter, argument, type, initial, places, group, text) id,
    CONF_OPTIONS(X)
#undef X
    OPTION_COUNT
};

struct conf_option {
    const char    *name;
    char           letter;          /* 0: none */
    const char    *argument;        /* NULL: a flag */
    enum conf_type type;
    const char    *initial;         /* the default, or NULL */
    unsigned       places;          /* enum conf_place */
    const char    *group, *text;
};

extern const struct conf_option conf_options[OPTION_COUNT];

enum conf_origin { CONF_FROM_DEFAULT, CONF_FROM_PROFILE, CONF_FROM_LINE, CONF_FROM_SET };

struct conf;

struct conf *conf_new(void);
void         conf_free(struct conf *conf);
void         conf_freep(struct conf **conf);
/* A second one with the same values, for a session whose `set` is to change nothing else. */
struct conf *conf_copy(const struct conf *conf);
/* As if --as-user had said so, for a session of its own; NULL changes nothing. */
void         conf_act_as(struct conf *conf, const char *who);

/* Reads the command line. ERR_USAGE with the option's name, a did-you-mean and what to run. */
int  conf_parse(struct conf *conf, int argc, char *const *argv, struct error *error) NODISCARD;
/* Reads the profile that was asked for, else the section [default] where there is one. */
int  conf_load(struct conf *conf, struct error *error) NODISCARD;
/* From now on the profile of that name counts, read anew; what the command line said of where to connect does no more.
 * Nothing changes when that fails (ERR_USAGE: no such profile, or a broken one). */
int  conf_use_profile(struct conf *conf, const char *profile, struct error *error) NODISCARD;
/* What `set NAME VALUE` does; ERR_UNKNOWN or ERR_USAGE with the candidates. `value` NULL: back to what it was. */
int  conf_set(struct conf *conf, const char *name, const char *value, struct error *error) NODISCARD;

/* The value, borrowed until it is next set; NULL when there is none. Values were checked when they came in. */
const char *conf_text(const struct conf *conf, enum conf_id id);
bool        conf_flag(const struct conf *conf, enum conf_id id);
int64_t     conf_us(const struct conf *conf, enum conf_id id);        /* of CONF_SECONDS; 0 when there is none */
size_t      conf_count(const struct conf *conf, enum conf_id id);     /* of CONF_LIST */
const char *conf_at(const struct conf *conf, enum conf_id id, size_t index);
enum conf_origin conf_origin(const struct conf *conf, enum conf_id id);
const char *conf_positional(const struct conf *conf);                 /* DSN as a word of its own, or NULL */

/* --exec and --file in the order they were given. */
struct conf_script {
    bool        is_file;
    const char *text;        /* the commands, or the file's name */
};
size_t             conf_script_count(const struct conf *conf);
struct conf_script conf_script_at(const struct conf *conf, size_t index);

/* Where to connect: command line over profile over environment over local. Texts are the conf's. */
struct conf_target {
    bool        local;           /* the private servers */
    const char *dsn;             /* NULL: PG* variables and libpq's defaults, or local */
    const char *redis;           /* NULL: none, or the private one when `local` */
    const char *said_by;         /* "command line", "profile", "environment", "default": for doctor and messages */
};
int conf_target(const struct conf *conf, struct conf_target *ret_target, struct error *error) NODISCARD;

/* Writes where a profile connects into config.ini (mode 0600, made when missing): its `dsn` is put in place of its old
 * `dsn` and `local`, and `redis`, unless NULL, in place of its old `redis`; every other line of the file stays as it
 * is. ERR_USAGE for a name that cannot be a section's, a value that cannot be a line's, and a file that is broken;
 * ERR_IO. Blocks for a small file. */
int conf_profile_save(const char *profile, const char *dsn, const char *redis, struct error *error) NODISCARD;
/* Where a profile connects now, caller frees: its dsn, or "local", and its Redis; NULL when it does not say, or is not
 * there. */
int conf_profile_where(const char *profile, char **ret_dsn, char **ret_redis, struct error *error) NODISCARD;

/* What a line of ~/.pgpass is for; `host` is a name, an address or the folder of a socket. */
struct conf_login {
    const char *host, *port, *database, *user;
};
/* Keeps a password where libpq looks for it ($PGPASSFILE, else ~/.pgpass; mode 0600, as libpq wants it), in place of an
 * older one for the same login and before a line with * that libpq would take first. All other lines stay. ERR_USAGE
 * when there is no home; ERR_IO. Blocks for a small file. */
int conf_password_keep(const struct conf_login *login, const char *password, struct error *error) NODISCARD;

/* $XDG_…_HOME/ytempire or its default under $HOME, with `name` (may be NULL) after it. Caller frees.
 * Nothing is made. */
char *conf_config_path(const char *name);      /* ~/.config/ytempire */
char *conf_data_path(const char *name);        /* ~/.local/share/ytempire */
char *conf_state_path(const char *name);       /* ~/.local/state/ytempire */

/* Themes are files NAME.json in $XDG_CONFIG_HOME/ytempire/themes (these first) and among the program's own data. */
int  conf_theme_file(const char *name, char **ret_path, struct error *error) NODISCARD;   /* caller frees; ERR_UNKNOWN */
/* All names, sorted; ended with conf_theme_names_free. */
int  conf_theme_names(char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
void conf_theme_names_free(char **names, size_t count);

#endif
