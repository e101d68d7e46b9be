/* app: a board's refresh, by commands that the test answers. No server is needed: nothing is cached and nothing asked.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/app/board.h"
#include "ytempire/base/mem.h"

/* -- what the commands say ----------------------------------------------------------------------------------------- */

static struct {
    const char *value;                     /* of 'good'; NULL: it fails */
    char        order[80];                 /* what was asked, in its order */
    int         count;
    char        zone[40];                  /* of the session that asked last */
} world;

static int check(struct app *app, const char *line, struct error *error)
{
    (void)app, (void)line, (void)error;
    return 0;
}

static int say(const char *value, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("v:int");

    table_add(table, value);
    return table_send(table, sink, error);
}

static int run(struct app *app, const char *line, struct sink *sink, struct error *error)
{
    const char *zone = conf_text(app->conf, OPTION_TZ);

    snprintf(world.zone, sizeof world.zone, "%s", zone != NULL ? zone : "none");
    world.count++;
    strncat(world.order, line, sizeof world.order - strlen(world.order) - 2);
    strcat(world.order, " ");
    if (strcmp(line, "slow") == 0) {
        int r = task_sleep(30 * US_PER_SECOND);

        return error_set(error, r < 0 ? r : ERR_FAILED, "interrupted");
    }
    if (strcmp(line, "good") == 0 && world.value == NULL)
        return error_set(error, ERR_SERVER, "the server is ill");
    return say(strcmp(line, "good") == 0 ? world.value : "7", sink, error);
}

static const struct app_commands commands = {check, run, NULL};

/* -- the desk ------------------------------------------------------------------------------------------------------ */

static char home[] = "/tmp/app_board_test.XXXXXX";

static void write_board(const char *panels)
{
    _cleanup_(mem_freep) char *path = mem_printf("%s/ytempire/queries/boards/mine.json", home);
    FILE                      *file = fopen(path, "w");

    assert_non_null(file);
    fprintf(file, "{\"name\": \"mine\", \"every\": \"1h\", \"panels\": [%s]}", panels);
    fclose(file);
}

struct desk {
    struct loop      *loop;
    struct conf      *conf;
    struct app       *app;
    struct app_board *board;
    struct error      error;
    char             *place;               /* of its server; NULL: none is there */
};

static void open_desk(struct desk *desk, const char *panels)
{
    static char program[] = "ytempire", dsn[] = "--dsn", nowhere[] = "host=/nowhere dbname=none";
    char       *argv[] = {program, dsn, desk->place != NULL ? desk->place : nowhere, NULL};

    memset(&world, 0, sizeof world);
    world.value = "41";
    write_board(panels);
    desk->conf = conf_new();
    assert_int_equal(conf_parse(desk->conf, 3, argv, NULL), 0);
    assert_int_equal(app_new(desk->loop, desk->conf, &desk->app, NULL), 0);
    if (app_board_open(desk->app, "mine", &commands, &desk->board, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
}

static void close_desk(struct desk *desk)
{
    app_board_close(desk->board);
    app_free(desk->app);
    conf_free(desk->conf);
    error_done(&desk->error);
}

static void refresh(struct desk *desk, const struct app_board_ask *ask)
{
    if (app_board_refresh(desk->board, ask, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
}

static const struct app_board_ask all = {.all = true};

static void assert_shown(const struct desk *desk, size_t panel, enum board_state state, const char *value)
{
    const struct board_shown *shown = &app_board_shown(desk->board)[panel];

    assert_string_equal(board_state_name(shown->state), board_state_name(state));
    if (value == NULL) {
        assert_null(shown->rows);
        return;
    }
    assert_non_null(shown->rows);
    assert_int_equal(shown->rows->cells[0].length, strlen(value));
    assert_memory_equal(shown->rows->cells[0].text, value, strlen(value));
}

#define TASK_TEST(name)                                                                                                \
    static void name##_task(void *who);                                                                                \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        struct desk desk = {.loop = loop_new()};                                                                       \
                                                                                                                       \
        (void)state;                                                                                                   \
        loop_run_task(desk.loop, name##_task, &desk);                                                                  \
        loop_free(desk.loop);                                                                                          \
    }                                                                                                                  \
    static void name##_task(void *who)

#define GOOD "{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\"}"
#define OTHER "{\"kind\": \"stat\", \"title\": \"Other\", \"command\": \"other\"}"
#define SLOW "{\"kind\": \"stat\", \"title\": \"Slow\", \"command\": \"slow\"}"

/* -- the tests ----------------------------------------------------------------------------------------------------- */

TASK_TEST(what_fails_keeps_its_picture_and_heals)
{
    struct desk              *desk = who;
    const struct board_shown *shown;
    int64_t                   since;

    open_desk(desk, GOOD "," OTHER);
    assert_shown(desk, 0, BOARD_WAITING, NULL);
    refresh(desk, &all);
    assert_shown(desk, 0, BOARD_FRESH, "41");
    shown = &app_board_shown(desk->board)[0];
    assert_string_equal(shown->source, "command");
    assert_true(shown->computed_at > 0);
    world.value = NULL;
    refresh(desk, &all);
    assert_shown(desk, 0, BOARD_FAILED, "41");
    assert_shown(desk, 1, BOARD_FRESH, "7");
    shown = &app_board_shown(desk->board)[0];
    assert_string_equal(shown->reason, "the server is ill");
    since = shown->failed_since;
    assert_true(since > 0);
    refresh(desk, &all);
    assert_true(app_board_shown(desk->board)[0].failed_since == since);
    world.value = "0";
    refresh(desk, &all);
    assert_shown(desk, 0, BOARD_ZERO, "0");
    assert_null(app_board_shown(desk->board)[0].reason);
    close_desk(desk);
}

TASK_TEST(what_never_came_is_failed_without_a_picture)
{
    struct desk *desk = who;

    open_desk(desk, GOOD);
    world.value = NULL;
    refresh(desk, &all);
    assert_shown(desk, 0, BOARD_FAILED, NULL);
    assert_int_equal(app_board_failure(desk->board, NULL), ERR_SERVER);
    close_desk(desk);
}

TASK_TEST(only_what_is_due_is_asked)
{
    struct desk                *desk = who;
    const struct app_board_ask  due = {0};

    open_desk(desk, GOOD ",{\"kind\": \"text\", \"title\": \"T\", \"text\": \"words\"}");
    assert_int_equal(app_board_due(desk->board, false), 0);
    refresh(desk, &due);
    assert_int_equal(world.count, 1);
    assert_int_equal(app_board_cost(desk->board).asked, 1);
    assert_true(app_board_due(desk->board, false) > instant_now() + 50 * US_PER_MINUTE);
    refresh(desk, &due);
    assert_int_equal(world.count, 1);
    assert_int_equal(app_board_cost(desk->board).asked, 0);
    refresh(desk, &all);
    assert_int_equal(world.count, 2);
    close_desk(desk);
}

TASK_TEST(who_is_slow_is_stopped_and_comes_last)
{
    struct desk                *desk = who;
    const struct app_board_ask  quick = {.all = true, .panel_us = 50000};

    open_desk(desk, SLOW "," GOOD);
    refresh(desk, &quick);
    assert_string_equal(world.order, "slow good ");
    assert_shown(desk, 0, BOARD_FAILED, NULL);
    assert_non_null(strstr(app_board_shown(desk->board)[0].reason, "it took longer than 50 ms"));
    assert_shown(desk, 1, BOARD_FRESH, "41");
    world.order[0] = '\0';
    refresh(desk, &quick);
    assert_string_equal(world.order, "good slow ");
    close_desk(desk);
}

TASK_TEST(an_alarm_turns_once)
{
    struct desk       *desk = who;
    struct board_alarm alarm;

    open_desk(desk,
              "{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\", \"alert\": {\"when\": \"v > 40\"}}");
    refresh(desk, &all);
    assert_true(app_board_alarm(desk->board, 0, &alarm));
    assert_int_equal(alarm.state, ALARM_FIRING);
    refresh(desk, &all);
    assert_false(app_board_alarm(desk->board, 0, &alarm));
    assert_int_equal(alarm.state, ALARM_FIRING);
    world.value = NULL;
    refresh(desk, &all);                   /* not known: it neither ends nor begins */
    assert_false(app_board_alarm(desk->board, 0, &alarm));
    assert_int_equal(alarm.state, ALARM_FIRING);
    world.value = "3";
    refresh(desk, &all);
    assert_true(app_board_alarm(desk->board, 0, &alarm));
    assert_int_equal(alarm.state, ALARM_QUIET);
    close_desk(desk);
}

/* As when nobody looks at the board. */
TASK_TEST(only_what_an_alert_judges_is_asked)
{
    struct desk               *desk = who;
    const struct app_board_ask watch = {.all = true, .alerts = true};
    const char                *words = NULL;

    open_desk(desk,
              "{\"kind\": \"stat\", \"title\": \"Other\", \"command\": \"other\"},"
              "{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\", \"alert\": {\"when\": \"v > 41\"}}");
    assert_int_equal(app_board_due(desk->board, true), 0);
    refresh(desk, &watch);
    assert_string_equal(world.order, "good ");
    assert_int_equal(app_board_firing(desk->board, &words), 0);
    assert_int_equal(app_board_due(desk->board, false), 0);
    assert_true(app_board_due(desk->board, true) > instant_now() + 50 * US_PER_MINUTE);
    world.value = "42";
    refresh(desk, &watch);
    assert_int_equal(app_board_firing(desk->board, &words), 1);
    assert_string_equal(words, "Good");
    refresh(desk, &(const struct app_board_ask){0});
    assert_string_equal(world.order, "good good other ");
    close_desk(desk);
    open_desk(desk, "{\"kind\": \"stat\", \"title\": \"Other\", \"command\": \"other\"}");
    assert_true(app_board_due(desk->board, true) == INT64_MAX);
    close_desk(desk);
}

TASK_TEST(an_alert_that_the_file_has_no_more_fires_no_more)
{
    struct desk *desk = who;
    const char  *words;

    open_desk(desk,
              "{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\", \"alert\": {\"when\": \"v > 40\"}}");
    refresh(desk, &all);
    assert_int_equal(app_board_firing(desk->board, &words), 1);
    write_board("{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\"}");
    assert_int_equal(app_board_reload(desk->board, NULL), 0);
    assert_int_equal(app_board_firing(desk->board, &words), 0);
    refresh(desk, &all);
    write_board("{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\", \"alert\": {\"when\": \"v > 90\"}}");
    assert_int_equal(app_board_reload(desk->board, NULL), 0);
    assert_int_equal(app_board_firing(desk->board, &words), 0);
    close_desk(desk);
}

/* A board stays open for as long as a session does. */
TASK_TEST(what_is_set_in_the_session_holds_for_its_boards)
{
    struct desk *desk = who;

    open_desk(desk, "{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\"}");
    refresh(desk, &all);
    assert_string_equal(world.zone, "none");
    assert_int_equal(conf_set(desk->conf, "tz", "Asia/Tokyo", NULL), 0);
    assert_int_equal(conf_set(desk->conf, "write", "on", NULL), 0);
    refresh(desk, &all);
    assert_string_equal(world.zone, "Asia/Tokyo");
    assert_int_equal(conf_set(desk->conf, "tz", NULL, NULL), 0);
    refresh(desk, &all);
    assert_string_equal(world.zone, "none");
    close_desk(desk);
}

TASK_TEST(a_file_that_is_read_again_keeps_what_is_known)
{
    struct desk  *desk = who;
    struct error  error = ERROR_INIT;

    open_desk(desk, GOOD "," OTHER);
    refresh(desk, &all);
    write_board(OTHER ",{\"kind\": \"stat\", \"title\": \"Renamed\", \"command\": \"good\"}," SLOW);
    assert_int_equal(app_board_reload(desk->board, NULL), 0);
    assert_int_equal(app_board_of(desk->board)->panel_count, 3);
    assert_shown(desk, 0, BOARD_FRESH, "7");
    assert_shown(desk, 1, BOARD_FRESH, "41");
    assert_shown(desk, 2, BOARD_WAITING, NULL);
    write_board("{\"kind\": \"stat\"");
    assert_int_equal(app_board_reload(desk->board, &error), ERR_SYNTAX);
    assert_int_equal(app_board_of(desk->board)->panel_count, 3);
    assert_shown(desk, 1, BOARD_FRESH, "41");
    error_done(&error);
    close_desk(desk);
}

static void note_panel(void *who, size_t panel)
{
    strcat(who, panel == 0 ? "0" : panel == 1 ? "1" : "2");
}

TASK_TEST(each_panel_is_told_as_it_comes)
{
    struct desk               *desk = who;
    char                       told[20] = "";
    const struct app_board_ask ask = {.all = true, .on_panel = note_panel, .who = told};

    open_desk(desk, GOOD "," OTHER ",{\"kind\": \"text\", \"title\": \"T\", \"text\": \"words\"}");
    refresh(desk, &ask);
    assert_string_equal(told, "201");      /* what needs not be asked comes first */
    close_desk(desk);
}

TASK_TEST(a_range_that_is_none_is_refused)
{
    struct desk               *desk = who;
    const struct app_board_ask ask = {.all = true, .range = "last moon"};

    open_desk(desk, GOOD);
    assert_int_equal(app_board_refresh(desk->board, &ask, &desk->error), ERR_SYNTAX);
    close_desk(desk);
}

TASK_TEST(what_is_forgotten_is_shown_no_more)
{
    struct desk               *desk = who;
    const struct app_board_ask other = {.all = true, .range = "last 7 days", .user = "nobody@example.com"};

    open_desk(desk, "{\"kind\": \"stat\", \"title\": \"Good\", \"command\": \"good\", \"range\": true}");
    refresh(desk, &all);
    assert_shown(desk, 0, BOARD_FRESH, "41");
    assert_int_equal(app_board_refresh(desk->board, &other, &desk->error), ERR_CONNECT); /* who that is, nobody says */
    assert_shown(desk, 0, BOARD_WAITING, NULL);
    close_desk(desk);
}

struct door {                              /* where a server is expected, and nobody lets in */
    int          listener, knocks;
    struct task *task;
};

static void turn_away(void *who)
{
    struct door *door = who;

    door->task = task_current();
    while (task_wait_fd(door->listener, POLLIN) == 0) {
        door->knocks++;
        close(accept(door->listener, NULL, NULL));
    }
    door->task = NULL;
}

static void open_door(struct door *door, struct loop *loop)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", home);
    door->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(door->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(door->listener, 8), 0);
    task_start(loop, turn_away, door);
}

/* To find out that nobody answers may take long, and nothing else is asked meanwhile. */
TASK_TEST(a_server_that_is_away_is_not_asked_for_events_again_and_again)
{
    static const char board[] =
        "{\"kind\": \"line\", \"title\": \"L\", \"command\": \"good\", \"events\": [\"job_failed\"]}";
    struct desk *desk = who;
    struct door  door = {0};
    int          knocks;

    open_door(&door, desk->loop);
    desk->place = mem_printf("host=%s port=5432 dbname=none", home);
    open_desk(desk, board);
    refresh(desk, &all);
    knocks = door.knocks;
    assert_true(knocks > 0);
    assert_int_equal(app_board_reload(desk->board, NULL), 0);      /* its events are due again */
    refresh(desk, &all);
    assert_int_equal(door.knocks, knocks);
    close_desk(desk);
    assert_true(task_end(desk->loop, &door.task, 30 * US_PER_SECOND));
    close(door.listener);
    mem_free(desk->place);
}

static int setup(void **state)
{
    _cleanup_(mem_freep) char *command = NULL;

    (void)state;
    if (mkdtemp(home) == NULL)
        return -1;
    setenv("XDG_CONFIG_HOME", home, 1);
    command = mem_printf("mkdir -p '%s/ytempire/queries/boards'", home);
    return system(command);
}

static int teardown(void **state)
{
    _cleanup_(mem_freep) char *command = mem_printf("rm -rf '%s'", home);

    (void)state;
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_keeps_its_picture_and_heals),
        cmocka_unit_test(what_never_came_is_failed_without_a_picture),
        cmocka_unit_test(only_what_is_due_is_asked),
        cmocka_unit_test(who_is_slow_is_stopped_and_comes_last),
        cmocka_unit_test(an_alarm_turns_once),
        cmocka_unit_test(only_what_an_alert_judges_is_asked),
        cmocka_unit_test(an_alert_that_the_file_has_no_more_fires_no_more),
        cmocka_unit_test(what_is_set_in_the_session_holds_for_its_boards),
        cmocka_unit_test(a_file_that_is_read_again_keeps_what_is_known),
        cmocka_unit_test(each_panel_is_told_as_it_comes),
        cmocka_unit_test(a_range_that_is_none_is_refused),
        cmocka_unit_test(what_is_forgotten_is_shown_no_more),
        cmocka_unit_test(a_server_that_is_away_is_not_asked_for_events_again_and_again),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
