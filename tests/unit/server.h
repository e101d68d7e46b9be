/*
 * A PostgreSQL for a unit test: the one of YTEMPIRE_TEST_DSN, or one that the test starts and removes again.
 * Without either the test is skipped, aloud. Include after cmocka.h.
 */
#ifndef YTEMPIRE_TESTS_SERVER_H
#define YTEMPIRE_TESTS_SERVER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ytempire/engine/pg.h"

static char server_folder[64], server_dsn_text[256];

static void server_stop(void)
{
    char command[512];

    snprintf(command, sizeof command, "'%s/tests/server.sh' stop '%s'", getenv("YTEMPIRE_SRCDIR") ? getenv("YTEMPIRE_SRCDIR") : ".",
             server_folder);
    if (server_folder[0] && system(command) != 0)
        fprintf(stderr, "the test's server in %s did not stop\n", server_folder);
}

/* The connection string, of one server for the whole program; ends the program with 77 (skipped) when there can be no server. */
static const char *server_start_once(void)
{
    const char *given = getenv("YTEMPIRE_TEST_DSN"), *source = getenv("YTEMPIRE_SRCDIR");
    char command[512];

    if (given && *given)
        return given;
    if (server_dsn_text[0])
        return server_dsn_text;
    strcpy(server_folder, "/tmp/ytempire-test-XXXXXX");
    if (!mkdtemp(server_folder))
        exit(1);
    snprintf(command, sizeof command, "'%s/tests/server.sh' start '%s'", source ? source : ".", server_folder);
    FILE *answer = popen(command, "r");
    bool got = answer && fgets(server_dsn_text, sizeof server_dsn_text, answer);
    int status = answer ? pclose(answer) : -1;
    if (!got || status != 0) {
        bool lacking = WIFEXITED(status) && WEXITSTATUS(status) == 77;

        fprintf(stderr, "%s\n", lacking ? "SKIPPED: this machine lacks what the test needs, as said above"
                                        : "PostgreSQL could not be started for this test");
        rmdir(server_folder);
        exit(lacking ? 77 : 1);
    }
    server_dsn_text[strcspn(server_dsn_text, "\n")] = '\0';
    atexit(server_stop);
    return server_dsn_text;
}

/* What a test of this kind works with: it runs as a task, with a session of its own. */
struct desk {
    struct loop  *loop;
    struct pg    *pg;
    const char   *dsn;
    struct error  error;
};

__attribute__((unused)) static void desk_run(task_main *test)
{
    struct desk desk = {.loop = loop_new(), .dsn = server_start_once()};

    assert_int_equal(pg_open(desk.loop, &(struct pg_options){.dsn = desk.dsn}, &desk.pg, NULL), 0);
    loop_run_task(desk.loop, test, &desk);
    pg_close(desk.pg);
    error_done(&desk.error);
    loop_free(desk.loop);
}

#define SERVER_TEST(name)                  \
    static void name##_task(void *who);    \
    static void name(void **state)         \
    {                                      \
        (void)state;                       \
        desk_run(name##_task);             \
    }                                      \
    static void name##_task(void *who)

#endif
