/* OAuth 2: an access token for a refresh token (RFC 6749, section 6). */
#include <string.h>

#include "api_int.h"
#include "ytempire/base/secret.h"

#define BEFORE_US (60 * US_PER_SECOND)     /* a token that ends sooner is not used any more */
#define LOOK_EVERY_US 20000
#define DEPTH 16

void token_drop(struct api *api)
{
    mem_free(TAKE(api->token));
}

static char *form_of(const struct api_credentials *credentials)
{
    struct str form = STR_INIT;

    str_add(&form, "grant_type=refresh_token&client_id=");
    str_add_url(&form, credentials->client_id);
    str_add(&form, "&client_secret=");
    str_add_url(&form, credentials->client_secret);
    str_add(&form, "&refresh_token=");
    str_add_url(&form, credentials->secret);
    return str_take(&form);
}

static int take_token(struct api *api, const struct tree_node *root, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct tree_node *token = tree_get(root, "access_token"), *lasts = tree_get(root, "expires_in");
    long long               seconds = 0;

    if (token == NULL || token->kind != TREE_STRING || token->length == 0)
        return error_set(error, ERR_FAILED, "%s: the token server gave no access token", api->options.name);
    if (lasts == NULL || text_to_int64(lasts->text, lasts->length, &seconds) < 0 || seconds < 0 || seconds > 31536000)
        seconds = 0;
    api->token = mem_strdup(tree_text(arena, token));
    api->token_until = monotonic_us() + seconds * US_PER_SECOND;
    secret_remember(api->token);
    return 0;
}

/* An `invalid_grant` is the end of the refresh token: nothing but a person helps. */
static int fetch(struct api *api, struct error *error)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    _cleanup_(mem_freep) char *form = form_of(&api->options.credentials);
    _cleanup_(http_answer_freep) struct http_answer *answer = NULL;
    struct http_request request = {.url = api->options.credentials.token_url, .headers = headers, .body = form,
                                   .body_length = strlen(form)};
    struct tree       tree = {0};
    struct tree_fault fault;
    struct judged     judged;
    bool              is_json;
    int               r = api_exchange_once(api, &request, &answer, error);

    if (r < 0)
        return r;
    is_json = tree_read(&tree, answer->body, answer->length, DEPTH, &fault) == 0;
    judge(answer, &tree, is_json, &judged);
    api->pause_us = judged.pause_us;
    if (judged.verdict == VERDICT_GOOD) {
        r = take_token(api, tree.root, error);
    } else {
        judged.verdict = judged.verdict == VERDICT_AGAIN ? VERDICT_AGAIN : VERDICT_TOKEN;
        r = judged_error(api, &judged, answer->status, error);
    }
    judged_done(&judged);
    tree_done(&tree);
    return r;
}

int token_get(struct api *api, struct error *error)
{
    int r = 0;

    while (r >= 0 && api->fetching)
        r = task_sleep(LOOK_EVERY_US);
    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    if (api->token != NULL && api->token_until - BEFORE_US > monotonic_us())
        return 0;
    token_drop(api);
    api->fetching = true;
    r = fetch(api, error);
    api->fetching = false;
    return r;
}
