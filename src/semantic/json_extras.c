/*
 * semantic/json_extras: the key "ytempire": what Cube has no word for, each in the line's language, as it would stand
 * after its clause word.
 */
#include <jansson.h>
#include <string.h>

#include "src/semantic/json_read.h"

static int extra_where(struct parser *parser)
{
    struct filter *filter;
    int r = parse_filter(parser, &filter);

    if (r >= 0)
        parser->query->where = filter_join(parser->arena, FILTER_AND, parser->query->where, filter);
    return r;
}

static int extra_having(struct parser *parser)
{
    return parse_filter(parser, &parser->query->having);
}

static int extra_from(struct parser *parser)
{
    return parse_name(parser, NAME_CUBE, &parser->query->cube);
}

static int extra_measures(struct parser *parser)
{
    if (parser->query->measures.count > 0)
        return parse_fail(parser, ERR_SYNTAX, parser->token.span, "a second list beside 'measures'");
    return parse_names(parser, NAME_MEASURE, &parser->query->measures);
}

static int extra_vs(struct parser *parser)
{
    if (parser->query->shift.kind != SHIFT_NONE)
        return parse_fail(parser, ERR_SYNTAX, parser->token.span, "a second comparison beside compareDateRange");
    return parse_shift(parser);
}

static int extra_order(struct parser *parser)
{
    if (parser->query->order_count > 0)
        return parse_fail(parser, ERR_SYNTAX, parser->token.span, "a second order beside 'order'");
    parser->query->order_none = false;
    return parse_order(parser);
}

static int extra_fill(struct parser *parser)
{
    bool zero = parser_at(parser, WORD_ZERO);

    if (!zero && !parser_at(parser, WORD_NULL))
        return parse_expected(parser, "null or zero");
    parser->query->fill = zero ? FILL_ZERO : FILL_NULL;
    return parser_next(parser);
}

static int extra_text(struct cube_reader *reader, const struct json_t *value, const char *key, int (*read)(struct parser *parser))
{
    const char *where = arena_printf(reader->arena, "ytempire.%s", key), *text;
    struct parser parser;
    int r = cube_string(reader, value, where, &text);

    if (r < 0)
        return r;
    r = parser_open(&parser, reader->arena, arena_strdup(reader->arena, text), reader->query, reader->error);
    if (r >= 0)
        r = read(&parser);
    if (r >= 0)
        r = parse_end(&parser, NULL);
    if (r < 0)
        error_prefix(reader->error, "%s: ", where);
    return r;
}

static int extra_flag(struct cube_reader *reader, const struct json_t *value, const char *key, bool *ret_flag)
{
    if (!json_is_boolean(value))
        return cube_fail(reader, "ytempire", "'%s' is true or false", key);
    *ret_flag = json_is_true(value);
    return 0;
}

/* null: none; a number: beyond Cube's 50,000 as well. */
static int extra_limit(struct cube_reader *reader, const struct json_t *value)
{
    struct query *query = reader->query;

    if (!json_is_null(value) && (!json_is_integer(value) || json_integer_value(value) < 0))
        return cube_fail(reader, "ytempire.limit", "expected null or a whole number from 0 on");
    if (!query->limit_default)
        return cube_fail(reader, "ytempire.limit", "a second limit beside 'limit'");
    query->limit = json_is_null(value) ? -1 : json_integer_value(value);
    query->limit_default = false;
    return 0;
}

int cube_extras(struct cube_reader *reader, const struct json_t *object, const char *where)
{
    static const struct { const char *key; int (*read)(struct parser *parser); } texts[] = {
        { "from", extra_from }, { "measures", extra_measures }, { "where", extra_where }, { "having", extra_having }, { "for", parse_ranges },
        { "vs", extra_vs }, { "order", extra_order }, { "top", parse_top }, { "fill", extra_fill }, { "added", parse_added },
    };
    static const char *const keys[] = {
        "from", "measures", "where", "having", "for", "vs", "order", "top", "fill", "added", "limit", "total", "mixed_days",
    };
    const struct json_t *value;
    int r = 0;

    if (!json_is_object(object))
        return cube_fail(reader, where, "expected an object");
    r = cube_keys(reader, object, "ytempire", keys, COUNT_OF(keys));
    for (size_t i = 0; r >= 0 && i < COUNT_OF(texts); i++) {
        value = json_object_get(object, texts[i].key);
        if (value)
            r = extra_text(reader, value, texts[i].key, texts[i].read);
    }
    if (r >= 0 && (value = json_object_get(object, "limit")))
        r = extra_limit(reader, value);
    if (r >= 0 && (value = json_object_get(object, "total")))
        r = extra_flag(reader, value, "total", &reader->query->total);
    if (r >= 0 && (value = json_object_get(object, "mixed_days")))
        r = extra_flag(reader, value, "mixed_days", &reader->query->mixed_days);
    return r;
}
