/*
 * semantic/lex_word: the table of words. One line here makes a word known to the lexer, to completion's errors and to
 * the list of reserved names.
 */
#include "src/semantic/lex.h"

#include <string.h>
#include <strings.h>

struct entry {
    const char    *text;
    enum word      word;
    enum data_unit unit;
    int            part;
};

static const struct entry entries[] = {
    { "from", WORD_FROM, UNIT_NONE, 0 },
    { "by", WORD_BY, UNIT_NONE, 0 },
    { "where", WORD_WHERE, UNIT_NONE, 0 },
    { "having", WORD_HAVING, UNIT_NONE, 0 },
    { "segment", WORD_SEGMENT, UNIT_NONE, 0 },
    { "for", WORD_FOR, UNIT_NONE, 0 },
    { "vs", WORD_VS, UNIT_NONE, 0 },
    { "order", WORD_ORDER, UNIT_NONE, 0 },
    { "top", WORD_TOP, UNIT_NONE, 0 },
    { "limit", WORD_LIMIT, UNIT_NONE, 0 },
    { "fill", WORD_FILL, UNIT_NONE, 0 },
    { "total", WORD_TOTAL, UNIT_NONE, 0 },
    { "tz", WORD_TZ, UNIT_NONE, 0 },
    { "mixed_days", WORD_MIXED_DAYS, UNIT_NONE, 0 },
    { "ungrouped", WORD_UNGROUPED, UNIT_NONE, 0 },
    { "and", WORD_AND, UNIT_NONE, 0 },
    { "or", WORD_OR, UNIT_NONE, 0 },
    { "not", WORD_NOT, UNIT_NONE, 0 },
    { "today", WORD_TODAY, UNIT_NONE, 0 },
    { "yesterday", WORD_YESTERDAY, UNIT_NONE, 0 },
    { "tomorrow", WORD_TOMORROW, UNIT_NONE, 0 },
    { "now", WORD_NOW, UNIT_NONE, 0 },
    { "this", WORD_THIS, UNIT_NONE, 0 },
    { "last", WORD_LAST, UNIT_NONE, 0 },
    { "next", WORD_NEXT, UNIT_NONE, 0 },
    { "wtd", WORD_TO_DATE, UNIT_WEEK, 0 },
    { "mtd", WORD_TO_DATE, UNIT_MONTH, 0 },
    { "qtd", WORD_TO_DATE, UNIT_QUARTER, 0 },
    { "ytd", WORD_TO_DATE, UNIT_YEAR, 0 },
    { "all", WORD_ALL, UNIT_NONE, 0 },
    { "since", WORD_SINCE, UNIT_NONE, 0 },
    { "until", WORD_UNTIL, UNIT_NONE, 0 },
    { "to", WORD_TO, UNIT_NONE, 0 },
    { "time", WORD_TIME, UNIT_NONE, 0 },
    { "ago", WORD_AGO, UNIT_NONE, 0 },
    { "closest", WORD_CLOSEST, UNIT_NONE, 0 },
    { "second", WORD_UNIT, UNIT_SECOND, 0 },
    { "minute", WORD_UNIT, UNIT_MINUTE, 0 },
    { "hour", WORD_UNIT, UNIT_HOUR, 0 },
    { "day", WORD_UNIT, UNIT_DAY, 0 },
    { "week", WORD_UNIT, UNIT_WEEK, 0 },
    { "month", WORD_UNIT, UNIT_MONTH, 0 },
    { "quarter", WORD_UNIT, UNIT_QUARTER, 0 },
    { "year", WORD_UNIT, UNIT_YEAR, 0 },
    { "seconds", WORD_UNITS, UNIT_SECOND, 0 },
    { "minutes", WORD_UNITS, UNIT_MINUTE, 0 },
    { "hours", WORD_UNITS, UNIT_HOUR, 0 },
    { "days", WORD_UNITS, UNIT_DAY, 0 },
    { "weeks", WORD_UNITS, UNIT_WEEK, 0 },
    { "months", WORD_UNITS, UNIT_MONTH, 0 },
    { "quarters", WORD_UNITS, UNIT_QUARTER, 0 },
    { "years", WORD_UNITS, UNIT_YEAR, 0 },
    { "monday", WORD_WEEKDAY, UNIT_NONE, 1 },
    { "tuesday", WORD_WEEKDAY, UNIT_NONE, 2 },
    { "wednesday", WORD_WEEKDAY, UNIT_NONE, 3 },
    { "thursday", WORD_WEEKDAY, UNIT_NONE, 4 },
    { "friday", WORD_WEEKDAY, UNIT_NONE, 5 },
    { "saturday", WORD_WEEKDAY, UNIT_NONE, 6 },
    { "sunday", WORD_WEEKDAY, UNIT_NONE, 7 },
    { "previous", WORD_PREVIOUS, UNIT_NONE, 0 },
    { "zero", WORD_ZERO, UNIT_NONE, 0 },
    { "offset", WORD_OFFSET, UNIT_NONE, 0 },
    { "with", WORD_WITH, UNIT_NONE, 0 },
    { "other", WORD_OTHER, UNIT_NONE, 0 },
    { "asc", WORD_ASC, UNIT_NONE, 0 },
    { "desc", WORD_DESC, UNIT_NONE, 0 },
    { "none", WORD_NONE, UNIT_NONE, 0 },
    { "in", WORD_IN, UNIT_NONE, 0 },
    { "is", WORD_IS, UNIT_NONE, 0 },
    { "null", WORD_NULL, UNIT_NONE, 0 },
    { "contains", WORD_CONTAINS, UNIT_NONE, 0 },
    { "starts", WORD_STARTS, UNIT_NONE, 0 },
    { "ends", WORD_ENDS, UNIT_NONE, 0 },
    { "like", WORD_LIKE, UNIT_NONE, 0 },
    { "has", WORD_HAS, UNIT_NONE, 0 },
    { "between", WORD_BETWEEN, UNIT_NONE, 0 },
    { "true", WORD_TRUE, UNIT_NONE, 0 },
    { "false", WORD_FALSE, UNIT_NONE, 0 },
};

#define LONGEST_WORD 10                /* "mixed_days" */

enum word word_find(const char *text, size_t length, enum data_unit *ret_unit, int *ret_part)
{
    char first;

    *ret_unit = UNIT_NONE;
    *ret_part = 0;
    if (length < 2 || length > LONGEST_WORD)
        return WORD_PLAIN;
    first = (char)(text[0] | 0x20);
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        const struct entry *entry = &entries[i];

        if (entry->text[0] != first || strncasecmp(entry->text, text, length) != 0 || entry->text[length] != '\0')
            continue;
        *ret_unit = entry->unit;
        *ret_part = entry->part;
        return entry->word;
    }
    return WORD_PLAIN;
}

const char *word_text(enum word word)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        if (entries[i].word == word)
            return entries[i].text;
    return NULL;
}

bool query_word_is_reserved(const char *word, size_t length)
{
    enum data_unit unit;
    int part;
    enum word found = word_find(word, length, &unit, &part);

    return found > WORD_PLAIN && found <= WORD_LAST_RESERVED;
}

int unit_count_limit(enum data_unit unit)
{
    switch (unit) {
    case UNIT_YEAR:    return 10000;
    case UNIT_QUARTER: return 40000;
    case UNIT_MONTH:   return 120000;
    case UNIT_WEEK:    return 521775;
    case UNIT_DAY:     return 3652425;
    case UNIT_HOUR:    return 87658200;
    case UNIT_MINUTE:
    case UNIT_SECOND:
    case UNIT_NONE:
    default:           return 2000000000;
    }
}
