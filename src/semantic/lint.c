/*
 * What is wrong with a model though it loads: formulas that give a number which is not the one they are named for.
 * Each rule is a function over one kind of member; the reasons are those of the warehouse's grain (what a row means).
 */
#include "src/semantic/model.h"

#include <stdio.h>
#include <string.h>

#include "src/semantic/query.h"

struct lint {
    const struct model *model;
    struct arena       *arena;
    struct finding     *findings;
    size_t              count, room;
};

static void find(struct lint *lint, enum finding_severity severity, const struct cube *cube, const char *name, const char *format, ...)
    PRINTF_LIKE(5, 6);

static void find(struct lint *lint, enum finding_severity severity, const struct cube *cube, const char *name, const char *format, ...)
{
    struct finding finding = { .severity = severity };
    char           message[500];
    va_list        args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    finding.where   = name ? arena_printf(lint->arena, "%s.%s", cube->name, name) : cube->name;
    finding.message = arena_strdup(lint->arena, message);
    ARENA_PUSH(lint->arena, lint->findings, lint->count, lint->room, finding);
}

/* -- what columns mean --------------------------------------------------------------------------------------------- */

static bool is_table(const struct cube *cube, const char *table)
{
    return text_equal(cube->schema, "analytics") && text_equal(cube->table, table);
}

/* One row a snapshot, so that one video has many. */
static bool has_snapshots(const struct cube *cube)
{
    return is_table(cube, "fact_video_performance") || cube->entity_count > 0;
}

/* A lifetime total: in the warehouse by its name, elsewhere because a measure of the cube reads it as one. */
static bool is_counter(const struct cube *cube, const char *column)
{
    static const char *const counters[] = { "views", "likes", "dislikes", "comments", "shares" };

    if (is_table(cube, "fact_video_performance"))
        for (size_t i = 0; i < COUNT_OF(counters); i++)
            if (text_equal(counters[i], column))
                return true;
    if (is_table(cube, "fact_channel_daily") && text_equal(column, "subscriber_count"))
        return true;
    for (size_t i = 0; i < cube->measure_count; i++) {
        const struct measure *measure = cube->measures[i];

        if ((measure->kind == MEASURE_LAST || measure->kind == MEASURE_INCREASE) && measure->sql.piece_count == 1
            && measure->sql.column_count == 1 && text_equal(measure->sql.columns[0], column))
            return true;
    }
    return false;
}

static bool is_rate(const char *column)
{
    static const char *const parts[] = { "_rate", "rate_", "_ratio", "percent", "average_", "avg_", "_per_", NULL };

    if (text_equal(column, "unit_cost_cents"))
        return true;
    for (size_t i = 0; parts[i]; i++)
        if (strstr(column, parts[i]))
            return true;
    return false;
}

/* The argument is columns of that sort and nothing else. */
static bool only(const struct cube *cube, const struct fragment *fragment, bool rates)
{
    for (size_t i = 0; i < fragment->column_count; i++)
        if (rates ? !is_rate(fragment->columns[i]) : !is_counter(cube, fragment->columns[i]))
            return false;
    return fragment->column_count > 0 && !fragment->has_subselect;
}

static bool reads(const struct fragment *fragment, const char *column)
{
    for (size_t i = 0; i < fragment->column_count; i++)
        if (text_equal(fragment->columns[i], column))
            return true;
    return false;
}

/* -- measures ------------------------------------------------------------------------------------------------------ */

static void lint_aggregate(struct lint *lint, const struct measure *measure, const struct aggregate *aggregate)
{
    const struct cube *cube   = measure->cube;
    const char        *name   = measure->name, *source = aggregate->argument.source ? aggregate->argument.source : "*";
    bool               sum    = aggregate->kind == AGGREGATE_SUM, avg = aggregate->kind == AGGREGATE_AVG;

    if ((sum || avg) && only(cube, &aggregate->argument, true))
        find(lint, FINDING_WARNING, cube, name,
             "%s(%s) %s: a video of ten views weighs as much as one of a million; divide sums, weighted by views or impressions",
             sum ? "SUM" : "AVG", source, sum ? "adds up rates" : "averages rates");
    else if (sum && only(cube, &aggregate->argument, false))
        find(lint, FINDING_WARNING, cube, name,
             "SUM(%s) adds up a lifetime counter once for every snapshot; use type 'last' (latest of each, then summed) or 'increase'",
             source);
    else if (avg && only(cube, &aggregate->argument, false))
        find(lint, FINDING_WARNING, cube, name, "AVG(%s) averages snapshots of a lifetime counter; use a 'ratio' over type 'last'", source);
    else if (avg && has_snapshots(cube))
        find(lint, FINDING_WARNING, cube, name,
             "AVG(%s) averages rows, which are snapshots, not videos (rows where it is NULL do not count); divide SUM by a count_distinct",
             source);
    if ((is_table(cube, "dim_channel") || is_table(cube, "dim_user")) && aggregate->kind != AGGREGATE_COUNT_DISTINCT
        && !reads(&aggregate->filter, "is_current") && !reads(&cube->condition, "is_current"))
        find(lint, FINDING_WARNING, cube, name, "counts versions, not %s: add the filter is_current",
             is_table(cube, "dim_channel") ? "channels" : "users");
}

static bool is_whole_number(const char *text)
{
    size_t length = strspn(text, "0123456789");

    return length > 0 && !strchr(".eE", text[length] ? text[length] : ' ');
}

static bool is_whole(const struct aggregate *aggregate)
{
    return aggregate->kind == AGGREGATE_COUNT || aggregate->kind == AGGREGATE_COUNT_DISTINCT;
}

/* The aggregate the pieces from `at` on divide by, through the brackets of a guard; NULL when it is something else. */
static const struct aggregate *find_divisor(const struct measure *measure, size_t at)
{
    for (; at < measure->sql.piece_count; at++) {
        const struct piece *piece = &measure->sql.pieces[at];

        if (piece->kind == PIECE_AGGREGATE)
            return &measure->aggregates[piece->aggregate];
        if (piece->kind != PIECE_TEXT || piece->text[strspn(piece->text, "/ NULIF(")])
            return NULL;
    }
    return NULL;
}

/* The text from the piece `at` on: guards cut it where they may stand. */
static const char *text_from(struct arena *arena, const struct measure *measure, size_t at)
{
    struct str  text = STR_INIT;
    const char *copy;

    for (; at < measure->sql.piece_count && measure->sql.pieces[at].kind == PIECE_TEXT; at++)
        str_add(&text, measure->sql.pieces[at].text);
    copy = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return copy + strspn(copy, " ");
}

/* SUM(x) / 100, COUNT(a) / COUNT(b): PostgreSQL divides whole numbers without a remainder. */
static void lint_division(struct lint *lint, const struct measure *measure)
{
    for (size_t i = 1; i < measure->sql.piece_count; i++) {
        const struct piece     *before = &measure->sql.pieces[i - 1];
        const struct aggregate *left, *right;
        const char             *text;

        if (before->kind != PIECE_AGGREGATE)
            continue;
        text = text_from(lint->arena, measure, i);
        if (*text != '/')
            continue;
        text += 1 + strspn(text + 1, " ");
        left  = &measure->aggregates[before->aggregate];
        right = find_divisor(measure, i);
        if (left->kind != AGGREGATE_AVG && is_whole_number(text))
            find(lint, FINDING_WARNING, measure->cube, measure->name,
                 "'/ %.*s' divides whole numbers and drops what is left over; write %.*s.0", (int) strspn(text, "0123456789"), text,
                 (int) strspn(text, "0123456789"), text);
        else if (right && is_whole(left) && is_whole(right))
            find(lint, FINDING_WARNING, measure->cube, measure->name,
                 "two counts divide as whole numbers and drop what is left over; make it a 'ratio' of two measures");
    }
}

static void lint_measure(struct lint *lint, const struct measure *measure)
{
    for (size_t i = 0; i < measure->aggregate_count; i++)
        lint_aggregate(lint, measure, &measure->aggregates[i]);
    if (measure->kind == MEASURE_AGGREGATE)
        lint_division(lint, measure);
    if (measure->kind == MEASURE_LAST && only(measure->cube, &measure->sql, true))
        find(lint, FINDING_WARNING, measure->cube, measure->name, "the latest rates are added up; use a 'ratio' of two counters");
    if (query_word_is_reserved(measure->name, strlen(measure->name)))
        find(lint, FINDING_NOTE, measure->cube, measure->name, "is a word of the query language: it is written %s.%s there",
             measure->cube->name, measure->name);
}

/* -- dimensions, segments, cubes ----------------------------------------------------------------------------------- */

static void lint_dimension(struct lint *lint, const struct dimension *dimension)
{
    const struct cube *cube = dimension->cube;
    enum data_unit     unit;

    if (dimension->alias_of)
        find(lint, FINDING_WARNING, cube, dimension->name, "is an old name of '%s'; it stays for queries that use it",
             dimension->alias_of->name);
    else if (dimension->type == MEMBER_TIME && strstr(dimension->name, "publish") && is_table(cube, "fact_video_performance")
             && reads(&dimension->sql, "timestamp"))
        find(lint, FINDING_WARNING, cube, dimension->name,
             "is the time of the snapshot, not of publishing; name it snapshot_time and take published_at from dim_video");
    if (dimension->sql.has_subselect)
        find(lint, FINDING_NOTE, cube, dimension->name, "looks another table up for every row; a join does it once");
    if (dimension->sql.has_clock)
        find(lint, FINDING_NOTE, cube, dimension->name, "changes with the clock; no rollup can store it");
    if (data_unit_from_text(dimension->name, strlen(dimension->name), &unit) == 0)
        find(lint, FINDING_WARNING, cube, dimension->name, "'by %s' means the granularity; write %s.%s", dimension->name, cube->name,
             dimension->name);
    if (query_word_is_reserved(dimension->name, strlen(dimension->name)))
        find(lint, FINDING_NOTE, cube, dimension->name, "is a word of the query language: it is written %s.%s there", cube->name,
             dimension->name);
}

static void lint_segment(struct lint *lint, const struct segment *segment)
{
    if (has_snapshots(segment->cube) && segment->sql.column_count && !segment->description)
        find(lint, FINDING_NOTE, segment->cube, segment->name,
             "tests each snapshot, not the video; for whole videos filter a measure (where revenue > 1 by video). A description says it is meant so");
    if (segment->sql.has_clock)
        find(lint, FINDING_NOTE, segment->cube, segment->name, "changes with the clock; no rollup can store it");
}

/* What a join to many does to the measures of its cube. */
static void lint_join(struct lint *lint, const struct join *join)
{
    if (join->kind == JOIN_ONE_TO_MANY && join->cube->measure_count)
        find(lint, FINDING_NOTE, join->cube, join->name,
             "a row of %s meets many of %s and counts once in each group of them: these groups share rows, do not add up "
             "to the total, and are answered by no rollup",
             join->cube->name, join->target->name);
}

static void lint_cube(struct lint *lint, const struct cube *cube)
{
    if (is_table(cube, "youtube_metrics") && !reads(&cube->condition, "video_id"))
        find(lint, FINDING_WARNING, cube, NULL,
             "youtube_metrics holds rows of channels and of their videos: together they count twice; add sql_where video_id IS NULL (or IS NOT NULL)");
    if (!cube->time && cube->measure_count)
        find(lint, FINDING_NOTE, cube, NULL, "has no default time dimension: 'by day' and ranges need its name");
    for (size_t i = 0; i < cube->measure_count; i++)
        lint_measure(lint, cube->measures[i]);
    for (size_t i = 0; i < cube->dimension_count; i++)
        lint_dimension(lint, cube->dimensions[i]);
    for (size_t i = 0; i < cube->segment_count; i++)
        lint_segment(lint, cube->segments[i]);
    for (size_t i = 0; i < cube->join_count; i++)
        lint_join(lint, cube->joins[i]);
}

const struct finding *model_lint(const struct model *model, struct arena *arena, size_t *ret_count)
{
    struct lint lint = { .model = model, .arena = arena };

    for (size_t i = 0; i < model->cube_count; i++)
        lint_cube(&lint, model->cubes[i]);
    *ret_count = lint.count;
    return lint.findings;
}
