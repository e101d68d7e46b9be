/* board: panels and pages, compared as text. */
#include "board_help.h"
#include "ytempire/board/draw.h"

static const struct board_pen pen = {.now = NOW, .glyphs = GLYPHS_BRAILLE},
                              ascii = {.now = NOW, .glyphs = GLYPHS_ASCII};

static void assert_panel(const struct board_panel *panel, const struct board_shown *shown, const struct board_pen *with,
                         int rows, int columns, const char *want)
{
    struct chart_cell *cells = mem_array(NULL, (size_t)(rows * columns), sizeof *cells);
    struct str         text = STR_INIT;

    board_draw_panel(panel, shown, with, rows, columns, cells);
    chart_print(cells, rows, columns, false, &text);
    if (strcmp(str_text(&text), want) != 0)
        fail_msg("is:\n%s\nnot:\n%s\n", str_text(&text), want);
    str_done(&text);
    mem_free(cells);
}

#define STAT(more) "{\"kind\": \"stat\", \"title\": \"Revenue\", \"query\": \"v\"" more "}"

static void a_stat_has_value_change_and_age(void **state)
{
    struct arena      *arena = arena_new();
    struct board       board = board_of(arena, STAT(", \"unit\": \"currency\""));
    struct board_shown shown = {.state = BOARD_FRESH, .computed_at = NOW - 12 * US_PER_SECOND,
                                .rows = ROWS(arena, "day:date v:numeric", "2026-11-01", "100", "2026-11-02", "112")};

    (void)state;
    assert_panel(&board.panels[0], &shown, &pen, 4, 20,
                 "┌ Revenue ─────────┐\n"
                 "│     $112.00      │\n"
                 "│    ▁█ ▲ 12 %     │\n"
                 "└ 12 s ────────────┘\n");
    assert_panel(&board.panels[0], &shown, &ascii, 4, 20,
                 "+ Revenue ---------+\n"
                 "|     $112.00      |\n"
                 "|    _# ^ 12 %     |\n"
                 "+ 12 s ------------+\n");
    arena_free(arena);
}

static void every_state_looks_different(void **state)
{
    struct arena      *arena = arena_new();
    struct board       board = board_of(arena, STAT(""));
    struct board_shown shown = {.state = BOARD_WAITING};
    static const struct {
        enum board_state state;
        const char      *cell, *body, *foot;
    } cases[] = {
        {BOARD_WAITING, NULL, "     waiting      ", " waiting ─────────"},
        {BOARD_FAILED, NULL, "      failed      ", " failed: gone ────"},
        {BOARD_MISSING, NULL, "     no data      ", " no data: gone ───"},
        {BOARD_HIDDEN, NULL, "      hidden      ", " hidden: gone ────"},
        {BOARD_NULL, "-", "    not known     ", " not known 7 s: g…"},
        {BOARD_ZERO, "0", "        0         ", " zero 7 s ────────"},
        {BOARD_STALE, "5", "        5         ", " stale 7 s: gone ─"},
        {BOARD_FAILED, "5", "        5         ", " failed, was 7 s …"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        shown = (struct board_shown){.state = cases[i].state,
                                     .reason = cases[i].state != BOARD_WAITING ? "gone" : NULL};
        if (cases[i].cell != NULL) {
            shown.rows = ROWS(arena, "v:int", cases[i].cell);
            shown.computed_at = NOW - 7 * US_PER_SECOND;
        }
        assert_panel(&board.panels[0], &shown, &pen, 4, 20,
                     arena_printf(arena, "┌ Revenue ─────────┐\n│%s│\n│                  │\n└%s┘\n", cases[i].body,
                                  cases[i].foot));
    }
    arena_free(arena);
}

static void a_gauge_has_a_bar_and_a_verdict(void **state)
{
    struct arena      *arena = arena_new();
    struct board board = board_of(
        arena, "{\"kind\": \"gauge\", \"title\": \"Cost\", \"query\": \"v\", \"unit\": \"currency\", "
               "\"warn\": 2.5, \"error\": 3}");
    struct board_shown shown = {.state = BOARD_FRESH, .rows = ROWS(arena, "v:numeric", "2.40")};

    (void)state;
    assert_panel(&board.panels[0], &shown, &pen, 4, 24,
                 "┌ Cost ────────────────┐\n"
                 "│  $2.40 of $3.00 ok   │\n"
                 "│ ████████████████░░░░ │\n"
                 "└──────────────────────┘\n");
    arena_free(arena);
}

static void tables_logs_and_words_keep_inside(void **state)
{
    struct arena      *arena = arena_new();
    struct board board = board_of(
        arena, "{\"kind\": \"table\", \"title\": \"Top\", \"query\": \"v\"},"
               "{\"kind\": \"log\", \"title\": \"Log\", \"command\": \"jobs\"},"
               "{\"kind\": \"text\", \"title\": \"Note\", \"text\": \"mind the gap between\\ntrain and platform\"}");
    struct board_shown shown = {
        .state = BOARD_FRESH,
        .rows = ROWS(arena, "channel:text v:int", "東京キッチン", "1200", "B", "-", "C", "3", "D", "4")};

    (void)state;
    assert_panel(&board.panels[0], &shown, &pen, 5, 26,
                 "┌ Top ───────────────────┐\n"
                 "│ channel           v    │\n"
                 "│ 東京キッチン  1,200    │\n"
                 "│ 3 more                 │\n"
                 "└────────────────────────┘\n");
    assert_panel(&board.panels[1], &shown, &pen, 4, 20,
                 "┌ Log ─────────────┐\n"
                 "│ C 3              │\n"
                 "│ D 4              │\n"
                 "└──────────────────┘\n");
    assert_panel(&board.panels[2], &shown, &pen, 5, 20,
                 "┌ Note ────────────┐\n"
                 "│ mind the gap     │\n"
                 "│ between          │\n"
                 "│ train and        │\n"
                 "└──────────────────┘\n");
    arena_free(arena);
}

static void events_are_marked_on_the_axis_of_time(void **state)
{
    struct arena      *arena = arena_new();
    struct board board = board_of(
        arena, "{\"kind\": \"line\", \"title\": \"Views\", \"query\": \"v\", \"events\": [\"definition\"]}");
    struct board_shown shown = {.state = BOARD_FRESH,
                                .rows = ROWS(arena, "day:date v:int", "2026-08-26", "1", "2026-08-27", "2",
                                             "2026-08-28", "3", "2026-08-29", "4", "2026-08-30", "5")};
    struct board_pen   with = ascii;
    struct chart_cell *cells = mem_array(NULL, 12 * 50, sizeof *cells);
    struct str         text = STR_INIT;
    bool               marked = false;

    (void)state;
    with.events = board_definitions(&with.event_count);
    board_draw_panel(&board.panels[0], &shown, &with, 12, 50, cells);
    chart_print(cells, 12, 50, false, &text);
    assert_non_null(strstr(str_text(&text), "! 2026-08-27: public views of all formats"));
    for (int i = 0; i < 10 * 50; i++)
        marked |= cells[i].points[0] == '!' && cells[i].part == BOARD_PART_EVENT;
    assert_true(marked);
    board = board_of(arena, "{\"kind\": \"line\", \"title\": \"Views\", \"query\": \"v\"}");
    board_draw_panel(&board.panels[0], &shown, &with, 12, 50, cells);
    str_clear(&text);
    chart_print(cells, 12, 50, false, &text);
    assert_null(strchr(str_text(&text), '!'));
    str_done(&text);
    mem_free(cells);
    arena_free(arena);
}

static void what_is_marked_is_listed(void **state)
{
    static const struct board_event events[] = {
        {0, EVENT_MIGRATION, "long before", "0001"},
        {INT64_C(1787788800000000), EVENT_MIGRATION, "2026-08-27", "0030"},
        {INT64_C(1787875200000000), EVENT_JOB_FAILED, "2026-08-28", "12"},
        {INT64_C(1788134400000000), EVENT_JOB_FAILED, "2026-08-31", "13"},
        {INT64_C(1788220800000000), EVENT_JOB_FAILED, "2026-09-01", "14"},
    };
    struct arena *arena = arena_new();
    struct board  board = board_of(
        arena, "{\"kind\": \"line\", \"title\": \"Views\", \"query\": \"v\", \"events\": [\"migration\"]},"
               "{\"kind\": \"line\", \"title\": \"Cost\", \"query\": \"v\", \"events\": [\"job_failed\", \"migration\"]},"
               "{\"kind\": \"table\", \"title\": \"Rows\", \"query\": \"v\", \"events\": [\"job_failed\"]}");
    struct board_rows *rows = ROWS(arena, "day:date v:int", "2026-08-30", "5", "2026-08-26", "1", "-", "3");
    struct board_shown shown[3] = {{.rows = rows}, {.rows = rows}, {.rows = rows}};
    struct board_marks marks = board_marks_of(arena, board.panels, shown, 3, events, COUNT_OF(events));

    (void)state;
    assert_int_equal(marks.count, 3);                  /* once each, by time, until the end of the last day */
    assert_string_equal(marks.events[0]->words, "2026-08-27");
    assert_string_equal(marks.events[1]->words, "2026-08-28");
    assert_string_equal(marks.events[2]->words, "2026-08-31");
    marks = board_marks_of(arena, board.panels, shown, 1, events, COUNT_OF(events));
    assert_int_equal(marks.count, 1);
    assert_string_equal(marks.events[0]->name, "0030");
    marks = board_marks_of(arena, &board.panels[2], &shown[2], 1, events, COUNT_OF(events));
    assert_int_equal(marks.count, 0);                  /* a table has no axis */
    shown[0].rows = NULL;
    assert_int_equal(board_marks_of(arena, board.panels, shown, 1, events, COUNT_OF(events)).count, 0);
    arena_free(arena);
}

static void no_size_is_too_small(void **state)
{
    struct arena      *arena = arena_new();
    static const char *const kinds[] = {"stat", "gauge", "line", "bar", "heatmap", "table"};
    struct board_shown shown = {.state = BOARD_STALE,
                                .computed_at = NOW,
                                .rows = ROWS(arena, "day:date v:int", "2026-08-26", "1", "2026-08-27", "2")};
    struct chart_cell *cells = mem_array(NULL, 20 * 60, sizeof *cells);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct board board = board_of(
            arena, arena_printf(arena, "{\"kind\": \"%s\", \"title\": \"T\", \"query\": \"v\"}", kinds[i]));

        for (int rows = 1; rows < 14; rows++)
            for (int columns = 1; columns < 44; columns++)
                board_draw_panel(&board.panels[0], &shown, &pen, rows, columns, cells);
    }
    mem_free(cells);
    arena_free(arena);
}

static void pages_have_all_panels(void **state)
{
    struct arena      *arena = arena_new();
    struct board       board = board_of(arena, STAT("") ",{\"kind\": \"table\", \"title\": \"Top\", \"query\": \"v\"}");
    struct board_shown shown[] = {
        {.state = BOARD_ZERO, .rows = ROWS(arena, "v:int", "0"), .computed_at = NOW, .source = "redis"},
        {.state = BOARD_FRESH,
         .rows = ROWS(arena, "channel:text v:int", "a|b <c>", "1200"),
         .computed_at = NOW,
         .source = "facts"}};
    struct str         text = STR_INIT;
    enum board_page    page;

    (void)state;
    assert_int_equal(board_page_from_text("svg", &page), 0);
    assert_int_equal(page, PAGE_SVG);
    assert_int_equal(board_page_from_text("pdf", &page), ERR_UNKNOWN);
    board_snapshot(&board, shown, &pen, PAGE_MARKDOWN, 80, "now", &text);
    assert_string_equal(str_text(&text), "# test\n\nnow\n\n## Revenue\n\nRevenue: 0; 0 s old, from redis.\n\n## Top\n\n"
                                         "Top: 1 row, the first a\\|b \\<c\\>, v 1,200; 0 s old, from facts.\n\n"
                                         "| channel | v |\n| --- | ---: |\n| a\\|b \\<c\\> | 1,200 |\n");
    str_clear(&text);
    board_snapshot(&board, shown, &pen, PAGE_TEXT, 80, "now", &text);
    assert_non_null(strstr(str_text(&text), "┌ Revenue ─"));
    assert_non_null(strstr(str_text(&text), "└ zero 0 s ─"));
    assert_non_null(strstr(str_text(&text), "a|b <c>"));
    str_clear(&text);
    board_snapshot(&board, shown, &pen, PAGE_SVG, 80, "now & then", &text);
    assert_non_null(strstr(str_text(&text), "a|b &lt;c>"));
    assert_non_null(strstr(str_text(&text), "now &amp; then"));
    assert_true(text_ends(str_text(&text), "</svg>\n"));
    str_done(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stat_has_value_change_and_age),
        cmocka_unit_test(every_state_looks_different),
        cmocka_unit_test(a_gauge_has_a_bar_and_a_verdict),
        cmocka_unit_test(tables_logs_and_words_keep_inside),
        cmocka_unit_test(events_are_marked_on_the_axis_of_time),
        cmocka_unit_test(what_is_marked_is_listed),
        cmocka_unit_test(no_size_is_too_small),
        cmocka_unit_test(pages_have_all_panels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
