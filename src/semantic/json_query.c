/*
 * semantic/json_query: Cube's REST query, verbatim, and under "ytempire" what Cube lacks, in the line's language:
 *
 *   { "measures": ["Videos.total_views"], "ytempire": { "vs": "previous", "top": "5 by revenue with other" } }
 *
 * Unknown keys are refused; what Cube ignores in silence becomes a remark.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/semantic/json_read.h"

#define CUBE_DEFAULT_LIMIT 10000
#define CUBE_LARGEST_LIMIT 50000

/* -- shared -------------------------------------------------------------------------------------------------------- */

int cube_fail(struct cube_reader *reader, const char *where, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(reader->error, ERR_SYNTAX, "%s: %s", where, text);
}

int cube_keys(struct cube_reader *reader, const struct json_t *object, const char *where, const char *const *keys, size_t count)
{
    const char *key, *near;
    json_t *value;
    int r;

    json_object_foreach((json_t *)object, key, value) {
        size_t i = 0;

        while (i < count && strcmp(keys[i], key) != 0)
            i++;
        if (i < count)
            continue;
        r = error_set(reader->error, ERR_SYNTAX, "unknown key '%.60s' in %s", key, where);
        near = nearest_word(key, strlen(key), keys, count);
        if (near)
            error_hint(reader->error, "did you mean '%s'?", near);
        return r;
    }
    return 0;
}

int cube_string(struct cube_reader *reader, const struct json_t *value, const char *where, const char **ret_text)
{
    if (!json_is_string(value))
        return cube_fail(reader, where, value ? "expected a string" : "is missing");
    *ret_text = json_string_value(value);
    return 0;
}

int cube_name(struct cube_reader *reader, const struct json_t *value, enum name_use use, const char *where, struct name *ret_name)
{
    struct token token;
    const char *text;
    int r = cube_string(reader, value, where, &text);

    if (r < 0) {
        if (json_is_object(value))
            error_hint(reader->error, "member expressions are internal to Cube's SQL API");
        return r;
    }
    if (!word_is_plain(text, &token) || isdigit((unsigned char)text[0]))
        return cube_fail(reader, where, "'%.60s' is not the name of a member", text);
    if (token.word == WORD_UNIT && use == NAME_OR_UNIT) {
        *ret_name = name_of_unit(token.unit);
        return 0;
    }
    if (token.word == WORD_UNIT || (token.word != WORD_PLAIN && token.word <= WORD_LAST_RESERVED)) {
        r = cube_fail(reader, where, "'%s' is a word of the language", text);
        error_hint(reader->error, "a member of that name is written with its cube: Costs.%s", text);
        return r;
    }
    *ret_name = (struct name){ .text = arena_strdup(reader->arena, text) };
    return 0;
}

static int cube_names(struct cube_reader *reader, const struct json_t *list, enum name_use use, const char *where, struct name_list *to)
{
    if (!json_is_array(list))
        return cube_fail(reader, where, "expected a list of names");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct name name;
        int r = cube_name(reader, json_array_get(list, i), use, arena_printf(reader->arena, "%s[%zu]", where, i), &name);

        if (r < 0)
            return r;
        ARENA_PUSH(reader->arena, to->items, to->count, to->room, name);
    }
    return 0;
}

static int cube_flag(struct cube_reader *reader, const struct json_t *value, const char *where, bool *ret_flag)
{
    if (!json_is_boolean(value))
        return cube_fail(reader, where, "expected true or false");
    *ret_flag = json_is_true(value);
    return 0;
}

static int cube_count(struct cube_reader *reader, const struct json_t *value, const char *where, int64_t *ret_count)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return cube_fail(reader, where, "expected a whole number from 0 on");
    *ret_count = json_integer_value(value);
    return 0;
}

/* -- Cube's fields ------------------------------------------------------------------------------------------------- */

static int read_measures(struct cube_reader *reader, const json_t *value, const char *key)
{
    return cube_names(reader, value, NAME_PLAIN, key, &reader->query->measures);
}

static int read_dimensions(struct cube_reader *reader, const json_t *value, const char *key)
{
    return cube_names(reader, value, NAME_OR_UNIT, key, &reader->query->dimensions);
}

static int read_segments(struct cube_reader *reader, const json_t *value, const char *key)
{
    return cube_names(reader, value, NAME_PLAIN, key, &reader->query->segments);
}

static int read_filters(struct cube_reader *reader, const json_t *value, const char *key)
{
    struct filter *filter;
    int r;

    (void)key;
    r = cube_filters(reader, value, &filter);
    if (r >= 0)
        reader->query->where = filter_join(reader->arena, FILTER_AND, filter, reader->query->where);
    return r;
}

/* compareDateRange: the first is the range, the others are what it is compared with. */
static int read_compare(struct cube_reader *reader, const json_t *list, const char *where, struct period *ret_period)
{
    struct shift *shift = &reader->query->shift;
    struct period period;
    int r;

    if (!json_is_array(list) || json_array_size(list) == 0)
        return cube_fail(reader, where, "expected a list of date ranges");
    if (shift->kind != SHIFT_NONE)
        return cube_fail(reader, where, "only one time dimension can be compared");
    for (size_t i = 0; i < json_array_size(list); i++) {
        r = cube_range(reader, json_array_get(list, i), where, &period);
        if (r < 0)
            return r;
        if (i == 0) {
            *ret_period = period;
            continue;
        }
        if (!period_fixed(&period, &period))
            return cube_fail(reader, where, "range %zu is no fixed period", i + 1);
        if (i == 1) {
            shift->kind = SHIFT_PERIOD;
            shift->period = period;
        } else {
            ARENA_PUSH(reader->arena, shift->more, shift->more_count, shift->more_room, period);
        }
    }
    return 0;
}

static int read_granularity(struct cube_reader *reader, const json_t *value, const char *where, const struct name *member)
{
    struct query *query = reader->query;
    struct name name = *member;
    const char *text;
    int r = cube_string(reader, value, where, &text);

    if (r < 0)
        return r;
    if (strlen(text) > 128 || data_unit_from_text(text, strlen(text), &name.unit) < 0 || strcmp(data_unit_name(name.unit), text) != 0) {
        struct token token;

        name.unit = UNIT_NONE;
        name.text = arena_printf(reader->arena, "%s.%s", member->text, text);      /* one of its own: the binder knows */
        if (!word_is_plain(text, &token) || strchr(text, '.')) {
            r = cube_fail(reader, where, "unknown granularity '%.60s'", text);
            error_hint(reader->error, "second, minute, hour, day, week, month, quarter or year");
            return r;
        }
    }
    ARENA_PUSH(reader->arena, query->dimensions.items, query->dimensions.count, query->dimensions.room, name);
    return 0;
}

static int read_time_dimension(struct cube_reader *reader, const json_t *object, const char *where)
{
    static const char *const keys[] = { "dimension", "granularity", "dateRange", "compareDateRange" };
    struct query *query = reader->query;
    const json_t *granularity = json_object_get(object, "granularity"), *range = json_object_get(object, "dateRange"),
                 *compare = json_object_get(object, "compareDateRange");
    struct time_range item = { 0 };
    int r;

    if (!json_is_object(object))
        return cube_fail(reader, where, "a time dimension is an object");
    r = cube_keys(reader, object, where, keys, COUNT_OF(keys));
    if (r >= 0)
        r = cube_name(reader, json_object_get(object, "dimension"), NAME_PLAIN, arena_printf(reader->arena, "%s.dimension", where),
                      &item.member);
    if (r < 0)
        return r;
    if (range && compare)
        return cube_fail(reader, where, "'dateRange' and 'compareDateRange' exclude each other");
    if (granularity && !json_is_null(granularity))
        r = read_granularity(reader, granularity, arena_printf(reader->arena, "%s.granularity", where), &item.member);
    else if (!range && !compare)
        query_remark(reader->arena, query, "%s has neither granularity nor dateRange: it changes nothing", where);
    if (r < 0 || (!range && !compare))
        return r;
    if (range)
        r = cube_range(reader, range, arena_printf(reader->arena, "%s.dateRange", where), &item.period);
    else
        r = read_compare(reader, compare, arena_printf(reader->arena, "%s.compareDateRange", where), &item.period);
    if (r >= 0)
        ARENA_PUSH(reader->arena, query->ranges, query->range_count, query->range_room, item);
    if (r >= 0 && compare)
        query->compared = query->range_count;
    return r;
}

static int read_time_dimensions(struct cube_reader *reader, const json_t *value, const char *key)
{
    if (!json_is_array(value))
        return cube_fail(reader, key, "expected a list of time dimensions");
    for (size_t i = 0; i < json_array_size(value); i++) {
        int r = read_time_dimension(reader, json_array_get(value, i), arena_printf(reader->arena, "%s[%zu]", key, i));

        if (r < 0)
            return r;
    }
    return 0;
}

static int read_order_key(struct cube_reader *reader, const json_t *name, const json_t *direction, const char *where)
{
    struct query *query = reader->query;
    struct order_key key = { .direction_given = true };
    const char *text;
    int r = cube_name(reader, name, NAME_OR_UNIT, where, &key.name);

    if (r >= 0)
        r = cube_string(reader, direction, where, &text);
    if (r < 0)
        return r;
    if (strcmp(text, "asc") != 0 && strcmp(text, "desc") != 0)
        return cube_fail(reader, where, "the direction must be one of [asc, desc]");
    key.descending = text[0] == 'd';
    ARENA_PUSH(reader->arena, query->order, query->order_count, query->order_room, key);
    return 0;
}

/* {"v.time": "asc"} or [["v.time", "asc"]]; empty: no order at all. */
static int read_order(struct cube_reader *reader, const json_t *value, const char *key)
{
    const char *name;
    json_t *item;
    size_t i;
    int r = 0;

    if (!json_is_object(value) && !json_is_array(value))
        return cube_fail(reader, key, "expected an object or a list of pairs");
    json_object_foreach((json_t *)value, name, item) {
        _cleanup_(json_decrefp) json_t *text = json_string_nocheck(name);

        r = read_order_key(reader, text, item, key);
        if (r < 0)
            return r;
    }
    json_array_foreach(value, i, item) {
        if (json_array_size(item) != 2)
            return cube_fail(reader, key, "expected pairs: [\"member\", \"asc\"]");
        r = read_order_key(reader, json_array_get(item, 0), json_array_get(item, 1), key);
        if (r < 0)
            return r;
    }
    reader->query->order_none = reader->query->order_count == 0;
    return 0;
}

static int read_limit(struct cube_reader *reader, const json_t *value, const char *key)
{
    int r = cube_count(reader, value, key, &reader->query->limit);

    if (r >= 0 && reader->query->limit > CUBE_LARGEST_LIMIT) {
        r = cube_fail(reader, key, "%lld is more than %d", (long long)reader->query->limit, CUBE_LARGEST_LIMIT);
        error_hint(reader->error, "a larger one goes in \"ytempire\": {\"limit\": %lld}, null is without limit",
                   (long long)reader->query->limit);
    }
    return r;
}

static int read_offset(struct cube_reader *reader, const json_t *value, const char *key)
{
    return cube_count(reader, value, key, &reader->query->offset);
}

static int read_total(struct cube_reader *reader, const json_t *value, const char *key)
{
    return cube_flag(reader, value, key, &reader->query->row_total);
}

static int read_ungrouped(struct cube_reader *reader, const json_t *value, const char *key)
{
    return cube_flag(reader, value, key, &reader->query->ungrouped);
}

static int read_zone(struct cube_reader *reader, const json_t *value, const char *key)
{
    const char *text;
    int r = cube_string(reader, value, key, &text);

    if (r >= 0)
        reader->query->tz = arena_strdup(reader->arena, text);
    return r;
}

static const char *const cache_words[] = {
    [CUBE_CACHE_STALE_IF_SLOW] = "stale-if-slow", [CUBE_CACHE_STALE_WHILE_REVALIDATE] = "stale-while-revalidate",
    [CUBE_CACHE_MUST_REVALIDATE] = "must-revalidate", [CUBE_CACHE_NO_CACHE] = "no-cache",
};

const char *cube_cache_word(enum cube_cache cache)
{
    return cache_words[cache];
}

static int read_cache(struct cube_reader *reader, const json_t *value, const char *key)
{
    const char *text;
    int r = cube_string(reader, value, key, &text);

    if (r < 0)
        return r;
    for (size_t i = 1; i < COUNT_OF(cache_words); i++)
        if (strcmp(cache_words[i], text) == 0) {
            reader->query->cube_cache = (enum cube_cache)i;
            return 0;
        }
    return cube_fail(reader, key, "must be one of [stale-if-slow, stale-while-revalidate, must-revalidate, no-cache]");
}

static int read_renew(struct cube_reader *reader, const json_t *value, const char *key)
{
    bool renew = false;
    int r = cube_flag(reader, value, key, &renew);

    if (r < 0)
        return r;
    query_remark(reader->arena, reader->query, "'renewQuery' is deprecated: write \"cache\": \"must-revalidate\"");
    if (renew && reader->query->cube_cache == CUBE_CACHE_NONE)
        reader->query->cube_cache = CUBE_CACHE_MUST_REVALIDATE;
    return 0;
}

static int read_response_format(struct cube_reader *reader, const json_t *value, const char *key)
{
    const char *text;
    int r = cube_string(reader, value, key, &text);

    if (r < 0)
        return r;
    if (strcmp(text, "default") != 0 && strcmp(text, "compact") != 0 && strcmp(text, "columnar") != 0)
        return cube_fail(reader, key, "must be one of [default, compact, columnar]");
    reader->query->response_format = arena_strdup(reader->arena, text);
    return 0;
}

static int read_join_hints(struct cube_reader *reader, const json_t *value, const char *key)
{
    if (!json_is_array(value))
        return cube_fail(reader, key, "expected a list of pairs of cubes");
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *pair = json_array_get(value, i);
        int r;

        if (json_array_size(pair) != 2)
            return cube_fail(reader, key, "expected pairs of cubes");
        r = cube_names(reader, pair, NAME_PLAIN, key, &reader->query->join_hints);
        if (r < 0)
            return r;
    }
    return 0;
}

/* -- the query ----------------------------------------------------------------------------------------------------- */

static const struct field {
    const char *key;
    int       (*read)(struct cube_reader *reader, const json_t *value, const char *key);
} fields[] = {
    { "measures", read_measures },           { "dimensions", read_dimensions },
    { "timeDimensions", read_time_dimensions }, { "segments", read_segments },
    { "filters", read_filters },             { "order", read_order },
    { "limit", read_limit },                 { "offset", read_offset },
    { "total", read_total },                 { "ungrouped", read_ungrouped },
    { "cache", read_cache },                 { "renewQuery", read_renew },
    { "responseFormat", read_response_format }, { "joinHints", read_join_hints },
    { "ytempire", cube_extras },
};

/* In the order of the table, not of the text: what is said of dates depends on the zone, dimensions come before times. */
static int read_query(struct cube_reader *reader, const json_t *root)
{
    const char *keys[COUNT_OF(fields) + 1];
    const json_t *zone = json_object_get(root, "timezone");
    int r = 0;

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        keys[i] = fields[i].key;
    keys[COUNT_OF(fields)] = "timezone";
    if (json_object_get(root, "subqueryJoins") || json_object_get(root, "maskedMembers"))
        return error_set(reader->error, ERR_SYNTAX, "'subqueryJoins' and 'maskedMembers' are internal to Cube's SQL API");
    r = cube_keys(reader, root, "the query", keys, COUNT_OF(keys));
    if (r >= 0 && zone)
        r = read_zone(reader, zone, "timezone");
    for (size_t i = 0; r >= 0 && i < COUNT_OF(fields); i++) {
        const json_t *value = json_object_get(root, fields[i].key);

        if (value)
            r = fields[i].read(reader, value, fields[i].key);
    }
    return r;
}

static int check_query(struct cube_reader *reader)
{
    const struct query *query = reader->query;

    if (query->measures.count + query->dimensions.count + query->added.count == 0)
        return error_set(reader->error, ERR_SYNTAX, "the query needs measures, dimensions or a time dimension with granularity");
    if (query->offset > 0 && query->limit < 0)
        return error_set(reader->error, ERR_SYNTAX, "an offset needs a limit");
    return 0;
}

/* "\u0000" as JSON's text has it: behind an even number of backslashes. */
static size_t find_nul_escape(const char *json)
{
    for (const char *at = json; (at = strstr(at, "\\u0000")) != NULL; at++) {
        size_t before = 0;

        while (at - before > json && at[-1 - (ptrdiff_t)before] == '\\')
            before++;
        if (before % 2 == 0)
            return (size_t)(at - json);
    }
    return strlen(json);
}

static int nul_fail(struct lexer *lexer)
{
    size_t at = find_nul_escape(lexer->text);

    (void)lex_fail(lexer, ERR_SYNTAX, (struct span){ at, at < lexer->length ? 6 : 1 }, "a text cannot hold \\u0000");
    error_hint(lexer->error, "PostgreSQL's texts have no such character: leave it out");
    return ERR_SYNTAX;
}

static int syntax_fail(struct cube_reader *reader, const char *json, size_t length, const json_error_t *fault)
{
    struct lexer lexer = { .arena = reader->arena, .text = json, .length = length, .error = reader->error };
    size_t at = fault->position > 0 ? (size_t)fault->position - 1 : 0;

    if (json_error_code(fault) == json_error_null_character || json_error_code(fault) == json_error_null_byte_in_key)
        return nul_fail(&lexer);
    return lex_fail(&lexer, ERR_SYNTAX, (struct span){ at < length ? at : length, 1 }, "not JSON: %s", fault->text);
}

int query_parse_json(struct arena *arena, const char *json, struct query **ret_query, struct error *error)
{
    _cleanup_(json_decrefp) json_t *root = NULL;
    struct cube_reader reader = { .arena = arena, .error = error };
    struct query *query = query_new(arena);
    size_t length = strlen(json);
    json_error_t fault;
    int r;

    if (length > LINE_LIMIT)
        return error_set(error, ERR_SYNTAX, "the query is longer than 1 MB");
    root = json_loadb(json, length, JSON_REJECT_DUPLICATES, &fault);
    if (!root)
        return syntax_fail(&reader, json, length, &fault);
    if (json_is_array(root)) {
        r = error_set(error, ERR_SYNTAX, "a list of queries cannot be asked as one");
        error_hint(error, "measures of several cubes go in one query: each is aggregated by itself, then brought together");
        return r;
    }
    query->text = arena_strdup(arena, json);
    query->json = true;
    query->limit = CUBE_DEFAULT_LIMIT;
    reader.query = query;
    query->limit_default = json_object_get(root, "limit") == NULL;
    r = read_query(&reader, root);
    if (r >= 0)
        r = check_query(&reader);
    if (r < 0)
        return r;
    edit_forget_places(query);
    *ret_query = query;
    return 0;
}
