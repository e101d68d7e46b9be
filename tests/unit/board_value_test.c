/* board: the number of a panel, and what is said of it. */
#include "board_help.h"

#include <math.h>

static const char *number_text(struct arena *arena, const struct board_panel *panel, const struct board_shown *shown)
{
    struct board_number number;
    struct str          text = STR_INIT;
    const char         *copy;

    if (!board_number_of(arena, panel, shown, &number))
        return NULL;
    board_number_text(&number, number.cell, &text);
    copy = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return copy;
}

static const char *change_text(struct arena *arena, const struct board_panel *panel, const struct board_shown *shown,
                               int want_judged)
{
    struct board_number number;
    struct str          text = STR_INIT;
    const char         *copy;
    int                 judged;

    assert_true(board_number_of(arena, panel, shown, &number));
    board_change_text(panel, &number, false, &text, &judged);
    assert_int_equal(judged < 0 ? -1 : judged > 0, want_judged);
    copy = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return copy;
}

static const char *sentence(struct arena *arena, const struct board_panel *panel, const struct board_shown *shown)
{
    struct str  text = STR_INIT;
    const char *copy;

    board_sentence(panel, shown, NOW, &text);
    copy = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return copy;
}

static const char *foot(struct arena *arena, const struct board_shown *shown)
{
    struct str  text = STR_INIT;
    const char *copy;

    board_foot_text(shown, NOW, &text);
    copy = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return copy;
}

#define STAT(more) "{\"kind\": \"stat\", \"title\": \"Revenue today\", \"query\": \"v\"" more "}"

static void units_are_the_panels(void **state)
{
    struct arena      *arena = arena_new();
    struct board_shown shown = {.state = BOARD_FRESH, .rows = ROWS(arena, "v:text", "3412.8")};
    static const char *const units[][2] = {
        {"", "3,412.8"},                                             /* a text that is a number, as Python writes it */
        {", \"unit\": \"currency\"", "$3,412.80"},
        {", \"unit\": \"currency\", \"decimals\": 0", "$3,413"},
        {", \"unit\": \"percent\", \"decimals\": 1", "341,280.0%"},
        {", \"unit\": \"duration\"", "56:53"},
        {", \"unit\": \"rows/s\", \"decimals\": 0", "3,413 rows/s"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct board board = board_of(
            arena, arena_printf(arena, "{\"kind\": \"stat\", \"title\": \"t\", \"query\": \"v\"%s}", units[i][0]));
        const char  *text = number_text(arena, &board.panels[0], &shown);

        assert_string_equal(text, units[i][1]);
    }
    arena_free(arena);
}

static void the_last_of_a_time_is_the_value_and_the_one_before_its_past(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT(", \"unit\": \"currency\""));
    struct board_shown  shown = {.state = BOARD_FRESH};
    struct board_number number;

    (void)state;
    shown.rows = ROWS(arena, "day:date v:numeric", "2026-11-02", "112", "2026-11-01", "100", "2026-10-31", "-");
    assert_string_equal(number_text(arena, &board.panels[0], &shown), "$112.00");
    assert_string_equal(change_text(arena, &board.panels[0], &shown, 1), "▲ 12 %");
    assert_true(board_number_of(arena, &board.panels[0], &shown, &number));
    assert_string_equal(number.than, "the day before");
    assert_int_equal(number.history_count, 3);
    assert_true(isnan(number.history[0]));
    assert_true(number.history[2] == 112);
    arena_free(arena);
}

static void a_query_beside_tells_what_was_before(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT(""));
    struct board_shown  shown = {.state = BOARD_FRESH};
    struct board_number number;

    (void)state;
    shown.history = ROWS(arena, "day:date v:int", "2026-11-01", "40", "2026-11-02", "44");
    shown.rows = ROWS(arena, "v:int", "41");                        /* of now: the last day there is was before */
    assert_string_equal(change_text(arena, &board.panels[0], &shown, -1), "▼ 6.8 %");
    assert_true(board_number_of(arena, &board.panels[0], &shown, &number));
    assert_int_equal(number.history_count, 3);
    shown.rows = ROWS(arena, "day:text v:text", "2026-11-02", "44");        /* of a day that is in the history itself */
    assert_string_equal(change_text(arena, &board.panels[0], &shown, 1), "▲ 10 %");
    arena_free(arena);
}

static void change_is_exact_and_judged(void **state)
{
    struct arena      *arena = arena_new();
    struct board       board = board_of(arena, STAT(", \"change\": \"difference\", \"less_is_better\": true"));
    struct board_shown shown = {.state = BOARD_FRESH};

    (void)state;
    shown.rows = ROWS(arena, "v:int v_previous:int", "9007199254740993", "9007199254740992");
    assert_string_equal(change_text(arena, &board.panels[0], &shown, -1), "▲ 1");
    shown.rows = ROWS(arena, "v:int v_previous:int", "-3", "0");
    assert_string_equal(change_text(arena, &board.panels[0], &shown, 1), "▼ 3");
    shown.rows = ROWS(arena, "v:int v_previous:int", "5", "5");
    assert_string_equal(change_text(arena, &board.panels[0], &shown, 0), "= 0");
    shown.rows = ROWS(arena, "v:int v_previous:int", "5", "-");
    assert_string_equal(change_text(arena, &board.panels[0], &shown, 0), "");
    board = board_of(arena, STAT(""));
    shown.rows = ROWS(arena, "v:int v_previous:int", "5", "0");     /* of nothing there is no per cent */
    assert_string_equal(change_text(arena, &board.panels[0], &shown, 1), "▲ 5");
    arena_free(arena);
}

static void assert_role(struct arena *arena, const struct board *board, const char *value, enum board_role want)
{
    struct board_shown  shown = {.state = BOARD_FRESH, .rows = ROWS(arena, "v:numeric", value)};
    struct board_number number;

    assert_true(board_number_of(arena, &board->panels[0], &shown, &number));
    assert_string_equal(board_role_name(board_role_of(&board->panels[0], &number)), board_role_name(want));
}

static void thresholds_go_up_or_down(void **state)
{
    struct arena *arena = arena_new();
    struct board  up = board_of(arena, STAT(", \"warn\": 2.5, \"error\": 3"));
    struct board  down = board_of(arena, STAT(", \"warn\": 3, \"error\": 2.5"));
    struct board  one = board_of(arena, STAT(", \"error\": 0, \"bad\": \"below\"")), none = board_of(arena, STAT(""));

    (void)state;
    assert_role(arena, &up, "2.49", BOARD_OK);
    assert_role(arena, &up, "2.50", BOARD_WARN);
    assert_role(arena, &up, "3", BOARD_ERROR);
    assert_role(arena, &up, "-", BOARD_NEUTRAL);
    assert_role(arena, &down, "3.01", BOARD_OK);
    assert_role(arena, &down, "3.00", BOARD_WARN);
    assert_role(arena, &down, "2.5", BOARD_ERROR);
    assert_role(arena, &one, "0.0", BOARD_ERROR);
    assert_role(arena, &one, "0.1", BOARD_OK);
    assert_role(arena, &none, "99", BOARD_NEUTRAL);
    arena_free(arena);
}

static void zero_null_and_nothing_are_three_things(void **state)
{
    struct arena *arena = arena_new();
    struct board  board = board_of(arena, STAT(""));

    (void)state;
    assert_int_equal(board_state_of(&board.panels[0], ROWS(arena, "v:numeric", "0.00")), BOARD_ZERO);
    assert_int_equal(board_state_of(&board.panels[0], ROWS(arena, "v:numeric", "-")), BOARD_NULL);
    assert_int_equal(board_state_of(&board.panels[0], rows_of(arena, "v:numeric", 0, NULL)), BOARD_MISSING);
    assert_int_equal(board_state_of(&board.panels[0], ROWS(arena, "v:numeric", "0.01")), BOARD_FRESH);
    arena_free(arena);
}

static void a_sentence_says_value_change_age_and_source(void **state)
{
    struct arena      *arena = arena_new();
    struct board       board = board_of(arena, STAT(", \"unit\": \"currency\", \"warn\": 3000, \"bad\": \"below\""));
    struct board_shown shown = {
        .state = BOARD_FRESH,
        .computed_at = NOW - 12 * US_PER_SECOND,
        .source = "redis",
        .rows = ROWS(arena, "day:date v:numeric", "2026-11-01", "3047.1429", "2026-11-02", "3412.80")};

    (void)state;
    assert_string_equal(sentence(arena, &board.panels[0], &shown),
                        "Revenue today: $3,412.80, up 12 % on the day before, ok; 12 s old, from redis.");
    shown.state = BOARD_STALE;
    shown.computed_at = NOW - 6 * US_PER_MINUTE;
    shown.reason = "a load has touched it";
    assert_string_equal(sentence(arena, &board.panels[0], &shown),
                        "Revenue today: $3,412.80, up 12 % on the day before, ok; stale, 6 min old, from redis (a load "
                        "has touched it).");
    shown.state = BOARD_FAILED;
    shown.reason = "no connection";
    assert_string_equal(sentence(arena, &board.panels[0], &shown),
                        "Revenue today: $3,412.80, up 12 % on the day before, ok; failed: no connection; this is what "
                        "it was 6 min ago.");
    arena_free(arena);
}

static void every_state_has_words_of_its_own(void **state)
{
    struct arena      *arena = arena_new();
    struct board       board = board_of(arena, STAT(""));
    struct board_shown shown = {.state = BOARD_WAITING, .reason = "why"};

    (void)state;
    assert_string_equal(sentence(arena, &board.panels[0], &shown), "Revenue today: not asked yet.");
    shown.state = BOARD_FAILED;
    assert_string_equal(sentence(arena, &board.panels[0], &shown), "Revenue today: failed: why.");
    assert_string_equal(foot(arena, &shown), "failed: why");
    shown.state = BOARD_HIDDEN;
    assert_string_equal(sentence(arena, &board.panels[0], &shown), "Revenue today: hidden: why.");
    shown.state = BOARD_MISSING;
    assert_string_equal(sentence(arena, &board.panels[0], &shown), "Revenue today: no data: why.");
    shown = (struct board_shown){.state = BOARD_NULL, .rows = ROWS(arena, "v:int", "-"), .computed_at = NOW};
    assert_string_equal(sentence(arena, &board.panels[0], &shown), "Revenue today: not known; 0 s old.");
    assert_string_equal(foot(arena, &shown), "not known 0 s");
    shown = (struct board_shown){.state = BOARD_ZERO, .rows = ROWS(arena, "v:int", "0"), .computed_at = NOW};
    assert_string_equal(sentence(arena, &board.panels[0], &shown), "Revenue today: 0; 0 s old.");
    assert_string_equal(foot(arena, &shown), "zero 0 s");
    shown.state = BOARD_STALE;
    shown.computed_at -= 6 * US_PER_MINUTE;
    assert_string_equal(foot(arena, &shown), "stale 6 min");
    shown.state = BOARD_FRESH;
    assert_string_equal(foot(arena, &shown), "6 min");
    arena_free(arena);
}

static void lines_and_tables_are_told_too(void **state)
{
    struct arena      *arena = arena_new();
    struct board       board = board_of(arena, "{\"kind\": \"line\", \"title\": \"Views\", \"query\": \"v\"},"
                                               "{\"kind\": \"table\", \"title\": \"Top\", \"query\": \"v\"},"
                                               "{\"kind\": \"text\", \"title\": \"Note\", \"text\": \"Mind the gap\"}");
    struct board_shown shown = {
        .state = BOARD_FRESH,
        .rows = ROWS(arena, "day:date v:int", "2026-11-01", "1200", "2026-11-02", "-", "2026-11-03", "900")};

    (void)state;
    assert_string_equal(sentence(arena, &board.panels[0], &shown),
                        "Views: 3 rows from 2026-11-01 to 2026-11-03, the last 900, lowest 900 at 2026-11-03, highest "
                        "1,200 at 2026-11-01.");
    shown.rows = ROWS(arena, "channel:text v:int", "A", "1200", "B", "900");
    assert_string_equal(sentence(arena, &board.panels[1], &shown), "Top: 2 rows, the first A, v 1,200.");
    shown.rows = NULL;
    assert_string_equal(sentence(arena, &board.panels[2], &shown), "Note: Mind the gap.");
    arena_free(arena);
}

static void a_gauge_lies_between_its_ends(void **state)
{
    struct arena *arena = arena_new();
    struct board board = board_of(
        arena, "{\"kind\": \"gauge\", \"title\": \"Cost\", \"query\": \"v\", \"unit\": \"currency\", "
               "\"warn\": 2.5, \"error\": 3}");
    struct board_shown  shown = {.state = BOARD_FRESH, .rows = ROWS(arena, "v:numeric", "2.40")};
    struct board_number number;
    struct str          of = STR_INIT;

    (void)state;
    assert_true(board_number_of(arena, &board.panels[0], &shown, &number));
    assert_true(fabs(board_gauge_part(&board.panels[0], &number, &of) - 0.8) < 1e-9);
    assert_string_equal(str_text(&of), "$3.00");
    assert_string_equal(sentence(arena, &board.panels[0], &shown), "Cost: $2.40 of $3.00, ok.");
    str_done(&of);
    arena_free(arena);
}

static void what_is_gathered_is_bounded(void **state)
{
    static const struct data_column columns[] = {{.name = "n", .type = DATA_INT}};
    struct arena *arena = arena_new();

    (void)state;
    for (int last = 0; last < 2; last++) {
        struct board_gather *gather = board_gather_new(arena, 3, last);
        struct sink         *sink = board_gather_sink(gather);
        const struct board_rows *rows;

        assert_int_equal(sink_begin(sink, columns, 1, NULL), 0);
        assert_null(board_gather_rows(gather));
        for (int i = 0; i < 7; i++) {
            const char *text = arena_printf(arena, "%d", i);

            assert_int_equal(sink_row(sink, &(struct data_cell){text, 1}, NULL), 0);
        }
        assert_int_equal(sink_end(sink, &(struct data_note){.source = "facts"}, NULL), 0);
        rows = board_gather_rows(gather);
        assert_int_equal(rows->row_count, 3);
        assert_int_equal(rows->cells[0].text[0], last ? '4' : '0');
        assert_int_equal(rows->cells[2].text[0], last ? '6' : '2');
        assert_true(board_gather_note(gather)->limited);
        assert_string_equal(board_gather_note(gather)->source, "facts");
        board_gather_free(gather);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_the_panels),
        cmocka_unit_test(the_last_of_a_time_is_the_value_and_the_one_before_its_past),
        cmocka_unit_test(a_query_beside_tells_what_was_before),
        cmocka_unit_test(change_is_exact_and_judged),
        cmocka_unit_test(thresholds_go_up_or_down),
        cmocka_unit_test(zero_null_and_nothing_are_three_things),
        cmocka_unit_test(a_sentence_says_value_change_age_and_source),
        cmocka_unit_test(every_state_has_words_of_its_own),
        cmocka_unit_test(lines_and_tables_are_told_too),
        cmocka_unit_test(a_gauge_lies_between_its_ends),
        cmocka_unit_test(what_is_gathered_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
