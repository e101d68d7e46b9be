/*
 * How the live schema differs from what its files make: they are run on an empty scratch database of the same server, and
 * both schemas are listed by the same question, in the same order, and merged.
 *
 * Invariant: the scratch database is dropped whatever happens, also when the task was cancelled; one that a killed
 * program left behind is dropped by the next run.
 */
#include <jansson.h>
#include <string.h>

#include "verify.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

enum { KIND, RELATION, NAME, DEFINITION };

struct listing {
    struct pg_result *result;
    size_t            at, count;
    struct map       *relations;       /* that it has, and its schemas */
};

/* -- listing ------------------------------------------------------------------------------------------------------------------------ */

static int list_schema(struct pg *pg, struct listing *ret_listing, struct error *error)
{
    int r = pg_catalog_script(pg, "verify_begin", error);

    if (r >= 0)
        r = pg_catalog_query(pg, "verify_schema", NULL, 0, &ret_listing->result, error);
    if (pg_in_transaction(pg)) {
        int cancelled = run_cleanup_begin();

        (void)!pg_script(pg, "ROLLBACK", NULL);
        run_cleanup_end(cancelled);
    }
    if (r < 0)
        return r;
    ret_listing->count = pg_result_rows(ret_listing->result);
    ret_listing->relations = map_new();
    for (size_t i = 0; i < ret_listing->count; i++)
        if (pg_result_text(ret_listing->result, i, RELATION)[0] == '\0')
            (void)map_put(ret_listing->relations, pg_result_text(ret_listing->result, i, NAME), ret_listing);
    return 0;
}

static void listing_done(struct listing *listing)
{
    pg_result_free(listing->result);
    map_free(listing->relations);
}

static const char *text_at(const struct listing *listing, int column)
{
    return pg_result_text(listing->result, listing->at, column);
}

/* -- comparing ---------------------------------------------------------------------------------------------------------------------- */

static bool is_behaviour(const char *kind)
{
    return text_equal(kind, "column") || text_equal(kind, "constraint") || text_equal(kind, "trigger") || text_equal(kind, "policy") || text_equal(kind, "rule");
}

static bool lies_in(const char *name, const char *schema)
{
    size_t length = strlen(schema);

    return strncmp(name, schema, length) == 0 && name[length] == '.';
}

/* Models and rollups make relations of their own; other people's schemas are their business. */
static void tell_extra(struct verify *verify, const struct listing *live, const struct listing *made)
{
    const char *kind = text_at(live, KIND), *relation = text_at(live, RELATION), *name = text_at(live, NAME), *point = strchr(name, '.');

    if (relation[0] != '\0') {
        if (map_get(made->relations, relation) == NULL || text_equal(kind, "grants"))
            return;
        verify_find(verify, is_behaviour(kind) ? MIGRATE_ERROR : MIGRATE_WARNING, "drift", name, "the %s is not made by the files: somebody added it", kind);
    } else if (text_equal(kind, "schema") || text_equal(kind, "extension") || point == NULL
               || map_get_bytes(made->relations, name, (size_t)(point - name)) == NULL) {
        return;
    } else if (lies_in(name, "ops") || lies_in(name, "users") || lies_in(name, "tenant")) {
        verify_find(verify, MIGRATE_WARNING, "drift", name, "the %s is not made by the files: somebody added it", kind);
    } else if (lies_in(name, "analytics")) {
        verify_find(verify, MIGRATE_NOTE, "drift", name, "the %s is not made by the files: a model, or somebody", kind);
    }
}

static void tell_missing(struct verify *verify, const struct listing *live, const struct listing *made)
{
    const char *kind = text_at(made, KIND), *relation = text_at(made, RELATION), *name = text_at(made, NAME);

    if (relation[0] != '\0' && map_get(live->relations, relation) == NULL)
        return;                        /* told of the relation as a whole */
    if (text_equal(kind, "extension"))
        verify_find(verify, MIGRATE_WARNING, "drift", name, "the extension can be had by now, and is not made: what would use it does without");
    else
        verify_find(verify, MIGRATE_ERROR, "drift", name, "the %s is missing: the files make it", kind);
}

static void tell_different(struct verify *verify, const struct listing *live, const struct listing *made)
{
    const char *kind = text_at(live, KIND), *name = text_at(live, NAME), *has = text_at(live, DEFINITION), *wanted = text_at(made, DEFINITION);

    if (text_equal(kind, "grants"))
        verify_find(verify, MIGRATE_WARNING, "drift", name, "who may do what differs: granted is '%s', the files grant '%s'", has, wanted);
    else if (strlen(has) + strlen(wanted) < 400 && strchr(has, '\n') == NULL && strchr(wanted, '\n') == NULL)
        verify_find(verify, MIGRATE_ERROR, "drift", name, "the %s is '%s', the files make it '%s'", kind, has, wanted);
    else
        verify_find(verify, MIGRATE_ERROR, "drift", name, "the %s was changed: its text is not that of the files", kind);
}

static int compare_at(const struct listing *live, const struct listing *made)
{
    int order;

    if (live->at == live->count || made->at == made->count)
        return (live->at == live->count) - (made->at == made->count);
    order = strcmp(text_at(live, KIND), text_at(made, KIND));
    return order != 0 ? order : strcmp(text_at(live, NAME), text_at(made, NAME));
}

static void compare(struct verify *verify, struct listing *live, struct listing *made)
{
    while (live->at < live->count || made->at < made->count) {
        int order = compare_at(live, made);

        if (order < 0)
            tell_extra(verify, live, made);
        else if (order > 0)
            tell_missing(verify, live, made);
        else if (!text_equal(text_at(live, DEFINITION), text_at(made, DEFINITION)))
            tell_different(verify, live, made);
        live->at += order <= 0;
        made->at += order >= 0;
    }
}

/* -- the scratch database ---------------------------------------------------------------------------------------------------------- */

struct scratch {
    char      *role, *name, *make, *drop, *leftovers;
    bool       allowed, made;
    struct pg *pg;
};

static int read_scratch(struct pg *pg, struct scratch *ret_scratch, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = pg_catalog_query(pg, "verify_scratch", NULL, 0, &result, error);

    if (r < 0)
        return r;
    *ret_scratch = (struct scratch){
        .role = mem_strdup(pg_result_text(result, 0, 0)), .allowed = text_equal(pg_result_text(result, 0, 1), "t"),
        .name = mem_strdup(pg_result_text(result, 0, 2)), .make = mem_strdup(pg_result_text(result, 0, 3)),
        .drop = mem_strdup(pg_result_text(result, 0, 4)), .leftovers = mem_strdup(pg_result_text(result, 0, 5)),
    };
    return 0;
}

static void scratch_done(struct verify *verify, struct scratch *scratch)
{
    int cancelled = run_cleanup_begin();

    pg_close(scratch->pg);
    if (scratch->made)
        (void)!pg_script(verify->pg, scratch->drop, NULL);
    run_cleanup_end(cancelled);
    mem_free(scratch->role);
    mem_free(scratch->name);
    mem_free(scratch->make);
    mem_free(scratch->drop);
    mem_free(scratch->leftovers);
}

static void drop_leftovers(struct verify *verify, const char *text)
{
    json_t *statements = json_loads(text, 0, NULL), *statement;
    size_t  index;

    json_array_foreach(statements, index, statement)
        (void)!pg_script(verify->pg, json_string_value(statement), NULL);
    json_decref(statements);
}

/* The newest file that was applied, or NULL with a finding: when the files on disk are not those that were applied, what
 * they make is not what is compared. */
static const char *find_target(struct verify *verify)
{
    const char *target = NULL;

    for (size_t i = 0; i < verify->history->count; i++)
        if (migration_set_find(verify->set, verify->history->items[i].version) == NULL || verify->history->items[i].state != RECORD_APPLIED) {
            verify_find(verify, MIGRATE_WARNING, "not-compared", pg_database(verify->pg), "the schema was not compared with what the files make: %s is missing or has not ended",
                        verify->history->items[i].file);
            return NULL;
        }
    for (size_t i = migration_set_count(verify->set); i-- > 0;) {
        const struct migration *migration = migration_set_at(verify->set, i);

        if (history_find(verify->history, migration->version) != NULL && target == NULL)
            target = migration->version;
        else if (history_find(verify->history, migration->version) == NULL && target != NULL) {
            verify_find(verify, MIGRATE_WARNING, "not-compared", pg_database(verify->pg),
                        "the schema was not compared with what the files make: %s is not applied, and later ones are", migration->file);
            return NULL;
        }
    }
    return target;
}

/* 1: made and migrated; 0: not possible, and said so. */
static int make_scratch(struct verify *verify, struct scratch *scratch, const char *target, struct sink *sink, struct error *error)
{
    struct migrate_options options = *verify->options;
    struct error           trouble = ERROR_INIT;
    const char            *what = "a scratch database cannot be made";
    int                    r;

    options.storage = verify->choice.engine;
    options.recover = NULL;
    drop_leftovers(verify, scratch->leftovers);
    sink_progress(sink, "comparing the schema with what the files make", 0, 0, NULL);
    r = pg_script(verify->pg, scratch->make, &trouble);
    scratch->made = r >= 0;
    if (r >= 0)
        r = options.open_database(options.who, scratch->name, &scratch->pg, &trouble);
    if (r >= 0) {
        what = "the files do not run on an empty database";
        r = migrate_up(scratch->pg, &options, target, NULL, NULL, &trouble);
    }
    if (r >= 0)
        return 1;
    if (r == ERR_INTERRUPTED || r == ERR_TIMEOUT) {
        if (error != NULL && error->code == 0)
            error_move(error, &trouble);
    } else {
        verify_find(verify, scratch->pg != NULL ? MIGRATE_ERROR : MIGRATE_WARNING, "not-compared", trouble.where != NULL ? trouble.where : pg_database(verify->pg),
                    "the schema was not compared with what the files make: %s: %s", what, trouble.text);
        r = 0;
    }
    error_done(&trouble);
    return r;
}

static int compare_with(struct verify *verify, struct pg *scratch, struct error *error)
{
    struct listing live = {0}, made = {0};
    int            r = list_schema(verify->pg, &live, error);

    if (r >= 0)
        r = list_schema(scratch, &made, error);
    if (r >= 0)
        compare(verify, &live, &made);
    listing_done(&live);
    listing_done(&made);
    return r;
}

int verify_drift(struct verify *verify, struct sink *sink, struct error *error)
{
    struct scratch scratch = {0};
    const char    *target = find_target(verify);
    int            r = target != NULL ? read_scratch(verify->pg, &scratch, error) : 0;

    if (r < 0 || target == NULL)
        return r;
    if (verify->options->open_database == NULL) {
        verify_find(verify, MIGRATE_WARNING, "not-compared", pg_database(verify->pg),
                    "the schema was not compared with what the files make: no other database can be opened here");
    } else if (!scratch.allowed) {
        verify_find(verify, MIGRATE_WARNING, "not-compared", pg_database(verify->pg),
                    "the schema was not compared with what the files make: role %s may not create a scratch database; an administrator can say ALTER ROLE %s CREATEDB, or verify as one who may",
                    scratch.role, scratch.role);
    } else {
        r = make_scratch(verify, &scratch, target, sink, error);
        if (r > 0)
            r = compare_with(verify, scratch.pg, error);
        sink_progress_end(sink);
    }
    scratch_done(verify, &scratch);
    return r;
}
