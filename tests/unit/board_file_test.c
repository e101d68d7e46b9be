/* board: reading boards, and the place of what is wrong in one. */
#include "board_help.h"

static void a_board_is_read_whole(void **state)
{
    static const char text[] =
        "{\"name\": \"mine\", \"title\": \"Mine\", \"executive\": true, \"range\": \"last 7 days\", \"every\": "
        "\"5s\",\n"
        " \"panels\": [{\"kind\": \"gauge\", \"title\": \"Cost\", \"key\": \"analytics:user:{user_id}:cost\", "
        "\"value\": \"cost\",\n"
        "  \"history\": {\"measures\": [\"Costs.total_cost\"]}, \"unit\": \"currency\", \"decimals\": 2, \"warn\": "
        "2.5, \"error\": 3,\n"
        "  \"change\": \"difference\", \"less_is_better\": true, \"width\": 4, \"height\": 2, \"every\": \"1m\",\n"
        "  \"alert\": {\"when\": \"cost > 3\", \"for\": \"10m\", \"ring\": true, \"show\": \"dear\", \"run\": "
        "\"jobs\"}},\n"
        " {\"kind\": \"line\", \"title\": \"Views\", \"query\": [\"views_gained\", \"by day\"], \"range\": true,\n"
        "  \"events\": [\"job_failed\", \"definition\"]}]}";
    struct arena *arena = arena_new();
    struct board  board;

    (void)state;
    assert_int_equal(board_read_text(arena, "mine", "mine.json", text, strlen(text), &board, NULL), 0);
    assert_true(board.executive);
    assert_string_equal(board.range, "last 7 days");
    assert_int_equal(board.every_us, 5 * US_PER_SECOND);
    assert_int_equal(board.panel_count, 2);
    assert_int_equal(board.panels[0].kind, BOARD_GAUGE);
    assert_string_equal(board.panels[0].history, "{\"measures\": [\"Costs.total_cost\"]}");
    assert_string_equal(board.panels[0].threshold.error, "3");
    assert_false(board.panels[0].threshold.below);
    assert_int_equal(board.panels[0].change, CHANGE_DIFFERENCE);
    assert_int_equal(board.panels[0].alert.for_us, 10 * US_PER_MINUTE);
    assert_true(board.panels[0].alert.ring);
    assert_string_equal(board.panels[0].where, "mine.json:2:55");
    assert_string_equal(board.panels[1].query, "views_gained\nby day");
    assert_true(board.panels[1].follows);
    assert_int_equal(board.panels[1].events, EVENT_JOB_FAILED | EVENT_DEFINITION);
    assert_int_equal(board.panels[1].width, 6);
    assert_int_equal(board.panels[1].every_us, 0);
    arena_free(arena);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
    static const struct {
        const char *panel, *where, *text, *hint;
    } cases[] = {
        {"{\"kind\": \"stat\", \"tittle\": \"x\"}", "1:18", "'tittle' means nothing here", "did you mean 'title'?"},
        {"{\"kind\": \"pie\", \"title\": \"x\"}", "1:10", "'kind' is one of stat, line,", NULL},
        {"{\"title\": \"x\"}", "1:1", "'kind' is missing", NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\"}", "1:1", "one of them", NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\", \"query\": \"videos\", \"key\": \"analytics:x\"}", "1:1",
         "one of them", NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\", \"key\": \"executive:x\"}", "1:39", "begins with 'analytics:'", NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\", \"key\": \"analytics:{day}\"}", "1:39", "'user_id' alone", NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\", \"query\": \"v\", \"warn\": 3, \"error\": 2, \"bad\": \"above\"}",
         "1:66", "'error' is at least 'warn'", NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\", \"query\": \"v\", \"width\": 13}", "1:55", "from 1 to 12", NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\", \"query\": \"v\", \"every\": \"often\"}", "1:55", "'every' is a time",
         NULL},
        {"{\"kind\": \"stat\", \"title\": \"x\", \"query\": \"v\", \"alert\": {\"when\": \"v >\"}}", "1:68",
         "a value is expected here", NULL},
        {"{\"kind\": \"text\", \"title\": \"x\", \"query\": \"v\"}", "1:1", "has 'text'", NULL},
        {"{\"kind\": \"line\", \"title\": \"x\", \"query\": \"v\", \"events\": [\"war\"]}", "1:57",
         "'events' is a list", NULL},
        {"{\"kind\": \"stat\" \"title\"", "1:17", "not JSON", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena *arena = arena_new();
        const char   *text = arena_printf(arena, "{\"name\": \"mine\", \"panels\": [\n%s]}", cases[i].panel);
        struct board  board;
        struct error  error = ERROR_INIT;

        assert_int_equal(board_read_text(arena, "mine", "mine.json", text, strlen(text), &board, &error), ERR_SYNTAX);
        if (strstr(error.text, cases[i].text) == NULL ||
            !text_equal(error.where, arena_printf(arena, "mine.json:2:%s", cases[i].where + 2)))
            fail_msg("case %zu: %s: %s", i, error.where, error.text);
        if (cases[i].hint != NULL)
            assert_string_equal(error.hint, cases[i].hint);
        error_done(&error);
        arena_free(arena);
    }
}

static void a_board_has_the_name_of_its_file(void **state)
{
    static const char text[] = "{\"name\": \"other\", \"panels\": []}";
    struct arena *arena = arena_new();
    struct board  board;
    struct error  error = ERROR_INIT;

    (void)state;
    assert_int_equal(board_read_text(arena, "mine", "mine.json", text, strlen(text), &board, &error), ERR_SYNTAX);
    assert_non_null(strstr(error.text, "its name is 'other', and that of its file 'mine'"));
    error_done(&error);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_is_read_whole),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(a_board_has_the_name_of_its_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
