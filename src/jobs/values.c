#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"

void bound_text(struct bound *bound, const char *text)
{
    bound->list[bound->count++] = PG_TEXT(text);
}

void bound_int(struct bound *bound, int64_t number)
{
    char *text = bound->texts[bound->count];

    (void)snprintf(text, sizeof bound->texts[0], "%" PRId64, number);
    bound_text(bound, text);
}

void bound_some(struct bound *bound, int64_t number)
{
    if (number == 0)
        bound_text(bound, NULL);
    else
        bound_int(bound, number);
}

int bound_run(struct pg *pg, const char *statement, const struct bound *bound, struct pg_result **ret_result,
              struct error *error)
{
    return pg_catalog_query(pg, statement, bound != NULL ? bound->list : NULL, bound != NULL ? bound->count : 0,
                            ret_result, error);
}

/* -- arrays -------------------------------------------------------------------------------------------------------- */

void array_open(struct str *array)
{
    str_clear(array);
    str_add_char(array, '{');
}

static void comma(struct str *array)
{
    if (array->length > 1)
        str_add_char(array, ',');
}

void array_add_int(struct str *array, int64_t number)
{
    comma(array);
    str_addf(array, "%" PRId64, number);
}

void array_add_text(struct str *array, const char *text)
{
    _cleanup_(mem_freep) char *mended = text_as_utf8(text);

    comma(array);
    if (mended == NULL) {
        str_add(array, "NULL");
        return;
    }
    str_add_char(array, '"');
    for (const char *c = mended; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            str_add_char(array, '\\');
        str_add_char(array, *c);
    }
    str_add_char(array, '"');
}

void array_close(struct str *array)
{
    str_add_char(array, '}');
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

char *jobs_worker_name(void)
{
    struct utsname name;
    char           began[TIME_TEXT_SIZE];

    return mem_printf("%s:%ld:%s", uname(&name) == 0 ? name.nodename : "?", (long)getpid(),
                      instant_to_text(instant_now(), began));
}

char *text_as_utf8(const char *bytes)
{
    struct str  mended = STR_INIT, hidden = STR_INIT;
    const char *text;
    size_t      left;

    if (bytes == NULL)
        return NULL;
    text_add_known_hidden(&hidden, bytes);
    text = str_text(&hidden);
    left = hidden.length;
    while (left > 0) {
        size_t valid = utf8_valid_prefix(text, left);

        str_add_bytes(&mended, text, valid);
        if (valid < left) {
            str_add(&mended, "\xEF\xBF\xBD");
            valid++;
        }
        text += valid;
        left -= valid;
    }
    str_done(&hidden);
    return str_take(&mended);
}
