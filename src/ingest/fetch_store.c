/*
 * What is in hand into the warehouse. The order in a transaction: fence, answers, the source's scripts, ETags,
 * the moment of the run, bookmark, counts of the job.
 */
#include "fetch_int.h"

#include <string.h>

#include "copy.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/time.h"

int fetch_stage(struct fetch *fetch, struct error *error)
{
    struct pg *pg = fetch->ingest->pgs[0];
    int        r = pg_catalog_script(pg, "fetch_stage", error);

    return r >= 0 && fetch->about->stage != NULL ? pg_catalog_script(pg, fetch->about->stage, error) : r;
}

void fetch_unstage(struct fetch *fetch)
{
    struct task *self = task_current();
    struct pg   *pg = fetch->ingest->pgs[0];
    int          cancelled = task_cancelled(self);

    task_cancel_clear(self);            /* the server must hear of the end whatever was asked for */
    (void)!pg_copy_abandon(pg, "the load was given up");
    if (pg_in_transaction(pg))
        (void)!pg_script(pg, "ROLLBACK", NULL);
    (void)!pg_catalog_script(pg, "fetch_unstage", NULL);
    if (fetch->about->unstage != NULL)
        (void)!pg_catalog_script(pg, fetch->about->unstage, NULL);
    if (cancelled < 0)
        task_cancel(self, cancelled);
}

void fetch_forget(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->kept_count; i++) {
        api_answer_free(fetch->kept[i].answer);
        mem_free(fetch->kept[i].request);
        mem_free(fetch->kept[i].about);
    }
    fetch->kept_count = 0;
    fetch->bytes = 0;
}

/* -- JSON as jsonb takes it ---------------------------------------------------------------------------------------- */

static bool is_escape(const char *at, const char *end, const char *first, const char *second)
{
    return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && strchr(first, at[2]) != NULL &&
           strchr(second, at[3]) != NULL;
}

void json_add_mended(struct str *to, const char *json, size_t length)
{
    static const char high[] = "89abAB", low[] = "cdefCDEF", replacement[] = "\\ufffd";
    const char       *end = json + length, *at = json;

    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t      take = 2;

        if (backslash == NULL)
            break;
        str_add_bytes(to, at, (size_t)(backslash - at));
        at = backslash;
        if (is_escape(at, end, "dD", high) && is_escape(at + 6, end, "dD", low))
            take = 12;
        else if (is_escape(at, end, "dD", "89abcdefABCDEF") || (end - at >= 6 && memcmp(at, "\\u0000", 6) == 0))
            take = 6;
        if (take == 6)
            str_add(to, replacement);
        else
            str_add_bytes(to, at, take);
        at += take;
    }
    if (at < end)
        str_add_bytes(to, at, (size_t)(end - at));
}

/* Whatever an API repeats of the keys that it was shown, a table has none. */
static void copy_json(struct copy *copy, const char *json, size_t length)
{
    struct str bytes = STR_INIT, hidden = STR_INIT;

    if (json == NULL) {
        copy_null(copy);
        return;
    }
    str_add_char(&bytes, 1);            /* the version of jsonb's format */
    json_add_redacted(&hidden, json, length);
    json_add_mended(&bytes, str_text(&hidden), hidden.length);
    str_done(&hidden);
    copy_text(copy, str_text(&bytes), bytes.length);
    str_done(&bytes);
}

static void copy_some(struct copy *copy, const char *text)
{
    if (text != NULL)
        copy_text(copy, text, strlen(text));
    else
        copy_null(copy);
}

static int copy_answers(const struct fetch *fetch, struct error *error)
{
    struct copy copy;

    copy_begin(&copy, fetch->ingest->pgs[0], "fetch_copy", error);
    for (size_t i = 0; i < fetch->kept_count; i++) {
        const struct kept *kept = &fetch->kept[i];

        copy_row(&copy, 7);
        copy_int4(&copy, (int32_t)kept->no);
        copy_some(&copy, kept->stream);
        copy_some(&copy, kept->request);
        copy_json(&copy, kept->about, kept->about != NULL ? strlen(kept->about) : 0);
        copy_some(&copy, kept->answer->etag);
        copy_bool(&copy, kept->answer->same);
        copy_json(&copy, kept->answer->same ? NULL : kept->answer->body, kept->answer->length);
    }
    return copy_end(&copy);
}

/* -- storing ------------------------------------------------------------------------------------------------------- */

static int note_run(const struct fetch *fetch, struct error *error)
{
    _cleanup_(str_done) struct str names = STR_INIT, texts = STR_INIT;
    const struct ingest *ingest = fetch->ingest;
    struct values        values = {0};

    array_begin(&names);
    array_begin(&texts);
    for (const struct ingest_setting *setting = ingest->source->settings; setting->name != NULL; setting++) {
        array_add(&names, setting->name);
        array_add(&texts, ingest_setting_text(ingest, setting->name));
    }
    array_end(&names);
    array_end(&texts);
    value_text(&values, ingest->source->name);
    value_int(&values, ingest->job->id);
    value_text(&values, str_text(&names));
    value_text(&values, str_text(&texts));
    value_int(&values, fetch->run_at);
    value_text(&values, fetch->reel != NULL ? "t" : "f");
    return values_run(ingest->pgs[0], "fetch_run", &values, NULL, error);
}

static int count(const struct fetch *fetch, struct job *after, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = values_run(fetch->ingest->pgs[0], "fetch_counts", NULL, &result, error);

    if (r < 0)
        return r;
    *after = *fetch->ingest->job;
    after->counts.rows += pg_result_int(result, 0, 0);
    after->counts.loaded += pg_result_int(result, 0, 1);
    after->counts.rejected += pg_result_int(result, 0, 2);
    after->counts.unchanged += pg_result_int(result, 0, 0) - pg_result_int(result, 0, 1) - pg_result_int(result, 0, 2);
    return 0;
}

static int set_bookmark(const struct fetch *fetch, const struct fetch_store *what, struct error *error)
{
    struct values values = {0};
    char          until[TIME_TEXT_SIZE];

    if (what->position == NULL)
        return 0;
    value_text(&values, fetch->ingest->source->name);
    value_text(&values, what->stream != NULL ? what->stream : "");
    value_int(&values, fetch->ingest->job->id);
    value_text(&values, what->position);
    value_text(&values, what->data_until != INT64_MIN ? instant_to_text(what->data_until, until) : NULL);
    return values_run(fetch->ingest->pgs[0], "fetch_bookmark", &values, NULL, error);
}

static int store(struct fetch *fetch, const struct fetch_store *what, struct job *after, struct error *error)
{
    struct pg *pg = fetch->ingest->pgs[0];
    int        r = pg_script(pg, "BEGIN", error);

    if (r >= 0)
        r = job_hold(pg, fetch->ingest->job, error);
    if (r >= 0)
        r = copy_answers(fetch, error);
    if (r >= 0)
        r = note_run(fetch, error);
    for (size_t i = 0; r >= 0 && what->scripts[i] != NULL; i++)
        r = pg_catalog_script(pg, what->scripts[i], error);
    if (r >= 0)
        r = pg_catalog_script(pg, "fetch_etags", error);
    if (r >= 0)
        r = pg_catalog_script(pg, "fetch_ran", error);
    if (r >= 0)
        r = set_bookmark(fetch, what, error);
    if (r >= 0)
        r = count(fetch, after, error);
    if (r >= 0)
        r = job_note(pg, after, NULL, error);
    return r < 0 ? r : pg_script(pg, "COMMIT", error);
}

int fetch_store(struct fetch *fetch, const struct fetch_store *what, struct error *error)
{
    struct job after;
    int        r = store(fetch, what, &after, error);

    if (r < 0)
        ingest_roll_back(fetch->ingest->pgs[0]);
    else
        fetch->ingest->job->counts = after.counts;
    fetch_forget(fetch);
    return r;
}
