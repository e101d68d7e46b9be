/* engine: descriptors, timers, signals, the held clock, tasks. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/engine/loop.h"

#define SECOND INT64_C(1000000)

/* -- descriptors and timers --------------------------------------------------------------------------------------- */

struct seen {
    char         order[16];
    struct loop *loop;
    int          fds[2], other;
};

static void note(struct seen *seen, char what)
{
    size_t length = strlen(seen->order);

    if (length + 1 < sizeof seen->order)
        seen->order[length] = what;
}

static void note_a(void *who)
{
    note(who, 'a');
}

static void note_b(void *who)
{
    note(who, 'b');
}

static void note_c(void *who)
{
    note(who, 'c');
}

static void timers_fire_in_order_of_time_on_a_held_clock(void **state)
{
    struct loop *loop = loop_new();
    struct seen seen = {.loop = loop};

    (void)state;
    loop_hold_clock(loop, 1000 * SECOND);
    loop_timer(loop, 3 * SECOND, note_c, &seen);
    loop_timer(loop, 1 * SECOND, note_a, &seen);
    struct loop_timer *dropped = loop_timer(loop, 2 * SECOND, note_c, &seen);
    loop_timer(loop, 2 * SECOND, note_b, &seen);
    loop_timer_cancel(loop, dropped);
    loop_timer_cancel(loop, NULL);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "");
    loop_hold_clock(loop, 1001 * SECOND);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "a");
    loop_hold_clock(loop, 1010 * SECOND);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "abc");
    assert_int_equal(loop_now(loop), 1010 * SECOND);
    loop_free(loop);
}

static void timers_of_one_moment_fire_as_they_were_made(void **state)
{
    struct loop *loop = loop_new();
    struct seen seen = {.loop = loop};

    (void)state;
    loop_hold_clock(loop, 0);
    loop_timer(loop, SECOND, note_a, &seen);
    loop_timer(loop, SECOND, note_b, &seen);
    loop_timer(loop, SECOND, note_c, &seen);
    loop_hold_clock(loop, SECOND);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "abc");
    loop_free(loop);
}

static void many_timers_keep_their_order(void **state)
{
    struct loop *loop = loop_new();
    struct seen seen = {.loop = loop};
    struct loop_timer *dropped[50];

    (void)state;
    loop_hold_clock(loop, 0);
    for (int i = 0; i < 50; i++)
        dropped[i] = loop_timer(loop, (i * 37 % 50 + 10) * SECOND, note_c, &seen);
    loop_timer(loop, 5 * SECOND, note_a, &seen);
    loop_timer(loop, 100 * SECOND, note_b, &seen);
    for (int i = 0; i < 50; i++)
        loop_timer_cancel(loop, dropped[i]);
    loop_hold_clock(loop, 200 * SECOND);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "ab");
    loop_free(loop);
}

static void make_another(void *who)
{
    struct seen *seen = who;

    note(seen, 'a');
    loop_timer(seen->loop, 0, make_another, seen);
}

static void a_timer_made_by_a_timer_waits_for_the_next_turn(void **state)
{
    struct loop *loop = loop_new();
    struct seen seen = {.loop = loop};

    (void)state;
    loop_timer(loop, 0, make_another, &seen);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "a");
    loop_turn(loop, -1);
    assert_string_equal(seen.order, "aa");
    loop_free(loop);
}

static void on_readable(int fd, short revents, void *who)
{
    char byte;

    assert_true(revents & POLLIN);
    assert_int_equal(read(fd, &byte, 1), 1);
    note(who, byte);
}

static void a_readable_descriptor_is_told_until_it_is_unwatched(void **state)
{
    struct loop *loop = loop_new();
    struct seen seen = {.loop = loop};

    (void)state;
    assert_int_equal(pipe(seen.fds), 0);
    loop_watch(loop, seen.fds[0], POLLIN, on_readable, &seen);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "");
    assert_int_equal(write(seen.fds[1], "xy", 2), 2);
    loop_turn(loop, -1);
    loop_turn(loop, -1);
    assert_string_equal(seen.order, "xy");
    assert_int_equal(write(seen.fds[1], "z", 1), 1);
    loop_watch(loop, seen.fds[0], 0, NULL, NULL);
    loop_turn(loop, 0);
    assert_string_equal(seen.order, "xy");
    loop_unwatch(loop, seen.fds[0]);
    close(seen.fds[0]);
    close(seen.fds[1]);
    loop_free(loop);
}

static void take_both_away(int fd, short revents, void *who)
{
    struct seen *seen = who;

    (void)fd;
    (void)revents;
    note(seen, 'x');
    loop_unwatch(seen->loop, seen->fds[0]);
    loop_unwatch(seen->loop, seen->other);
}

static void a_watch_taken_away_by_a_callback_of_the_same_turn_is_not_told(void **state)
{
    struct loop *loop = loop_new();
    struct seen seen = {.loop = loop};

    (void)state;
    assert_int_equal(pipe(seen.fds), 0);
    seen.other = dup(seen.fds[0]);
    assert_int_equal(write(seen.fds[1], "x", 1), 1);
    loop_watch(loop, seen.fds[0], POLLIN, take_both_away, &seen);
    loop_watch(loop, seen.other, POLLIN, take_both_away, &seen);
    loop_turn(loop, -1);
    assert_string_equal(seen.order, "x");
    close(seen.fds[0]);
    close(seen.fds[1]);
    close(seen.other);
    loop_free(loop);
}

static void on_signal(int number, void *who)
{
    assert_int_equal(number, SIGUSR1);
    note(who, 's');
}

static void a_signal_arrives_in_a_turn(void **state)
{
    struct loop *loop = loop_new();
    struct seen seen = {.loop = loop};

    (void)state;
    loop_signal(loop, SIGUSR1, on_signal, &seen);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_string_equal(seen.order, "");
    loop_turn(loop, -1);
    assert_string_equal(seen.order, "s");
    loop_free(loop);
}

/* -- tasks -------------------------------------------------------------------------------------------------------- */

struct play {
    struct loop *loop;
    struct task *task;
    int          steps, code, fds[2];
    bool         ended;
};

static void parks_twice(void *who)
{
    struct play *play = who;

    play->steps = 1;
    play->code = task_park();
    if (play->code == 0) {
        play->steps = 2;
        play->code = task_park();
    }
    play->ended = true;
}

static void a_task_runs_until_it_waits_and_goes_on_when_woken(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    assert_null(task_current());
    play.task = task_start(play.loop, parks_twice, &play);
    assert_int_equal(play.steps, 1);
    loop_turn(play.loop, 0);
    assert_int_equal(play.steps, 1);
    task_wake(play.task);
    task_wake(play.task);
    assert_int_equal(play.steps, 1);
    loop_turn(play.loop, -1);
    assert_int_equal(play.steps, 2);
    loop_turn(play.loop, 0);
    assert_false(play.ended);
    task_wake(play.task);
    loop_turn(play.loop, -1);
    assert_true(play.ended);
    assert_int_equal(play.code, 0);
    loop_free(play.loop);
}

static void a_cancelled_task_ends_by_its_error_path(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    play.task = task_start(play.loop, parks_twice, &play);
    task_cancel(play.task, ERR_TIMEOUT);
    loop_turn(play.loop, -1);
    assert_true(play.ended);
    assert_int_equal(play.steps, 1);
    assert_int_equal(play.code, ERR_TIMEOUT);
    loop_free(play.loop);
}

static void cleans_up(void *who)
{
    struct play *play = who;

    play->code = task_sleep(3600 * SECOND);
    assert_int_equal(task_cancelled(task_current()), ERR_INTERRUPTED);
    assert_int_equal(task_sleep(0), ERR_INTERRUPTED);
    task_cancel_clear(task_current());
    assert_int_equal(task_sleep(0), 0);
    play->ended = true;
}

static void a_clean_up_may_wait_after_the_cancel_was_cleared(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    play.task = task_start(play.loop, cleans_up, &play);
    task_cancel(play.task, ERR_INTERRUPTED);
    while (!play.ended)
        loop_turn(play.loop, -1);
    assert_int_equal(play.code, ERR_INTERRUPTED);
    loop_free(play.loop);
}

static void sleeps_ten_minutes(void *who)
{
    struct play *play = who;

    play->code = task_sleep(600 * SECOND);
    play->ended = true;
}

static void a_sleep_follows_the_held_clock(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    loop_hold_clock(play.loop, 0);
    task_start(play.loop, sleeps_ten_minutes, &play);
    loop_hold_clock(play.loop, 599 * SECOND);
    loop_turn(play.loop, 0);
    assert_false(play.ended);
    loop_hold_clock(play.loop, 600 * SECOND);
    loop_turn(play.loop, 0);
    assert_true(play.ended);
    assert_int_equal(play.code, 0);
    loop_free(play.loop);
}

static void waits_for_the_pipe(void *who)
{
    struct play *play = who;
    char byte = 0;

    play->code = task_wait_fd(play->fds[0], POLLIN);
    assert_int_equal(read(play->fds[0], &byte, 1), 1);
    play->steps = byte;
    play->ended = true;
}

static void a_task_waits_for_a_descriptor(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    assert_int_equal(pipe(play.fds), 0);
    task_start(play.loop, waits_for_the_pipe, &play);
    loop_turn(play.loop, 0);
    assert_false(play.ended);
    assert_int_equal(write(play.fds[1], "q", 1), 1);
    loop_turn(play.loop, -1);
    assert_true(play.ended);
    assert_int_equal(play.steps, 'q');
    close(play.fds[0]);
    close(play.fds[1]);
    loop_free(play.loop);
}

static void adds_one(void *who)
{
    (*(int *)who)++;
}

static void lets_a_thread_add(void *who)
{
    struct play *play = who;

    play->code = task_in_thread(adds_one, &play->steps);
    play->ended = true;
}

static void a_task_waits_for_a_thread(void **state)
{
    struct play play = {.loop = loop_new(), .steps = 41};

    (void)state;
    loop_run_task(play.loop, lets_a_thread_add, &play);
    assert_true(play.ended);
    assert_int_equal(play.steps, 42);
    assert_int_equal(play.code, 0);
    loop_free(play.loop);
}

static void waits_for_a_byte(void *who)
{
    char byte;

    assert_int_equal(read(((struct play *)who)->fds[0], &byte, 1), 1);
    ((struct play *)who)->steps++;
}

static void lets_a_thread_wait(void *who)
{
    struct play *play = who;

    play->code = task_in_thread(waits_for_a_byte, play);
    play->ended = true;
}

static void a_cancel_does_not_leave_a_thread_behind(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    assert_int_equal(pipe(play.fds), 0);
    play.task = task_start(play.loop, lets_a_thread_wait, &play);
    task_cancel(play.task, ERR_INTERRUPTED);
    loop_turn(play.loop, 0);
    assert_false(play.ended);    /* the thread still holds what belongs to the task */
    assert_int_equal(write(play.fds[1], "x", 1), 1);
    while (!play.ended)
        loop_turn(play.loop, -1);
    assert_int_equal(play.steps, 1);
    assert_int_equal(play.code, ERR_INTERRUPTED);
    close(play.fds[0]);
    close(play.fds[1]);
    loop_free(play.loop);
}

static void breathes_for_ever(void *who)
{
    struct play *play = who;

    while ((play->code = task_breathe()) == 0)
        play->steps++;
    play->ended = true;
}

static void cancel_the_task(void *who)
{
    task_cancel(((struct play *)who)->task, ERR_TIMEOUT);
}

static void starts_a_busy_one(void *who)
{
    struct play *play = who;

    loop_timer(play->loop, 0, cancel_the_task, play);
    play->task = task_current();
    breathes_for_ever(play);
}

static void a_busy_task_that_breathes_lets_a_timer_end_it(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    loop_run_task(play.loop, starts_a_busy_one, &play);
    assert_int_equal(play.code, ERR_TIMEOUT);
    assert_true(play.steps > 0);
    loop_free(play.loop);
}

static void starts_a_child(void *who)
{
    struct play *play = who;
    struct play child = {.loop = play->loop};

    child.task = task_start(play->loop, parks_twice, &child);
    assert_int_equal(child.steps, 1);
    task_wake(child.task);
    assert_int_equal(task_sleep(0), 0);
    task_wake(child.task);
    while (!child.ended)
        assert_int_equal(task_sleep(0), 0);
    play->ended = true;
}

static void a_task_starts_and_wakes_another(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    loop_run_task(play.loop, starts_a_child, &play);
    assert_true(play.ended);
    loop_free(play.loop);
}

static void stops_a_child(void *who)
{
    struct play *play = who;
    struct play child = {.loop = play->loop};

    child.task = task_start(play->loop, cleans_up, &child);
    task_cancel(task_current(), ERR_TIMEOUT);
    task_stop(child.task);
    play->ended = child.ended;
    assert_int_equal(child.code, ERR_INTERRUPTED);
    assert_int_equal(task_park(), ERR_TIMEOUT);
}

static void a_stopped_task_has_ended_even_for_a_cancelled_one(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    loop_run_task(play.loop, stops_a_child, &play);
    assert_true(play.ended);
    loop_free(play.loop);
}

static void ends_when_told(void *who)
{
    struct play *play = who;

    play->task = task_current();
    play->code = task_sleep(3600 * SECOND);
    play->task = NULL;
}

static void does_not_hear(void *who)
{
    struct play *play = who;

    play->task = task_current();
    while (!play->ended) {
        task_cancel_clear(play->task);
        (void)!task_sleep(SECOND / 100);
    }
    play->task = NULL;
}

static void ends_a_child(void *who)
{
    struct play *play = who;
    struct play  child = {.loop = play->loop};

    (void)task_start(play->loop, ends_when_told, &child);
    assert_true(task_end(play->loop, &child.task, 3600 * SECOND));
    assert_null(child.task);
    assert_int_equal(child.code, ERR_INTERRUPTED);
    play->ended = true;
}

static void a_task_is_ended_from_anywhere_unless_it_does_not_hear(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    assert_true(task_end(play.loop, &play.task, 3600 * SECOND));      /* there is none */
    (void)task_start(play.loop, ends_when_told, &play);
    assert_true(task_end(play.loop, &play.task, 3600 * SECOND));
    assert_int_equal(play.code, ERR_INTERRUPTED);
    loop_run_task(play.loop, ends_a_child, &play);
    assert_true(play.ended);
    play.ended = false;
    (void)task_start(play.loop, does_not_hear, &play);
    assert_false(task_end(play.loop, &play.task, SECOND / 20));
    assert_non_null(play.task);
    play.ended = true;
    while (play.task != NULL)
        loop_turn(play.loop, SECOND);
    loop_free(play.loop);
}

static int depth_of(int depth)
{
    volatile char room[4096];

    room[0] = (char)depth;
    return depth == 0 ? room[0] : depth_of(depth - 1) + (room[0] == (char)depth);
}

static void goes_deep(void *who)
{
    ((struct play *)who)->steps = depth_of(100);
}

static void a_task_has_room_for_half_a_megabyte_of_frames(void **state)
{
    struct play play = {.loop = loop_new()};

    (void)state;
    for (int i = 0; i < 20; i++)
        loop_run_task(play.loop, goes_deep, &play);
    assert_int_equal(play.steps, 100);
    loop_free(play.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_in_order_of_time_on_a_held_clock),
        cmocka_unit_test(timers_of_one_moment_fire_as_they_were_made),
        cmocka_unit_test(many_timers_keep_their_order),
        cmocka_unit_test(a_timer_made_by_a_timer_waits_for_the_next_turn),
        cmocka_unit_test(a_readable_descriptor_is_told_until_it_is_unwatched),
        cmocka_unit_test(a_watch_taken_away_by_a_callback_of_the_same_turn_is_not_told),
        cmocka_unit_test(a_signal_arrives_in_a_turn),
        cmocka_unit_test(a_task_runs_until_it_waits_and_goes_on_when_woken),
        cmocka_unit_test(a_cancelled_task_ends_by_its_error_path),
        cmocka_unit_test(a_clean_up_may_wait_after_the_cancel_was_cleared),
        cmocka_unit_test(a_sleep_follows_the_held_clock),
        cmocka_unit_test(a_task_waits_for_a_descriptor),
        cmocka_unit_test(a_task_waits_for_a_thread),
        cmocka_unit_test(a_cancel_does_not_leave_a_thread_behind),
        cmocka_unit_test(a_busy_task_that_breathes_lets_a_timer_end_it),
        cmocka_unit_test(a_task_starts_and_wakes_another),
        cmocka_unit_test(a_stopped_task_has_ended_even_for_a_cancelled_one),
        cmocka_unit_test(a_task_is_ended_from_anywhere_unless_it_does_not_hear),
        cmocka_unit_test(a_task_has_room_for_half_a_megabyte_of_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
