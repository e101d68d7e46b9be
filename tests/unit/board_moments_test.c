/* board: what was shown, kept within its bounds. */
#include "board_help.h"
#include "ytempire/board/moments.h"

/* A stat that shows a number. */
static struct board_shown showing(struct arena *arena, const char *number)
{
    return (struct board_shown){.state = BOARD_FRESH, .computed_at = NOW, .source = "redis",
                                .rows = ROWS(arena, "videos:int", number)};
}

static bool keep(struct board_moments *moments, int64_t at, const struct board_shown *shown, size_t count)
{
    return board_moments_keep(moments, &(struct board_moment){at, "last 30 days", NULL, shown, count});
}

static const char *number_at(const struct board_moments *moments, size_t index)
{
    return board_moments_at(moments, index)->shown[0].rows->cells[0].text;
}

static void a_refresh_that_changed_something_is_a_moment(void **state)
{
    struct board_moments *moments = board_moments_new(9, 1 << 20);
    struct arena         *arena = arena_new();
    struct board_shown    shown[2] = {showing(arena, "1"), showing(arena, "7")};
    const struct board_moment *first;

    (void)state;
    assert_true(keep(moments, NOW, shown, 2));
    shown[0].computed_at = NOW + 1;                    /* an age is no change */
    assert_false(keep(moments, NOW + 1, shown, 2));
    shown[0].rows = ROWS(arena, "videos:int", "1");    /* nor the same answer once more */
    assert_false(keep(moments, NOW + 2, shown, 2));
    shown[0].rows = ROWS(arena, "videos:int", "2");
    assert_true(keep(moments, NOW + 3, shown, 2));
    shown[1].state = BOARD_STALE;
    assert_true(keep(moments, NOW + 4, shown, 2));
    assert_true(board_moments_keep(moments, &(struct board_moment){NOW + 5, "last 7 days", NULL, shown, 2}));
    arena_free(arena);                                 /* what is kept is a copy */
    assert_int_equal(board_moments_count(moments), 4);
    assert_string_equal(number_at(moments, 0), "1");
    assert_string_equal(number_at(moments, 1), "2");
    first = board_moments_at(moments, 0);
    assert_int_equal(first->at, NOW);
    assert_string_equal(first->range, "last 30 days");
    assert_string_equal(first->shown[0].source, "redis");
    assert_string_equal(first->shown[1].rows->columns[0].name, "videos");
    assert_string_equal(board_moments_at(moments, 3)->range, "last 7 days");
    board_moments_free(moments);
}

static void an_edition_that_was_compared_is_not_compared_again(void **state)
{
    struct board_moments *moments = board_moments_new(9, 1 << 20);
    struct arena         *arena = arena_new();
    struct board_shown    shown = showing(arena, "1");

    (void)state;
    shown.edition = 5;
    assert_true(keep(moments, NOW, &shown, 1));
    shown.rows = NULL;                                 /* not looked at */
    assert_false(keep(moments, NOW, &shown, 1));
    shown.edition = 6;
    assert_true(keep(moments, NOW, &shown, 1));
    arena_free(arena);
    board_moments_free(moments);
}

static void the_oldest_go_but_not_the_one_that_is_looked_at(void **state)
{
    struct board_moments *moments = board_moments_new(3, 1 << 20);
    struct arena         *arena = arena_new();
    const struct board_moment *held;

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct board_shown shown = showing(arena, arena_printf(arena, "%d", i));

        assert_true(keep(moments, NOW + i, &shown, 1));
    }
    held = board_moments_at(moments, 0);
    board_moments_hold(moments, held);
    for (int i = 3; i < 9; i++) {
        struct board_shown shown = showing(arena, arena_printf(arena, "%d", i));

        assert_true(keep(moments, NOW + i, &shown, 1));
        assert_int_equal(board_moments_count(moments), 3);
        assert_int_equal(board_moments_index(moments, held), 0);
    }
    assert_string_equal(number_at(moments, 0), "0");
    assert_string_equal(number_at(moments, 1), "7");
    assert_string_equal(number_at(moments, 2), "8");
    arena_free(arena);
    board_moments_free(moments);
}

/* A day of 24 tables of 500 rows, one of which changes with every refresh: what stays the same is held once, and the
 * bytes are bounded. */
static void a_day_of_large_tables_stays_within_its_bytes(void **state)
{
    enum { PANELS = 24, ROWS_EACH = 500, REFRESHES = 2880 };
    struct board_moments *moments = board_moments_new(BOARD_MOMENTS_MOST, BOARD_MOMENTS_BYTES);
    struct arena         *arena = arena_new();
    const char          **cells = ARENA_ARRAY(arena, const char *, 2 * ROWS_EACH);
    struct board_shown    shown[PANELS] = {{0}};
    char                  changing[16];
    size_t                first = 0;

    (void)state;
    for (size_t i = 0; i < 2 * ROWS_EACH; i++)
        cells[i] = "a channel of some name";
    for (size_t i = 0; i < PANELS; i++)
        shown[i] = (struct board_shown){.state = BOARD_FRESH, .edition = 1,
                                        .rows = rows_of(arena, "channel:text name:text", 2 * ROWS_EACH, cells)};
    for (unsigned i = 0; i < REFRESHES; i++) {
        struct board_shown *changed = &shown[i % PANELS];

        snprintf(changing, sizeof changing, "%u", i);
        changed->rows->cells[7] = (struct data_cell){changing, strlen(changing)};
        changed->edition++;
        assert_true(keep(moments, NOW + i, shown, PANELS));
        changed->rows->cells[7] = (struct data_cell){"as it was", 9};
        first = i == 0 ? board_moments_bytes(moments) : first;
        assert_true(board_moments_bytes(moments) <= BOARD_MOMENTS_BYTES);
    }
    assert_true(board_moments_count(moments) > 100);   /* each by itself would be some six */
    assert_true(board_moments_count(moments) <= BOARD_MOMENTS_MOST);
    assert_true(first > (size_t)1 << 19);
    board_moments_forget(moments);
    assert_int_equal(board_moments_bytes(moments), 0);
    board_moments_free(moments);
    arena_free(arena);
}

static void more_than_the_bytes_at_once_is_the_newest_alone(void **state)
{
    struct board_moments *moments = board_moments_new(9, 64);
    struct arena         *arena = arena_new();

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct board_shown shown = showing(arena, arena_printf(arena, "%d", i));

        assert_true(keep(moments, NOW + i, &shown, 1));
        assert_int_equal(board_moments_count(moments), 1);
    }
    assert_string_equal(number_at(moments, 0), "2");
    arena_free(arena);
    board_moments_free(moments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refresh_that_changed_something_is_a_moment),
        cmocka_unit_test(an_edition_that_was_compared_is_not_compared_again),
        cmocka_unit_test(the_oldest_go_but_not_the_one_that_is_looked_at),
        cmocka_unit_test(a_day_of_large_tables_stays_within_its_bytes),
        cmocka_unit_test(more_than_the_bytes_at_once_is_the_newest_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
