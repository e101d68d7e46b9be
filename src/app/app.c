/*
 * The session: its connection, its private servers, its variables.
 *
 * Invariant: `pg` is NULL or a connection that was opened for this session. `opened` says that it has been connected
 * and told whose rows it may see; before that it is on its way (app_connect_early).
 */
#include "ytempire/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/app/ask.h"
#include "ytempire/app/cache.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/jobs.h"
#include "ytempire/local.h"
#include "ytempire/migrate.h"

struct variable {
    char *name, *value;
};

struct app_session {
    struct local    *local;              /* of a target that is local */
    char            *password;           /* that was typed for app->target, or NULL */
    struct pg       *pg;
    bool             opened;
    bool             knows_tenant, tenant;
    bool             altered;            /* by a statement of somebody's own */
    bool             migrated;           /* the schema of the private database has changed */
    bool             in_transaction;     /* that a command had left open, when the last one asked for the connection */
    bool             lost_transaction;   /* it went with its connection, and nobody has ended it */
    struct variable *variables;
    const char     **names;
    size_t           count, room;
};

/* -- variables ----------------------------------------------------------------------------------------------------- */

static void take_variables(struct app *app)
{
    struct app_session *session = app->session;

    for (size_t i = 0; i < conf_count(app->conf, OPTION_VAR); i++) {
        const char     *text = conf_at(app->conf, OPTION_VAR, i), *equals = strchr(text, '=');
        struct variable variable = {mem_strndup(text, (size_t)(equals - text)), mem_strdup(equals + 1)};

        VEC_PUSH(session->variables, session->count, session->room, variable);
    }
    session->names = mem_array(NULL, session->count + 1, sizeof *session->names);
    for (size_t i = 0; i < session->count; i++)
        session->names[i] = session->variables[i].name;
    session->names[session->count] = NULL;
}

/* The last of a name counts. */
const char *app_variable(const struct app *app, const char *name, size_t length)
{
    for (size_t i = app->session->count; i-- > 0;) {
        const struct variable *variable = &app->session->variables[i];

        if (strlen(variable->name) == length && memcmp(variable->name, name, length) == 0)
            return variable->value;
    }
    return NULL;
}

const char *const *app_variable_names(const struct app *app)
{
    return app->session->names;
}

const struct zone *app_zone(const struct app *app)
{
    const char        *name = conf_text(app->conf, OPTION_TZ);
    const struct zone *zone = NULL;

    return name != NULL && zone_find(name, &zone) == 0 ? zone : NULL;
}

static void forget_password(struct app_session *session)
{
    if (session->password != NULL)
        explicit_bzero(session->password, strlen(session->password));
    mem_free(TAKE(session->password));
}

/* -- the session's beginning and end ------------------------------------------------------------------------------- */

static int find_target(struct app *app, struct error *error)
{
    int r = conf_target(app->conf, &app->target, error);

    if (r >= 0 && app->target.local) {
        (void)unsetenv("PGSERVICE");    /* no connection string can say 'none', and one that is not found fails it */
        r = local_new(&app->session->local, error);
    }
    return r;
}

int app_new(struct loop *loop, struct conf *conf, struct app **ret_app, struct error *error)
{
    _cleanup_(app_freep) struct app *app = mem_alloc(sizeof *app);
    int r;

    app->loop = loop;
    app->conf = conf;
    app->session = mem_alloc(sizeof *app->session);
    r = find_target(app, error);
    if (r < 0)
        return r;
    take_variables(app);
    *ret_app = TAKE(app);
    return 0;
}

int app_beside(const struct app *first, struct conf *conf, struct app **ret_app, struct error *error)
{
    struct app *app = NULL;
    int         r = app_new(first->loop, conf, &app, error);

    if (r < 0)
        return r;
    if (first->session->password != NULL)
        app->session->password = mem_strdup(first->session->password);
    app->starts_nothing = true;
    app->undecided = first->undecided;
    *ret_app = app;
    return 0;
}

void app_free(struct app *app)
{
    struct app_session *session;

    if (app == NULL)
        return;
    session = app->session;
    app_ask_free(app->ask);
    app_cache_free(app->cache);
    pg_close(session->pg);
    local_free(session->local);
    forget_password(session);
    for (size_t i = 0; i < session->count; i++) {
        mem_free(session->variables[i].name);
        mem_free(session->variables[i].value);
    }
    mem_free(session->variables);
    mem_free(session->names);
    mem_free(session);
    mem_free(app);
}

void app_freep(struct app **app)
{
    app_free(*app);
}

struct local *app_local(struct app *app)
{
    return app->session->local;
}

const char *app_dsn(const struct app *app)
{
    return app->session->local != NULL ? local_dsn(app->session->local) : app->target.dsn;
}

const char *app_password(const struct app *app)
{
    return app->session->password;
}

const char *app_redis(const struct app *app)
{
    if (app->target.redis != NULL)
        return app->target.redis;
    return app->session->local != NULL ? local_redis(app->session->local) : NULL;
}

void app_migrate_options(struct app *app, struct migrate_options *ret_options)
{
    const char *storage = getenv("YTEMPIRE_TEST_STORAGE");

    *ret_options = (struct migrate_options){.private_database = app->session->local != NULL,
                                            .open_database = app_pg_open_database, .who = app};
    if (storage != NULL && storage[0] != '\0')
        ret_options->storage = storage;
}

/* -- connecting ---------------------------------------------------------------------------------------------------- */

static int open_pg(struct app *app, const char *database, struct pg **ret_pg, struct error *error)
{
    struct pg_options options = {.dsn = app_dsn(app), .password = app_password(app), .database = database};
    char              name[40];
    int               r;

    if (app->job != NULL) {            /* by this a cancel finds the sessions of a job */
        (void)snprintf(name, sizeof name, "ytempire job %lld", (long long)app->job->id);
        options.application_name = name;
    }
    r = pg_open(app->loop, &options, ret_pg, error);
    if (r >= 0 && app->trace.on_statement != NULL)
        pg_on_trace(*ret_pg, app->trace.on_statement, app->trace.who);
    return r;
}

static bool schema_is_current(struct app *app)
{
    struct migrate_options options;

    app_migrate_options(app, &options);
    return migrate_stamp_is_current(&options, local_stamp(app->session->local));
}

void app_connect_early(struct app *app)
{
    struct app_session *session = app->session;

    if (session->pg != NULL || app->undecided || (session->local != NULL && !local_looks_up(session->local)))
        return;
    if (open_pg(app, NULL, &session->pg, NULL) < 0)
        session->pg = NULL;          /* app_pg tries again, and says why */
}

static void drop(struct app *app)
{
    pg_close(app->session->pg);
    app->session->pg = NULL;
    app->session->opened = false;
    app->session->in_transaction = false;
    app->session->knows_tenant = false;
    app->session->altered = false;
}

/* Connected: the connection under way, or a new one. */
static int connected(struct app *app, struct error *error)
{
    struct app_session *session = app->session;
    int                 r = 0;

    if (session->pg == NULL)
        r = open_pg(app, NULL, &session->pg, error);
    if (r >= 0)
        r = pg_ready(session->pg, error);
    if (r < 0)
        drop(app);
    return r;
}

/* Without its Redis the private database answers all the same: one warning, and on. */
static int start_servers(struct app *app, struct error *error)
{
    struct error why = ERROR_INIT;
    int          r = local_up(app->session->local, app->words, &why);

    if (r == ERR_PARTIAL) {
        if (app->words != NULL)
            sink_text(app->words, "warning: %s", why.text);
        r = 0;
    }
    if (r < 0)
        error_move(error, &why);
    error_done(&why);
    return r;
}

/* Tests say off for all that they run, unless they ask. */
static bool wants_worker(const struct app *app)
{
    const char *said = conf_text(app->conf, OPTION_LOCAL_WORKER), *test = getenv("YTEMPIRE_TEST_WORKER");

    if (test != NULL && test[0] != '\0' && conf_origin(app->conf, OPTION_LOCAL_WORKER) == CONF_FROM_DEFAULT)
        said = test;
    return !text_equal(said, "off");
}

int app_worker_beside(struct app *app, struct local *local, struct sink *sink, struct error *error)
{
    int r = wants_worker(app) ? local_worker_up(local, sink, error) : 0;

    if (r >= 0 || r == ERR_INTERRUPTED || r == ERR_TIMEOUT)
        return r;
    if (error != NULL)
        error->code = ERR_PARTIAL;
    return ERR_PARTIAL;
}

/* What needs no worker goes on without. */
static int keep_worker(struct app *app)
{
    struct error why = ERROR_INIT;
    int          r = app_worker_beside(app, app->session->local, app->words, &why);

    if (r == ERR_PARTIAL && app->words != NULL)
        sink_text(app->words, "warning: %s", why.text);
    error_done(&why);
    return r == ERR_PARTIAL ? 0 : r;
}

/* The private servers may be down, or look up and be gone: then they are started, as by `local up` with a worker beside
 * them (which is not started by itself), and asked once more. */
static int connected_local(struct app *app, struct error *error)
{
    struct app_session *session = app->session;
    struct error        first = ERROR_INIT;
    int                 r = ERR_CONNECT;

    if (local_looks_up(session->local))
        r = connected(app, &first);
    if (r != ERR_CONNECT) {
        if (r < 0 && error != NULL)
            error_move(error, &first);
        error_done(&first);
        return r;
    }
    error_done(&first);
    r = app->starts_nothing ? error_set(error, ERR_CONNECT, "the private servers are down") : start_servers(app, error);
    app->keeps_worker |= r >= 0 && !conf_flag(app->conf, OPTION_WORKER);
    return r < 0 ? r : connected(app, error);
}

void app_disconnect(struct app *app)
{
    drop(app);
}

int app_use_profile(struct app *app, const char *profile, const char *password, struct error *error)
{
    struct app_session *session = app->session;
    int                 r = conf_use_profile(app->conf, profile, error);

    if (r < 0)
        return r;
    drop(app);
    session->lost_transaction = false;
    forget_password(session);
    session->password = password != NULL && password[0] != '\0' ? mem_strdup(password) : NULL;
    local_freep(&session->local);
    session->local = NULL;
    app->undecided = false;
    app_ask_free(TAKE(app->ask));    /* the profile may name a model of its own */
    app_cache_free(TAKE(app->cache));
    return find_target(app, error);
}

/* A private database is always at the schema of this program. */
static int make_schema(struct app *app, struct error *error)
{
    struct app_session    *session = app->session;
    struct migrate_options options;
    const char            *stamp = local_stamp(session->local);
    int                    r = 0;

    if (schema_is_current(app))
        return 0;
    app_migrate_options(app, &options);
    if (!migrate_is_current(session->pg, &options, stamp))
        r = migrate_up(session->pg, &options, NULL, app->words, NULL, error);
    session->migrated = true;
    if (r < 0) {
        error_prefix(error, "the private database cannot be brought to this version's schema: ");
        return r;
    }
    return migrate_stamp(&options, stamp, error);
}

/* --as-user: the rest of the session sees that account's rows. */
static int become_tenant(struct app *app, struct pg *pg, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *who = conf_text(app->conf, OPTION_AS_USER);
    int         r;

    if (who == NULL)
        return 0;
    r = pg_catalog_query(pg, "app_as_user", (const struct pg_value[]){PG_TEXT(who)}, 1, &result, error);
    if (r < 0)
        return r;
    if (pg_result_rows(result) > 1) {
        error_set(error, ERR_UNKNOWN, "'%s' may be one of %zu accounts", who, pg_result_rows(result));
        error_hint(error, "write the address as the account has it, or its id");
        return ERR_UNKNOWN;
    }
    if (pg_result_rows(result) == 0) {
        error_set(error, ERR_UNKNOWN, "no account '%s'", who);
        error_hint(error, "--as-user takes the id or the e-mail address of an account: "
                          "'sql SELECT user_id, email FROM users.accounts' lists them");
        return ERR_UNKNOWN;
    }
    return 0;
}

static int refuse_undecided(struct error *error)
{
    error_set(error, ERR_CONNECT, "no database is chosen");
    error_hint(error, "'connect' leads to a server of yours, 'local up' starts a private database");
    return ERR_CONNECT;
}

int app_pg(struct app *app, struct pg **ret_pg, struct error *error)
{
    struct app_session *session = app->session;
    int                 r;

    if (app->undecided)
        return refuse_undecided(error);
    if (session->opened && pg_ready(session->pg, NULL) < 0) {
        session->lost_transaction |= session->in_transaction;
        drop(app);                   /* lost: the server went away under an earlier command */
    }
    if (session->lost_transaction) {
        error_set(error, ERR_CONNECT, "the connection was lost within a transaction: what it had done is undone");
        error_hint(error, "'sql rollback' ends it; then begin again");
        return ERR_CONNECT;
    }
    if (!session->opened) {
        r = session->local != NULL ? connected_local(app, error) : connected(app, error);
        if (r >= 0 && session->local != NULL)
            r = make_schema(app, error);
        if (r >= 0)
            r = become_tenant(app, session->pg, error);
        if (r >= 0 && session->local != NULL && app->keeps_worker)
            r = keep_worker(app);
        if (r < 0)
            return r;
        session->opened = true;
        if (session->migrated)
            app_cache_tell(app, true);
        session->migrated = false;
    }
    session->in_transaction = pg_in_transaction(session->pg);
    *ret_pg = session->pg;
    return 0;
}

void app_end_lost_transaction(struct app *app)
{
    app->session->lost_transaction = false;
}

void app_session_altered(struct app *app)
{
    app->session->altered = true;
    app->session->knows_tenant = false;
}

bool app_session_is_altered(const struct app *app)
{
    return app->session->altered;
}

int app_pg_open_database(void *who, const char *database, struct pg **ret_pg, struct error *error)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    struct app *app = who;
    struct pg  *session;
    int         r = app_pg(app, &session, error);        /* servers up, schema made */

    if (r >= 0)
        r = open_pg(app, database, &pg, error);
    if (r >= 0)
        r = pg_ready(pg, error);
    if (r >= 0 && database == NULL)
        r = become_tenant(app, pg, error);
    if (r < 0)
        return r;
    *ret_pg = TAKE(pg);
    return 0;
}

int app_pg_open_superuser(struct app *app, const char *database, struct pg **ret_pg, struct error *error)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_(mem_freep) char *dsn = NULL;
    struct pg *session;
    int        r = app_pg(app, &session, error);

    if (r < 0 || app->session->local == NULL)
        return r < 0 ? r : app_pg_open_database(app, database, ret_pg, error);
    dsn = mem_printf("%s user=%s", local_dsn(app->session->local), LOCAL_SUPERUSER);
    r = pg_open(app->loop, &(struct pg_options){.dsn = dsn, .database = database}, &pg, error);
    if (r >= 0)
        r = pg_ready(pg, error);
    if (r >= 0)
        *ret_pg = TAKE(pg);
    return r;
}

int app_pg_open(struct app *app, struct pg **ret_pg, struct error *error)
{
    return app_pg_open_database(app, NULL, ret_pg, error);
}

bool app_is_connected(const struct app *app)
{
    return app->session->opened;
}

struct pg *app_pg_alive(const struct app *app)
{
    const struct app_session *session = app->session;

    return session->opened && pg_ready(session->pg, NULL) >= 0 ? session->pg : NULL;
}

int app_is_tenant(struct app *app, bool *ret_tenant, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct app_session *session = app->session;
    struct pg          *pg;
    int                 r;

    if (!session->knows_tenant &&
        (conf_text(app->conf, OPTION_AS_USER) != NULL || (session->local != NULL && !session->altered))) {
        session->tenant = conf_text(app->conf, OPTION_AS_USER) != NULL; /* the private servers' login is the owner */
        session->knows_tenant = true;
    }
    if (!session->knows_tenant) {
        r = app_pg(app, &pg, error);
        if (r >= 0)
            r = pg_catalog_query(pg, "app_is_tenant", NULL, 0, &result, error);
        if (r < 0)
            return r;
        session->tenant = text_equal(pg_result_text(result, 0, 0), "t");
        session->knows_tenant = true;
    }
    *ret_tenant = session->tenant;
    return 0;
}
