/* Playing: a run as it stands on the tape, whole in memory (no more than TAPE_BYTES, packed). */
#include <string.h>

#include "ingest_int.h"
#include "tape.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/tree.h"

#define HEADERS_DEPTH 2
#define BODY_DEPTH 16

enum column { ID, JOB, NUMBER, RUN_AT, METHOD, URL, REQUEST_BODY, STATUS, HEADERS, BODY, WHOLE };

struct reel {
    struct pg_result *rows;
    bool             *played;
    char             *source;
    bool              lacks;
};

int reel_open(struct pg *pg, const char *source, int64_t job, struct reel **ret_reel, struct error *error)
{
    struct pg_result *rows = NULL;
    struct values     values = {0};
    int               r;

    value_text(&values, source);
    if (job > 0)
        value_int(&values, job);
    else
        value_text(&values, NULL);
    r = values_run(pg, "ingest_tape_run", &values, &rows, error);
    if (r < 0)
        return r;
    if (pg_result_rows(rows) == 0 || pg_result_int(rows, 0, NUMBER) != 1) {
        if (pg_result_rows(rows) > 0)
            r = error_set(error, ERR_FAILED, "the beginning of job %lld is no longer on the tape of '%s'",
                          pg_result_int(rows, 0, JOB), source);
        else if (job > 0)
            r = error_set(error, ERR_UNKNOWN, "job %lld is not on the tape of '%s'", (long long)job, source);
        else
            r = error_set(error, ERR_UNKNOWN, "the tape of '%s' is empty", source);
        error_hint(error, "a tape keeps the last %d exchanges: 'source tape %s' lists them", TAPE_KEPT, source);
        pg_result_free(rows);
        return r;
    }
    *ret_reel = mem_alloc(sizeof **ret_reel);
    **ret_reel = (struct reel){.rows = rows, .played = mem_array(NULL, pg_result_rows(rows), sizeof(bool)),
                               .source = mem_strdup(source)};
    memset((*ret_reel)->played, 0, pg_result_rows(rows) * sizeof(bool));
    return 0;
}

void reel_free(struct reel *reel)
{
    if (reel == NULL)
        return;
    pg_result_free(reel->rows);
    mem_free(reel->played);
    mem_free(reel->source);
    mem_free(reel);
}

int64_t reel_job(const struct reel *reel)
{
    return pg_result_int(reel->rows, 0, JOB);
}

int64_t reel_run_at(const struct reel *reel)
{
    return pg_result_int(reel->rows, 0, RUN_AT);
}

bool reel_lacks(const struct reel *reel)
{
    return reel->lacks;
}

/* -- what was asked ------------------------------------------------------------------------------------------------ */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static const char *url_decoded(struct arena *arena, const char *text, size_t length)
{
    struct str  plain = STR_INIT;
    const char *decoded;

    for (size_t i = 0; i < length; i++)
        if (text[i] == '%' && i + 2 < length && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            str_add_char(&plain, (char)(hex(text[i + 1]) * 16 + hex(text[i + 2])));
            i += 2;
        } else {
            str_add_char(&plain, text[i]);
        }
    decoded = arena_strndup(arena, str_text(&plain), plain.length);
    str_done(&plain);
    return decoded;
}

static const char *parameter_in(struct arena *arena, const char *url, const char *name)
{
    for (const char *at = url + strcspn(url, "?"); *at != '\0'; at += strcspn(at, "&")) {
        size_t      length = strcspn(++at, "=&");
        const char *found = url_decoded(arena, at, length);

        at += length;
        if (*at == '=' && text_equal(found, name))
            return url_decoded(arena, at + 1, strcspn(at + 1, "&"));
    }
    return NULL;
}

static const char *member_in(struct arena *arena, const char *body, const char *name)
{
    struct tree             tree = {0};
    struct tree_fault       fault;
    const struct tree_node *node = tree_read(&tree, body, strlen(body), BODY_DEPTH, &fault) == 0 ? tree_get(tree.root, name)
                                                                                                : NULL;
    const char             *text = node != NULL ? tree_text(arena, node) : NULL;

    tree_done(&tree);
    return text;
}

static bool is_for(const char *url, const char *path)
{
    size_t length = strcspn(url, "?"), wanted = strlen(path);

    return length >= wanted && memcmp(url + length - wanted, path, wanted) == 0;
}

size_t reel_asked(const struct reel *reel, struct arena *arena, const char *path, const char *name,
                  const char ***ret_values)
{
    _cleanup_(map_freep) struct map *seen = map_new();
    const char **values = ARENA_ARRAY(arena, const char *, pg_result_rows(reel->rows) + 1);
    size_t       count = 0;

    for (size_t row = 0; row < pg_result_rows(reel->rows); row++) {
        const char *url = pg_result_text(reel->rows, row, URL), *body = pg_result_text(reel->rows, row, REQUEST_BODY);
        const char *value = !is_for(url, path) ? NULL
                            : body != NULL     ? member_in(arena, body, name)
                                               : parameter_in(arena, url, name);

        if (value != NULL && map_put(seen, value, seen))
            values[count++] = value;
    }
    *ret_values = values;
    return count;
}

/* -- an answer ----------------------------------------------------------------------------------------------------- */

static char *hidden(const char *text)
{
    struct str shown = STR_INIT;

    text_add_redacted(&shown, text);
    return str_take(&shown);
}

/* The row of the first that was not played, or the number of rows. */
static size_t find(const struct reel *reel, const char *method, const char *url, const char *body)
{
    size_t rows = pg_result_rows(reel->rows), row = 0;

    while (row < rows && (reel->played[row] || !text_equal(pg_result_text(reel->rows, row, METHOD), method) ||
                          !text_equal(pg_result_text(reel->rows, row, URL), url) ||
                          !text_equal(pg_result_text(reel->rows, row, REQUEST_BODY), body)))
        row++;
    return row;
}

static void add_headers(struct http_answer *answer, const char *json)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct tree       tree = {0};
    struct tree_fault fault;

    if (tree_read(&tree, json, strlen(json), HEADERS_DEPTH, &fault) == 0) {
        answer->headers = mem_array(NULL, tree.root->count + 1, sizeof *answer->headers);
        for (const struct tree_node *item = tree.root->first; item != NULL; item = item->next) {
            const char *line = tree_text(arena, item), *colon = strstr(line, ": ");

            if (colon != NULL)
                answer->headers[answer->header_count++] =
                    (struct http_header){mem_strndup(line, (size_t)(colon - line)), mem_strdup(colon + 2)};
        }
    }
    tree_done(&tree);
}

int reel_answer(void *who, const struct http_request *request, struct http_answer **ret_answer, struct error *error)
{
    struct reel               *reel = who;
    const char                *method = request->body != NULL ? "POST" : "GET";
    _cleanup_(mem_freep) char *url = hidden(request->url), *body = request->body != NULL ? hidden(request->body) : NULL;
    size_t                     row = find(reel, method, url, body);
    struct http_answer        *answer;

    reel->lacks = row == pg_result_rows(reel->rows);
    if (reel->lacks)
        return error_set(error, ERR_FAILED, "job %lld, which is played again, did not ask %s %s",
                         (long long)reel_job(reel), method, url);
    reel->played[row] = true;
    if (pg_result_int(reel->rows, row, STATUS) == 0)
        return error_set(error, ERR_CONNECT, "%s", pg_result_text(reel->rows, row, BODY));
    if (!text_equal(pg_result_text(reel->rows, row, WHOLE), "t"))
        return error_set(error, ERR_FAILED, "exchange %s is not whole on the tape: it is too long, or no text",
                         pg_result_text(reel->rows, row, ID));
    answer = mem_alloc(sizeof *answer);
    answer->status = (int)pg_result_int(reel->rows, row, STATUS);
    answer->body = mem_strdup(pg_result_text(reel->rows, row, BODY));
    answer->length = strlen(answer->body);
    add_headers(answer, pg_result_text(reel->rows, row, HEADERS));
    *ret_answer = answer;
    return 0;
}
