/*
 * Cron expressions: five fields, as Vixie cron reads them. Invariant of a field: bit n is set when n is in it.
 *
 * Clock changes: a time of day (`30 2 * * *`) that is skipped runs once, when the gap ends; one that comes twice runs the
 * first time. What runs every hour or oftener (the hours begin with `*`) goes by the time that passes: nothing of it is
 * made up after a gap, and the hour that comes twice is two hours.
 */
#include <ctype.h>
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define YEARS_MOST 41                  /* a 29 February of one day of the week may be 40 years away */

struct cron {
    uint64_t minutes, hours, days, months, weekdays;
    bool     any_day, any_weekday, by_time;
};

struct field {
    const char *name;
    int         least, most;
    const char *words;                 /* three letters each, from `least` on; or NULL */
};

static const struct field fields[] = {
    {"minute", 0, 59, NULL},
    {"hour", 0, 23, NULL},
    {"day of the month", 1, 31, NULL},
    {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {"day of the week", 0, 7, "sunmontuewedthufrisat"},
};

static const struct {
    const char *name, *cron;
} nicknames[] = {
    {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"},
};

/* -- reading ------------------------------------------------------------------------------------------------------- */

struct reader {
    const char         *text, *at;
    const struct field *field;
    struct error       *error;
};

static int refuse(struct reader *reader, const char *at, const char *what)
{
    size_t length = strcspn(at, " \t");

    (void)error_set(reader->error, ERR_SYNTAX, "%s: %s from %d to %d%s", what, reader->field->name, reader->field->least,
                    reader->field->most, reader->field->words != NULL ? ", or the first three letters of its name" : "");
    error_point(reader->error, reader->text, (size_t)(at - reader->text), length > 0 ? length : 1);
    return ERR_SYNTAX;
}

static bool read_word(struct reader *reader, int *ret_value)
{
    const struct field *field = reader->field;

    for (int i = 0; field->words != NULL && field->words[3 * i] != '\0'; i++)
        if (strncasecmp(reader->at, field->words + (size_t)(3 * i), 3) == 0 && !isalnum((unsigned char)reader->at[3])) {
            *ret_value = field->least + i;
            reader->at += 3;
            return true;
        }
    return false;
}

static int read_value(struct reader *reader, int *ret_value)
{
    const char *at = reader->at;
    int         value = 0;

    if (read_word(reader, ret_value))
        return 0;
    while (isdigit((unsigned char)*reader->at) && value < 1000)
        value = value * 10 + (*reader->at++ - '0');
    if (reader->at == at || value < reader->field->least || value > reader->field->most)
        return refuse(reader, at, "this is no value");
    *ret_value = value;
    return 0;
}

static int read_step(struct reader *reader, int *ret_step)
{
    const char *at = reader->at;
    int         step = 0;

    while (isdigit((unsigned char)*reader->at) && step < 1000)
        step = step * 10 + (*reader->at++ - '0');
    if (step < 1 || step > reader->field->most)
        return refuse(reader, at, "this is no step");
    *ret_step = step;
    return 0;
}

/* `*`, `5`, `1-5`, each with `/2` or not; `5/2` is `5-59/2`. */
static int read_range(struct reader *reader, uint64_t *bits)
{
    const char *at = reader->at;
    int         from = reader->field->least, to = reader->field->most, step = 1, r = 0;

    if (*reader->at == '*') {
        reader->at++;
    } else {
        r = read_value(reader, &from);
        if (r >= 0 && *reader->at == '-') {
            reader->at++;
            r = read_value(reader, &to);
        } else if (r >= 0 && *reader->at != '/') {
            to = from;
        }
    }
    if (r >= 0 && *reader->at == '/') {
        reader->at++;
        r = read_step(reader, &step);
    }
    if (r >= 0 && from > to)
        r = refuse(reader, at, "the range runs backwards");
    for (int i = from; r >= 0 && i <= to; i += step)
        *bits |= UINT64_C(1) << i;
    return r;
}

static int read_field(struct reader *reader, uint64_t *ret_bits)
{
    int r;

    reader->at += strspn(reader->at, " \t");
    if (*reader->at == '\0') {
        (void)error_set(reader->error, ERR_SYNTAX, "a cron expression has five fields: the %s is missing", reader->field->name);
        error_point(reader->error, reader->text, strlen(reader->text), 1);
        return ERR_SYNTAX;
    }
    while ((r = read_range(reader, ret_bits)) >= 0 && *reader->at == ',')
        reader->at++;
    if (r >= 0 && *reader->at != '\0' && *reader->at != ' ' && *reader->at != '\t')
        return refuse(reader, reader->at, "this cannot be read");
    return r;
}

static const char *without_nickname(const char *text)
{
    for (size_t i = 0; i < sizeof nicknames / sizeof *nicknames; i++)
        if (text_equal_nocase(text, nicknames[i].name))
            return nicknames[i].cron;
    return text;
}

/* Such as @reboot: when a worker starts is nobody's plan. */
static int refuse_nickname(const char *text, struct error *error)
{
    const char *names[COUNT_OF(nicknames)], *near;

    for (size_t i = 0; i < COUNT_OF(nicknames); i++)
        names[i] = nicknames[i].name;
    near = nearest_word(text, strlen(text), names, COUNT_OF(names));
    (void)error_set(error, ERR_SYNTAX, "'%s' is no time", text);
    error_point(error, text, 0, strlen(text));
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    else
        error_hint(error, "they are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually");
    return ERR_SYNTAX;
}

static int cron_read(const char *text, struct cron *ret_cron, struct error *error)
{
    struct cron   cron = {0};
    uint64_t     *bits[] = {&cron.minutes, &cron.hours, &cron.days, &cron.months, &cron.weekdays};
    struct reader reader = {.text = without_nickname(text), .error = error};

    if (reader.text[0] == '@')
        return refuse_nickname(text, error);
    reader.at = reader.text;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *at = reader.at + strspn(reader.at, " \t");
        int         r;

        reader.field = &fields[i];
        r = read_field(&reader, bits[i]);
        if (r < 0)
            return r;
        if (*at == '*') {
            cron.by_time |= i == 1;
            cron.any_day |= i == 2;
            cron.any_weekday |= i == 4;
        }
    }
    reader.at += strspn(reader.at, " \t");
    if (*reader.at != '\0') {
        (void)error_set(error, ERR_SYNTAX, "a cron expression has five fields: minute, hour, day of the month, month, day of the week");
        error_point(error, text, (size_t)(reader.at - reader.text), strlen(reader.at));
        return ERR_SYNTAX;
    }
    cron.weekdays |= cron.weekdays >> 7;           /* 7 is Sunday as well */
    *ret_cron = cron;
    return 0;
}

/* -- days ---------------------------------------------------------------------------------------------------------- */

static bool has(uint64_t bits, int n)
{
    return (bits >> n & 1) != 0;
}

/* Days of the month and of the week: either, where both are restricted. */
static bool is_day(const struct cron *cron, int32_t day)
{
    int  year, month, of_month;
    bool by_month, by_week = has(cron->weekdays, day_of_week(day) % 7);

    day_to_civil(day, &year, &month, &of_month);
    if (!has(cron->months, month))
        return false;
    by_month = has(cron->days, of_month);
    return cron->any_day || cron->any_weekday ? by_month && by_week : by_month || by_week;
}

static int32_t day_of(int64_t local)
{
    return (int32_t)(local / US_PER_DAY - (local % US_PER_DAY < 0));
}

/* -- the next one -------------------------------------------------------------------------------------------------- */

/* What stood on the clock by then has had its time: a local time is the instant when the clock first shows it, or has
 * leapt over it. */
static bool next_by_clock(const struct cron *cron, const struct zone *zone, int64_t after, int64_t *ret_time)
{
    int64_t local = zone_to_local(zone, after);
    int32_t first = day_of(local);
    int     begin = (int)((local - (int64_t)first * US_PER_DAY) / US_PER_MINUTE);

    for (int32_t day = first; day < first + YEARS_MOST * 366; day++, begin = 0) {
        if (!is_day(cron, day))
            continue;
        for (int minute = begin; minute < 24 * 60; minute++) {
            int64_t instant;

            if (!has(cron->hours, minute / 60) || !has(cron->minutes, minute % 60))
                continue;
            instant = zone_to_instant(zone, (int64_t)day * US_PER_DAY + minute * US_PER_MINUTE);
            if (instant > after) {
                *ret_time = instant;
                return true;
            }
        }
    }
    return false;
}

/* How many days after this one do not count either, without the last of them. */
static int32_t more_days_off(const struct cron *cron, int32_t day)
{
    int32_t count = 0;

    while (count < YEARS_MOST * 366 && !is_day(cron, day + 1 + count))
        count++;
    return count > 0 ? count - 1 : 0;
}

/* Minute by minute; over days that do not count in one leap, to a while before their end, as clocks may be changed. */
static bool next_by_time(const struct cron *cron, const struct zone *zone, int64_t after, int64_t *ret_time)
{
    int64_t end = after + YEARS_MOST * 366 * US_PER_DAY;
    int64_t instant = (after / US_PER_MINUTE - (after % US_PER_MINUTE < 0) + 1) * US_PER_MINUTE;

    while (instant < end) {
        int64_t local = zone_to_local(zone, instant), of_day;
        int32_t day = day_of(local);

        of_day = local - (int64_t)day * US_PER_DAY;
        if (!is_day(cron, day)) {
            int64_t left = more_days_off(cron, day) * US_PER_DAY + US_PER_DAY - of_day - 3 * US_PER_HOUR;

            instant += left > 0 ? left : 15 * US_PER_MINUTE - of_day % (15 * US_PER_MINUTE);
            continue;
        }
        if (has(cron->hours, (int)(of_day / US_PER_HOUR)) && has(cron->minutes, (int)(of_day % US_PER_HOUR / US_PER_MINUTE)) &&
            instant > after) {
            *ret_time = instant;
            return true;
        }
        instant += US_PER_MINUTE;
    }
    return false;
}

int cron_next(const char *cron, const struct zone *zone, int64_t after, size_t count, int64_t *ret_times,
              struct error *error)
{
    struct cron read;
    int         r = cron_read(cron, &read, error);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        bool found = read.by_time ? next_by_time(&read, zone, after, &ret_times[i])
                                  : next_by_clock(&read, zone, after, &ret_times[i]);

        if (!found) {
            r = error_set(error, ERR_SYNTAX, "there is no such day");
            error_point(error, cron, 0, strlen(cron));
        } else {
            after = ret_times[i];
        }
    }
    return r;
}
