/* Which backups stay: restic's rule, whose words its users know (keep-last, keep-daily, …). */
#include <string.h>

#include "backup_int.h"

#define NUMBER_MOST 100000

enum { LAST, DAILY, WEEKLY, MONTHLY, YEARLY, PART_COUNT };

static const char *const parts[PART_COUNT] = {"last", "daily", "weekly", "monthly", "yearly"};

static unsigned *part_of(struct backup_rule *rule, const char *word, size_t length)
{
    unsigned *const numbers[PART_COUNT] = {&rule->last, &rule->daily, &rule->weekly, &rule->monthly, &rule->yearly};

    for (size_t i = 0; i < PART_COUNT; i++)
        if (strlen(parts[i]) == length && memcmp(parts[i], word, length) == 0)
            return numbers[i];
    return NULL;
}

static int refuse(const char *text, const char *why, struct error *error)
{
    error_set(error, ERR_USAGE, "the rule for backups '%s' %s", text, why);
    error_hint(error, "backup-keep is like '%s' (also yearly), or 'all'", BACKUP_KEEP);
    return ERR_USAGE;
}

int backup_rule_parse(const char *text, struct backup_rule *ret_rule, struct error *error)
{
    struct backup_rule rule = {.all = text_equal(text, "all")};

    for (const char *at = text; *at != '\0' && !rule.all;) {
        size_t    length = strcspn(at, ", "), word = strcspn(at, "=, ");
        unsigned *part = part_of(&rule, at, word);
        long long number;

        if (part == NULL || at[word] != '=')
            return refuse(text, "has a part that is none", error);
        if (text_to_int64(at + word + 1, length - word - 1, &number) < 0 || number < 0 || number > NUMBER_MOST)
            return refuse(text, "has a number that is none", error);
        *part = (unsigned)number;
        at += length + strspn(at + length, ", ");
    }
    if (!rule.all && rule.last + rule.daily + rule.weekly + rule.monthly + rule.yearly == 0)
        return refuse(text, "would keep none", error);
    *ret_rule = rule;
    return 0;
}

/* A number that all times of one period share, and no others. */
static long long period_of(int part, int64_t time)
{
    int64_t seconds = time / US_PER_DAY;
    int32_t day = (int32_t)(time < 0 && time % US_PER_DAY != 0 ? seconds - 1 : seconds);
    int     year, month, of_month, week;

    if (part == DAILY)
        return day;
    if (part == WEEKLY) {
        day_to_iso_week(day, &year, &week);
        return year * 100LL + week;
    }
    day_to_civil(day, &year, &month, &of_month);
    return part == MONTHLY ? year * 100LL + month : year;
}

static void keep_periods(int part, unsigned most, const int64_t *times, size_t count, bool *stays)
{
    long long last = 0;
    unsigned  kept = 0;

    for (size_t i = 0; i < count && kept < most; i++) {
        long long period = period_of(part, times[i]);

        if (kept > 0 && period == last)
            continue;
        last = period;
        stays[i] = true;
        kept++;
    }
}

void backup_rule_apply(const struct backup_rule *rule, const int64_t *times, size_t count, bool *ret_stays)
{
    const unsigned most[PART_COUNT] = {rule->last, rule->daily, rule->weekly, rule->monthly, rule->yearly};

    for (size_t i = 0; i < count; i++)
        ret_stays[i] = rule->all || i == 0 || i < rule->last;
    for (int part = DAILY; part < PART_COUNT; part++)
        keep_periods(part, most[part], times, count, ret_stays);
}
