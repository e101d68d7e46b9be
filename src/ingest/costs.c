#include "costs.h"

#include <inttypes.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

/* A run that is played again asks what it asked then, wherever the bookmark stands by now. */
static void replay_stretch(struct costs_course *course, const struct costs_source *source)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char **values;
    long long    from;

    if (fetch_replayed(course->fetch, arena, source->path, source->from, &values) > 0 &&
        text_to_int64(values[0], strlen(values[0]), &from) == 0)
        course->from = from * source->unit_us;
}

static int find_stretch(struct costs_course *course, const struct costs_source *source, struct error *error)
{
    const struct ingest *ingest = course->ingest;
    struct values        values = {0};
    int64_t              now = fetch_run_at(course->fetch), from, to = ingest_setting_day(ingest, "to");
    long long            until = 0;
    int                  r;

    value_text(&values, ingest->source->name);
    r = values_ask(ingest->pgs[0], "costs_until", &values, &until, error);
    if (r < 0)
        return r;
    from = until != 0 ? (until < now ? until : now) - ingest_setting(ingest, "look_back") * US_PER_DAY
                      : now - ingest_setting(ingest, "history") * US_PER_DAY;
    from = ingest_setting_day(ingest, "from") != INT64_MIN ? ingest_setting_day(ingest, "from") : from;
    course->from = from - from % US_PER_DAY;
    course->to = to != INT64_MIN && to + US_PER_DAY < now ? to + US_PER_DAY : now;
    replay_stretch(course, source);
    return course->from < course->to ? 0 : error_set(error, ERR_USAGE, "the days that are asked for are none");
}

/* Of a source that has the setting. */
static int find_owners(const struct ingest *ingest, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const struct ingest_setting *setting = ingest->source->settings;
    struct values                values = {0};
    int                          r;

    while (setting->name != NULL && !text_equal(setting->name, "owners"))
        setting++;
    if (setting->name == NULL)
        return 0;
    value_text(&values, ingest_setting_text(ingest, "owners"));
    r = values_run(ingest->pgs[0], "costs_owners", &values, &result, error);
    if (r < 0 || pg_result_rows(result) == 0)
        return r;
    error_set(error, ERR_USAGE, "owners: '%s' names no account", pg_result_text(result, 0, 0));
    error_hint(error, "it takes NAME:ACCOUNT, several with commas between; an account by its e-mail or id");
    return ERR_USAGE;
}

static int store(struct costs_course *course, const struct costs_source *source, bool is_last, struct error *error)
{
    const char *const  scripts[] = {source->script,  "ingest_users",  "costs_ledger", "costs_facts",
                                    "costs_letters", "costs_count", NULL};
    struct fetch_store what = {.scripts = scripts, .position = is_last ? "{}" : NULL,
                               .data_until = is_last ? course->to : INT64_MIN};

    return fetch_store(course->fetch, &what, error);
}

int costs_on_page(struct costs_course *course, const struct costs_source *source, struct error *error)
{
    int r = fetch_progress(course->fetch, source->what, ++course->pages, 0, "pages", error);

    return r >= 0 && fetch_is_full(course->fetch) ? store(course, source, false, error) : r;
}

int costs_run(struct ingest *ingest, const struct costs_source *source, struct error *error)
{
    struct costs_course course = {.ingest = ingest};
    int                 r = fetch_begin(ingest, source->api, &course.fetch, error);

    if (r < 0)
        return r;
    r = find_stretch(&course, source, error);
    if (r >= 0)
        r = find_owners(ingest, error);
    if (r >= 0)
        r = source->ask(&course, error);
    if (r >= 0)
        r = store(&course, source, ingest->partial.code == 0, error);
    if (r >= 0)
        r = fetch_finish(course.fetch, source->what, error);
    fetch_end(course.fetch);
    return r;
}

int costs_check_list(const char *source, const struct api_answer *answer, const char *member, struct error *error)
{
    const struct tree_node *list = tree_get(answer->json, member);

    if (list != NULL && list->kind == TREE_ARRAY)
        return 0;
    error_set(error, ERR_FAILED, "%s: the answer has no list '%s'", source, member);
    error_hint(error, "'source tape %s' shows what was answered: the API may have changed", source);
    return ERR_FAILED;
}

const char *costs_seconds(struct arena *arena, int64_t instant)
{
    return arena_printf(arena, "%" PRId64, instant / US_PER_SECOND);
}
