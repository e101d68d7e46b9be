/* Shared by the files of this room. */
#ifndef API_INT_H
#define API_INT_H

#include "ytempire/api.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

struct api {
    struct api_options  options;
    struct http_client *http;
    char               *token;           /* NULL: none yet */
    int64_t             token_until;     /* of monotonic_us */
    bool                fetching;        /* a task fetches one; others wait for it */
    int64_t             pause_us;        /* what was asked for last */
    int                 status;          /* of the last answer; 0: none */
};

/* -- answer.c ------------------------------------------------------------------------------------------------------ */

/* What is to be done about an answer, or about there being none. */
enum verdict { VERDICT_GOOD, VERDICT_AGAIN, VERDICT_TOKEN, VERDICT_QUOTA, VERDICT_UNKNOWN, VERDICT_BAD };

struct judged {
    enum verdict verdict;
    char        *reason, *words;         /* as the API says it, or NULL; secrets are hidden */
    int64_t      pause_us;               /* Retry-After; 0: none */
};
void judged_done(struct judged *judged);
/* `body` as JSON in `tree`, where it is one. */
void judge(const struct http_answer *answer, const struct tree *tree, bool is_json, struct judged *ret_judged);
/* The error of a judged answer. */
int  judged_error(const struct api *api, const struct judged *judged, int status, struct error *error);
/* Seconds, or a date of RFC 9110, from the `date` of the answer, since clocks differ, or from `now` where it has none; 0
 * when it is neither, or past. */
int64_t retry_after(const char *text, const char *date, int64_t now);

/* -- token.c ------------------------------------------------------------------------------------------------------- */

/* A token that holds for a while yet, fetched when there is none. */
int  token_get(struct api *api, struct error *error) NODISCARD;
void token_drop(struct api *api);

/* -- api.c --------------------------------------------------------------------------------------------------------- */

/* One request as it is, once: listened to, not paid for. */
int  api_exchange_once(struct api *api, const struct http_request *request, struct http_answer **ret_answer,
                       struct error *error) NODISCARD;

#endif
