#include "text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

#define HIDDEN "***"

static void add_escaped(struct str *to, unsigned char c)
{
    if (c == '"' || c == '\\')
        str_addf(to, "\\%c", c);
    else if (c == '\n')
        str_add(to, "\\n");
    else if (c == '\t')
        str_add(to, "\\t");
    else
        str_addf(to, "\\u%04x", c);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

void text_add_json(struct str *to, const char *text)
{
    size_t length = strlen(text), at = 0;

    str_add_char(to, '"');
    while (at < length) {
        size_t valid = at + utf8_valid_prefix(text + at, length - at);

        for (; at < valid; at++)
            if (is_plain((unsigned char)text[at]))
                str_add_char(to, text[at]);
            else
                add_escaped(to, (unsigned char)text[at]);
        if (at < length) {
            str_add(to, "\xef\xbf\xbd");
            at++;
        }
    }
    str_add_char(to, '"');
}

/* -- secrets ------------------------------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Bytes of "user:secret@" before the secret, where "://" has just been, and of the secret; 0: there is none. A secret
 * that nobody has encoded may have '/' and '@': rather too much is hidden. */
static size_t secret_in_url(const char *text, size_t *ret_length)
{
    size_t end = strcspn(text, " \t\n\"'<>"), colon = strcspn(text, ":"), at;

    for (at = end; at > 0 && text[at - 1] != '@'; at--)
        ;
    if (at == 0 || colon + 1 >= at)
        return 0;
    *ret_length = at - 1 - (colon + 1);
    return colon + 1;
}

/* Whether a word ends here that has a secret after it. */
static bool names_secret(const char *begin, const char *end)
{
    static const char *const words[] = {"password", "passwd", "pgpassword", "secret", "token", "api_key", "api-key",
                                        "apikey", "access_key", "authorization", "bearer", "key"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t length = strlen(words[i]);

        if ((size_t)(end - begin) < length || strncasecmp(end - length, words[i], length) != 0)
            continue;
        if ((size_t)(end - begin) == length || !isalnum((unsigned char)end[-(ptrdiff_t)length - 1]))
            return true;
    }
    return false;
}

/* Behind such a word: what stands between it and the secret, copied; NULL: no secret follows. */
static const char *pass_mark(const char *word_end, bool is_bearer)
{
    const char *at = word_end;

    at += *at == '"' || *at == '\'';
    if (*at != '=' && *at != ':' && !(is_bearer && *at == ' '))
        return NULL;
    at++;
    at += strspn(at, " ");
    at += *at == '"' || *at == '\'';
    if (strncasecmp(at, "bearer ", 7) == 0 || strncasecmp(at, "basic ", 6) == 0)
        at += strcspn(at, " ") + 1;
    return *at != '\0' ? at : NULL;
}

static const char *hide_after_word(struct str *to, const char *begin, const char *end)
{
    const char *secret;
    size_t      length;

    str_add_bytes(to, begin, (size_t)(end - begin));
    if (!names_secret(begin, end))
        return end;
    secret = pass_mark(end, (size_t)(end - begin) == 6 && strncasecmp(begin, "bearer", 6) == 0);
    if (secret == NULL)
        return end;
    length = secret[-1] == '\'' || secret[-1] == '"' ? strcspn(secret, (char[]){secret[-1], '\0'})
                                                     : strcspn(secret, " \t\n&;,\"'");
    if (length == 0)
        return end;
    str_add_bytes(to, end, (size_t)(secret - end));
    str_add(to, HIDDEN);
    return secret + length;
}

void text_add_redacted(struct str *to, const char *text)
{
    while (*text != '\0') {
        const char *end = text;
        size_t      before, length;

        while (is_word(*end))
            end++;
        if (end > text) {
            text = hide_after_word(to, text, end);
        } else if (strncmp(text, "://", 3) == 0 && (before = secret_in_url(text + 3, &length)) > 0) {
            str_add_bytes(to, text, 3 + before);
            str_add(to, HIDDEN);
            text += 3 + before + length;
        } else {
            str_add_char(to, *text++);
        }
    }
}

void text_add_label(struct str *to, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\\' || *text == '"')
            str_addf(to, "\\%c", *text);
        else if (*text == '\n')
            str_add(to, "\\n");
        else
            str_add_char(to, *text);
}
