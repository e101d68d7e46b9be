/*
 * Backfill: a range of days in windows, each a job. Invariant: a window is known by its command, so that asking again
 * puts only what is neither done nor on the list; that is how one that was stopped goes on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ingest_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define WINDOW 30
#define WINDOWS_MOST 4000
#define PRIORITY 10                    /* behind what schedules and people ask for */

struct window {
    char        from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
    char       *command;
    const char *state;
    long long   job;
};

struct course {
    struct pg                    *pg;
    const struct ingest_backfill *backfill;
    struct ingest                 ingest;      /* to look at settings through */
    struct window                *windows;
    size_t                        count, todo;
    long long                     calls;       /* of a window; 0: not known */
};

/* -- windows ------------------------------------------------------------------------------------------------------- */

static void day_text(int32_t day, char text[static TIME_TEXT_SIZE])
{
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    (void)snprintf(text, TIME_TEXT_SIZE, "%04d-%02d-%02d", year, month, date);
}

static char *command_of(const struct ingest_backfill *backfill, const struct window *window)
{
    struct arena         *arena = arena_new();
    struct ingest_pair   *pairs = ARENA_ARRAY(arena, struct ingest_pair, backfill->setting_count + 2);
    struct ingest_options options = {.source = backfill->source, .settings = pairs,
                                     .setting_count = backfill->setting_count + 2};
    char                 *command;

    pairs[0] = (struct ingest_pair){"from", window->from};
    pairs[1] = (struct ingest_pair){"to", window->to};
    if (backfill->setting_count > 0)
        memcpy(pairs + 2, backfill->settings, backfill->setting_count * sizeof *pairs);
    command = ingest_command(&options);
    arena_free(arena);
    return command;
}

static int cut(struct course *course, struct error *error)
{
    const struct ingest_backfill *backfill = course->backfill;
    int32_t first = (int32_t)(ingest_setting_day(&course->ingest, "from") / US_PER_DAY),
            last = (int32_t)(ingest_setting_day(&course->ingest, "to") / US_PER_DAY),
            days = backfill->window > 0 ? (int32_t)backfill->window : WINDOW;

    if (first > last)
        return error_set(error, ERR_USAGE, "the days from %s to %s are none", backfill->from, backfill->to);
    course->count = (size_t)((last - first) / days + 1);
    if (course->count > WINDOWS_MOST)
        return error_set(error, ERR_LIMIT, "%zu windows are too many: make them larger", course->count);
    course->windows = mem_array(NULL, course->count, sizeof *course->windows);
    memset(course->windows, 0, course->count * sizeof *course->windows);
    for (size_t i = 0; i < course->count; i++) {
        struct window *window = &course->windows[backfill->oldest_first ? i : course->count - 1 - i];
        int32_t        begin = first + (int32_t)i * days, end = begin + days - 1;

        day_text(begin, window->from);
        day_text(end < last ? end : last, window->to);
        window->command = command_of(backfill, window);
    }
    return 0;
}

/* What has become of each before. */
static int look(struct course *course, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(str_done) struct str commands = STR_INIT;
    struct values values = {0};
    int           r;

    array_begin(&commands);
    for (size_t i = 0; i < course->count; i++)
        array_add(&commands, course->windows[i].command);
    array_end(&commands);
    value_text(&values, course->backfill->source);
    value_text(&values, str_text(&commands));
    r = values_run(course->pg, "backfill_windows", &values, &result, error);
    for (size_t i = 0; r >= 0 && i < course->count; i++) {
        struct window *window = &course->windows[i];
        const char    *state = pg_result_text(result, i, 1);

        window->job = pg_result_int(result, i, 2);
        window->state = state == NULL || (course->backfill->again && text_equal(state, "done")) ? "planned"
                        : text_equal(state, "done")                                             ? "done"
                                                                                                : "waiting";
        course->todo += text_equal(window->state, "planned");
        if (text_equal(window->state, "planned"))
            window->job = 0;
    }
    return r;
}

/* -- the forecast -------------------------------------------------------------------------------------------------- */

static int count_calls(struct course *course, const struct pg_result *past, struct error *error)
{
    const struct ingest_source *source = course->ingest.source;
    struct values               values = {0};

    course->calls = pg_result_int(past, 0, 0);
    if (source->calls == NULL)
        return 0;
    value_text(&values, course->backfill->from);
    value_text(&values, course->backfill->to);
    value_text(&values, ingest_setting_text(&course->ingest, "batch"));
    return values_ask(course->pg, source->calls, &values, &course->calls, error);
}

static int add_quota(struct course *course, struct str *text, long long *ret_days, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};
    int           r;

    value_text(&values, course->backfill->source);
    value_int(&values, course->calls * (long long)course->todo);
    value_text(&values, ingest_setting_text(&course->ingest, "project"));
    r = values_run(course->pg, "backfill_quota", &values, &result, error);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        long long days = pg_result_int(result, i, 2);

        str_addf(text, ", %s unit%s of '%s' (%lld day%s of quota)", pg_result_text(result, i, 1),
                 plural(pg_result_int(result, i, 1)), pg_result_text(result, i, 0), days, plural(days));
        *ret_days = days > *ret_days ? days : *ret_days;
    }
    if (r >= 0 && pg_result_rows(result) == 0)
        str_add(text, ", of no quota");
    return r;
}

static int add_end(struct course *course, const struct pg_result *past, long long days, struct str *text,
                   struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    double        each = 0;
    long long     at_once = pg_result_int(past, 0, 3);
    const char   *seconds = pg_result_text(past, 0, 2);
    struct values values = {0};
    int           r;

    if (seconds == NULL || text_to_double(seconds, strlen(seconds), &each) < 0) {
        str_add(text, "; when it ends is not known: no load of this source has been completed yet");
        return 0;
    }
    each = each * (double)course->todo / (double)(at_once > 0 ? at_once : 1);
    if (days > 1 && each < (double)(days - 1) * 86400)
        each = (double)(days - 1) * 86400;
    value_int(&values, (int64_t)each);
    r = values_run(course->pg, "backfill_ends", &values, &result, error);
    if (r >= 0)
        str_addf(text, "; it would end at about %s, %lld at once", pg_result_text(result, 0, 0), at_once);
    return r;
}

static int foretell(struct course *course, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *past = NULL;
    _cleanup_(str_done) struct str text = STR_INIT;
    struct values values = {0};
    long long     days = 0;
    int           r;

    value_text(&values, course->backfill->source);
    r = values_run(course->pg, "backfill_past", &values, &past, error);
    if (r >= 0)
        r = count_calls(course, past, error);
    if (r < 0)
        return r;
    str_addf(&text, "%zu of %zu window%s %s to be loaded", course->todo, course->count,
             plural((int64_t)course->count), are((int64_t)course->todo));
    if (course->calls > 0) {
        long long calls = course->calls * (long long)course->todo;

        str_addf(&text, ": about %lld call%s", calls, plural(calls));
        r = add_quota(course, &text, &days, error);
    } else {
        str_add(&text, "; how many calls is not known before the first load");
    }
    if (r >= 0 && course->todo > 0)
        r = add_end(course, past, days, &text, error);
    if (r >= 0)
        sink_text(sink, "%s", str_text(&text));
    return r;
}

/* -- putting ------------------------------------------------------------------------------------------------------- */

static int put_all(struct course *course, struct error *error)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < course->count; i++) {
        struct window     *window = &course->windows[i];
        struct job_request request = {.kind = "ingest", .source = course->backfill->source, .command = window->command,
                                      .unique_key = window->command, .priority = PRIORITY};
        bool               is_new;
        int64_t            job;

        if (!text_equal(window->state, "planned"))
            continue;
        r = jobs_put(course->pg, &request, &job, &is_new, error);
        if (r < 0)
            break;
        window->job = job;
        window->state = is_new ? "put" : "waiting";
    }
    return r;
}

static int yield_all(const struct course *course, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("from:text to:text state:text job:int calls:int");

    for (size_t i = 0; i < course->count; i++) {
        const struct window *window = &course->windows[i];
        char                 job[24], calls[24];

        (void)snprintf(job, sizeof job, "%lld", window->job);
        (void)snprintf(calls, sizeof calls, "%lld", course->calls);
        table_add(table, window->from, window->to, window->state, window->job != 0 ? job : NULL,
                  course->calls > 0 && !text_equal(window->state, "done") ? calls : NULL);
    }
    return table_send(table, sink, error);
}

static int has_range(const struct ingest_source *source, struct error *error)
{
    size_t found = 0;

    for (const struct ingest_setting *setting = source->settings; setting != NULL && setting->name != NULL; setting++)
        found += text_equal(setting->name, "from") || text_equal(setting->name, "to");
    if (found == 2)
        return 0;
    error_set(error, ERR_USAGE, "'%s' tells of now, or what its files tell: there are no days to choose", source->name);
    error_hint(error, "sources whose settings have from and to can be backfilled: 'sources' shows them");
    return ERR_USAGE;
}

static int check(const struct ingest_backfill *backfill, struct ingest *ingest, struct error *error)
{
    int r = ingest_source_find(backfill->source, &ingest->source, error);

    if (r >= 0)
        r = has_range(ingest->source, error);
    return r < 0 ? r : ingest_check(ingest->options, error);
}

int ingest_backfill(struct pg *pg, const struct ingest_backfill *backfill, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct ingest_pair   *pairs = ARENA_ARRAY(arena, struct ingest_pair, backfill->setting_count + 2);
    struct ingest_options options = {.source = backfill->source, .settings = pairs,
                                     .setting_count = backfill->setting_count + 2};
    struct course         course = {.pg = pg, .backfill = backfill, .ingest = {.options = &options}};
    int                   r;

    if (backfill->setting_count > 0)
        memcpy(pairs, backfill->settings, backfill->setting_count * sizeof *pairs);
    pairs[backfill->setting_count] = (struct ingest_pair){"from", backfill->from};
    pairs[backfill->setting_count + 1] = (struct ingest_pair){"to", backfill->to};
    r = check(backfill, &course.ingest, error);
    if (r >= 0)
        r = cut(&course, error);
    if (r >= 0)
        r = look(&course, error);
    if (r >= 0)
        r = foretell(&course, sink, error);
    if (r >= 0 && !backfill->forecast)
        r = put_all(&course, error);
    if (r >= 0)
        r = yield_all(&course, sink, error);
    for (size_t i = 0; i < course.count && course.windows != NULL; i++)
        mem_free(course.windows[i].command);
    mem_free(course.windows);
    return r;
}
