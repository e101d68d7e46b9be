/*
 * Which rollups would have answered what was asked (ops.query_log). Invariant: no opinion of its own about what a
 * rollup answers: each proposal is read into the model from its text, and the matcher compiles the question over it.
 *
 * The questions that took longest come first. One that a proposal answers already is added to it; else the smallest
 * rollup for it is joined with a proposal of its cube, where both together have at most twice the rows of the larger
 * one.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_files.h"
#include "rollup_int.h"
#include "ytempire/base/time.h"
#include "ytempire/semantic/advise.h"

#define SAMPLE_US (28 * US_PER_DAY)
#define TRIED_MOST 64                      /* proposals whose rows are counted */
#define READ_MOST 512                      /* … that are read into a model of their own */
#define QUESTIONS_MOST 500                 /* of the log, those that took longest */

struct question {
    const char   *line;
    struct query *query;
    long long     asked;
    double        ms;
};

struct extent {                            /* of a fact */
    const char *fact;
    long long   rows;
    int64_t     first, last;
};

struct proposal {
    struct query_shape shape;
    const char        *name, *declaration;
    struct model      *model;              /* with it in; of one that is kept it goes with the advice */
    const struct question **answers;       size_t answer_count, answer_room;
    const struct extent    *extent;
    double             rows, bytes;        /* expected */
};

struct advice {
    struct rollup_work *work;
    struct model_look   look;
    const char         *only;              /* a cube, or NULL */
    struct proposal    *proposals;         size_t count, room;
    struct extent      *extents;           size_t extent_count, extent_room;
    size_t              tried, read, served, unread, unfit, large;
    long long           left_off;          /* questions */
};

/* -- judging ------------------------------------------------------------------------------------------------------- */

static struct semantic_context context_of(const struct advice *this, const char *only)
{
    return (struct semantic_context){.now = this->work->now, .as_if_built = true, .only_rollup = only};
}

/* Is all that the question reads of the cube read from the rollup of that name (NULL: from any)? */
static bool rests_on_rollup(struct advice *this, const struct model *model, const struct question *question,
                            const char *cube, const char *name)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct semantic_context context = context_of(this, name);
    struct compiled        *compiled;
    bool                    found = false;

    if (semantic_compile(arena, model, question->query, &context, &compiled, NULL) < 0)
        return false;
    for (size_t i = 0; i < compiled->step_count; i++) {
        if (text_starts(compiled->steps[i], arena_printf(arena, "facts of %s:", cube)))
            return false;
        found |= text_starts(compiled->steps[i], name != NULL ? arena_printf(arena, "rollup %s.%s ", cube, name)
                                                              : arena_printf(arena, "rollup %s.", cube));
    }
    return found;
}

static int read_proposal(struct advice *this, struct proposal *proposal, struct error *error)
{
    proposal->declaration = query_shape_declaration(this->work->arena, &proposal->shape, proposal->name);
    this->read++;
    return model_load_with_rollup(this->look.files, this->look.count, proposal->shape.cube, proposal->declaration,
                                  &proposal->model, error);
}

/* Does it answer all that it is for, and the question? */
static bool answers(struct advice *this, const struct proposal *proposal, const struct question *question)
{
    for (size_t i = 0; i < proposal->answer_count; i++)
        if (!rests_on_rollup(this, proposal->model, proposal->answers[i], proposal->shape.cube, proposal->name))
            return false;
    return rests_on_rollup(this, proposal->model, question, proposal->shape.cube, proposal->name);
}

/* -- how large it would be ----------------------------------------------------------------------------------------- */

static int find_extent(struct advice *this, const struct semantic_rollup *rollup, const struct extent **ret_extent,
                       struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct arena *arena = this->work->arena;
    struct extent extent = {.fact = arena_strdup(arena, rollup->fact)};
    int           r;

    for (size_t i = 0; i < this->extent_count; i++)
        if (text_equal(this->extents[i].fact, rollup->fact)) {
            *ret_extent = &this->extents[i];
            return 0;
        }
    r = pg_query(this->work->pg,
                 arena_printf(arena, "SELECT count(*), (extract(epoch FROM min(%s)) * 1000000)::bigint,"
                                     " (extract(epoch FROM max(%s)) * 1000000)::bigint FROM %s",
                              rollup->time_column, rollup->time_column, rollup->fact),
                 NULL, 0, &result, error);
    if (r < 0)
        return r;
    extent.rows = pg_result_int(result, 0, 0);
    extent.first = pg_result_int(result, 0, 1);
    extent.last = pg_result_int(result, 0, 2);
    ARENA_PUSH(arena, this->extents, this->extent_count, this->extent_room, extent);
    *ret_extent = &this->extents[this->extent_count - 1];
    return 0;
}

/* Counted over the last 28 days of the fact, and taken for all its time. */
static int count_rows(struct advice *this, struct proposal *proposal, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct arena          *arena = this->work->arena;
    struct semantic_rollup rollup;
    struct pg_value       *values;
    int64_t                first, from, to, ignored;
    int r = model_rollup_fill(proposal->model, arena, proposal->shape.cube, proposal->name, this->work->now, NULL,
                              this->work->now, &rollup, error);

    if (r >= 0)
        r = find_extent(this, &rollup, &proposal->extent, error);
    if (r < 0 || proposal->extent->rows == 0)
        return r;
    first = from = model_rollup_bucket(&rollup, proposal->extent->first, &ignored);
    (void)model_rollup_bucket(&rollup, proposal->extent->last, &to);
    if (to - from > SAMPLE_US)
        from = model_rollup_bucket(&rollup, to - SAMPLE_US, &ignored);
    r = model_rollup_fill(proposal->model, arena, proposal->shape.cube, proposal->name, this->work->now, &from, to,
                          &rollup, error);
    if (r < 0)
        return r;
    values = ARENA_ARRAY(arena, struct pg_value, rollup.value_count + 1);
    for (size_t i = 0; i < rollup.value_count; i++)
        values[i] = PG_TEXT(rollup.values[i].text);
    r = pg_query(
        this->work->pg,
        arena_printf(arena,
                     "SELECT count(*), coalesce(round(avg(pg_column_size(kept.*))), 0)::bigint FROM (%s) AS kept",
                     rollup.sql),
        values, rollup.value_count, &result, error);
    if (r < 0)
        return r;
    proposal->rows = ceil((double)pg_result_int(result, 0, 0) * ((double)(to - first) / (double)(to - from)));
    proposal->bytes = proposal->rows * (double)(pg_result_int(result, 0, 1) + 4);
    return 0;
}

static bool is_small(const struct proposal *proposal)
{
    return proposal->extent != NULL && proposal->extent->rows > 0 &&
           proposal->rows * 2 <= (double)proposal->extent->rows;
}

/* -- proposing ----------------------------------------------------------------------------------------------------- */

static bool name_is_taken(const struct advice *this, const char *cube, const char *name)
{
    size_t             count;
    const char *const *names = model_rollup_names(this->look.model, this->work->arena, &count);

    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], arena_printf(this->work->arena, "%s.%s", cube, name)))
            return true;
    for (size_t i = 0; i < this->count; i++)
        if (text_equal(this->proposals[i].name, name))
            return true;
    return false;
}

/* "day_by_channel_niche", "day_by_channel_niche_2" */
static const char *name_of(const struct advice *this, const struct query_shape *shape)
{
    struct arena *arena = this->work->arena;
    const char   *base = data_unit_name(shape->unit), *name;

    for (size_t i = 0; i < shape->dimension_count && i < 3; i++)
        base = arena_printf(arena, "%s_%s%s", base, i == 0 ? "by_" : "", shape->dimensions[i]);
    name = base;
    for (unsigned n = 2; name_is_taken(this, shape->cube, name); n++)
        name = arena_printf(arena, "%s_%u", base, n);
    return name;
}

static void take(struct advice *this, struct proposal *proposal, const struct question *question)
{
    ARENA_PUSH(this->work->arena, proposal->answers, proposal->answer_count, proposal->answer_room, question);
}

static void keep(struct advice *this, struct proposal *proposal)
{
    ARENA_PUSH(this->work->arena, this->proposals, this->count, this->room, *proposal);
    proposal->model = NULL;
}

static void forget(struct proposal *proposal)
{
    model_unref(TAKE(proposal->model));
}

/* 1: it is one with `old` now, 0: not. */
static int try_join(struct advice *this, struct proposal *old, const struct proposal *alone,
                    const struct question *question, struct error *error)
{
    _cleanup_(forget) struct proposal both = *old;
    double most = old->rows > alone->rows ? old->rows : alone->rows;
    int    r;

    both.model = NULL;
    both.shape = query_shape_join(this->work->arena, &old->shape, &alone->shape);
    r = read_proposal(this, &both, error);
    if (r < 0 || !answers(this, &both, question))
        return r < 0 ? r : 0;
    this->tried++;
    r = count_rows(this, &both, error);
    if (r < 0 || !is_small(&both) || both.rows > 2 * most)
        return r < 0 ? r : 0;
    take(this, &both, question);
    forget(old);
    *old = both;
    both.model = NULL;
    return 1;
}

static bool is_answered(struct advice *this, const struct question *question, const char *cube)
{
    for (size_t i = 0; i < this->count; i++) {
        struct proposal *proposal = &this->proposals[i];

        if (!text_equal(proposal->shape.cube, cube) ||
            !rests_on_rollup(this, proposal->model, question, cube, proposal->name))
            continue;
        take(this, proposal, question);
        return true;
    }
    return false;
}

static int propose(struct advice *this, const struct question *question, const struct query_shape *shape,
                   struct error *error)
{
    _cleanup_(forget) struct proposal alone = {.shape = *shape};
    int r = 0;

    if ((this->only != NULL && !text_equal(this->only, shape->cube)) || is_answered(this, question, shape->cube) ||
        this->tried >= TRIED_MOST || this->read >= READ_MOST)
        return 0;
    alone.name = name_of(this, shape);
    r = read_proposal(this, &alone, error);
    if (r < 0)
        return r;
    if (!answers(this, &alone, question)) {
        this->unfit++;
        return 0;
    }
    this->tried++;
    r = count_rows(this, &alone, error);
    if (r >= 0 && !is_small(&alone)) {
        this->large++;
        return 0;
    }
    for (size_t i = 0; r == 0 && i < this->count && this->read < READ_MOST; i++)
        if (text_equal(this->proposals[i].shape.cube, shape->cube))
            r = try_join(this, &this->proposals[i], &alone, question, error);
    if (r != 0)
        return r < 0 ? r : 0;
    take(this, &alone, question);
    keep(this, &alone);
    return 0;
}

static int consider(struct advice *this, const struct question *question, struct error *error)
{
    struct semantic_context context = context_of(this, NULL);
    struct query_shape     *shapes = NULL;
    size_t                  count = 0, served = 0;
    int                     r = 0;

    if (semantic_shapes(this->work->arena, this->look.model, question->query, &context, &shapes, &count, NULL) < 0) {
        this->unread++;
        return 0;
    }
    for (size_t i = 0; r >= 0 && i < count; i++)
        if (rests_on_rollup(this, this->look.model, question, shapes[i].cube, NULL))
            served++;
        else
            r = propose(this, question, &shapes[i], error);
    this->served += count > 0 && served == count;
    return r;
}

/* -- the log ------------------------------------------------------------------------------------------------------- */

static int consider_log(struct advice *this, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *log = NULL;
    int r = pg_query(this->work->pg,
                     arena_printf(this->work->arena,
                                  "SELECT line, asked, total_ms::text, count(*) OVER () FROM ops.query_log"
                                  " ORDER BY total_ms DESC, digest LIMIT %d",
                                  QUESTIONS_MOST),
                     NULL, 0, &log, error);

    if (r >= 0 && pg_result_rows(log) > 0)
        this->left_off = pg_result_int(log, 0, 3) - (long long)pg_result_rows(log);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(log); i++) {
        struct question *question = ARENA_NEW(this->work->arena, struct question);

        question->line = arena_strdup(this->work->arena, pg_result_text(log, i, 0));
        question->asked = pg_result_int(log, i, 1);
        question->ms = strtod(pg_result_text(log, i, 2), NULL);
        if (query_parse(this->work->arena, question->line, NULL, &question->query, NULL) < 0)
            this->unread++;
        else
            r = consider(this, question, error);
    }
    return r;
}

/* A declared rollup is what is begun with, and proposed with what it lacks; else a cube's name. */
static int begin_with(struct advice *this, const char *name, struct error *error)
{
    struct arena      *arena = this->work->arena;
    size_t             count;
    const char *const *names = model_rollup_names(this->look.model, arena, &count);

    for (size_t i = 0; i < count; i++) {
        const char     *bare = strchr(names[i], '.') + 1;
        _cleanup_(forget) struct proposal begun = {.name = bare};
        int             r;

        if (!text_equal(names[i], name) && !text_equal(bare, name))
            continue;
        this->only = arena_printf(arena, "%.*s", (int)(bare - names[i] - 1), names[i]);
        if (!model_rollup_shape(this->look.model, arena, this->only, bare, &begun.shape))
            continue;
        r = read_proposal(this, &begun, error);
        if (r >= 0)
            r = count_rows(this, &begun, error);
        if (r >= 0)
            keep(this, &begun);
        return r;
    }
    names = model_member_names(this->look.model, &count);
    for (size_t i = 0; i < count && this->only == NULL; i++)
        if (text_starts(names[i], arena_printf(arena, "%s.", name)))
            this->only = name;
    if (this->only == NULL) {
        error_set(error, ERR_UNKNOWN, "the model has no rollup and no cube '%s'", name);
        error_hint(error, "'rollups' and 'catalog' list them");
        return ERR_UNKNOWN;
    }
    return 0;
}

/* -- the answer ---------------------------------------------------------------------------------------------------- */

static void add_row(struct advice *this, const struct proposal *proposal)
{
    struct arena *arena = this->work->arena;
    double        ms = 0;
    long long     asked = 0;

    for (size_t i = 0; i < proposal->answer_count; i++) {
        ms += proposal->answers[i]->ms;
        asked += proposal->answers[i]->asked;
    }
    table_add(this->work->table, proposal->shape.cube, proposal->name, arena_printf(arena, "%lld", asked),
              arena_printf(arena, "%.3f", ms / 1000),
              arena_printf(arena, "%.3f", ms / 1000 * (1 - proposal->rows / (double)proposal->extent->rows)),
              arena_printf(arena, "%.0f", proposal->rows), arena_printf(arena, "%.0f", proposal->bytes),
              proposal->declaration);
}

static void tell(const struct advice *this)
{
    struct sink *sink = this->work->sink;

    if (this->served > 0)
        sink_text(sink, "%zu of the questions are answered by rollups that are declared, when these are fresh",
                  this->served);
    if (this->unfit > 0)
        sink_text(sink, "%zu could be answered by no rollup", this->unfit);
    if (this->large > 0)
        sink_text(sink, "%zu would need one of more than half the rows of the facts", this->large);
    if (this->unread > 0)
        sink_text(sink, "%zu are not of this model", this->unread);
    if (this->left_off > 0)
        sink_text(sink, "the %lld that took least were not looked at", this->left_off);
}

int rollup_advise(struct rollup_work *work, const char *name, struct error *error)
{
    struct advice this = {.work = work};
    int           r;

    model_look_begin(&this.look, work->app, NULL);
    model_look_run(&this.look);
    r = this.look.r;
    if (r < 0)
        error_move(error, &this.look.error);
    if (r >= 0 && name != NULL)
        r = begin_with(&this, name, error);
    if (r >= 0)
        r = consider_log(&this, error);
    for (size_t i = 0; r >= 0 && i < this.count; i++)
        if (this.proposals[i].answer_count > 0)
            add_row(&this, &this.proposals[i]);
    if (r >= 0)
        tell(&this);
    for (size_t i = 0; i < this.count; i++)
        forget(&this.proposals[i]);
    model_look_done(&this.look);
    return r;
}
