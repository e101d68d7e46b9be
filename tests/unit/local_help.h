/*
 * Private servers in a data home of their own under /tmp, used as people use them: each step is a process, run as root or as an
 * ordinary user. The test program is that process too: `local_test up`, `local_test sql STATEMENT`, …
 */
#ifndef YTEMPIRE_TESTS_LOCAL_HELP_H
#define YTEMPIRE_TESTS_LOCAL_HELP_H

#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/pg.h"
#include "ytempire/engine/process.h"
#include "ytempire/local.h"

/* -- the process -------------------------------------------------------------------------------------------------- */

static int print_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)sink;
    (void)columns;
    (void)count;
    (void)error;
    return 0;
}

static int print_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)sink;
    (void)error;
    for (int i = 0; i < 7; i++)
        printf("%s%.*s", i > 0 ? "|" : "", (int)cells[i].length, cells[i].text ? cells[i].text : "");
    printf("\n");
    return 0;
}

static int print_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink;
    (void)note;
    (void)error;
    return 0;
}

static void print_text(struct sink *sink, const char *text)
{
    (void)sink;
    fprintf(stderr, "%s\n", text);
}

static const struct sink_ops print_ops = {.begin = print_begin, .row = print_row, .end = print_end, .text = print_text};

struct step {
    char        **words;
    struct loop  *loop;
    struct error  error;
    int           code;
};

static int ask(struct step *step, struct local *local)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_open(step->loop, &(struct pg_options){.dsn = local_dsn(local)}, &pg, &step->error);

    if (r >= 0)
        r = pg_query(pg, step->words[1], NULL, 0, &result, &step->error);
    if (r >= 0 && pg_result_rows(result) > 0)
        printf("%s\n", pg_result_text(result, 0, 0) ? pg_result_text(result, 0, 0) : "");
    return r;
}

static int take_step(struct step *step, struct local *local)
{
    const char *verb = step->words[0];
    struct sink sink = {.ops = &print_ops};

    if (strcmp(verb, "up") == 0)
        return local_up(local, &sink, &step->error);
    if (strcmp(verb, "down") == 0)
        return local_down(local, &sink, &step->error);
    if (strcmp(verb, "reset") == 0)
        return local_reset(local, &sink, &step->error);
    if (strcmp(verb, "status") == 0)
        return local_status(local, &sink, &step->error);
    if (strcmp(verb, "sql") == 0)
        return ask(step, local);
    if (strcmp(verb, "looks") == 0)
        printf("%s\n", local_looks_up(local) ? "up" : "down");
    else if (strcmp(verb, "folder") == 0)
        printf("%s\n", local_folder(local));
    else if (strcmp(verb, "dsn") == 0)
        printf("%s\n", local_dsn(local));
    else if (strcmp(verb, "redis") == 0)
        printf("%s\n", local_redis(local));
    return 0;
}

static void step_main(void *who)
{
    struct step *step = who;
    _cleanup_(local_freep) struct local *local = NULL;

    step->code = local_new(&local, &step->error);
    if (step->code >= 0)
        step->code = take_step(step, local);
}

static int be_the_process(char **words)
{
    struct step step = {.words = words, .loop = loop_new()};

    loop_run_task(step.loop, step_main, &step);
    if (step.code < 0) {
        char *text = error_render(&step.error);
        fprintf(stderr, "%s", text);
        mem_free(text);
    }
    error_done(&step.error);
    loop_free(step.loop);
    return error_exit_code(step.code);
}

/* -- the home ----------------------------------------------------------------------------------------------------- */

#define MORE_ENVIRONMENT 6

struct home {
    char        folder[64];                     /* of the test; the data home may lie deeper */
    char       *data_home;
    uid_t       user;
    gid_t       group;
    const char *environment[MORE_ENVIRONMENT];  /* of the steps that follow */
};

struct answer {
    int   status;
    char *out, *err;
};

static char own_path[4096];

static void answer_done(struct answer *answer)
{
    mem_free(answer->out);
    mem_free(answer->err);
    *answer = (struct answer){0};
}

static void run_in(const struct home *home, const char *const *argv, struct answer *answer)
{
    _cleanup_(mem_freep) char *data = mem_printf("XDG_DATA_HOME=%s", home->data_home);
    _cleanup_(mem_freep) char *owner = mem_printf("HOME=%s", home->folder);
    const char *environment[MORE_ENVIRONMENT + 4] = {data, owner, "YTEMPIRE_TEST_FSYNC=off"};
    struct error error = ERROR_INIT;

    for (size_t i = 0; i < MORE_ENVIRONMENT && home->environment[i]; i++)
        environment[3 + i] = home->environment[i];
    struct process_options options = {.argv = argv, .environment = environment, .folder = "/", .user = home->user,
                                      .group = home->group};
    *answer = (struct answer){.status = -1};
    if (process_run(&options, &answer->status, &answer->out, &answer->err, &error) < 0)
        fail_msg("%s", error.text);
}

#define RUN(home_, answer_, ...) run_in((home_), (const char *const[]){__VA_ARGS__, NULL}, (answer_))
#define STEP(home_, answer_, ...) RUN((home_), (answer_), own_path, __VA_ARGS__)

/* A step that succeeds; what it printed, without the line's end. Caller frees. */
static char *said(const struct home *home, const char *verb, const char *word)
{
    struct answer answer;

    STEP(home, &answer, verb, word);
    if (answer.status != 0)
        fail_msg("%s: exit %d: %s", verb, answer.status, answer.err);
    char *out = mem_strndup(answer.out, strcspn(answer.out, "\n"));
    answer_done(&answer);
    return out;
}

static void do_step(const struct home *home, const char *verb)
{
    mem_free(said(home, verb, NULL));
}

static void assert_said(const struct home *home, const char *verb, const char *word, const char *expected)
{
    _cleanup_(mem_freep) char *out = said(home, verb, word);

    assert_string_equal(out, expected);
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in: %s", part, text);
}

/* A step that ends with this exit code and says this. */
static void assert_fails(const struct home *home, const char *verb, int status, const char *part)
{
    struct answer answer;

    STEP(home, &answer, verb);
    assert_contains(answer.err, part);
    assert_int_equal(answer.status, status);
    answer_done(&answer);
}

/* A field of `status`: server 0 is PostgreSQL, 1 Redis. Caller frees. */
static char *status_field(const struct home *home, int server, int field)
{
    struct answer answer;
    const char *at;

    STEP(home, &answer, "status");
    assert_int_equal(answer.status, 0);
    at = server == 0 ? answer.out : strchr(answer.out, '\n') + 1;
    for (; field > 0; field--)
        at = strchr(at, '|') + 1;
    char *found = mem_strndup(at, strcspn(at, "|\n"));
    answer_done(&answer);
    return found;
}

static void assert_states(const struct home *home, const char *postgres, const char *redis)
{
    _cleanup_(mem_freep) char *first = status_field(home, 0, 1), *second = status_field(home, 1, 1);

    assert_string_equal(first, postgres);
    assert_string_equal(second, redis);
}

static pid_t pid_of(const struct home *home, int server)
{
    _cleanup_(mem_freep) char *text = status_field(home, server, 3);

    return (pid_t)atol(text);
}

/* A data home of its own, for root or for an ordinary user; `below` the folder, where a test wants it deeper. */
static struct home *home_new(bool as_root, const char *below)
{
    struct home *home = mem_alloc(sizeof *home);
    struct passwd *nobody = getpwnam("nobody");

    strcpy(home->folder, "/tmp/ytempire-test-XXXXXX");
    assert_non_null(mkdtemp(home->folder));
    assert_int_equal(chmod(home->folder, 0755), 0);
    home->user = (uid_t)-1;
    if (geteuid() == 0 && !as_root && nobody) {
        home->user = nobody->pw_uid;
        home->group = nobody->pw_gid;
        assert_int_equal(chown(home->folder, home->user, home->group), 0);
    }
    home->data_home = path_join(home->folder, below);
    return home;
}

static void home_free(struct home *home)
{
    struct answer answer;

    memset(home->environment, 0, sizeof home->environment);
    STEP(home, &answer, "reset");
    if (answer.status != 0)
        print_message("reset: %s", answer.err);
    answer_done(&answer);
    char *place = said(home, "folder", NULL);
    RUN(home, &answer, "rm", "-rf", home->folder, place);
    answer_done(&answer);
    mem_free(place);
    mem_free(home->data_home);
    mem_free(home);
}

#endif
