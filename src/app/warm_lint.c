/* What is wrong with the warm sets: their files, their keys, what answers them. */
#include <string.h>

#include "ask_int.h"
#include "warm_int.h"

struct checking {
    struct app         *app;
    const struct model *model;
    struct pg          *pg;            /* NULL: statements are not tried */
    struct arena       *arena;
    struct table       *table;
    bool               *bad;
    const struct app_warm_set **sets;  /* those that were read */
    size_t              set_count;
};

static void find(struct checking *checking, const char *where, const char *message)
{
    table_add(checking->table, "error", where, message);
    *checking->bad = true;
}

/* -- what answers an entry ----------------------------------------------------------------------------------------- */

static bool has_name(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

static void check_columns(struct checking *checking, const struct app_warm_entry *entry, const char *const *columns,
                          size_t count)
{
    const char *const *names;
    size_t             name_count, at;

    if (cache_entry_columns(checking->arena, entry->key, &names, &name_count, &at, NULL) < 0)
        return;
    for (size_t i = 0; i < name_count; i++) {
        const char *near = nearest_word(names[i], strlen(names[i]), columns, count);

        if (!has_name(columns, count, names[i]))
            find(checking, entry->key_where,
                 arena_printf(checking->arena, "the key names '%s', which its answer does not have%s%s%s", names[i],
                              near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                              near != NULL ? "'?" : ""));
    }
}

static const char *variable_of(void *who, const char *name)
{
    return app_variable(who, name, strlen(name));
}

static void check_query(struct checking *checking, const struct app_warm_entry *entry)
{
    struct semantic_context context = {
        .now = instant_now(), .zone = app_zone(checking->app), .variable = variable_of, .who = checking->app};
    struct error     why = ERROR_INIT;
    struct compiled *compiled;
    struct query    *query;
    const char     **columns;
    int              r = warm_parse(checking->arena, entry, &query, &why);

    if (r >= 0)
        r = semantic_compile(checking->arena, checking->model, query, &context, &compiled, &why);
    if (r < 0) {
        find(checking, entry->where,
             arena_printf(checking->arena, "%s%s%s", why.text, why.hint != NULL ? "; " : "",
                          why.hint != NULL ? why.hint : ""));
        error_done(&why);
        return;
    }
    columns = ARENA_ARRAY(checking->arena, const char *, compiled->column_count + 1);
    for (size_t i = 0; i < compiled->column_count; i++)
        columns[i] = compiled->columns[i].name;
    check_columns(checking, entry, columns, compiled->column_count);
    if (compiled->limit_is_default)
        find(checking, entry->where, "it has no limit of its own, so its answer could be cut: say which");
}

/* Its columns, from a server that plans it and yields no row. NULL: it was refused, which is told. */
static int try_sql(struct checking *checking, const char *sql, const char *where, struct pg_result **ret_result,
                   struct error *error)
{
    struct error why = ERROR_INIT;
    int r = pg_query(checking->pg, arena_printf(checking->arena, "SELECT * FROM (%s\n) AS answer LIMIT 0", sql), NULL,
                     0, ret_result, &why);

    if (r == ERR_SERVER) {
        find(checking, where, why.text);
        *ret_result = NULL;
        error_done(&why);
        return 0;
    }
    error_move(error, &why);
    return r;
}

static int check_sql(struct checking *checking, const struct app_warm_entry *entry, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char **columns;
    size_t       count;
    int          r = try_sql(checking, entry->sql, entry->where, &result, error);

    if (r < 0 || result == NULL)
        return r;
    count = pg_result_columns(result);
    columns = ARENA_ARRAY(checking->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        columns[i] = pg_result_name(result, i);
    check_columns(checking, entry, columns, count);
    return 0;
}

/* -- a set --------------------------------------------------------------------------------------------------------- */

/* Two entries of one key would write over each other. */
static void check_key(struct checking *checking, const struct app_warm_set *set, const struct app_warm_entry *entry)
{
    for (size_t s = 0; s <= checking->set_count; s++) {
        const struct app_warm_set *other = s < checking->set_count ? checking->sets[s] : set;

        for (size_t i = 0; i < other->entry_count && &other->entries[i] != entry; i++)
            if (text_equal(other->entries[i].key, entry->key))
                find(checking, entry->key_where,
                     arena_printf(checking->arena, "the key '%s' is made by '%s' too", entry->key, other->name));
    }
}

static int check_set(struct checking *checking, const struct app_warm_set *set, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < set->entry_count; i++) {
        const struct app_warm_entry *entry = &set->entries[i];

        check_key(checking, set, entry);
        if (entry->query != NULL)
            check_query(checking, entry);
        else if (checking->pg != NULL)
            r = check_sql(checking, entry, error);
    }
    if (r >= 0 && set->as_of != NULL && checking->pg != NULL)
        r = try_sql(checking, set->as_of, set->as_of_where, &result, error);
    return r;
}

static int check_named(struct checking *checking, const char *name, struct error *error)
{
    struct app_warm_set *set = ARENA_NEW(checking->arena, struct app_warm_set);
    struct error         why = ERROR_INIT;
    int                  r = app_warm_read(checking->arena, name, set, &why);

    if (r < 0) {
        find(checking, why.where != NULL ? why.where : name,
             arena_printf(checking->arena, "%s%s%s", why.text, why.hint != NULL ? "; " : "",
                          why.hint != NULL ? why.hint : ""));
        error_done(&why);
        return 0;
    }
    if (set->shipped && conf_text(checking->app->conf, OPTION_MODEL) != NULL)      /* it asks another model */
        return 0;
    r = check_set(checking, set, error);
    checking->sets[checking->set_count++] = set;
    return r;
}

int warm_lint(struct app *app, const struct model *model, struct pg *pg, struct table *table, bool *bad,
              struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct checking checking = {.app = app, .model = model, .pg = pg, .arena = arena, .table = table, .bad = bad};
    char          **names;
    size_t          count;
    int             r = app_warm_names(&names, &count, error);

    if (r < 0)
        return r;
    checking.sets = ARENA_ARRAY(arena, const struct app_warm_set *, count + 1);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = check_named(&checking, names[i], error);
    app_warm_names_free(names, count);
    return r;
}
