/* command/assist: what is offered on a command line, with the cursor as ▏, and what each word is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "ytempire/base/time.h"
#include "ytempire/command.h"
#include "ytempire/command/assist.h"

#define CURSOR "▏"

static const char *const *known_names(void *who, int complete, size_t *ret_count)
{
    static const char *const sources[] = {"trending", "youtube data"}, *const jobs[] = {"1041", "1042"},
                            *const saved[] = {"top channels", "weekly"},
                            *const backups[] = {"ytempire-20261128T193353Z", "other-20261127T193353Z"};

    (void)who;
    *ret_count = 2;
    return complete == COMPLETE_SOURCE ? sources : complete == COMPLETE_JOB ? jobs : complete == COMPLETE_SAVED ? saved
           : complete == COMPLETE_BACKUP ? backups : NULL;
}

static const char *const *known_values(void *who, const char *member, size_t *ret_count)
{
    static const char *const niches[] = {"Gaming", "Music"};

    (void)who;
    (void)member;
    *ret_count = 2;
    return niches;
}

static size_t cut_cursor(char *line)
{
    char *mark = strstr(line, CURSOR);

    if (mark == NULL)
        return SIZE_MAX;
    memmove(mark, mark + strlen(CURSOR), strlen(mark + strlen(CURSOR)) + 1);
    return (size_t)(mark - line);
}

static struct candidates complete(struct fixture *fixture, const char *shown)
{
    struct assist_context context = {
        .model = fixture->model, .names = known_names, .values = known_values, .now = fixture->context.now};
    char                 *line = arena_strdup(fixture->arena, shown);
    size_t                cursor = cut_cursor(line);
    struct candidates     candidates;

    command_complete(fixture->arena, &context, line, strlen(line), cursor, &candidates);
    if (candidates.at > cursor || candidates.at + candidates.length < cursor ||
        candidates.at + candidates.length > strlen(line))
        fail_msg("'%s': what is replaced lies elsewhere", shown);
    return candidates;
}

struct offered {
    const char *shown, *first;         /* the best ones, with '|' between; with '!' before: it is not offered */
};

static void check_row(struct fixture *fixture, const struct offered *row)
{
    struct candidates candidates = complete(fixture, row->shown);
    struct str        text = STR_INIT, more = STR_INIT;
    size_t            count = *row->first != '\0';

    for (const char *c = row->first; *c != '\0'; c++)
        count += *c == '|';
    for (size_t i = 0; i < candidates.count; i++) {
        if (row->first[0] == '!' && strcmp(candidates.items[i].text, row->first + 1) == 0)
            fail_msg("'%s' offers %s", row->shown, row->first + 1);
        if (i < count)
            str_addf(&text, "%s%s", i > 0 ? "|" : "", candidates.items[i].text);
        else if (i < count + 4)
            str_addf(&more, " %s", candidates.items[i].text);
    }
    if (row->first[0] != '!' && strcmp(str_text(&text), row->first) != 0)
        fail_msg("'%s'\n  offers  %s\n  and not %s; then%s", row->shown, str_text(&text), row->first, str_text(&more));
    str_done(&text);
    str_done(&more);
}

#define CHECK(rows)                               \
    for (size_t i = 0; i < COUNT_OF(rows); i++)   \
        check_row(*state, &(rows)[i])

static void commands_are_offered(void **state)
{
    static const struct offered rows[] = {
        {"▏", "!total"},
        {"cat▏", "catalog"},
        {"▏", "!\\q"},
        {"expl▏", "explain"},
        {"migrate ▏", "migrate baseline|migrate down|migrate new"},
        {"migrate st▏", "migrate status"},
        {"mig▏", "migrate baseline"},
        {"storage ma▏", "storage maintain"},
        {"\\▏", "\\?|\\d|\\e|\\i|\\q"},
        {"help ex▏", "explain"},
        {"help migrate s▏", "migrate show|migrate status"},
        {"tot▏", "total_views|total_views_period"},
        {"total▏_views by day", "total_views|total_views_period"},
        {"sum▏", ""},
        {"cost▏", "cost|cost_per_video"},
    };
    struct fixture *fixture = *state;

    CHECK(rows);
    assert_string_equal(complete(fixture, "expl▏").items[0].kind, "command");
    assert_string_equal(complete(fixture, "expl▏").items[0].description, "Show how a query is understood and answered");
    assert_string_equal(complete(fixture, "tot▏").items[0].kind, "measure");
}

static void queries_are_offered(void **state)
{
    static const struct offered rows[] = {
        {"total_views by ▏", "day|week|month"},
        {"query total_views by ▏", "day|week|month"},
        {"query ▏", "total_views|total_views_period"},
        {"explain ▏", "analyze|total_views"},
        {"explain anal▏", "analyze"},
        {"explain total_views by ch▏", "channel|channel_id"},
        {"explain analyze total_views by ch▏", "channel|channel_id"},
        {"explain query total_views by ch▏", "channel|channel_id"},
        {"quit; total_views where niche = ▏", "Gaming|Music"},
        {"# a comment\ntotal_views by ▏", "day|week"},
        {"total_views\n  by ch▏", "channel"},
        {"total_views by day\ncatal▏", "catalog"},
        {"total_views where niche = ';▏", ""},
        {"total_views where niche = 'G▏", "'Gaming'"},
        {"select ▏", ""},
        {"sql select ▏", ""},
        {"# total▏", ""},
    };
    struct fixture *fixture = *state;

    CHECK(rows);
    assert_int_equal(complete(fixture, "quit; total_views by ch▏").at, strlen("quit; total_views by "));
    assert_string_equal(complete(fixture, "explain total_views where niche = ▏").value_member,
                        "VideoPerformance.niche");
}

static void arguments_are_offered(void **state)
{
    static const struct offered rows[] = {
        {"set ▏", "timeout|no-cache|refresh"},
        {"set form▏", "format"},
        {"set format ▏", "table|csv|tsv|json"},
        {"set format c▏", "csv|cube"},
        {"set write ▏", "on|off"},
        {"set tz Europe/B▏", "Europe/Berlin"},
        {"set --▏", "--reset"},
        {"set --reset t▏", "timeout|theme|tz"},
        {"sample load --▏", "--channels|--days"},
        {"catalog Video▏", "VideoMetrics|VideoPerformance|Videos"},
        {"catalog total_v▏", "VideoPerformance.total_views"},
        {"job log ▏", "1041|1042"},
        {"run ▏", "'top channels'|weekly"},
        {"saved remove we▏", "weekly"},
        {"backup verify yt▏", "ytempire-20261128T193353Z"},
        {"backup restore oth▏", "other-20261127T193353Z"},
        {"save --yes we▏", "weekly"},
        {"save weekly total_views by ▏", "day|week|month"},
        {"deadletters tr▏", "trending"},
        {"deadletters y▏", "'youtube data'"},
        {"migrate up --▏", "!--channels"},
    };
    struct fixture *fixture = *state;

    CHECK(rows);
    assert_string_equal(complete(fixture, "job log ▏").hint, "ID");
    assert_string_equal(complete(fixture, "sample load --days ▏").hint, "N");
    assert_string_equal(complete(fixture, "set form▏").items[0].kind, "setting");
}

static void files_are_offered(void **state)
{
    char               folder[] = "/tmp/ytempire-assist-XXXXXX";
    struct fixture    *fixture = *state;
    struct candidates  candidates;
    char              *shown;

    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"videos one.csv", "videos.csv", ".hidden"};
        char  path[128];
        FILE *file;

        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        file = fopen(path, "w");
        assert_non_null(file);
        (void)fclose(file);
    }
    shown = arena_printf(fixture->arena, "ingest trending %s/vid" CURSOR, folder);
    candidates = complete(fixture, shown);
    assert_int_equal(candidates.count, 2);
    shown = arena_printf(fixture->arena, "'%s/videos one.csv'", folder);
    assert_true(strcmp(candidates.items[0].text, shown) == 0 || strcmp(candidates.items[1].text, shown) == 0);
    assert_string_equal(candidates.items[0].kind, "file");
    shown = arena_printf(fixture->arena, "ingest trending %s" CURSOR, folder);
    candidates = complete(fixture, shown);
    assert_int_equal(candidates.count, 1);
    assert_string_equal(candidates.items[0].text, arena_printf(fixture->arena, "%s/", folder));
    assert_true(candidates.items[0].no_space);
    candidates = complete(fixture, arena_printf(fixture->arena, "ingest trending %s/a%sb/" CURSOR, folder, folder));
    assert_int_equal(candidates.count, 0);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"videos one.csv", "videos.csv", ".hidden"};

        (void)unlink(arena_printf(fixture->arena, "%s/%s", folder, names[i]));
    }
    (void)rmdir(folder);
}

/* -- what each word is
 * --------------------------------------------------------------------------------------------------- */

static const char *const class_names[] = {
    [SPAN_PLAIN] = "plain",       [SPAN_COMMAND] = "command", [SPAN_OPTION] = "option",
    [SPAN_KEYWORD] = "keyword",   [SPAN_MEASURE] = "measure", [SPAN_DIMENSION] = "dimension",
    [SPAN_SEGMENT] = "segment",   [SPAN_CUBE] = "cube",       [SPAN_STRING] = "string",
    [SPAN_NUMBER] = "number",     [SPAN_PERIOD] = "period",   [SPAN_OPERATOR] = "operator",
    [SPAN_VARIABLE] = "variable", [SPAN_COMMENT] = "comment", [SPAN_UNKNOWN] = "unknown",
};

static void is_painted(void **state, const char *shown, const char *expected)
{
    struct fixture         *fixture = *state;
    char                   *line = arena_strdup(fixture->arena, shown);
    size_t                  cursor = cut_cursor(line), count, end = 0;
    const struct word_span *spans;
    struct str              text = STR_INIT;

    command_spans(fixture->arena, fixture->model, line, strlen(line), cursor, &spans, &count);
    for (size_t i = 0; i < count; i++) {
        assert_true(spans[i].at >= end && spans[i].length > 0);
        end = spans[i].at + spans[i].length;
        assert_true(end <= strlen(line));
        str_addf(&text, "%s%.*s:%s", i > 0 ? " " : "", (int)spans[i].length, line + spans[i].at,
                 class_names[spans[i].class]);
    }
    if (strcmp(str_text(&text), expected) != 0)
        fail_msg("'%s'\n  is  %s\n  not %s", shown, str_text(&text), expected);
    str_done(&text);
}

static void words_are_painted(void **state)
{
    is_painted(state, "total_views by day", "total_views:measure by:keyword day:dimension");
    is_painted(state, "explain analyze total_views by day",
               "explain:command analyze:keyword total_views:measure by:keyword day:dimension");
    is_painted(state, "query total_vws", "query:command total_vws:unknown");
    is_painted(state, "migrate status", "migrate status:command");
    is_painted(state, "sample load --channels 5", "sample load:command --channels:option");
    is_painted(state, "set null 'a b'", "set:command 'a b':string");
    is_painted(state, "# why\ntotal_views; quit -- no comment",
               "# why:comment total_views:measure quit:command --:option");
    is_painted(state, "total_views\n-- and\nquit", "total_views:measure -- and:comment quit:command");
    is_painted(state, "select 'x', 12 -- so", "select:keyword 'x':string 12:number -- so:comment");
    is_painted(state, "sql select $1", "sql:command select:keyword $1:variable");
    is_painted(state, "expl▏", "");
    is_painted(state, "zzz▏", "zzz:unknown");
    is_painted(state, "", "");
}

static void odd_texts(void **state)
{
    static const char *const texts[] = {"'",    "\"",       "(",           "set '",   "explain {",
                                        ";;;▏", "\xff\xfe", "ingest x \"", "sql $a$", "migrate\n up",
                                        "-",    "--",       "set --",      "set -- "};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct assist_context   context = {.model = fixture->model};
        const struct word_span *spans;
        size_t                  count, length = strlen(texts[i]);
        struct candidates       candidates;

        for (size_t at = 0; at <= length + 2; at++) {
            command_complete(fixture->arena, &context, texts[i], length, at, &candidates);
            assert_true(candidates.at + candidates.length <= length);
        }
        command_spans(fixture->arena, fixture->model, texts[i], length, length, &spans, &count);
    }
}

#define WITH_MODEL(test) cmocka_unit_test_setup_teardown(test, fixture_shipped, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MODEL(commands_are_offered), WITH_MODEL(queries_are_offered), WITH_MODEL(arguments_are_offered),
        WITH_MODEL(files_are_offered),    WITH_MODEL(words_are_painted),   WITH_MODEL(odd_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
