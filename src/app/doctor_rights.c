/* The schema, what the login may do with it, and whose rows it sees. */
#include <string.h>

#include "doctor_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/migrate.h"

/* -- the schema ---------------------------------------------------------------------------------------------------- */

enum { APPLIED, PENDING, RUNNING, CHANGED, MISSING, FAILED, STATES };

static const char *const state_names[STATES] = {[APPLIED] = "applied", [PENDING] = "pending", [RUNNING] = "running",
                                                [CHANGED] = "changed", [MISSING] = "missing", [FAILED] = "failed"};

/* Counts the rows of migrate_status by their state. */
struct counter {
    struct sink sink;
    size_t column, counts[STATES];
};

static int on_columns(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct counter *counter = (struct counter *)sink;

    (void)error;
    while (counter->column < count && !text_equal(columns[counter->column].name, "state"))
        counter->column++;
    return 0;
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct counter *counter = (struct counter *)sink;
    struct data_cell state = cells[counter->column];

    (void)error;
    for (size_t i = 0; i < STATES; i++)
        if (strlen(state_names[i]) == state.length && memcmp(state_names[i], state.text, state.length) == 0)
            counter->counts[i]++;
    return 0;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink;
    (void)note;
    (void)error;
    return 0;
}

static void tell_counts(struct doctor *doctor, const size_t *counts)
{
    struct str list = STR_INIT;
    enum doctor_state state = DOCTOR_OK;
    const char *to_do = NULL;

    for (size_t i = 0; i < STATES; i++)
        if (counts[i] > 0)
            str_addf(&list, "%s%zu %s", list.length > 0 ? ", " : "", counts[i], state_names[i]);
    if (counts[RUNNING] > 0) {
        state = DOCTOR_WARNING;
        to_do = "wait until the migration under way has ended";
    } else if (counts[FAILED] > 0) {
        state = DOCTOR_ERROR;
        to_do = "run 'migrate up', which says how to go on after the migration that was interrupted";
    } else if (counts[CHANGED] + counts[MISSING] > 0) {
        state = DOCTOR_ERROR;
        to_do = "run 'migrate verify', and put the files back as they were applied";
    } else if (counts[PENDING] > 0) {
        state = DOCTOR_ERROR;
        to_do = "run 'migrate plan' to see what is missing, and 'migrate up' to apply it";
    }
    doctor_say(doctor, "schema", state, to_do, "%s", str_text(&list));
    str_done(&list);
}

int doctor_schema(struct doctor *doctor, struct pg *pg)
{
    static const struct sink_ops ops = {.begin = on_columns, .row = on_row, .end = on_end};
    struct counter counter = {.sink = {.ops = &ops}};
    struct migrate_options options;
    struct error why = ERROR_INIT;
    int r;

    app_migrate_options(doctor->app, &options);
    r = migrate_status(pg, &options, &counter.sink, &why);
    if (r < 0)
        return doctor_trouble(doctor, "schema", text_equal(why.sqlstate, "42501") ? DOCTOR_SKIPPED : DOCTOR_ERROR, r,
                              &why, "ask with a login that may read the schema ops");
    tell_counts(doctor, counter.counts);
    return 0;
}

/* -- rights -------------------------------------------------------------------------------------------------------- */

/* Columns of doctor_rights.sql. */
enum { RIGHT_MADE, RIGHT_READ, RIGHT_TENANT, RIGHT_INGEST, RIGHT_MIGRATE };

static bool is_true(const struct pg_result *result, size_t column)
{
    return text_equal(pg_result_text(result, 0, column), "t");
}

static void tell_read(struct doctor *doctor, const struct pg_result *rights)
{
    if (!is_true(rights, RIGHT_MADE))
        doctor_say(doctor, "may read", DOCTOR_SKIPPED, NULL, "the schema is not made yet");
    else if (is_true(rights, RIGHT_READ))
        doctor_say(doctor, "may read", DOCTOR_OK, NULL, "yes, all accounts");
    else if (is_true(rights, RIGHT_TENANT))
        doctor_say(doctor, "may read", DOCTOR_OK, NULL, "yes, its own account");
    else
        doctor_say(doctor, "may read", DOCTOR_ERROR,
                   "have the owner run GRANT ytempire_analyst (or ytempire_tenant) TO this login", "no");
}

int doctor_rights(struct doctor *doctor, struct pg *pg)
{
    _cleanup_(pg_result_freep) struct pg_result *rights = NULL;
    struct error why = ERROR_INIT;
    int r = pg_catalog_query(pg, "doctor_rights", NULL, 0, &rights, &why);

    if (r < 0)
        return doctor_trouble(doctor, "may read", DOCTOR_ERROR, r, &why, NULL);
    tell_read(doctor, rights);
    if (!is_true(rights, RIGHT_MADE))
        doctor_say(doctor, "may ingest", DOCTOR_SKIPPED, NULL, "the schema is not made yet");
    else if (is_true(rights, RIGHT_INGEST))
        doctor_say(doctor, "may ingest", DOCTOR_OK, NULL, "yes");
    else
        doctor_say(doctor, "may ingest", DOCTOR_OK,
                   "to load data, have the owner run GRANT ytempire_worker TO this login", "no");
    if (is_true(rights, RIGHT_MIGRATE))
        doctor_say(doctor, "may migrate", DOCTOR_OK, NULL, "yes");
    else
        doctor_say(doctor, "may migrate", DOCTOR_OK, "to change the schema, log in as its owner", "no");
    return 0;
}

/* -- one tenant ---------------------------------------------------------------------------------------------------- */

static void tell_tenant(struct doctor *doctor, const char *who, const struct pg_result *seen)
{
    if (pg_result_text(seen, 0, 0) == NULL)
        doctor_say(doctor, "tenant", DOCTOR_ERROR,
                   "use a login of an analyst, or one that users.logins names for this account",
                   "this login may not look as '%s'", who);
    else if (pg_result_int(seen, 0, 2) > 0)
        doctor_say(doctor, "tenant", DOCTOR_ERROR, "run 'migrate verify': the wall between the accounts is broken",
                   "%s channels of other accounts are seen", pg_result_text(seen, 0, 2));
    else
        doctor_say(doctor, "tenant", DOCTOR_OK, NULL, "%s: sees its own %s channels, and no others", who,
                   pg_result_text(seen, 0, 1));
}

int doctor_tenant(struct doctor *doctor, struct pg *pg)
{
    _cleanup_(pg_result_freep) struct pg_result *account = NULL, *seen = NULL;
    const char *who = conf_text(doctor->app->conf, OPTION_AS_USER);
    struct error why = ERROR_INIT;
    int r;

    if (who == NULL) {
        doctor_say(doctor, "tenant", DOCTOR_SKIPPED, NULL, "--as-user is not given");
        return 0;
    }
    r = pg_catalog_query(pg, "app_as_user", (const struct pg_value[]){PG_TEXT(who)}, 1, &account, &why);
    if (r >= 0 && pg_result_rows(account) == 0) {
        doctor_say(doctor, "tenant", DOCTOR_ERROR,
                   "give --as-user the id or the e-mail address of an account in users.accounts", "no account '%s'",
                   who);
        return 0;
    }
    if (r >= 0)
        r = pg_catalog_query(pg, "doctor_tenant", NULL, 0, &seen, &why);
    if (r < 0)
        return doctor_trouble(doctor, "tenant", DOCTOR_ERROR, r, &why,
                              "use a login that may read users.accounts and the schema tenant");
    tell_tenant(doctor, who, seen);
    return 0;
}
