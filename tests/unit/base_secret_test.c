/* base/secret: where secrets are found, and that none is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"

static char folder[] = "/tmp/base_secret_test.XXXXXX", *path;

static void assert_shown(const char *text, const char *expected)
{
    struct str got = STR_INIT;

    text_add_redacted(&got, text);
    assert_string_equal(str_text(&got), expected);
    assert_int_equal(text_has_secret(text), strcmp(text, expected) != 0);
    str_done(&got);
}

static void what_looks_like_a_secret_is_hidden(void **state)
{
    static const struct { const char *text, *shown;
    } cases[] = {
        {"connection to postgresql://ann:s3cret@db.example/x failed",
         "connection to postgresql://ann:***@db.example/x failed"},
        {"redis://:a/b@c@host:1", "redis://:***@host:1"},
        {"http://127.0.0.1:9948/metrics", "http://127.0.0.1:9948/metrics"},
        {"host=db password=s3cret user=ann", "host=db password=*** user=ann"},
        {"password='s3 cret' x", "password='***' x"},
        {"PGPASSWORD=x", "PGPASSWORD=***"},
        {"{\"access_token\": \"abc.def\", \"n\": 1}", "{\"access_token\": \"***\", \"n\": 1}"},
        {"Authorization: Bearer abc.def", "Authorization: Bearer ***"},
        {"GET /x?part=id&key=AIza123&page=2", "GET /x?part=id&key=***&page=2"},
        {"api_key=k1; next", "api_key=***; next"},
        {"password authentication failed for user \"ann\"", "password authentication failed for user \"ann\""},
        {"monkey=4 turkey: 5", "monkey=4 turkey: 5"},
        {"password=", "password="},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_shown(cases[i].text, cases[i].shown);
}

/* -- where they are found ------------------------------------------------------------------------------------------ */

static void put(const char *text, size_t length, mode_t mode)
{
    assert_int_equal(file_write(path, text, length, mode, NULL), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void assert_found(const char *name, const char *value)
{
    struct error error = ERROR_INIT;
    const char  *found = NULL;

    if (secret_find(path, name, &found, &error) < 0)
        fail_msg("%s", error.text);
    assert_string_equal(found, value);
}

static void assert_missing(const char *name, int code, const char *text, const char *hint)
{
    struct error error = ERROR_INIT;
    const char  *found = NULL;

    assert_int_equal(secret_find(path, name, &found, &error), code);
    assert_null(found);
    if (strstr(error.text, text) == NULL || (hint != NULL && strstr(error.hint, hint) == NULL))
        fail_msg("%s (%s)", error.text, error.hint != NULL ? error.hint : "");
    error_done(&error);
}

static void a_secret_comes_from_the_environment_or_the_file(void **state)
{
    static const char text[] = "# keys\n\nYOUTUBE_API_KEY = AIza-from-file \r\nSTRIPE_KEY=rk_live=with=equals\nEMPTY=\n"
                               "#HIDDEN_KEY=commented-out\nLAST_KEY=without-an-end";

    (void)state;
    assert_missing("YOUTUBE_API_KEY", ERR_UNKNOWN, "YOUTUBE_API_KEY is not set", path);
    put(text, sizeof text - 1, 0600);
    assert_found("YOUTUBE_API_KEY", "AIza-from-file");
    assert_found("STRIPE_KEY", "rk_live=with=equals");
    assert_found("LAST_KEY", "without-an-end");
    assert_missing("EMPTY", ERR_UNKNOWN, "EMPTY is not set", NULL);
    assert_missing("HIDDEN_KEY", ERR_UNKNOWN, "is not set", NULL);
    assert_missing("#HIDDEN_KEY", ERR_UNKNOWN, "is not set", NULL);
    assert_missing("YOUTUBE", ERR_UNKNOWN, "is not set", NULL);
    setenv("YOUTUBE_API_KEY", "AIza-from-environment", 1);
    assert_found("YOUTUBE_API_KEY", "AIza-from-environment");
    unsetenv("YOUTUBE_API_KEY");
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

static void a_file_that_others_may_read_is_not_read(void **state)
{
    static const char nul[] = "A_SECRET=\0x\n";

    (void)state;
    put("A_SECRET=something-long\n", 24, 0640);
    assert_missing("A_SECRET", ERR_CONFLICT, "others may read or change it", "chmod 600");
    put("A_SECRET=something-long\n", 24, 0602);
    assert_missing("A_SECRET", ERR_CONFLICT, "others may read or change it", "chmod 600");
    put(nul, sizeof nul - 1, 0600);
    assert_missing("A_SECRET", ERR_SYNTAX, "no file of lines", NULL);
    put("A_SECRET=something-long\n", 24, 0400);
    assert_found("A_SECRET", "something-long");
    assert_shown("it was something-long", "it was ***");
}

/* -- that they are not shown --------------------------------------------------------------------------------------- */

static void assert_known_hidden(const char *text, const char *expected)
{
    struct error error = ERROR_INIT;
    struct str   got = STR_INIT;
    char        *rendered, *wanted = mem_printf("error: %s\n", expected);

    text_add_known_hidden(&got, text);
    assert_string_equal(str_text(&got), expected);
    str_done(&got);
    error_set(&error, ERR_FAILED, "%s", text);
    rendered = error_render(&error);
    assert_string_equal(rendered, wanted);
    mem_free(rendered);
    mem_free(wanted);
    error_done(&error);
}

static void what_is_known_is_hidden_wherever_it_stands(void **state)
{
    (void)state;
    secret_remember("ya29.A0-token");
    secret_remember("ya29.A0-token-that-is-longer");
    secret_remember("GOCSPX/a+b&c");
    secret_remember("short");
    assert_shown("x ya29.A0-token-that-is-longer y ya29.A0-token.", "x *** y ***.");
    assert_shown("https://a.example/GOCSPX/a+b&c", "https://a.example/***");
    assert_shown("client=GOCSPX%2Fa%2Bb%26c", "client=***");
    assert_shown("short", "short");
    assert_known_hidden("unknown key: ya29.A0-token, password=x", "unknown key: ***, password=x");
    assert_shown("ya29.A0-toke", "ya29.A0-toke");
    assert_shown("", "");
}

static void assert_json_shown(const char *text, size_t length, const char *expected)
{
    struct str got = STR_INIT;

    json_add_redacted(&got, text, length);
    assert_string_equal(str_text(&got), expected);
    str_done(&got);
}

static void a_json_stays_one_and_loses_its_secrets(void **state)
{
    static const struct { const char *text, *shown;
    } cases[] = {
        {"{\"idempotency_key\":null,\"key\":\"k1\"}", "{\"idempotency_key\":null,\"key\":\"k1\"}"},
        {"{\"access_token\" : \"abc\\\"def\", \"n\": 1}", "{\"access_token\" : \"***\", \"n\": 1}"},
        {"{\"a\": [\"Refresh_Token\", \"x\"]}", "{\"a\": [\"Refresh_Token\", \"x\"]}"},
        {"{\"title\": \"password: none, token=0\"}", "{\"title\": \"password: none, token=0\"}"},
        {"{\"echo\": \"1//0refresh-it\", \"1//0refresh-it\": 2}", "{\"echo\": \"***\", \"***\": 2}"},
        {"{\"echo\": \"x 1\\/\\/0refresh-it y\"}", "{\"echo\": \"x *** y\"}"},
        {"{\"echo\": \"pass\\\"word\"}", "{\"echo\": \"***\"}"},
        {"<p>1//0refresh-it</p>", "<p>***</p>"},
        {"{\"access_token\":\"ya29.half", "{\"access_token\":\"***"},
        {"\"\\", "\"\\"},
        {"", ""},
    };

    (void)state;
    secret_remember("1//0refresh-it");
    secret_remember("pass\"word");
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_json_shown(cases[i].text, strlen(cases[i].text), cases[i].shown);
    assert_json_shown("[\"abc 1//0refresh-it\"]", 12, "[\"abc ***");
}

static int make_folder(void **state)
{
    (void)state;
    path = mkdtemp(folder) != NULL ? path_join(folder, "secrets") : NULL;
    return path == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    mem_free(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_looks_like_a_secret_is_hidden),
        cmocka_unit_test(a_secret_comes_from_the_environment_or_the_file),
        cmocka_unit_test(a_file_that_others_may_read_is_not_read),
        cmocka_unit_test(what_is_known_is_hidden_wherever_it_stands),
        cmocka_unit_test(a_json_stays_one_and_loses_its_secrets),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
