/* semantic/assist_match: does a text match what is typed, and how well? */
#include <ctype.h>
#include <string.h>

#include "src/semantic/assist_work.h"
#include "ytempire/base/utf8.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool starts_here(const char *text, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(text[i]) != lower(word[i])) /* a shorter text ends in a NUL, which no word has */
            return false;
    return true;
}

/* Names are made of parts: monthly_revenue, channel.niche, VideoPerformance, last 30 days. */
static bool begins_part(const char *text, size_t at)
{
    unsigned char before = at > 0 ? (unsigned char)text[at - 1] : ' ', c = (unsigned char)text[at];

    if (before >= 0x80 || c >= 0x80)
        return at == 0;
    return !isalnum(before) || (islower(before) && isupper(c)) || (isdigit(before) != 0) != (isdigit(c) != 0);
}

/* Bytes between the first and the last character, or SIZE_MAX. A subsequence begins where a part does. */
static size_t loose_span(const char *text, const char *word, size_t length)
{
    size_t best = SIZE_MAX;

    for (size_t start = 0; text[start] != '\0'; start++) {
        size_t at = start, matched = 0;

        if (lower(text[start]) != lower(word[0]) || !begins_part(text, start))
            continue;
        for (; text[at] != '\0' && matched < length; at++)
            matched += lower(text[at]) == lower(word[matched]);
        if (matched < length)
            break;
        if (at - start < best)
            best = at - start;
    }
    return best;
}

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

static uint32_t match_folded(const char *text, const char *word, size_t length)
{
    uint32_t best = MATCH_NONE;
    size_t span;

    if (length == 0)
        return MATCH_START;
    if (starts_here(text, word, length))
        return MATCH_START + (text[length] != '\0');
    for (size_t at = 1; text[at - 1] != '\0' && text[at] != '\0'; at++) {
        if (lower(text[at]) != lower(word[0]) || !starts_here(text + at, word, length))
            continue;
        if (begins_part(text, at))
            return MATCH_PART;
        best = MATCH_INSIDE;
    }
    if (best != MATCH_NONE || length < 2 || text[0] == '\0')
        return best;
    span = loose_span(text, word, length);
    return span == SIZE_MAX ? MATCH_NONE : MATCH_LOOSE + (uint32_t)(span < 0xfff ? span : 0xfff);
}

uint32_t assist_match(const char *text, const char *word, size_t length)
{
    _cleanup_(str_done) struct str folded_text = STR_INIT, folded_word = STR_INIT;

    if (is_ascii(word, length))
        return match_folded(text, word, length);
    utf8_fold(&folded_text, text, strlen(text));
    utf8_fold(&folded_word, word, length);
    return match_folded(str_text(&folded_text), str_text(&folded_word), folded_word.length);
}
