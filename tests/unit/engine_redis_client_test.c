/* engine/redis_client: a real server that is stopped, restarted and killed; and servers that say what no server should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/redis_server.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/redis_client.h"

#define PATIENCE_US (20 * US_PER_SECOND)
#define MOST ((size_t)1 << 20)

static struct redis_client *client_of(struct loop *loop, const char *address)
{
    struct redis_client *client = NULL;

    assert_int_equal(redis_client_new(loop, address, MOST, &client, NULL), 0);
    return client;
}

static void assert_text(const struct redis_reply *reply, const char *text)
{
    assert_string_equal(redis_reply_text(reply) ? redis_reply_text(reply) : "(none)", text);
}

TASK_TEST(a_pipe_is_answered_in_order)
{
    struct redis_client *client = client_of(who, redis_address);
    struct redis_pipe   *pipe = redis_pipe_new();
    struct redis_reply  *replies = NULL;

    redis_pipe_add(pipe, "SET", "a", "1", NULL);
    redis_pipe_begin(pipe);
    redis_pipe_word(pipe, "APPEND");
    redis_pipe_word(pipe, "a");
    redis_pipe_bytes(pipe, "\0\r\n", 3);
    redis_pipe_add(pipe, "GET", "a", NULL);
    redis_pipe_add(pipe, "GET", "nothing", NULL);
    redis_pipe_add(pipe, "LPUSH", "a", "wrong type", NULL);
    redis_pipe_add(pipe, "EVAL", "return {1, {'x', false}}", "0", NULL);
    assert_int_equal(redis_client_ask(client, pipe, PATIENCE_US, &replies, NULL), 0);
    assert_int_equal(replies->count, 6);
    assert_text(replies->items[0], "OK");
    assert_int_equal(redis_reply_number(replies->items[1], -1), 4);
    assert_int_equal(replies->items[2]->length, 4);
    assert_memory_equal(replies->items[2]->text, "1\0\r\n", 4);
    assert_int_equal(replies->items[3]->kind, REPLY_NULL);
    assert_int_equal(replies->items[4]->kind, REPLY_ERROR);
    assert_true(text_starts(replies->items[4]->text, "WRONGTYPE"));
    assert_int_equal(redis_reply_number(redis_reply_item(replies->items[5], 0), -1), 1);
    assert_text(redis_reply_item(redis_reply_item(replies->items[5], 1), 0), "x");
    redis_reply_free(replies);
    redis_pipe_free(pipe);
    redis_client_free(client);
}

static int ping(struct redis_client *client, int64_t timeout_us, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

    return redis_client_command(client, timeout_us, &reply, error, "PING", NULL);
}

TASK_TEST(a_server_that_was_restarted_is_asked_again)
{
    struct redis_client *client = client_of(who, redis_address);

    assert_int_equal(ping(client, PATIENCE_US, NULL), 0);
    redis_end();
    assert_int_equal(ping(client, PATIENCE_US, NULL), ERR_CONNECT);
    redis_start(NULL, NULL);
    while (ping(client, PATIENCE_US, NULL) < 0)        /* it rests for a moment after a failure */
        assert_int_equal(task_sleep(10000), 0);
    redis_client_free(client);
}

TASK_TEST(a_server_that_stands_still_ends_nothing_but_its_question)
{
    struct redis_client *client = client_of(who, redis_address);
    struct error         error = ERROR_INIT;

    assert_int_equal(ping(client, PATIENCE_US, NULL), 0);
    kill(redis_pid, SIGSTOP);
    assert_int_equal(ping(client, 20000, &error), ERR_TIMEOUT);
    assert_non_null(strstr(error.text, "no answer within 20 ms"));
    error_done(&error);
    kill(redis_pid, SIGCONT);
    assert_int_equal(ping(client, PATIENCE_US, NULL), 0);
    redis_client_free(client);
}

static void assert_pretended(struct loop *loop, const char *text, size_t length, bool closes, int code,
                             const char *words)
{
    pid_t                pid = pretend(text, length, closes);
    struct redis_client *client = client_of(loop, redis_address);
    struct error         error = ERROR_INIT;

    assert_int_equal(ping(client, code == ERR_TIMEOUT ? 50000 : PATIENCE_US, &error), code);
    if (strstr(error.text, words) == NULL)
        fail_msg("%s", error.text);
    error_done(&error);
    redis_client_free(client);
    pretend_end(pid);
}

TASK_TEST(half_answers_and_garbage_are_errors)
{
    char *large = mem_printf("$%zu\r\n%0*d", 2 * MOST, (int)(2 * MOST), 0);

    redis_end();
    assert_pretended(who, "$10\r\nhalf", 9, true, ERR_CONNECT, "it closed the connection");
    assert_pretended(who, "$10\r\nhalf", 9, false, ERR_TIMEOUT, "no answer within");
    assert_pretended(who, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, false, ERR_CONNECT, "not the language of Redis");
    assert_pretended(who, "*2000000000\r\n", 13, false, ERR_CONNECT, "not the language of Redis");
    assert_pretended(who, "$-7\r\n", 5, false, ERR_CONNECT, "not the language of Redis");
    assert_pretended(who, large, strlen(large), false, ERR_LIMIT, "larger than this program accepts");
    mem_free(large);
    redis_start(NULL, NULL);
}

TASK_TEST(no_password_is_shown)
{
    struct error         error = ERROR_INIT;
    struct redis_client *client;
    char                *address = mem_printf("unix://:s3cret@%s", redis_path);

    client = client_of(who, address);
    assert_int_equal(ping(client, PATIENCE_US, &error), ERR_CONNECT);
    assert_null(strstr(error.text, "s3cret"));
    assert_null(strstr(redis_client_shown(client), "s3cret"));
    error_done(&error);
    redis_client_free(client);
    client = client_of(who, "redis://no-such-host.invalid");
    assert_int_equal(ping(client, PATIENCE_US, &error), ERR_CONNECT);
    error_done(&error);
    redis_client_free(client);
    mem_free(address);
}

struct heard { struct task *task; char text[64]; size_t count, again; };

static void on_message(void *who, const char *text, size_t length)
{
    struct heard *heard = who;

    heard->count += text != NULL;
    heard->again += text == NULL;
    snprintf(heard->text, sizeof heard->text, "%.*s", (int)length, text != NULL ? text : "");
    task_wake(heard->task);
}

/* Published until it is heard: the subscription may not stand yet. */
static void publish_until(struct redis_client *client, struct heard *heard, const char *text)
{
    size_t before = heard->count;

    while (heard->count == before) {
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

        (void)!redis_client_command(client, PATIENCE_US, &reply, NULL, "PUBLISH", "news", text, NULL);
        assert_int_equal(task_sleep(10000), 0);
    }
    assert_string_equal(heard->text, text);
}

TASK_TEST(a_listener_hears_again_after_a_restart)
{
    struct redis_client   *client = client_of(who, redis_address);
    struct heard           heard = {.task = task_current()};
    struct redis_listener *listener = redis_listen(client, "news", on_message, &heard);

    publish_until(client, &heard, "one");
    redis_end();
    redis_start(NULL, NULL);
    publish_until(client, &heard, "two");
    assert_int_equal(heard.again, 1);
    redis_listener_free(listener);
    assert_int_equal(task_sleep(1000), 0);
    redis_client_free(client);
}

struct together { struct redis_client *client; struct task *waiter; size_t left; int failed; };

static void ask_slowly(void *who)
{
    struct together    *all = who;
    struct redis_reply *reply = NULL;

    if (redis_client_command(all->client, PATIENCE_US, &reply, NULL, "BLPOP", "list", "0", NULL) < 0)
        all->failed++;
    redis_reply_free(reply);
    all->left--;
    task_wake(all->waiter);
}

TASK_TEST(who_waits_long_holds_up_nobody)
{
    struct redis_client *client = client_of(who, redis_address);
    struct together      all = {.client = client, .waiter = task_current(), .left = 6};

    for (size_t i = 0; i < 6; i++)
        (void)task_start(who, ask_slowly, &all);
    for (size_t i = 0; i < 6; i++) {
        struct redis_reply *reply = NULL;

        assert_int_equal(redis_client_command(client, PATIENCE_US, &reply, NULL, "RPUSH", "list", "x", NULL), 0);
        redis_reply_free(reply);
    }
    while (all.left > 0)
        assert_int_equal(task_park(), 0);
    assert_int_equal(all.failed, 0);
    redis_client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_is_answered_in_order),
        cmocka_unit_test(who_waits_long_holds_up_nobody),
        cmocka_unit_test(a_server_that_was_restarted_is_asked_again),
        cmocka_unit_test(a_server_that_stands_still_ends_nothing_but_its_question),
        cmocka_unit_test(half_answers_and_garbage_are_errors),
        cmocka_unit_test(no_password_is_shown),
        cmocka_unit_test(a_listener_hears_again_after_a_restart),
    };

    redis_start(NULL, NULL);
    return cmocka_run_group_tests_name("engine_redis_client", tests, NULL, NULL);
}
