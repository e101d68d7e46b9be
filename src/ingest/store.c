/*
 * The order of statements in a transaction: fence, channels and their history, videos, snapshots with their touched
 * hours, dead letters, bookmark, counts of the job. Not one statement: snapshots would not see the dimensions it makes.
 */
#include "store.h"

#include <string.h>

#include "category.h"
#include "copy.h"
#include "ytempire/base/time.h"

/* -- staging ------------------------------------------------------------------------------------------------------- */

int store_prepare(struct pg *pg, struct error *error)
{
    return pg_catalog_script(pg, "ingest_stage", error);
}

void store_done(struct pg *pg)
{
    (void)!pg_copy_abandon(pg, "the load was given up");
    if (pg_in_transaction(pg))
        (void)!pg_script(pg, "ROLLBACK", NULL);
    (void)!pg_catalog_script(pg, "ingest_unstage", NULL);
}

static int64_t instant_of(int32_t day)
{
    return (int64_t)day * US_PER_DAY;
}

static int32_t date_key(int32_t day)
{
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    return year * 10000 + month * 100 + date;
}

static int fill_channels(struct pg *pg, const struct batch *batch, struct error *error)
{
    struct copy copy;

    copy_begin(&copy, pg, "ingest_copy_channels", error);
    for (size_t i = 0; i < batch->channel_count; i++) {
        copy_row(&copy, 3);
        copy_int4(&copy, (int32_t)i);
        copy_field(&copy, batch->channels[i].id);
        copy_field(&copy, batch->channels[i].name);
    }
    return copy_end(&copy);
}

static void copy_video(struct copy *copy, const struct batch *batch, size_t i)
{
    const struct batch_video *video = &batch->videos[i];
    const char               *category = category_name(video->category);

    copy_row(copy, 12);
    copy_int4(copy, (int32_t)i);
    copy_text(copy, video->id, VIDEO_ID_LENGTH);
    copy_field(copy, batch->channels[video->channel].id);
    copy_instant(copy, instant_of(video->day));
    copy_int8(copy, video->views);
    copy_field(copy, video->title);
    copy_field(copy, video->description);
    copy_array(copy, video->tags);
    if (category != NULL)
        copy_text(copy, category, strlen(category));
    else
        copy_null(copy);
    copy_field(copy, video->thumbnail);
    copy_instant(copy, video->published);
    copy_bool(copy, !video->removed);
}

static int fill_videos(struct pg *pg, const struct batch *batch, struct error *error)
{
    struct copy copy;

    copy_begin(&copy, pg, "ingest_copy_videos", error);
    for (size_t i = 0; i < batch->video_count; i++)
        copy_video(&copy, batch, i);
    return copy_end(&copy);
}

static void copy_counter(struct copy *copy, int32_t counter)
{
    if (counter == UNKNOWN)
        copy_null(copy);
    else
        copy_int4(copy, counter);
}

static int fill_rows(struct pg *pg, const struct batch *batch, struct error *error)
{
    struct copy copy;

    copy_begin(&copy, pg, "ingest_copy_rows", error);
    for (size_t i = 0; i < batch->row_count; i++) {
        const struct batch_row *row = &batch->rows[i];

        copy_row(&copy, 8);
        copy_int4(&copy, row->video);
        copy_int4(&copy, row->channel);
        copy_int4(&copy, date_key(row->day));
        copy_instant(&copy, instant_of(row->day));
        copy_int8(&copy, row->views);
        copy_counter(&copy, row->likes);
        copy_counter(&copy, row->dislikes);
        copy_counter(&copy, row->comments);
    }
    return copy_end(&copy);
}

static int fill_seen(struct pg *pg, const struct batch *batch, struct error *error)
{
    struct copy copy;

    if (batch->seen_count == 0)
        return 0;
    copy_begin(&copy, pg, "ingest_copy_seen", error);
    for (size_t i = 0; i < batch->seen_count; i++) {
        copy_row(&copy, 2);
        copy_int4(&copy, batch->seen[i].channel);
        copy_instant(&copy, instant_of(batch->seen[i].day));
    }
    return copy_end(&copy);
}

static int fill_letters(struct pg *pg, const struct batch *batch, struct error *error)
{
    struct copy copy;

    if (batch->letter_count == 0)
        return 0;
    copy_begin(&copy, pg, "ingest_copy_letters", error);
    for (size_t i = 0; i < batch->letter_count; i++) {
        const struct batch_letter *letter = &batch->letters[i];

        copy_row(&copy, 4);
        copy_int8(&copy, (int64_t)letter->line);
        if (letter->refusal.column != NULL)
            copy_text(&copy, letter->refusal.column, strlen(letter->refusal.column));
        else
            copy_null(&copy);
        copy_text(&copy, letter->refusal.reason, strlen(letter->refusal.reason));
        copy_field(&copy, letter->raw);
    }
    return copy_end(&copy);
}

int store_fill(struct pg *pg, const struct batch *batch, struct error *error)
{
    static int (*const fills[])(struct pg *, const struct batch *, struct error *) = {fill_channels, fill_videos,
                                                                                      fill_rows, fill_seen};
    int r = pg_script(pg, "BEGIN", error);

    for (size_t i = 0; r >= 0 && batch->row_count > 0 && i < COUNT_OF(fills); i++)
        r = fills[i](pg, batch, error);
    return r < 0 ? r : fill_letters(pg, batch, error);
}

int store_partitions(struct pg *pg, const struct batch *batch, bool *weeks, struct error *error)
{
    _cleanup_(str_done) struct str days = STR_INIT;
    int32_t       first = day_from_civil(2005, 1, 1);
    struct values values = {0};
    struct error  found = ERROR_INIT;
    bool          any = false;
    int           r;

    array_begin(&days);
    for (size_t i = 0; i < batch->row_count; i++) {
        int32_t week = (batch->rows[i].day - first + day_of_week(first) - 1) / 7;
        char    text[TIME_TEXT_SIZE];

        if (week < 0 || week >= STORE_WEEKS || weeks[week])
            continue;
        weeks[week] = any = true;
        array_add(&days, instant_to_text(instant_of(batch->rows[i].day), text));
    }
    array_end(&days);
    value_text(&values, str_text(&days));
    r = any ? values_run(pg, "ingest_partitions", &values, NULL, &found) : 0;
    if (r < 0 && text_equal(found.sqlstate, "55P03"))      /* lock_not_available */
        r = 1;
    else if (r < 0 && error != NULL)
        error_move(error, &found);
    error_done(&found);
    return r;
}

/* -- storing ------------------------------------------------------------------------------------------------------- */

static int run_counted(struct pg *pg, const char *statement, long long *ret_rows, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = values_run(pg, statement, NULL, &result, error);

    if (r >= 0)
        *ret_rows = pg_result_affected(result);
    return r;
}

static int store_channels(struct pg *pg, struct error *error)
{
    long long restless = 0;
    int       r = values_run(pg, "ingest_new_channels", NULL, NULL, error);

    if (r >= 0)
        r = run_counted(pg, "ingest_restless", &restless, error);
    if (r >= 0 && restless > 0)
        r = pg_catalog_script(pg, "ingest_history", error);
    return r;
}

static int store_videos(struct pg *pg, struct error *error)
{
    long long retold = 0;
    int       r = run_counted(pg, "ingest_retold", &retold, error);

    if (r >= 0 && retold > 0)
        r = values_run(pg, "ingest_retell", NULL, NULL, error);
    return r < 0 ? r : values_run(pg, "ingest_new_videos", NULL, NULL, error);
}

static int store_rows(struct pg *pg, const struct job *job, struct parcel *parcel, struct error *error)
{
    struct values values = {0};
    long long     written = 0;
    int           r = store_channels(pg, error);

    value_int(&values, job->id);
    if (r >= 0)
        r = store_videos(pg, error);
    if (r >= 0)
        r = values_ask(pg, "ingest_facts", &values, &written, error);
    parcel->written = written;
    return r;
}

static int store_letters(struct pg *pg, const struct job *job, const struct parcel *parcel, struct error *error)
{
    struct values values = {0};

    value_text(&values, parcel->source);
    value_text(&values, parcel->file_key);
    value_text(&values, parcel->file);
    value_int(&values, job->id);
    return values_run(pg, "ingest_letters", &values, NULL, error);
}

static int store_bookmark(struct pg *pg, const struct job *job, const struct parcel *parcel, struct error *error)
{
    struct values values = {0};
    char          newest[TIME_TEXT_SIZE];

    value_text(&values, parcel->source);
    value_int(&values, job->id);
    value_text(&values, parcel->file);
    value_int(&values, (int64_t)parcel->line);
    value_text(&values, parcel->newest != INT64_MIN ? instant_to_text(parcel->newest, newest) : NULL);
    return values_run(pg, "ingest_bookmark", &values, NULL, error);
}

static int store_retired(struct pg *pg, const struct parcel *parcel, struct error *error)
{
    struct values values = {0};

    value_text(&values, parcel->retired);
    return values_run(pg, "letters_retired", &values, NULL, error);
}

static struct job job_after(const struct job *job, const struct parcel *parcel)
{
    struct job after = *job;

    after.counts.rows += parcel->rows;
    after.counts.loaded += parcel->written;
    after.counts.unchanged += parcel->rows - parcel->written - parcel->rejected;
    after.counts.rejected += parcel->rejected;
    after.counts.bytes = parcel->bytes;
    return after;
}

int store_end(struct pg *pg, struct job *job, struct parcel *parcel, struct error *error)
{
    struct data_progress progress = {.done = parcel->bytes, .unit = "bytes"};
    struct job           after = job_after(job, parcel);
    int                  r = parcel->has_letters ? store_letters(pg, job, parcel, error) : 0;

    if (r >= 0 && parcel->retired != NULL)
        r = store_retired(pg, parcel, error);
    if (r >= 0)
        r = store_bookmark(pg, job, parcel, error);
    if (r >= 0)
        r = job_note(pg, &after, &progress, error);
    if (r >= 0)
        r = pg_script(pg, "COMMIT", error);
    if (r >= 0)
        job->counts = after.counts;
    return r;
}

int store_commit(struct pg *pg, struct job *job, struct parcel *parcel, struct error *error)
{
    int r = job_hold(pg, job, error);

    if (r >= 0 && parcel->has_rows)
        r = store_rows(pg, job, parcel, error);
    return r < 0 ? r : store_end(pg, job, parcel, error);
}
