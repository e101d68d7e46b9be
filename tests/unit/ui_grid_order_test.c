/* ui: order, filter and search of a grid. */
#include "ui_grid_help.h"

/* The first column is a letter, the second what is sorted by. */
static struct scene values(enum data_type type, const char *const *rows)
{
    struct data_column known[] = {{.name = "id", .type = DATA_TEXT, .decimals = -1},
                                  {.name = "value", .type = type, .decimals = -1}};
    struct scene       scene = scene_new(6, 60, known, 2);

    for (; *rows != NULL; rows++)
        scene_add(&scene, *rows);
    return scene;
}
#define VALUES(type, ...) values(type, (const char *const[]){__VA_ARGS__, NULL})

static void sorts_at(struct scene scene, const char *up, const char *down)
{
    act(&scene, "sort value asc");
    assert_order(&scene, up);
    act(&scene, "sort value desc");
    assert_order(&scene, down);
    act(&scene, "sort value off");
    scene_end(&scene);
}

static void numbers_sort_by_value_however_long(void **state)
{
    (void)state;
    sorts_at(VALUES(DATA_INT, "a|10", "b|9", "c|-", "d|-5", "e|10", "f|100"), "d b a e f c", "f a e b d c");
    sorts_at(VALUES(DATA_NUMERIC, "a|9007199254740993", "b|9007199254740992", "c|9007199254740992.5", "d|-0.1",
                    "e|123456789012345678901234567890.2", "f|123456789012345678901234567890.1", "g|NaN"),
             "d b c a f e g", "g e f a c b d");
    sorts_at(VALUES(DATA_FLOAT, "a|1e-7", "b|-Infinity", "c|0.5", "d|Infinity", "e|-2", "f|NaN", "g|0", "h|-0"),
             "b e g h a c d f", "f d c a g h e b");
}

static void times_sort_as_times(void **state)
{
    (void)state;
    sorts_at(VALUES(DATA_DATE, "a|2026-01-31", "b|0044-03-15 BC", "c|10000-01-01", "d|infinity", "e|-infinity", "f|-",
                    "g|1969-12-31", "h|0045-01-01 BC"),
             "e h b g a c d f", "d c a g b h e f");
    sorts_at(VALUES(DATA_TIMESTAMPTZ, "a|2026-01-31 12:00:00+00", "b|2026-01-31 12:00:00.000001+00",
                    "c|294276-01-01 00:00:00+00", "d|2026-01-31 14:00:00+03"),
             "d a b c", "c b a d");
    sorts_at(VALUES(DATA_INTERVAL, "a|P1M", "b|P31D", "c|PT-5M", "d|PT0S", "e|P29DT23H59M59.9S", "f|P1Y"),
             "c d e a b f", "f b a e d c");
}

static void text_sorts_without_case_and_stays_stable(void **state)
{
    (void)state;
    sorts_at(VALUES(DATA_TEXT, "a|beta", "b|Alpha", "c|alpha", "d|-", "e|Äpfel", "f|zeta", "g|alphabet soup, long",
                    "h|alphabet soup, lond", "i|"),
             "i b c h g a f e d", "e f a g h b c i d");
    sorts_at(VALUES(DATA_BOOL, "a|t", "b|f", "c|t"), "b a c", "a c b");
    sorts_at(VALUES(DATA_UUID, "a|b0000000-0000-0000-0000-000000000001", "b|b0000000-0000-0000-0000-000000000000"),
             "b a", "a b");
}

static void long_texts_that_begin_alike_are_compared_whole(void **state)
{
    struct data_column known[] = {{.name = "id", .type = DATA_INT, .decimals = -1},
                                  {.name = "value", .type = DATA_TEXT, .decimals = -1}};
    struct scene       scene = scene_new(4, 40, known, 2);
    char               id[16], text[256];

    (void)state;
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 300; i++) {
        int              n = i * 7 % 300;
        struct data_cell cells[2] = {{id, (size_t)snprintf(id, sizeof id, "%d", n)}, {text, 250}};

        snprintf(text + 240, 16, "%09d", n / 3);
        text[249] = 'x';
        assert_int_equal(store_add(scene.result->rows, cells, NULL), 0);
    }
    act(&scene, "sort value asc");
    for (int i = 0; i < 300; i++) {
        struct str cell = STR_INIT;
        long long  n = 0;

        scene_do(&scene, "move first");
        assert_int_equal(grid_copy_cell(scene.grid, &cell, NULL), 0);
        assert_int_equal(text_to_int64(str_text(&cell), cell.length, &n), 0);
        assert_int_equal(n / 3, i / 3);
        str_done(&cell);
        act(&scene, "move down");
    }
    scene_end(&scene);
}

static void the_key_sorts_then_turns_then_lets_go(void **state)
{
    struct scene scene = channels_scene(6, 60);

    (void)state;
    act(&scene, "move right");
    assert_null(grid_order_line(scene.grid));
    act(&scene, "sort");
    assert_string_equal(grid_order_line(scene.grid), "order by total_views desc");
    act(&scene, "move bottom");
    act(&scene, "sort");
    assert_string_equal(grid_order_line(scene.grid), "order by total_views asc");
    shows(&scene, " channel          total_views ▲    revenue  share\n"
                  ">∅                          7            ∅      ∅\n"
                  " 売上チャンネル         1,200       -$3.50   6.3% ▋\n"
                  " 5-Minute Crafts   31,998,100    $8,004.77  33.2% ███▍\n"
                  " Dude Perfect      48,201,334   $12,410.20  50.0% █████\n"
                  "\n");
    act(&scene, "sort");
    assert_null(grid_order_line(scene.grid));
    act(&scene, "sort channel");
    assert_string_equal(grid_order_line(scene.grid), "order by channel asc");
    assert_int_equal(grid_cursor_column(scene.grid), 0);
    assert_refused(&scene, "sort chanel", ERR_UNKNOWN, "no column 'chanel'");
    assert_string_equal(scene.error.hint, "did you mean 'channel'?");
    assert_refused(&scene, "sort channel share desc", ERR_USAGE, "sort takes one column, and asc, desc or off");
    scene_end(&scene);
}

static void rows_that_arrive_follow_what_was_sorted(void **state)
{
    struct scene scene = channels_scene(8, 60);

    (void)state;
    scene.result->state = RESULT_RUNNING;
    act(&scene, "sort total_views desc");
    assert_status(&scene,
                  "row 1/4 so far · sorted the 4 rows that are here; 'sort' again when all are, or order by on the "
                  "server");
    scene_add(&scene, "Late|99999999|1|0.1");
    scene_add(&scene, "Later|3|1|0.1");
    shows(&scene, " channel          total_views ▼    revenue  share\n"
                  ">Dude Perfect      48,201,334   $12,410.20  50.0% █████\n"
                  " 5-Minute Crafts   31,998,100    $8,004.77  33.2% ███▍\n"
                  " 売上チャンネル         1,200       -$3.50   6.3% ▋\n"
                  " ∅                          7            ∅      ∅\n"
                  " Late              99,999,999        $1.00  10.0% █\n"
                  " Later                      3        $1.00  10.0% █\n"
                  "\n");
    scene.result->state = RESULT_DONE;
    act(&scene, "move down");
    assert_status(&scene, "row 2/6 · sorted 4 of 6 rows");
    act(&scene, "filter total_views > 5");
    scene_add(&scene, "Last|6|1|0.1");
    scene_add(&scene, "Not|5|1|0.1");
    grid_follow(scene.grid);
    assert_status(&scene, "row 3/6 · sorted 6 of 8 rows · filter total_views > 5: 6 of 8 rows");
    act(&scene, "filter off");
    assert_status(&scene, "row 3/8");
    scene_end(&scene);
}

static void filters_hold(void **state)
{
    static const struct {
        const char *filter, *shown;
    } cases[] = {
        {"filter total_views > 1,200", "Dude Perfect 5-Minute Crafts"},
        {"filter total_views >= 1200", "Dude Perfect 5-Minute Crafts 売上チャンネル"},
        {"filter total_views<1200.5", "売上チャンネル "},
        {"filter REVENUE <= $0", "売上チャンネル"},
        {"filter revenue = null", ""},
        {"filter revenue <> null", "Dude Perfect 5-Minute Crafts 売上チャンネル"},
        {"filter revenue <> 8004.770", "Dude Perfect 売上チャンネル"},
        {"filter share = 50%", "Dude Perfect"},
        {"filter channel = dude perfect", "Dude Perfect"},
        {"filter channel ~ CRAFT", "5-Minute Crafts"},
        {"filter channel > e", "売上チャンネル"},
        {"filter 売上", "売上チャンネル"},
        {"filter 12,410", "Dude Perfect"},
        {"filter 48201334", "Dude Perfect"},
        {"filter ~ 'per'", "Dude Perfect"},
        {"filter nowhere", "none"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scene scene = channels_scene(6, 60);

        act(&scene, cases[i].filter);
        if (strcmp(cases[i].shown, "none") == 0)
            shows(&scene, " channel          total_views     revenue  share\n"
                          " no row fulfils the filter\n"
                          "\n"
                          "\n"
                          "\n"
                          "\n");
        else
            assert_order(&scene, cases[i].shown);
        scene_end(&scene);
    }
}

static void filters_of_times_go_by_the_zone_of_the_column(void **state)
{
    const struct zone *zone;
    struct data_column known[] = {{.name = "id", .type = DATA_TEXT, .decimals = -1},
                                  {.name = "at", .type = DATA_TIMESTAMPTZ, .decimals = -1}};
    struct scene       scene;

    (void)state;
    assert_int_equal(zone_find("America/Los_Angeles", &zone), 0);
    known[1].zone = zone;
    scene = scene_new(5, 60, known, 2);
    scene_add(&scene, "a|2026-01-31 07:59:00+00");
    scene_add(&scene, "b|2026-01-31 08:00:00+00");
    scene_add(&scene, "c|2026-02-01 08:00:00+00");
    act(&scene, "filter at >= 2026-01-31");
    assert_order(&scene, "b c");
    act(&scene, "filter at < 2026-02");
    assert_order(&scene, "a b");
    act(&scene, "filter at = 2026-02");
    assert_order(&scene, "c");
    act(&scene, "filter at <= 2026-01-31T08:00:00Z");
    assert_order(&scene, "a b");
    assert_refused(&scene, "filter at > soon", ERR_USAGE,
                   "'soon' is no date or time (as 2026-01-31 or 2026-01-31 12:00), and at holds such");
    assert_order(&scene, "a b");
    scene_end(&scene);
}

static void filters_are_refused_in_words(void **state)
{
    struct scene scene = channels_scene(6, 60);

    (void)state;
    assert_refused(&scene, "filter", ERR_USAGE,
                   "filter takes a text, COLUMN = VALUE (also <> < <= > >= ~), or off");
    assert_refused(&scene, "filter views > 3", ERR_UNKNOWN, "no column 'views'");
    assert_refused(&scene, "filter > 3", ERR_USAGE, "which column? filter takes COLUMN > VALUE");
    assert_refused(&scene, "filter total_views > many", ERR_USAGE,
                   "'many' is no number, and total_views holds numbers");
    assert_status(&scene, "row 1/4");
    scene_end(&scene);
}

static void search_goes_round_and_says_so(void **state)
{
    struct scene scene = channels_scene(6, 60);

    (void)state;
    act(&scene, "search 8");
    assert_int_equal(grid_cursor_row(scene.grid), 0);
    assert_int_equal(grid_cursor_column(scene.grid), 1);
    shows(&scene, " channel          total_views     revenue  share\n"
                  ">Dude Perfect      48,201,334  $12,410.20  50.0% █████▌\n"
                  " 5-Minute Crafts   31,998,100   $8,004.77  33.2% ███▋\n"
                  " 売上チャンネル         1,200      -$3.50   6.3% ▊\n"
                  " ∅                          7           ∅      ∅\n"
                  "\n");
    act(&scene, "next");
    assert_int_equal(grid_cursor_row(scene.grid), 1);
    assert_int_equal(grid_cursor_column(scene.grid), 1);
    act(&scene, "next");
    assert_int_equal(grid_cursor_column(scene.grid), 2);
    act(&scene, "next");
    assert_int_equal(grid_cursor_row(scene.grid), 0);
    assert_status(&scene, "row 1/4 · search went on from the beginning");
    act(&scene, "previous");
    assert_int_equal(grid_cursor_row(scene.grid), 1);
    assert_int_equal(grid_cursor_column(scene.grid), 2);
    assert_status(&scene, "row 2/4 · search went on from the end");
    act(&scene, "previous");
    assert_status(&scene, "row 2/4");
    assert_refused(&scene, "search nothing like it", ERR_UNKNOWN, "no cell has 'nothing like it'");
    act(&scene, "hide channel");
    assert_refused(&scene, "search dude", ERR_UNKNOWN, "no cell has 'dude'");
    act(&scene, "search");
    assert_refused(&scene, "next", ERR_USAGE, "nothing was searched for yet: search TEXT");
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_sort_by_value_however_long),
        cmocka_unit_test(times_sort_as_times),
        cmocka_unit_test(text_sorts_without_case_and_stays_stable),
        cmocka_unit_test(long_texts_that_begin_alike_are_compared_whole),
        cmocka_unit_test(the_key_sorts_then_turns_then_lets_go),
        cmocka_unit_test(rows_that_arrive_follow_what_was_sorted),
        cmocka_unit_test(filters_hold),
        cmocka_unit_test(filters_of_times_go_by_the_zone_of_the_column),
        cmocka_unit_test(filters_are_refused_in_words),
        cmocka_unit_test(search_goes_round_and_says_so),
    };

    return cmocka_run_group_tests_name("ui: order of a grid", tests, NULL, NULL);
}
