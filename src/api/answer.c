/* What an answer means. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api_int.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/utf8.h"

#define WORDS_MOST 300

void judged_done(struct judged *judged)
{
    mem_free(judged->reason);
    mem_free(judged->words);
    *judged = (struct judged){0};
}

/* -- what it says -------------------------------------------------------------------------------------------------- */

/* One line without markup (YouTube's quota error has a link in it), secrets and control characters; NULL for none. */
static char *shown(const struct tree_node *node)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct str  plain = STR_INIT, hidden = STR_INIT;
    const char *text;
    bool        in_tag = false;
    size_t      length;

    if (node == NULL || node->kind != TREE_STRING || node->length == 0)    /* a number is the status again */
        return NULL;
    for (text = tree_text(arena, node); *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        in_tag = (in_tag && c != '>') || (c == '<' && (text[1] == '/' || (text[1] >= 'a' && text[1] <= 'z')));
        if (!in_tag && c != '>')
            str_add_char(&plain, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
    text_add_redacted(&hidden, str_text(&plain));
    str_done(&plain);
    length = utf8_valid_prefix(str_text(&hidden), hidden.length < WORDS_MOST ? hidden.length : WORDS_MOST);
    if (length < hidden.length) {
        char *cut = mem_printf("%.*s…", (int)length, str_text(&hidden));

        str_done(&hidden);
        return cut;
    }
    return str_take(&hidden);
}

static const struct tree_node *first_with(const struct tree_node *list, const char *key)
{
    if (list != NULL && list->kind == TREE_ARRAY)
        for (const struct tree_node *item = list->first; item != NULL; item = item->next)
            if (tree_get(item, key) != NULL)
                return tree_get(item, key);
    return NULL;
}

static const struct tree_node *first_of(const struct tree_node *a, const struct tree_node *b, const struct tree_node *c)
{
    return a != NULL ? a : b != NULL ? b : c;
}

static void read_words(const struct tree_node *root, struct judged *judged)
{
    const struct tree_node *error = tree_get(root, "error"), *detail = tree_get(root, "detail");

    if (error != NULL && error->kind == TREE_STRING) {                         /* OAuth */
        judged->reason = shown(error);
        judged->words = shown(tree_get(root, "error_description"));
    } else if (error != NULL) {
        const struct tree_node *google = first_of(first_with(tree_get(error, "errors"), "reason"),
                                                  first_with(tree_get(error, "details"), "reason"), NULL);

        judged->reason = shown(first_of(google, tree_get(error, "status"),
                                        first_of(tree_get(error, "type"), tree_get(error, "code"), NULL)));
        judged->words = shown(tree_get(error, "message"));
    } else if (detail != NULL) {                                               /* ElevenLabs */
        judged->reason = shown(tree_get(detail, "status"));
        judged->words = shown(first_of(tree_get(detail, "message"), first_with(detail, "msg"), detail));
    }
}

/* -- what is to be done -------------------------------------------------------------------------------------------- */

/* A date of HTTP, as an instant; 0: it is none. */
static int64_t http_date(const char *text)
{
    struct tm   broken = {0};
    const char *end = text != NULL ? strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &broken) : NULL;

    return end != NULL && *end == '\0' ? (int64_t)timegm(&broken) * US_PER_SECOND : 0;
}

int64_t retry_after(const char *text, const char *date, int64_t now)
{
    long long seconds;
    int64_t   until, from = http_date(date);

    if (text == NULL)
        return 0;
    if (text_to_int64(text, strlen(text), &seconds) == 0)
        return seconds > 0 && seconds < INT64_MAX / US_PER_SECOND ? seconds * US_PER_SECOND : 0;
    until = http_date(text);
    from = from > 0 ? from : now;
    return until > from ? until - from : 0;
}

static bool is_one_of(const char *reason, const char *const *reasons)
{
    for (; reason != NULL && *reasons != NULL; reasons++)
        if (text_equal(reason, *reasons))
            return true;
    return false;
}

static enum verdict verdict_of(int status, const char *reason, bool is_json)
{
    static const char *const spent[] = {"quotaExceeded", "dailyLimitExceeded", "insufficient_quota", "quota_exceeded",
                                        NULL};
    static const char *const busy[] = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED",
                                       "RESOURCE_EXHAUSTED", "backendError", "internalError", NULL};

    if (status == 304 || (status >= 200 && status < 300))
        return status == 304 || is_json ? VERDICT_GOOD : VERDICT_AGAIN;        /* half a JSON is a cut answer */
    if (status >= 400 && is_one_of(reason, spent))
        return VERDICT_QUOTA;
    if (status == 408 || status == 429 || status >= 500 || is_one_of(reason, busy))
        return VERDICT_AGAIN;
    return status == 401 ? VERDICT_TOKEN : status == 404 || status == 410 ? VERDICT_UNKNOWN : VERDICT_BAD;
}

void judge(const struct http_answer *answer, const struct tree *tree, bool is_json, struct judged *ret_judged)
{
    *ret_judged = (struct judged){0};
    if (is_json && answer->status >= 400)
        read_words(tree->root, ret_judged);
    ret_judged->verdict = verdict_of(answer->status, ret_judged->reason, is_json);
    ret_judged->pause_us = retry_after(http_answer_header(answer, "Retry-After"), http_answer_header(answer, "Date"),
                                      instant_now());
}

int judged_error(const struct api *api, const struct judged *judged, int status, struct error *error)
{
    static const int codes[] = {[VERDICT_AGAIN] = ERR_CONNECT,
                                [VERDICT_TOKEN] = ERR_FAILED,
                                [VERDICT_QUOTA] = ERR_QUOTA,
                                [VERDICT_UNKNOWN] = ERR_UNKNOWN,
                                [VERDICT_BAD] = ERR_FAILED};
    const char *name = api->options.name;
    int         code = codes[judged->verdict];

    if (status >= 200 && status < 300)
        return error_set(error, code, "%s: the answer is no whole JSON", name);
    error_set(error, code, "%s: %d%s%s%s%s", name, status, judged->reason != NULL ? " " : "",
              judged->reason != NULL ? judged->reason : "", judged->words != NULL ? ": " : "",
              judged->words != NULL ? judged->words : "");
    if (judged->verdict == VERDICT_TOKEN || status == 403)
        error_hint(error, "the credentials of '%s' do not do for this: another key, or another scope", name);
    return code;
}
