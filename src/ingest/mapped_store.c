/*
 * One batch of a mapped file into the warehouse. The order of statements in a transaction: fence, the target's steps,
 * dead letters, block, bookmark, counts of the job.
 */
#include <string.h>

#include "mapped.h"
#include "ytempire/base/mem.h"

/* -- staging ------------------------------------------------------------------------------------------------------- */

static int prepare(void *who, struct pg *pg, struct error *error)
{
    return pg_catalog_script(pg, ((struct mapped *)who)->mapping.target->stage, error);
}

static void clear_away(void *who, struct pg *pg)
{
    (void)who;
    (void)!pg_copy_abandon(pg, "the load was given up");
    if (pg_in_transaction(pg))
        (void)!pg_script(pg, "ROLLBACK", NULL);
    (void)!pg_catalog_script(pg, "map_unstage", NULL);
}

static int fill(void *who, struct pg *pg, struct error *error)
{
    struct mapped *load = who;
    int            r = pg_script(pg, "BEGIN", error);

    if (r >= 0 && load->batch.entry_count > 0)
        r = mapped_batch_copy(&load->batch, pg, load->mapping.target->copy, error);
    return r;
}

/* -- before it is stored ------------------------------------------------------------------------------------------- */

/* Texts that live as long as the load: there are only so many reasons. */
static const char *kept(struct mapped *load, const char *text)
{
    for (size_t i = 0; i < load->reason_count; i++) {
        if (text_equal(load->reasons[i].reason, text))
            return load->reasons[i].reason;
        if (text_equal(load->reasons[i].column, text))
            return load->reasons[i].column;
    }
    return arena_strdup(load->source->arena, text);
}

/* Rows that name what the warehouse does not have. 1: there were some. */
static int refuse_strangers(struct mapped *load, struct pg *pg, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(str_done) struct str lines = STR_INIT;
    struct values values = {0};
    int           r = values_run(pg, load->mapping.target->strangers, NULL, &result, error);

    if (r < 0 || pg_result_rows(result) == 0)
        return r < 0 ? r : 0;
    array_begin(&lines);
    for (size_t i = 0; i < pg_result_rows(result); i++) {
        uint64_t               line = (uint64_t)pg_result_int(result, i, 0);
        struct mapping_refusal refusal = {.column = kept(load, pg_result_text(result, i, 1)),
                                          .reason = kept(load, pg_result_text(result, i, 2))};

        if (i > 0 && pg_result_int(result, i - 1, 0) == (long long)line)
            continue;
        if (!mapped_batch_refuse(&load->batch, line, refusal.column, refusal.reason))
            continue;
        mapped_note_refusal(load, line, &refusal);
        array_add(&lines, pg_result_text(result, i, 0));
    }
    array_end(&lines);
    value_text(&values, str_text(&lines));
    r = values_run(pg, "map_leave_out", &values, NULL, error);
    return r < 0 ? r : 1;
}

/* Where a row is refused, another one of its key stands, and is looked at in turn. */
static int leave_strangers_out(struct mapped *load, struct pg *pg, struct parcel *parcel, struct error *error)
{
    size_t before = load->batch.stranger_count;
    int    r;

    do {
        r = refuse_strangers(load, pg, error);
        if (r > 0)
            r = mapped_batch_copy_again(&load->batch, pg, load->mapping.target->copy, error);
    } while (r > 0);
    if (r < 0 || load->batch.stranger_count == before)
        return r;
    load->rejected += (int64_t)(load->batch.stranger_count - before);
    load->strangers = true;
    parcel->rejected += (int64_t)(load->batch.stranger_count - before);
    parcel->block[0] = '\0';
    return 0;
}

static bool note_time(struct mapped *load, int64_t time)
{
    for (size_t i = 0; i < load->time_count; i++)
        if (load->times[i] == time)
            return false;
    if (load->time_count < TIMES_MOST)
        load->times[load->time_count++] = time;
    return true;
}

/* 1: somebody's session is in the way; then the default partition takes the rows. */
static int make_partition(struct mapped *load, struct pg *pg, const char *time, struct error *error)
{
    struct error  found = ERROR_INIT;
    struct values values = {0};
    int           r;

    value_text(&values, load->mapping.target->partitions);
    value_text(&values, time);
    r = values_run(pg, "map_partition", &values, NULL, &found);
    if (r < 0 && text_equal(found.sqlstate, "55P03"))      /* lock_not_available */
        r = 1;
    else if (r < 0 && error != NULL)
        error_move(error, &found);
    error_done(&found);
    return r;
}

static int look_at_times(struct mapped *load, struct pg *pg, struct pg *other, struct parcel *parcel,
                         struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};
    bool          waits = false;
    int           r;

    value_text(&values, NULL);
    if (load->horizon_days > 0) {
        values.count = 0;
        value_int(&values, load->horizon_days);
    }
    r = values_run(pg, load->mapping.target->times, &values, &result, error);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        const char *begins = pg_result_text(result, i, 0), *newest = pg_result_text(result, i, 1);
        int64_t     from = 0, at = 0;

        if (instant_from_text(begins, strlen(begins), &from) < 0 || instant_from_text(newest, strlen(newest), &at) < 0)
            continue;
        load->newest = at > load->newest ? at : load->newest;
        load->past_horizon += pg_result_int(result, i, 2);
        if (load->mapping.target->partitions != NULL && note_time(load, from)) {
            r = make_partition(load, other, begins, error);
            waits = waits || r > 0;
        }
    }
    if (waits)
        ingest_tell(
            load->ingest, "warning",
            "no partition could be made, as a session is reading the table: the rows lie in the default one until "
            "the next 'storage maintain'");
    parcel->newest = load->newest;
    return r;
}

/* Of letters that are replayed: which are stored, and why the others are not. */
static void settle_letters(struct mapped *load, struct parcel *parcel)
{
    _cleanup_(str_done) struct str reason = STR_INIT;
    const struct mapped_batch *batch = &load->batch;

    for (size_t i = 0; i < batch->letter_count; i++) {
        str_clear(&reason);
        mapped_reason_add(&reason, batch->letters[i].reason, batch->letters[i].place);
        letters_refuse(load->replay, (int64_t)batch->letters[i].line, batch->letters[i].column, str_text(&reason));
    }
    for (size_t i = 0; i < batch->entry_count; i++) {
        bool refused = i > 0 && batch->entries[i].line == batch->entries[i - 1].line;

        for (size_t l = 0; l < batch->letter_count && !refused; l++)
            refused = batch->letters[l].line == batch->entries[i].line;
        if (!refused)
            letters_retire(load->replay, (int64_t)batch->entries[i].line);
    }
    parcel->retired = letters_retired(load->replay);
}

static int settled(void *who, struct pg *pg, struct pg *other, struct parcel *parcel, struct error *error)
{
    struct mapped *load = who;
    bool           has_rows = load->batch.entry_count > 0;
    int            r = 0;

    if (has_rows && load->mapping.target->strangers != NULL)
        r = leave_strangers_out(load, pg, parcel, error);
    if (r >= 0 && has_rows && load->replay != NULL && text_equal(load->mapping.rule, "update"))
        r = pg_catalog_script(pg, load->mapping.target->newer, error);
    if (r >= 0 && has_rows && load->mapping.target->times != NULL)
        r = look_at_times(load, pg, other, parcel, error);
    parcel->has_rows = has_rows;
    parcel->doubled = load->batch.doubled;
    if (r >= 0 && load->replay != NULL) {
        settle_letters(load, parcel);
        return 0;
    }
    parcel->has_letters = load->batch.letter_count > 0;
    return r < 0 ? r : mapped_batch_copy_letters(&load->batch, pg, error);
}

/* -- storing ------------------------------------------------------------------------------------------------------- */

struct storing {
    const struct mapped *load;
    const struct job    *job;
    const struct parcel *parcel;
    long long            written, changed;         /* of what is loaded; of anything that was there before */
};

static void count(struct storing *storing, const struct target_step *step, const struct pg_result *result)
{
    long long rows = pg_result_affected(result), before = 0;

    if (step->counts == '=' || step->counts == 'E') {
        rows = pg_result_rows(result) > 0 ? pg_result_int(result, 0, 0) : 0;
        before = pg_result_rows(result) > 0 ? pg_result_int(result, 0, 1) : 0;
    } else if (step->counts == '!' || step->counts == 'C') {
        before = rows;
    }
    if (step->counts == '=' || step->counts == '!' || step->counts == '+')
        storing->written += rows;
    storing->changed += before;
}

static bool is_told(const struct mapped *load, const char *column)
{
    const struct target_column *columns = load->mapping.target->columns;

    for (size_t i = 0; columns[i].name != NULL; i++)
        if (text_equal(columns[i].name, column))
            return load->layout.told[i];
    return false;
}

static int take_step(struct storing *storing, struct pg *pg, const struct target_step *step, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};
    int           r;

    if (step->needs != NULL && !is_told(storing->load, step->needs))
        return 0;
    if (text_equal(step->takes, "k") && !storing->parcel->doubled)
        return 0;
    for (const char *take = step->takes; *take != '\0'; take++)
        switch (*take) {
        case 'j': value_int(&values, storing->job->id); break;
        case 't': value_text(&values, storing->parcel->told); break;
        case 'r': value_text(&values, storing->load->mapping.rule); break;
        case 'k': value_int(&values, (int64_t)storing->load->mapping.target->key_columns); break;
        default: value_text(&values, storing->parcel->source); break;
        }
    r = values_run(pg, step->statement, &values, &result, error);
    if (r >= 0 && step->counts != '\0')
        count(storing, step, result);
    return r;
}

/* What is stored now can be passed over the next time; what it changed cannot any more. */
static int note_block(const struct storing *storing, struct pg *pg, struct error *error)
{
    struct values values = {0}, target = {0};
    int           r = 0;

    value_text(&target, storing->load->mapping.target->relation);
    if (storing->changed > 0)
        r = values_run(pg, "map_forget_blocks", &target, NULL, error);
    if (r < 0 || storing->parcel->block[0] == '\0' || storing->changed > 0)
        return r;
    value_text(&values, storing->parcel->block);
    value_text(&values, storing->load->mapping.target->relation);
    value_int(&values, storing->job->id);
    return values_run(pg, "map_note_block", &values, NULL, error);
}

static int commit(void *who, struct pg *pg, struct job *job, struct parcel *parcel, struct error *error)
{
    struct storing storing = {.load = who, .job = job, .parcel = parcel};
    long long      most = parcel->rows - parcel->rejected;
    int            r = job_hold(pg, job, error);

    for (const struct target_step *step = storing.load->mapping.target->steps;
         r >= 0 && parcel->has_rows && step->statement != NULL; step++)
        r = take_step(&storing, pg, step, error);
    if (r >= 0 && parcel->has_rows)
        r = note_block(&storing, pg, error);
    parcel->written = storing.written < most ? storing.written : most;
    return r < 0 ? r : store_end(pg, job, parcel, error);
}

const struct pipeline_ops mapped_ops = {prepare, clear_away, fill, settled, commit};

int mapped_is_known(struct mapped *load, const char *block, bool *ret_known, struct error *error)
{
    struct values values = {0};
    long long     known = 0;
    int           r;

    value_text(&values, block);
    r = values_ask(load->ingest->pgs[load->pipeline.turn], "map_known_blocks", &values, &known, error);
    *ret_known = known > 0;
    return r;
}
