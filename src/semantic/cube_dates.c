/*
 * semantic/cube_dates: the date strings of Cube's REST API, read as Cube 1.7 reads them (branch by branch, anywhere in
 * the text), because its answers are what its users have. Where that is surely not what was meant, a remark says so;
 * what its parser refuses is left to the line's language.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "src/semantic/json_read.h"
#include "src/semantic/print.h"

#define CUBE_TEXT_LIMIT 120

struct cube_text {
    struct arena  *arena;
    struct query  *query;                          /* for remarks; NULL: none wanted */
    const char    *written;
    char           text[CUBE_TEXT_LIMIT + 1];      /* lower case, single spaces */
    enum data_unit grain;                          /* second, minute or hour when the text has the word, else day */
};

static const struct { const char *text; enum data_unit unit; } cube_units[] = {
    { "second", UNIT_SECOND }, { "minute", UNIT_MINUTE }, { "hour", UNIT_HOUR }, { "day", UNIT_DAY }, { "week", UNIT_WEEK },
    { "month", UNIT_MONTH }, { "quarter", UNIT_QUARTER }, { "year", UNIT_YEAR },
};

static bool cube_text_open(struct cube_text *cube, struct arena *arena, struct query *query, const char *text)
{
    size_t length = 0;

    *cube = (struct cube_text){ .arena = arena, .query = query, .written = text, .grain = UNIT_DAY };
    for (; *text; text++) {
        if (isspace((unsigned char)*text)) {
            if (length == 0 || cube->text[length - 1] == ' ')
                continue;
        }
        if (length == CUBE_TEXT_LIMIT)
            return false;
        cube->text[length++] = isspace((unsigned char)*text) ? ' ' : (char)tolower((unsigned char)*text);
    }
    if (length > 0 && cube->text[length - 1] == ' ')
        length--;
    cube->text[length] = '\0';
    for (size_t i = 0; i < 3 && cube->grain == UNIT_DAY; i++)
        if (strstr(cube->text, cube_units[i].text))
            cube->grain = cube_units[i].unit;
    return true;
}

/* The text says more than was read. False: nobody listens, so it is not read. */
static bool cube_remark(struct cube_text *cube, const char *read)
{
    if (!cube->query)
        return false;
    query_remark(cube->arena, cube->query, "'%s' is read as %s, as Cube reads it", cube->written, read);
    return true;
}

/* A unit at the start of `text`; bytes read. */
static size_t unit_at(const char *text, enum data_unit *ret_unit)
{
    for (size_t i = 0; i < COUNT_OF(cube_units); i++)
        if (text_starts(text, cube_units[i].text)) {
            *ret_unit = cube_units[i].unit;
            return strlen(cube_units[i].text);
        }
    return 0;
}

/* At "7 days": number and unit; bytes read, with a plural's s. */
static size_t count_at(const char *text, int *ret_count, enum data_unit *ret_unit)
{
    size_t digits = strspn(text, "0123456789"), unit;
    long long count;

    if (digits == 0 || text[digits] != ' ' || text_to_int64(text, digits, &count) < 0)
        return 0;
    unit = unit_at(text + digits + 1, ret_unit);
    if (unit == 0 || count > unit_count_limit(*ret_unit))
        return 0;
    *ret_count = (int)count;
    return digits + 1 + unit + (text[digits + 1 + unit] == 's');
}

/* -- points -------------------------------------------------------------------------------------------------------- */

static enum data_unit cube_precision(const struct cube_text *cube, enum data_unit unit)
{
    return cube->grain == unit ? UNIT_NONE : cube->grain;
}

static bool cube_now(const struct cube_text *cube, const char *text, struct point *ret_point)
{
    if (strcmp(text, "now") != 0)
        return false;
    *ret_point = cube->grain == UNIT_DAY ? (struct point){ .kind = POINT_TODAY }
                                         : (struct point){ .kind = POINT_AGO, .unit = cube->grain };
    return true;
}

static bool cube_ago(const struct cube_text *cube, const char *text, struct point *ret_point)
{
    struct point point = { 0 };
    size_t size = count_at(text, &point.count, &point.unit);

    if (size == 0)
        return false;
    if (strcmp(text + size, " ago") == 0)
        point.kind = POINT_AGO;
    else if (strcmp(text + size, " from now") == 0)
        point.kind = POINT_AHEAD;
    else
        return false;
    point.precision = cube_precision(cube, point.unit);
    *ret_point = point;
    return true;
}

static bool cube_weekday(const char *text, struct point *ret_point)
{
    bool last = text_starts(text, "last ");
    enum data_unit unit;
    int part;

    text += last ? 5 : 0;
    if (word_find(text, strlen(text), &unit, &part) != WORD_WEEKDAY)
        return false;
    *ret_point = (struct point){ .kind = POINT_WEEKDAY, .part = part, .count = last ? -1 : 0 };
    return true;
}

/* "2026-01-31"; of a time of day only its day is used. */
static bool cube_day(struct cube_text *cube, const char *text, struct point *ret_point)
{
    struct point_fault fault;
    struct point point;

    if (point_literal(text, strlen(text), &point, &fault) != 1)
        return false;
    if (point.kind == POINT_DATETIME && cube->grain == UNIT_DAY) {
        int64_t day = local_floor(point.value, UNIT_DAY) / US_PER_DAY;

        point = (struct point){ .kind = POINT_DATE, .value = day };
        if (!cube_remark(cube, "the whole day"))
            return false;
    }
    if (point.kind != POINT_DATE)
        return false;
    *ret_point = point;
    return true;
}

/* "jan 2026" is the first day of January to Cube. */
static bool cube_month(struct cube_text *cube, const char *text, struct point *ret_point)
{
    static const char *const months[] = { "january", "february", "march", "april", "may", "june", "july", "august",
                                          "september", "october", "november", "december" };
    const char *space = strchr(text, ' ');
    size_t length = space ? (size_t)(space - text) : 0;
    long long year;

    if (length < 3 || strlen(space + 1) != 4 || text_to_int64(space + 1, 4, &year) < 0 || year < 1000)
        return false;
    for (int i = 0; i < 12; i++) {
        char read[40];

        if (strncmp(months[i], text, length) != 0 || (length != 3 && months[i][length] != '\0'))
            continue;
        *ret_point = (struct point){ .kind = POINT_DATE, .value = day_from_civil((int)year, i + 1, 1) };
        (void)snprintf(read, sizeof read, "the one day %04lld-%02d-01", year, i + 1);
        return cube_remark(cube, read);
    }
    return false;
}

static bool cube_point(struct cube_text *cube, const char *text, struct point *ret_point)
{
    return cube_now(cube, text, ret_point) || cube_ago(cube, text, ret_point) || cube_weekday(text, ret_point)
           || cube_day(cube, text, ret_point) || cube_month(cube, text, ret_point);
}

/* -- periods ------------------------------------------------------------------------------------------------------- */

/* Reads "(this|last|next) UNIT" or "(last|next) N UNIT" at `text`; bytes read. */
static size_t counted_at(const char *text, bool numbered, struct period *ret_period)
{
    static const struct { const char *text; enum period_kind kind; } words[] = {
        { "last ", PERIOD_LAST }, { "next ", PERIOD_NEXT }, { "this ", PERIOD_CURRENT },
    };

    for (size_t i = 0; i < (numbered ? 2 : COUNT_OF(words)); i++) {
        struct period period = { .kind = words[i].kind, .count = 1 };
        size_t size;

        if (!text_starts(text, words[i].text))
            continue;
        size = numbered ? count_at(text + 5, &period.count, &period.unit) : unit_at(text + 5, &period.unit);
        if (size == 0)
            return 0;
        *ret_period = period;
        return 5 + size;
    }
    return 0;
}

/* The same anywhere in the text. 1, 0, or ERR_SYNTAX: "last 0 days". */
static int cube_counted(struct cube_text *cube, bool numbered, struct period *ret_period)
{
    _cleanup_(str_done) struct str read = STR_INIT;

    for (const char *at = cube->text; *at; at++) {
        struct period period;
        size_t size = counted_at(at, numbered, &period);

        if (size == 0)
            continue;
        if (period.count == 0)
            return ERR_SYNTAX;
        if (at != cube->text || cube->text[size] != '\0') {
            str_add_char(&read, '\'');
            print_period(&read, &period);
            str_add_char(&read, '\'');
            if (!cube_remark(cube, str_text(&read)))
                return 0;
        }
        *ret_period = period;
        return 1;
    }
    return 0;
}

static int cube_named(struct cube_text *cube, struct period *ret_period)
{
    static const struct { const char *text, *read; enum period_kind kind; } names[] = {
        { "today", "'today'", PERIOD_CURRENT }, { "yesterday", "'yesterday'", PERIOD_LAST }, { "tomorrow", "'tomorrow'", PERIOD_NEXT },
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!strstr(cube->text, names[i].text))
            continue;
        if (strcmp(cube->text, names[i].text) != 0 && !cube_remark(cube, names[i].read))
            return 0;
        *ret_period = (struct period){ .kind = names[i].kind, .unit = UNIT_DAY, .count = 1 };
        return 1;
    }
    return 0;
}

static bool cube_between(struct cube_text *cube, size_t skip, const char *joint, struct period *ret_period)
{
    const char *middle = strstr(cube->text + skip, joint);
    struct period period = { .kind = PERIOD_BETWEEN };
    char first[CUBE_TEXT_LIMIT + 1];

    if (!middle)
        return false;
    (void)snprintf(first, sizeof first, "%.*s", (int)(middle - cube->text - (ptrdiff_t)skip), cube->text + skip);
    if (!cube_point(cube, first, &period.from) || !cube_point(cube, middle + strlen(joint), &period.to))
        return false;
    *ret_period = period;
    return true;
}

/* "last 7d" and "past 7 days" are one day, seven days ago. */
static bool cube_past(struct cube_text *cube, struct point *ret_point)
{
    struct point point = { .kind = POINT_AGO, .unit = UNIT_DAY };
    const char *text = cube->text + 5;
    size_t size;
    char read[80];

    if (!text_starts(cube->text, "past ") && !text_starts(cube->text, "last "))
        return false;
    size = count_at(text, &point.count, &point.unit);
    if (size == 0 || text[size] != '\0') {
        long long count;

        size = strspn(text, "0123456789");
        if (size == 0 || strcmp(text + size, "d") != 0 || text_to_int64(text, size, &count) < 0 || count > 3652425)
            return false;
        point.count = (int)count;
    }
    point.precision = cube_precision(cube, point.unit);
    *ret_point = point;
    (void)snprintf(read, sizeof read, "the one %s '%s'", data_unit_name(cube->grain), point_text(cube->arena, &point));
    return cube_remark(cube, read);
}

static bool cube_single(struct cube_text *cube, struct period *ret_period)
{
    struct period period = { .kind = PERIOD_POINT };

    if (!cube_point(cube, cube->text, &period.from) && !cube_past(cube, &period.from))
        return false;
    if (period.from.kind == POINT_TODAY)
        period = (struct period){ .kind = PERIOD_CURRENT, .unit = UNIT_DAY, .count = 1 };
    *ret_period = period;
    return true;
}

int cube_period(struct arena *arena, struct query *query, const char *text, struct period *ret_period)
{
    struct cube_text cube;
    int r;

    if (!cube_text_open(&cube, arena, query, text))
        return 0;
    r = cube_counted(&cube, false, ret_period);
    if (r == 0)
        r = cube_counted(&cube, true, ret_period);
    if (r == 0)
        r = cube_named(&cube, ret_period);
    if (r != 0)
        return r;
    if (text_starts(cube.text, "from "))
        return cube_between(&cube, 5, " to ", ret_period);
    return cube_between(&cube, 0, " - ", ret_period) || cube_between(&cube, 0, " to ", ret_period) || cube_single(&cube, ret_period);
}

int cube_literal(struct arena *arena, struct query *query, const char *text, struct point *ret_point)
{
    struct point_fault fault;
    struct point point;

    if (point_literal(text, strlen(text), &point, &fault) != 1)
        return 0;
    if (point.kind == POINT_INSTANT) {
        point.kind = POINT_DATETIME;
        if (query && !(query->tz && text_equal_nocase(query->tz, "UTC")))
            query_remark(arena, query, "'%s' is turned to UTC and read as local time of the query's zone, as Cube does", text);
    }
    if (point.kind != POINT_DATE && point.kind != POINT_DATETIME)
        return 0;
    if (point.kind == POINT_DATETIME)
        point.precision = UNIT_NONE;
    *ret_point = point;
    return 1;
}

/* -- ranges -------------------------------------------------------------------------------------------------------- */

static int line_period(struct arena *arena, const char *text, struct period *ret_period, struct error *error)
{
    struct parser parser;
    struct period period;
    int r = parser_open(&parser, arena, arena_strdup(arena, text), NULL, error);

    if (r >= 0)
        r = parse_period(&parser, &period);
    if (r >= 0)
        r = parse_end(&parser, NULL);
    if (r < 0)
        return r;
    period.span = period.from.span = period.to.span = (struct span){ 0 };
    *ret_period = period;
    return 0;
}

int cube_range_text(struct cube_reader *reader, const char *text, const char *where, struct period *ret_period)
{
    int r = cube_period(reader->arena, reader->query, text, ret_period);

    if (r > 0)
        return 0;
    if (r == 0)
        r = line_period(reader->arena, text, ret_period, NULL);
    if (r < 0) {
        r = line_period(reader->arena, text, ret_period, reader->error);
        error_prefix(reader->error, "%s: ", where);
    }
    return r;
}

int cube_range(struct cube_reader *reader, const struct json_t *value, const char *where, struct period *ret_period)
{
    struct period period = { .kind = PERIOD_POINT };
    size_t count = json_array_size(value);
    const char *text;
    int r;

    if (json_is_string(value))
        return cube_range_text(reader, json_string_value(value), where, ret_period);
    if (!json_is_array(value) || count < 1 || count > 2)
        return cube_fail(reader, where, "expected a date string or a list of one or two");
    for (size_t i = 0; i < count; i++) {
        r = cube_string(reader, json_array_get(value, i), where, &text);
        if (r < 0)
            return r;
        if (!cube_literal(reader->arena, reader->query, text, i == 0 ? &period.from : &period.to)) {
            if (count == 1)
                return cube_range_text(reader, text, where, ret_period);
            r = cube_fail(reader, where, "'%s' is not a date", text);
            error_hint(reader->error, "a list holds dates 2026-01-31 or times 2026-01-31T12:00:00.000; "
                                      "a relative date is one string: from 7 days ago to now");
            return r;
        }
    }
    if (count == 2)
        period.kind = PERIOD_BETWEEN;
    *ret_period = period;
    return 0;
}

int period_from_text(struct arena *arena, const char *text, struct period *ret_period, struct error *error)
{
    if (line_period(arena, text, ret_period, NULL) == 0 || cube_period(arena, NULL, text, ret_period) > 0)
        return 0;
    return line_period(arena, text, ret_period, error);
}

/* -- periods as points --------------------------------------------------------------------------------------------- */

static struct point units_away(int count, enum data_unit unit)
{
    return (struct point){ .kind = count < 0 ? POINT_AHEAD : POINT_AGO, .unit = unit, .count = count < 0 ? -count : count };
}

bool period_edge(const struct period *period, bool end, struct point *ret_point)
{
    switch (period->kind) {
    case PERIOD_CURRENT: *ret_point = units_away(0, period->unit); break;
    case PERIOD_LAST:    *ret_point = units_away(end ? 1 : period->count, period->unit); break;
    case PERIOD_NEXT:    *ret_point = units_away(end ? -period->count : -1, period->unit); break;
    case PERIOD_POINT:   *ret_point = period->from; break;
    case PERIOD_BETWEEN: *ret_point = end ? period->to : period->from; break;
    case PERIOD_NONE: case PERIOD_DURATION: case PERIOD_TO_DATE: case PERIOD_ALL: case PERIOD_SINCE: case PERIOD_UNTIL:
    default:             return false;
    }
    if (ret_point->kind == POINT_TODAY || ret_point->kind == POINT_YESTERDAY || ret_point->kind == POINT_TOMORROW)
        *ret_point = units_away(ret_point->kind == POINT_TODAY ? 0 : ret_point->kind == POINT_YESTERDAY ? 1 : -1, UNIT_DAY);
    return true;
}

bool period_fixed(const struct period *period, struct period *ret_period)
{
    struct period fixed = *period;

    if (period->kind == PERIOD_TO_DATE) {
        fixed = (struct period){ .kind = PERIOD_BETWEEN, .from = units_away(0, period->unit), .to = { .kind = POINT_NOW } };
    } else if (period->kind != PERIOD_BETWEEN && (period->kind != PERIOD_POINT || period->from.kind == POINT_AGO)) {
        fixed = (struct period){ .kind = PERIOD_BETWEEN };
        if (!period_edge(period, false, &fixed.from) || !period_edge(period, true, &fixed.to))
            return false;
    }
    *ret_period = fixed;
    return true;
}
