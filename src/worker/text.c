#include "text.h"

#include <string.h>

#include "ytempire/base/utf8.h"

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
