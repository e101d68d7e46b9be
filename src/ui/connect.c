/*
 * The form that leads to a server: what is filled in is tried by itself, and Enter goes there. With a password, that of
 * PostgreSQL or one in the address of Redis, it is tried on Enter only: a server may lock the account after a few wrong
 * ones, and may be another while its name is half typed.
 *
 * Invariant: `state` is about what stands in the form now: a change takes back what was tried before.
 */
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "form.h"
#include "trial.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define PAUSE_US (US_PER_SECOND / 2)     /* after the last change */
#define PORT_MOST 65535

enum { HOST, PORT, DATABASE, USER, PASSWORD, REDIS, PROFILE };

static const struct form_field fields[] = {
    {"host", "localhost", "a name, an address, or the folder of a socket", false},
    {"port", "5432", "5432", false},
    {"database", NULL, "named as the user", false},
    {"user", NULL, "named as you here", false},
    {"password", NULL, "none, or the one in ~/.pgpass", true},
    {"redis", NULL, "the profile's, the one in $REDIS_URL, or none", false},
    {"profile", "default", "default", false},
};

enum connect_state { UNTRIED, TRYING, WORKS, FAILED };

struct connect {
    struct console    *console;
    struct form       *form;
    struct loop_timer *pause;
    struct trial      *trial;
    enum connect_state state;
    bool               go_on;              /* Enter was pressed: there as soon as it works */
    char              *user, *database;    /* of what works */
    bool               wants_schema;
};

/* -- what is filled in --------------------------------------------------------------------------------------------- */

static const char *value_of(const struct connect *connect, size_t field)
{
    const char *value = form_value(connect->form, field);

    if (value[0] == '\0' && (field == PORT || field == PROFILE))
        return fields[field].note;
    if (value[0] == '\0' && field == USER && connect->user != NULL)
        return connect->user;
    if (value[0] == '\0' && field == DATABASE && connect->database != NULL)
        return connect->database;
    return value;
}

static void add_encoded(struct str *to, const char *text, const char *besides)
{
    for (; *text != '\0'; text++)
        if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') ||
            strchr("-._~", *text) != NULL || strchr(besides, *text) != NULL)
            str_add_char(to, *text);
        else
            str_addf(to, "%%%02X", (unsigned char)*text);
}

/* An address of Redis may hold one too, before its '@'. */
static bool holds_password(const struct connect *connect)
{
    return value_of(connect, PASSWORD)[0] != '\0' || strchr(value_of(connect, REDIS), '@') != NULL;
}

/* A URI, in which nothing can be mistaken for config.ini's own signs. */
static char *dsn_of(const struct connect *connect)
{
    const char *host = value_of(connect, HOST), *user = value_of(connect, USER);
    bool        is_ip6 = strchr(host, ':') != NULL && strchr(host, '/') == NULL;
    struct str  dsn = STR_INIT;

    str_add(&dsn, "postgresql://");
    add_encoded(&dsn, user, "");
    str_add(&dsn, user[0] != '\0' ? "@" : "");
    str_add(&dsn, is_ip6 ? "[" : "");
    add_encoded(&dsn, host, is_ip6 ? ":" : "");
    str_addf(&dsn, "%s:%s/", is_ip6 ? "]" : "", value_of(connect, PORT));
    add_encoded(&dsn, value_of(connect, DATABASE), "");
    return str_take(&dsn);
}

/* What is wrong before anybody is asked, or NULL. */
static const char *mistake(const struct connect *connect)
{
    const char *port = value_of(connect, PORT);
    long long   number;

    if (value_of(connect, HOST)[0] == '\0')
        return "say which host: a name, an address, or the folder of a socket";
    if (text_to_int64(port, strlen(port), &number) < 0 || number < 1 || number > PORT_MOST)
        return "a port is a number from 1 to 65535; PostgreSQL's is 5432";
    return NULL;
}

static void say(struct connect *connect, enum look look, const char *text)
{
    form_status(connect->form, look, text);
    console_touch(connect->console);
}

/* -- trying -------------------------------------------------------------------------------------------------------- */

static void take_back(struct connect *connect)
{
    loop_timer_cancel(connect->console->loop, TAKE(connect->pause));
    trial_cancel(TAKE(connect->trial));
    mem_free(TAKE(connect->user));
    mem_free(TAKE(connect->database));
    connect->state = UNTRIED;
    connect->go_on = false;
}

static const char *schema_words(enum trial_schema schema)
{
    switch (schema) {
    case SCHEMA_CURRENT:
        return "schema is current";
    case SCHEMA_BEHIND:
        return "schema is behind: migrate up";
    case SCHEMA_MISSING:
        return "schema is not made: migrate up";
    case SCHEMA_UNKNOWN:
        break;
    }
    return "schema cannot be looked at";
}

/* What answered, and then. */
static char *words_of(const struct trial_outcome *outcome, const char *then)
{
    struct str text = STR_INIT;

    str_addf(&text, "connected: PostgreSQL %s, %s", outcome->version, schema_words(outcome->schema));
    if (outcome->redis != NULL)
        str_addf(&text, "; Redis%s%s", outcome->redis[0] != '\0' ? " " : "", outcome->redis);
    str_addf(&text, ". %s", then);
    return str_take(&text);
}

static void take_success(struct connect *connect, const struct trial_outcome *outcome)
{
    _cleanup_(mem_freep) char *text = words_of(outcome, "Enter keeps it and goes there");

    connect->state = WORKS;
    connect->user = mem_strdup(outcome->user);
    connect->database = mem_strdup(outcome->database);
    connect->wants_schema = outcome->schema == SCHEMA_BEHIND || outcome->schema == SCHEMA_MISSING;
    say(connect, LOOK_OK, text);
    if (connect->go_on)
        console_do(connect->console, "form accept");
}

static void on_tried(void *who, const struct trial_outcome *outcome)
{
    _cleanup_(mem_freep) char *text = NULL;
    struct connect            *connect = who;
    const char                *why;

    connect->trial = NULL;
    if (outcome->code >= 0) {
        take_success(connect, outcome);
        return;
    }
    connect->state = FAILED;
    connect->go_on = false;
    why = outcome->error.text != NULL ? outcome->error.text : error_sentence(outcome->code);
    if (outcome->version != NULL)
        text = words_of(outcome, why);
    say(connect, LOOK_ERROR, text != NULL ? text : why);
}

static void try_now(struct connect *connect)
{
    struct console            *console = connect->console;
    bool                       go_on = connect->go_on;
    const char                *wrong = mistake(connect);
    _cleanup_(mem_freep) char *dsn = NULL;
    struct trial_place         place;

    take_back(connect);
    if (wrong != NULL) {
        say(connect, LOOK_WARN, wrong);
        return;
    }
    dsn = dsn_of(connect);
    connect->go_on = go_on;
    connect->state = TRYING;
    place = (struct trial_place){dsn, value_of(connect, PASSWORD), value_of(connect, REDIS)};
    connect->trial = trial_start(console->loop, &place, &console->trials, on_tried, connect);
    say(connect, LOOK_DIM, "trying…");
}

static void on_pause(void *who)
{
    struct connect *connect = who;

    connect->pause = NULL;
    try_now(connect);
}

/* -- going there --------------------------------------------------------------------------------------------------- */

/* The address of Redis that is to be kept; NULL: what the profile says of it stays. */
static const char *redis_of(const struct connect *connect)
{
    const char *redis = value_of(connect, REDIS);

    return redis[0] != '\0' ? redis : NULL;
}

static bool may_change_profile(struct connect *connect, const char *profile, const char *dsn, struct error *error)
{
    _cleanup_(mem_freep) char *old = NULL, *old_redis = NULL;
    const char                *redis = redis_of(connect);

    if (conf_profile_where(profile, &old, &old_redis, error) < 0)
        return false;
    return ((old == NULL || text_equal(old, dsn)) &&
            (old_redis == NULL || redis == NULL || text_equal(old_redis, redis))) ||
           sink_ask(&connect->console->sink.sink, "The profile '%s' leads elsewhere. Shall it lead here from now on?",
                    profile);
}

/* libpq looks under this name for its own default folder of sockets, which is one of these. */
static bool is_default_folder(const char *host)
{
    return text_equal(host, "/tmp") || text_equal(host, "/var/run/postgresql") || text_equal(host, "/run/postgresql");
}

static int keep_password(struct connect *connect, struct error *error)
{
    const char       *password = value_of(connect, PASSWORD);
    struct conf_login login = {value_of(connect, HOST), value_of(connect, PORT), value_of(connect, DATABASE),
                               value_of(connect, USER)};

    if (password[0] == '\0' || !sink_ask(&connect->console->sink.sink,
                                         "Keep the password in ~/.pgpass, a file that only you can read? If not, it is "
                                         "forgotten when this session ends."))
        return 0;
    if (is_default_folder(login.host)) {
        struct conf_login here = login;
        int               r;

        here.host = "localhost";
        r = conf_password_keep(&here, password, error);
        if (r < 0)
            return r;
    }
    return conf_password_keep(&login, password, error);
}

static void arrive(struct connect *connect, const char *profile)
{
    struct console *console = connect->console;
    bool            wants_schema = connect->wants_schema;
    _cleanup_(mem_freep) char *copy = mem_strdup(profile);

    connect_close(console);
    console->moved = console->model_due = true;
    (void)console_theme(console);
    app_connect_early(console->app);
    if (wants_schema)
        console_say(console, LOOK_WARN, "connected, as profile '%s'; 'migrate up' brings its schema up", copy);
    else if (text_equal(copy, "default"))
        console_say(console, LOOK_OK, "connected; the next session begins here too");
    else
        console_say(console, LOOK_OK, "connected; 'ytempire --profile %s' comes here", copy);
}

static int go_there(struct connect *connect, struct error *error)
{
    struct console            *console = connect->console;
    const char                *profile = value_of(connect, PROFILE);
    _cleanup_(mem_freep) char *dsn = dsn_of(connect);
    int                        r = 0;

    if (console_runs(console))
        return error_set(error, ERR_USAGE, "'%s' still runs: wait for it, or cancel it with Ctrl-C", console->running);
    if (!may_change_profile(connect, profile, dsn, error))
        return error != NULL && error->code < 0 ? error->code : 0;
    r = keep_password(connect, error);
    if (r >= 0)
        r = task_cancelled(task_current());      /* while it asked */
    if (r >= 0)
        r = conf_profile_save(profile, dsn, redis_of(connect), error);
    if (r >= 0)
        r = app_use_profile(console->app, profile, value_of(connect, PASSWORD), error);
    if (r >= 0)
        arrive(connect, profile);
    return r;
}

static void accept(struct connect *connect)
{
    struct error error = ERROR_INIT;

    if (connect->state != WORKS) {
        connect->go_on = true;
        if (connect->state != TRYING)
            try_now(connect);
        return;
    }
    connect->go_on = false;
    if (go_there(connect, &error) < 0 && error.text != NULL)
        say(connect, LOOK_ERROR, error.text);
    error_done(&error);
}

/* -- the face ------------------------------------------------------------------------------------------------------ */

void connect_open(struct console *console)
{
    struct connect *connect = mem_alloc(sizeof *connect);

    connect_close(console);
    console_open_list(console, NULL);
    connect->console = console;
    connect->form = form_new("connect to PostgreSQL", fields, COUNT_OF(fields));
    console->connect = connect;
    say(connect, LOOK_DIM,
        "It is tried by itself when you pause, with a password on Enter. Tab goes on, Enter connects.");
}

void connect_close(struct console *console)
{
    struct connect *connect = TAKE(console->connect);

    if (connect == NULL)
        return;
    take_back(connect);
    form_free(connect->form);
    mem_free(connect);
    console_touch(console);
}

void connect_key(struct console *console, const struct input_event *event)
{
    struct connect *connect = console->connect;

    console_touch(console);
    if (!form_key(connect->form, event) || form_at(connect->form) == PROFILE)
        return;
    take_back(connect);
    if (holds_password(connect)) {
        say(connect, LOOK_DIM, "Enter tries it: a password is not sent while you type.");
        return;
    }
    say(connect, LOOK_DIM, "…");
    connect->pause = loop_timer(console->loop, PAUSE_US, on_pause, connect);
}

void connect_draw(struct console *console, struct canvas *canvas)
{
    form_draw(console->connect->form, canvas);
}

int verb_form(struct console *console, const char *const *words, size_t count, struct error *error)
{
    if (console->connect == NULL)
        return error_set(error, ERR_USAGE, "no form is open");
    console_touch(console);
    if (count == 0)
        accept(console->connect);
    else if (!form_move(console->connect->form, words[0]))
        return error_set(error, ERR_USAGE, "no direction '%s': it is next, previous, first or last", words[0]);
    return 0;
}
