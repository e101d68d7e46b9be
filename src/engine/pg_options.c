/*
 * What a connection is asked for with. The settings every session has travel in the startup packet (`options`), so they
 * cost no round trip; what the user gave there comes first, so that ours, on which reading the answers rests, win.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "pg_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static const char *const settings_of_every_session[] = {
    "TimeZone=UTC",
    "DateStyle=ISO",
    "IntervalStyle=iso_8601",
    "extra_float_digits=1",
    "jit=off",
    "standard_conforming_strings=on",
    "timescaledb.enable_ordered_append=off", /* 2.28: it cuts sorts of compressed chunks at a LIMIT outside a UNION ALL
                                              */
    "client_connection_check_interval=1000", /* ms: a query whose asker is gone (kill -9, a lost line) ends (14 and
                                                later) */
    NULL,
};

/* libpq sends these beside `options`, and the server lets them win: a day of the terminal's zone, dates in another
 * order. */
static const char *const environment_that_would_win[] = {"PGTZ", "PGDATESTYLE", NULL};

/* What libpq will use after DSN, environment, service file and defaults; NULL when it is none of them. */
struct merged {
    char *host, *hostaddr, *options;
};

static void merged_done(struct merged *merged)
{
    mem_free(merged->host);
    mem_free(merged->hostaddr);
    mem_free(merged->options);
}

static bool is_connection_string(const char *dsn)
{
    return strchr(dsn, '=') || text_starts(dsn, "postgresql://") || text_starts(dsn, "postgres://");
}

static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options && options->keyword; options++)
        if (text_equal(options->keyword, keyword))
            return options->val && *options->val ? options->val : NULL;
    return NULL;
}

static char *keep(const char *text)
{
    return text && *text ? mem_strdup(text) : NULL;
}

static void take_options(struct merged *merged, const PQconninfoOption *options)
{
    merged->host = keep(option_value(options, "host"));
    merged->hostaddr = keep(option_value(options, "hostaddr"));
    merged->options = keep(option_value(options, "options"));
}

/* Only libpq reads service files: let it merge them for a connection that it refuses to begin, for its sslmode. Where
 * that is not even taken in, something before it failed: the service. */
static int merge_with_service(const struct pg_library *lib, const char *dsn, struct merged *ret, struct error *error)
{
    const char *keywords[] = {"dbname", "sslmode", NULL}, *values[] = {dsn ? dsn : "", "none-such", NULL};
    PGconn *conn = lib->PQconnectStartParams(keywords, values, 1);
    PQconninfoOption *options = conn ? lib->PQconninfo(conn) : NULL;
    int code = 0;

    if (options && !option_value(options, "sslmode"))
        code = pg_error_from_words(ERR_USAGE, lib->PQerrorMessage(conn), error);
    else
        take_options(ret, options);
    lib->PQconninfoFree(options);
    lib->PQfinish(conn);
    return code;
}

static int merge(const struct pg_library *lib, const char *dsn, struct merged *ret, struct error *error)
{
    PQconninfoOption *options = NULL;
    char *words = NULL;
    int code = 0;

    if (dsn && is_connection_string(dsn)) {
        options = lib->PQconninfoParse(dsn, &words);
        if (!options) {
            code = pg_error_from_words(ERR_USAGE, words ? words : "the connection string does not parse", error);
            lib->PQfreemem(words);
            return code;
        }
    }
    if (option_value(options, "service") || getenv("PGSERVICE")) {
        code = merge_with_service(lib, dsn, ret, error);
    } else {
        take_options(ret, options);
        ret->host = ret->host ? ret->host : keep(getenv("PGHOST"));
        ret->hostaddr = ret->hostaddr ? ret->hostaddr : keep(getenv("PGHOSTADDR"));
        ret->options = ret->options ? ret->options : keep(getenv("PGOPTIONS"));
    }
    lib->PQconninfoFree(options);
    return code;
}

static bool host_needs_look_up(const char *host, size_t length)
{
    unsigned char address[16];
    char text[64];

    if (length == 0 || host[0] == '/' || host[0] == '@')
        return false;
    if (length >= sizeof text)
        return true;
    memcpy(text, host, length);
    text[length] = '\0';
    return inet_pton(AF_INET, text, address) != 1 && inet_pton(AF_INET6, text, address) != 1;
}

static bool needs_look_up(const struct merged *merged)
{
    if (merged->hostaddr || !merged->host)
        return false;
    for (const char *at = merged->host;; at++) {
        size_t length = strcspn(at, ",");
        if (host_needs_look_up(at, length))
            return true;
        at += length;
        if (*at == '\0')
            return false;
    }
}

/* One "-c NAME=VALUE"; the server splits `options` at unescaped white space. */
static void add_setting(struct str *to, const char *setting)
{
    if (to->length > 0)
        str_add_char(to, ' ');
    str_add(to, "-c ");
    for (const char *c = setting; *c; c++) {
        if (*c == ' ' || *c == '\t' || *c == '\n' || *c == '\\')
            str_add_char(to, '\\');
        str_add_char(to, *c);
    }
}

static void add(struct pg_parameters *to, const char *keyword, char *value)
{
    size_t at = 0;

    while (to->keywords[at])
        at++;
    to->keywords[at] = mem_strdup(keyword);
    to->values[at] = value;
}

int pg_parameters_make(const struct pg_library *lib, const struct pg_options *options, struct pg_parameters *ret,
                       struct error *error)
{
    struct merged merged = {0};
    struct str session = STR_INIT;
    struct pg_parameters made = {0};
    int code = merge(lib, options->dsn, &merged, error);

    if (code < 0)
        return code;
    for (const char *const *name = environment_that_would_win; *name; name++)
        unsetenv(*name);
    if (merged.options)
        str_add(&session, merged.options);
    for (const char *const *setting = settings_of_every_session; *setting; setting++)
        add_setting(&session, *setting);
    for (const char *const *setting = options->settings; setting && *setting; setting++)
        add_setting(&session, *setting);
    if (options->dsn)
        add(&made, "dbname", mem_strdup(options->dsn));
    if (options->database)    /* only the first is read as a connection string; the last one counts */
        add(&made, "dbname", mem_strdup(options->database));
    if (options->password)
        add(&made, "password", mem_strdup(options->password));
    add(&made, options->application_name ? "application_name" : "fallback_application_name",
        mem_strdup(options->application_name ? options->application_name : "ytempire"));
    add(&made, "client_encoding", mem_strdup("UTF8"));
    add(&made, "options", str_take(&session));
    made.looks_up = needs_look_up(&merged);
    merged_done(&merged);
    *ret = made;
    return 0;
}

void pg_parameters_done(struct pg_parameters *parameters)
{
    for (size_t i = 0; parameters->keywords[i]; i++) {
        if (text_equal(parameters->keywords[i], "password"))
            explicit_bzero(parameters->values[i], strlen(parameters->values[i]));
        mem_free(parameters->keywords[i]);
        mem_free(parameters->values[i]);
    }
    *parameters = (struct pg_parameters){0};
}

/* -- the same for another program -----------------------------------------------------------------------------------
 */

int pg_environment(struct pg *pg, char ***ret_environment, struct error *error)
{
    char **made = NULL;
    size_t count = 0, room = 0;
    int    code = pg_ready(pg, error);
    PQconninfoOption *options = code < 0 ? NULL : pg->lib->PQconninfo(pg->conn);

    if (code < 0)
        return code;
    if (options == NULL)
        return error_set(error, ERR_MEMORY, "%s", error_sentence(ERR_MEMORY));
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->envvar == NULL || text_equal(option->keyword, "service"))
            continue;
        if (option->val != NULL && option->val[0] != '\0')
            VEC_PUSH(made, count, room, mem_printf("%s=%s", option->envvar, option->val));
        else
            VEC_PUSH(made, count, room, mem_strdup(option->envvar));
    }
    pg->lib->PQconninfoFree(options);
    VEC_PUSH(made, count, room, mem_strdup("PGSERVICE"));
    VEC_PUSH(made, count, room, mem_strdup("PGSERVICEFILE"));
    VEC_PUSH(made, count, room, NULL);
    *ret_environment = made;
    return 0;
}

void pg_environment_free(char **environment)
{
    for (char **one = environment; one != NULL && *one != NULL; one++) {
        explicit_bzero(*one, strlen(*one));
        mem_free(*one);
    }
    mem_free(environment);
}
