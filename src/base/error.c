#include "ytempire/base/error.h"

#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"

static const struct {
    const char *name;
    int         exit_code;
    const char *sentence;
} codes[] = {
#define X(code, name, exit, text) [code##_INDEX] = {name, exit, text},
    ERROR_LIST(X)
#undef X
};

static bool is_code(int code)
{
    return code < 0 && (size_t)(-1 - code) < COUNT_OF(codes);
}

const char *error_name(int code)
{
    return is_code(code) ? codes[-1 - code].name : "ok";
}

const char *error_sentence(int code)
{
    return is_code(code) ? codes[-1 - code].sentence : "done";
}

int error_exit_code(int code)
{
    return is_code(code) ? codes[-1 - code].exit_code : code < 0 ? 1 : 0;
}

int error_setv(struct error *error, int code, const char *format, va_list args)
{
    if (error == NULL || error->code != 0)
        return code;
    struct str text = STR_INIT;
    va_list    copy;
    int        length;

    va_copy(copy, args);
    length = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    if (length > 0) {
        str_reserve(&text, (size_t)length);
        (void)vsnprintf(text.data, (size_t)length + 1, format, args);
        text.length = (size_t)length;
    }
    error->code = code;
    error->text = str_take(&text);
    return code;
}

int error_set(struct error *error, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    code = error_setv(error, code, format, args);
    va_end(args);
    return code;
}

void error_point(struct error *error, const char *subject, size_t at, size_t length)
{
    size_t whole;

    if (error == NULL || error->subject != NULL || subject == NULL)
        return;
    whole = strlen(subject);
    if (at > whole)
        at = whole;
    error->subject = mem_strdup(subject);
    error->at = at;
    error->length = length > whole - at ? whole - at : length;
    if (error->length == 0 && length > 0)
        error->length = 1;
}

void error_where(struct error *error, const char *file, size_t line, size_t column)
{
    if (error == NULL || error->where != NULL)
        return;
    error->where = column > 0 ? mem_printf("%s:%zu:%zu", file, line, column)
                   : line > 0 ? mem_printf("%s:%zu", file, line)
                              : mem_strdup(file);
}

void error_hint(struct error *error, const char *format, ...)
{
    char    text[1024];
    va_list args;

    if (error == NULL || error->hint != NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error->hint = mem_strdup(text);
}

void error_prefix(struct error *error, const char *format, ...)
{
    char    text[1024];
    char   *old;
    va_list args;

    if (error == NULL || error->text == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    old = error->text;
    error->text = mem_printf("%s%s", text, old);
    mem_free(old);
}

void error_done(struct error *error)
{
    if (error == NULL)
        return;
    mem_free(error->text);
    mem_free(error->subject);
    mem_free(error->where);
    mem_free(error->hint);
    *error = ERROR_INIT;
}

void error_move(struct error *to, struct error *from)
{
    struct error taken = *from;

    *from = ERROR_INIT;
    if (to == NULL || to->code != 0) {
        error_done(&taken);
        return;
    }
    *to = taken;
}

/* Nothing a terminal would act upon: controls become a blank, a byte that is no UTF-8 a question mark. */
static void add_printable(struct str *out, const char *text, size_t length)
{
    uint32_t point;

    for (size_t at = 0, size; at < length && (size = utf8_decode(text + at, length - at, &point)) > 0; at += size)
        if (point == 0xFFFD && size == 1)
            str_add_char(out, '?');
        else if (point < 0x20 || (point >= 0x7F && point < 0xA0))
            str_add_char(out, point == '\n' ? '\n' : ' ');
        else
            str_add_bytes(out, text + at, size);
}

#define SHOWN_BEFORE 60       /* columns before the caret of a line that is not shown whole */
#define SHOWN_MOST 150

/* Where to begin so that the caret is seen, on a character. */
static size_t first_shown(const char *line, size_t length, size_t at)
{
    size_t start = at;

    if (utf8_width(line, length) <= SHOWN_MOST)
        return 0;
    while (start > 0 && at - start < 8 * SHOWN_BEFORE && utf8_width(line + start, at - start) < SHOWN_BEFORE)
        for (start--; start > 0 && ((unsigned char)line[start] & 0xC0) == 0x80;)
            start--;
    return start;
}

/* The line of the subject in which the caret stands, or what of a long one is around it; the caret under it by columns
 * of the terminal. */
static void render_subject(struct str *out, const struct error *error)
{
    _cleanup_(str_done) struct str line = STR_INIT;
    const char *raw = error->subject, *end;
    size_t      at, length, whole, start, shown, width;

    while ((end = strchr(raw, '\n')) != NULL && (size_t)(end - error->subject) < error->at)
        raw = end + 1;
    at = error->at - (size_t)(raw - error->subject);
    whole = strcspn(raw, "\n");
    length = error->length < whole - at ? error->length : whole - at;
    add_printable(&line, raw, at);
    raw += at;
    whole -= at;
    at = line.length;
    add_printable(&line, raw, length);
    raw += length;
    whole -= length;
    length = line.length - at;
    add_printable(&line, raw, whole);

    start = first_shown(str_text(&line), line.length, at);
    shown = utf8_prefix_of_width(str_text(&line) + start, line.length - start, SHOWN_MOST, NULL);
    str_add(out, start > 0 ? "  …" : "  ");
    str_add_bytes(out, str_text(&line) + start, shown);
    str_add(out, start + shown < line.length ? "…\n" : "\n");
    if (error->length == 0)
        return;
    str_add_repeat(out, " ", (start > 0 ? 3 : 2) + utf8_width(str_text(&line) + start, at - start));
    if (length > start + shown - at)
        length = start + shown - at;
    width = utf8_width(str_text(&line) + at, length);
    str_add_repeat(out, "^", width > 0 ? width : 1);
    str_add_char(out, '\n');
}

char *error_render(const struct error *error)
{
    struct str out = STR_INIT, hidden = STR_INIT;

    text_add_known_hidden(&hidden, error->text != NULL ? error->text : error_sentence(error->code));
    str_add(&out, "error: ");
    if (error->where != NULL) {
        add_printable(&out, error->where, strlen(error->where));
        str_add(&out, ": ");
    }
    add_printable(&out, str_text(&hidden), hidden.length);
    str_done(&hidden);
    str_add_char(&out, '\n');
    if (error->subject != NULL)
        render_subject(&out, error);
    if (error->hint != NULL) {
        str_add(&out, "hint: ");
        add_printable(&out, error->hint, strlen(error->hint));
        str_add_char(&out, '\n');
    }
    return str_take(&out);
}

/* -- did you mean -------------------------------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

#define WORD_LIMIT 63

/* Optimal string alignment distance (edits and swaps of neighbours), rows of at most WORD_LIMIT letters. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned char rows[3][WORD_LIMIT + 1];

    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned char *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

        now[0] = (unsigned char)i;
        for (size_t j = 1; j <= m; j++) {
            bool     same = lower(a[i - 1]) == lower(b[j - 1]);
            unsigned best = last[j - 1] + (same ? 0u : 1u);

            if (last[j] + 1u < best)
                best = last[j] + 1u;
            if (now[j - 1] + 1u < best)
                best = now[j - 1] + 1u;
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]) &&
                before[j - 2] + 1u < best)
                best = before[j - 2] + 1u;
            now[j] = (unsigned char)best;
        }
    }
    return rows[n % 3][m];
}

const char *nearest_word(const char *word, size_t length, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t      best_distance = length <= 3 ? 2 : length <= 8 ? 3 : 4;

    if (length == 0 || length > WORD_LIMIT)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t m = strlen(candidates[i]), d;

        if (m > WORD_LIMIT || (m > length ? m - length : length - m) >= best_distance)
            continue;
        d = distance(word, length, candidates[i], m);
        if (d < best_distance && d < length) {
            best_distance = d;
            best = candidates[i];
        }
    }
    return best;
}
