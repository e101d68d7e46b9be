/*
 * semantic/edit: queries as values: making, copying, taking away. An edit works on a copy; nothing of the query before
 * is changed.
 */
#include "src/semantic/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/semantic/print.h"
#include "ytempire/base/str.h"

/* -- making -------------------------------------------------------------------------------------------------------- */

struct query *query_new(struct arena *arena)
{
    struct query *query = ARENA_NEW(arena, struct query);

    query->limit = -1;
    return query;
}

void query_remark(struct arena *arena, struct query *query, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ARENA_PUSH(arena, query->remarks, query->remark_count, query->remark_room, arena_strdup(arena, text));
}

struct name name_of_unit(enum data_unit unit)
{
    return (struct name){ .bare_unit = true, .unit = unit };
}

const char *name_text(struct arena *arena, const struct name *name)
{
    if (!name->text)
        return data_unit_name(name->unit);
    if (name->unit == UNIT_NONE)
        return name->text;
    return arena_printf(arena, "%s.%s", name->text, data_unit_name(name->unit));
}

bool name_equal(const struct name *a, const struct name *b)
{
    _cleanup_(str_done) struct str left = STR_INIT, right = STR_INIT;

    print_name(&left, a);
    print_name(&right, b);
    return text_equal(str_text(&left), str_text(&right));
}

/* -- copying ------------------------------------------------------------------------------------------------------- */

static const char *copy_text(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static struct name copy_name(struct arena *arena, const struct name *name)
{
    struct name copy = *name;

    copy.text = copy_text(arena, name->text);
    return copy;
}

static struct name_list copy_names(struct arena *arena, const struct name_list *list)
{
    struct name_list copy = { .items = ARENA_ARRAY(arena, struct name, list->count), .count = list->count, .room = list->count };

    for (size_t i = 0; i < list->count; i++)
        copy.items[i] = copy_name(arena, &list->items[i]);
    return copy;
}

static struct filter *copy_filter(struct arena *arena, const struct filter *filter)
{
    struct filter *copy;

    if (!filter)
        return NULL;
    copy = ARENA_NEW(arena, struct filter);
    *copy = *filter;
    copy->kids = ARENA_ARRAY(arena, struct filter *, filter->kid_count);
    copy->kid_room = filter->kid_count;
    for (size_t i = 0; i < filter->kid_count; i++)
        copy->kids[i] = copy_filter(arena, filter->kids[i]);
    copy->member = copy_name(arena, &filter->member);
    copy->values = ARENA_ARRAY(arena, struct value, filter->value_count);
    copy->value_room = filter->value_count;
    for (size_t i = 0; i < filter->value_count; i++) {
        copy->values[i] = filter->values[i];
        copy->values[i].text = copy_text(arena, filter->values[i].text);
    }
    return copy;
}

size_t query_compared_count(const struct query *query)
{
    if (query->compared == 0)
        return 0;
    return query->shift.kind == SHIFT_PERIOD ? 2 + query->shift.more_count : 1;
}

struct query *query_of_compared(struct arena *arena, const struct query *query, size_t range)
{
    struct query *copy = query_copy(arena, query);

    if (range > 0)
        copy->ranges[copy->compared - 1].period = range == 1 ? copy->shift.period : copy->shift.more[range - 2];
    copy->shift = (struct shift){0};
    copy->compared = 0;
    return copy;
}

struct query *query_copy(struct arena *arena, const struct query *query)
{
    struct query *copy = ARENA_NEW(arena, struct query);

    *copy = *query;
    copy->text = copy_text(arena, query->text);
    copy->cube = copy_name(arena, &query->cube);
    copy->measures = copy_names(arena, &query->measures);
    copy->dimensions = copy_names(arena, &query->dimensions);
    copy->segments = copy_names(arena, &query->segments);
    copy->added = copy_names(arena, &query->added);
    copy->join_hints = copy_names(arena, &query->join_hints);
    copy->where = copy_filter(arena, query->where);
    copy->having = copy_filter(arena, query->having);
    copy->ranges = ARENA_ARRAY(arena, struct time_range, query->range_count);
    copy->range_room = query->range_count;
    for (size_t i = 0; i < query->range_count; i++) {
        copy->ranges[i] = query->ranges[i];
        copy->ranges[i].member = copy_name(arena, &query->ranges[i].member);
    }
    copy->shift.more = ARENA_ARRAY(arena, struct period, query->shift.more_count);
    copy->shift.more_room = query->shift.more_count;
    for (size_t i = 0; i < query->shift.more_count; i++)
        copy->shift.more[i] = query->shift.more[i];
    copy->order = ARENA_ARRAY(arena, struct order_key, query->order_count);
    copy->order_room = query->order_count;
    for (size_t i = 0; i < query->order_count; i++) {
        copy->order[i] = query->order[i];
        copy->order[i].name = copy_name(arena, &query->order[i].name);
    }
    copy->top.by = copy_name(arena, &query->top.by);
    copy->tz = copy_text(arena, query->tz);
    copy->response_format = copy_text(arena, query->response_format);
    copy->remarks = ARENA_ARRAY(arena, const char *, query->remark_count);
    copy->remark_room = query->remark_count;
    for (size_t i = 0; i < query->remark_count; i++)
        copy->remarks[i] = copy_text(arena, query->remarks[i]);
    return copy;
}

/* -- places -------------------------------------------------------------------------------------------------------- */

static void forget_period(struct period *period)
{
    period->span = period->from.span = period->to.span = (struct span){ 0 };
}

static void forget_names(struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        list->items[i].span = (struct span){ 0 };
}

static void forget_filter(struct filter *filter)
{
    if (!filter)
        return;
    filter->span = filter->member.span = (struct span){ 0 };
    forget_period(&filter->period);
    for (size_t i = 0; i < filter->value_count; i++)
        filter->values[i].span = filter->values[i].point.span = (struct span){ 0 };
    for (size_t i = 0; i < filter->kid_count; i++)
        forget_filter(filter->kids[i]);
}

/* What an edit keeps stands in another line: it has no place in this one. */
void edit_forget_places(struct query *query)
{
    forget_names(&query->measures);
    forget_names(&query->dimensions);
    forget_names(&query->segments);
    forget_names(&query->added);
    forget_filter(query->where);
    forget_filter(query->having);
    for (size_t i = 0; i < query->range_count; i++) {
        query->ranges[i].member.span = (struct span){ 0 };
        forget_period(&query->ranges[i].period);
    }
    forget_period(&query->shift.period);
    for (size_t i = 0; i < query->shift.more_count; i++)
        forget_period(&query->shift.more[i]);
    for (size_t i = 0; i < query->order_count; i++)
        query->order[i].name.span = (struct span){ 0 };
    query->cube.span = query->shift.span = query->top.span = query->top.by.span = query->limit_span = query->tz_span
        = query->fill_span = query->total_span = (struct span){ 0 };
}

/* -- taking away a clause ------------------------------------------------------------------------------------------ */

bool clause_is_there(const struct query *query, enum word clause)
{
    switch ((int)clause) {
    case WORD_FROM:       return query->cube.text != NULL;
    case WORD_BY:         return query->dimensions.count > 0;
    case WORD_WHERE:      return query->where != NULL;
    case WORD_HAVING:     return query->having != NULL;
    case WORD_SEGMENT:    return query->segments.count > 0;
    case WORD_FOR:        return query->range_count > 0;
    case WORD_VS:         return query->shift.kind != SHIFT_NONE;
    case WORD_ORDER:      return query->order_count > 0 || query->order_none;
    case WORD_TOP:        return query->top.count > 0;
    case WORD_LIMIT:      return query->limit >= 0;
    case WORD_FILL:       return query->fill != FILL_NONE;
    case WORD_TOTAL:      return query->total;
    case WORD_TZ:         return query->tz != NULL;
    case WORD_MIXED_DAYS: return query->mixed_days;
    default:              return query->ungrouped;
    }
}

static void clause_clear(struct query *query, enum word clause)
{
    switch ((int)clause) {
    case WORD_FROM:       query->cube = (struct name){ 0 }; break;
    case WORD_BY:         query->dimensions = (struct name_list){ 0 }; break;
    case WORD_WHERE:      query->where = NULL; break;
    case WORD_HAVING:     query->having = NULL; break;
    case WORD_SEGMENT:    query->segments = (struct name_list){ 0 }; break;
    case WORD_FOR:        query->ranges = NULL; query->range_count = query->range_room = 0; break;
    case WORD_VS:         query->shift = (struct shift){ 0 }; break;
    case WORD_ORDER:      query->order = NULL; query->order_count = query->order_room = 0; query->order_none = false; break;
    case WORD_TOP:        memset(&query->top, 0, sizeof query->top); break;
    case WORD_LIMIT:      query->limit = -1; query->offset = 0; query->limit_default = false; break;
    case WORD_FILL:       query->fill = FILL_NONE; break;
    case WORD_TOTAL:      query->total = false; break;
    case WORD_TZ:         query->tz = NULL; break;
    case WORD_MIXED_DAYS: query->mixed_days = false; break;
    default:              query->ungrouped = false; break;
    }
}

static int remove_clause(struct parser *parser)
{
    enum word clause = parser->token.word;

    if (!parser->probe && !clause_is_there(parser->query, clause))
        return parse_fail(parser, ERR_USAGE, parser->token.span, "the query has no '%s' to take away",
                          lex_show(&parser->lexer, &parser->token));
    clause_clear(parser->query, clause);
    return parser_next(parser);
}

/* -- taking away members ------------------------------------------------------------------------------------------- */

/* Whole dotted segments at the end: "views" is the end of "Video.views". */
static bool is_suffix(const char *whole, const char *end)
{
    size_t a = strlen(whole), b = strlen(end);

    return strcasecmp(whole, end) == 0 || (a > b && whole[a - b - 1] == '.' && strcasecmp(whole + a - b, end) == 0);
}

/* Does the name, as written or without its granularity, mean what the edit says? */
static bool name_is_meant(struct arena *arena, const struct name *name, const struct name *said)
{
    const char *text = name_text(arena, name), *dot;
    enum data_unit unit;

    if (said->bare_unit || name->bare_unit)
        return said->bare_unit && name->unit == said->unit;
    if (is_suffix(text, said->text) || is_suffix(said->text, text))
        return true;
    dot = strrchr(text, '.');
    if (!dot || data_unit_from_text(dot + 1, strlen(dot + 1), &unit) < 0)
        return false;
    text = arena_strndup(arena, text, (size_t)(dot - text));
    return is_suffix(text, said->text) || is_suffix(said->text, text);
}

/* "-day" also means "published_at.day" when the line wrote that. */
static bool unit_is_meant(const struct name *name, const struct name *said)
{
    const char *dot = name->text && said->bare_unit ? strrchr(name->text, '.') : NULL;

    return dot && strcasecmp(dot + 1, data_unit_name(said->unit)) == 0;
}

struct removal {
    struct name_list *list;
    size_t            at;
    bool              exact;
};

static void removal_find(struct parser *parser, struct name_list *list, const struct name *said, struct removal *found,
                         size_t *count)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct name *name = &list->items[i];
        bool exact = name_equal(name, said);

        if (!exact && !name_is_meant(parser->arena, name, said) && !unit_is_meant(name, said))
            continue;
        if (exact && !found->exact)
            *count = 0;
        if (found->exact && !exact)
            continue;
        if ((*count)++ == 0)
            *found = (struct removal){ list, i, exact };
    }
}

static int removal_fail(struct parser *parser, const struct name *said, size_t count)
{
    struct name_list *lists[] = { &parser->query->measures, &parser->query->dimensions, &parser->query->added };
    _cleanup_(str_done) struct str names = STR_INIT;

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (size_t j = 0; j < lists[i]->count; j++) {
            struct removal found = { 0 };
            struct name_list one = { .items = &lists[i]->items[j], .count = 1 };
            size_t meant = 0;

            removal_find(parser, &one, said, &found, &meant);
            if (count == 0 || meant > 0)
                str_addf(&names, "%s%s", names.length ? ", " : "", name_text(parser->arena, &lists[i]->items[j]));
        }
    if (count == 0)
        (void)parse_fail(parser, ERR_UNKNOWN, said->span, "'%s' is not in the query", name_text(parser->arena, said));
    else
        (void)parse_fail(parser, ERR_AMBIGUOUS, said->span, "'%s' could be several", name_text(parser->arena, said));
    error_hint(parser->error, "%s%s", count == 0 ? "it has " : "", str_text(&names));
    return count == 0 ? ERR_UNKNOWN : ERR_AMBIGUOUS;
}

static void order_forget(struct parser *parser, const struct name *gone)
{
    struct query *query = parser->query;
    size_t kept = 0;

    for (size_t i = 0; i < query->order_count; i++)
        if (!name_equal(&query->order[i].name, gone) && !name_is_meant(parser->arena, &query->order[i].name, gone))
            query->order[kept++] = query->order[i];
    query->order_count = kept;
}

/* One member goes, and the order by it. */
static int remove_member(struct parser *parser)
{
    struct query *query = parser->query;
    struct removal found = { 0 };
    struct name said, gone;
    size_t count = 0;
    int r = parse_name(parser, NAME_REMOVED, &said);

    if (r < 0)
        return r;
    removal_find(parser, &query->measures, &said, &found, &count);
    removal_find(parser, &query->dimensions, &said, &found, &count);
    removal_find(parser, &query->added, &said, &found, &count);
    if (parser->probe)                 /* the query before is not at hand */
        return 0;
    if (count != 1)
        return removal_fail(parser, &said, count);
    gone = found.list->items[found.at];
    memmove(&found.list->items[found.at], &found.list->items[found.at + 1],
            (found.list->count - found.at - 1) * sizeof *found.list->items);
    found.list->count--;
    order_forget(parser, &gone);
    return 0;
}

/* After "-": members, or one clause word. */
int edit_remove(struct parser *parser)
{
    const struct token *token = &parser->token;
    int r;

    if (token->kind == TOKEN_WORD && token->word >= WORD_FROM && token->word <= WORD_UNGROUPED)
        return remove_clause(parser);
    for (;;) {
        r = remove_member(parser);
        if (r < 0 || parser->token.kind != TOKEN_COMMA)
            return r;
        r = parser_next(parser);
        if (r < 0)
            return r;
    }
}
