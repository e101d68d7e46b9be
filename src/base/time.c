#include "ytempire/base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

int64_t instant_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t monotonic_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* Days of the proleptic Gregorian calendar by years of 400 that begin in March
 * (http://howardhinnant.github.io/date_algorithms.html). */
int32_t day_from_civil(int year, int month, int day)
{
    int      y = month <= 2 ? year - 1 : year;
    int      era = (y >= 0 ? y : y - 399) / 400;
    unsigned of_era = (unsigned)(y - era * 400);
    unsigned of_year = (153u * (unsigned)(month > 2 ? month - 3 : month + 9) + 2u) / 5u + (unsigned)day - 1u;

    return era * 146097 + (int32_t)(of_era * 365u + of_era / 4u - of_era / 100u + of_year) - 719468;
}

void day_to_civil(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
    int32_t  z = day + 719468;
    int32_t  era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned of_era = (unsigned)(z - era * 146097);
    unsigned year = (of_era - of_era / 1460u + of_era / 36524u - of_era / 146096u) / 365u;
    unsigned of_year = of_era - (365u * year + year / 4u - year / 100u);
    unsigned month = (5u * of_year + 2u) / 153u;

    *ret_day = (int)(of_year - (153u * month + 2u) / 5u) + 1;
    *ret_month = month < 10 ? (int)month + 3 : (int)month - 9;
    *ret_year = (int)year + era * 400 + (*ret_month <= 2);
}

int day_of_week(int32_t day)
{
    int from_thursday = (int)(((int64_t)day + 3) % 7);          /* 1970-01-01 was a Thursday */

    return (from_thursday < 0 ? from_thursday + 7 : from_thursday) + 1;
}

int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
        return 29;
    return days[month - 1];
}

/* The week belongs to the year of its Thursday (ISO 8601). */
void day_to_iso_week(int32_t day, int *ret_year, int *ret_week)
{
    int32_t thursday = day - day_of_week(day) + 4;
    int     month, date;

    day_to_civil(thursday, ret_year, &month, &date);
    *ret_week = (thursday - day_from_civil(*ret_year, 1, 1)) / 7 + 1;
}

int64_t local_from_civil(const struct civil *civil)
{
    return (int64_t)day_from_civil(civil->year, civil->month, civil->day) * US_PER_DAY + civil->hour * US_PER_HOUR +
           civil->minute * US_PER_MINUTE + civil->second * US_PER_SECOND + civil->us;
}

struct civil local_to_civil(int64_t local)
{
    struct civil civil;
    int64_t      day = floor_divide(local, US_PER_DAY), rest = local - day * US_PER_DAY;

    day_to_civil((int32_t)day, &civil.year, &civil.month, &civil.day);
    civil.hour = (int)(rest / US_PER_HOUR);
    civil.minute = (int)(rest / US_PER_MINUTE % 60);
    civil.second = (int)(rest / US_PER_SECOND % 60);
    civil.us = (int)(rest % US_PER_SECOND);
    return civil;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static int write_civil(int64_t local, char buffer[static TIME_TEXT_SIZE])
{
    struct civil civil = local_to_civil(local);
    int n = snprintf(buffer, TIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", civil.year, civil.month, civil.day,
                     civil.hour, civil.minute, civil.second);

    if (civil.us != 0) {
        n += snprintf(buffer + n, (size_t)(TIME_TEXT_SIZE - n), ".%06d", civil.us);
        while (buffer[n - 1] == '0')
            buffer[--n] = '\0';
    }
    return n;
}

char *instant_to_text(int64_t instant, char buffer[static TIME_TEXT_SIZE])
{
    int n = write_civil(instant, buffer);

    (void)snprintf(buffer + n, (size_t)(TIME_TEXT_SIZE - n), "Z");
    return buffer;
}

char *instant_to_text_in(int64_t instant, const struct zone *zone, char buffer[static TIME_TEXT_SIZE])
{
    int32_t offset = zone_offset(zone, instant), size = offset < 0 ? -offset : offset;
    int     n = write_civil(instant + offset * US_PER_SECOND, buffer);

    (void)snprintf(buffer + n, (size_t)(TIME_TEXT_SIZE - n), size % 60 != 0 ? "%c%02d:%02d:%02d" : "%c%02d:%02d",
                   offset < 0 ? '-' : '+', size / 3600, size / 60 % 60, size % 60);
    return buffer;
}

static bool read_digits(const char **at, const char *end, int count, int *ret_number)
{
    int number = 0;

    if (end - *at < count)
        return false;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        number = number * 10 + (**at - '0');
    }
    *ret_number = number;
    return true;
}

static bool read_char(const char **at, const char *end, const char *any)
{
    for (; *any != '\0' && *at < end; any++)
        if (**at == *any) {
            (*at)++;
            return true;
        }
    return false;
}

static bool read_clock(const char **at, const char *end, struct civil *civil)
{
    if (!read_digits(at, end, 2, &civil->hour) || !read_char(at, end, ":") || !read_digits(at, end, 2, &civil->minute))
        return false;
    if (!read_char(at, end, ":"))
        return true;
    if (!read_digits(at, end, 2, &civil->second))
        return false;
    if (read_char(at, end, ".,")) {
        int scale = 100000, digits = 0;

        for (; *at < end && **at >= '0' && **at <= '9'; (*at)++, scale /= 10, digits++)
            civil->us += (**at - '0') * scale;
        return digits > 0;
    }
    return true;
}

static bool read_offset(const char **at, const char *end, int64_t *ret_us)
{
    int  hours, minutes = 0, seconds = 0;
    bool west;

    *ret_us = 0;
    if (*at == end || read_char(at, end, "Zz"))
        return true;
    west = **at == '-';
    if (!read_char(at, end, "+-") || !read_digits(at, end, 2, &hours))
        return false;
    (void)read_char(at, end, ":");
    if (*at < end && !read_digits(at, end, 2, &minutes))
        return false;
    if (read_char(at, end, ":") && !read_digits(at, end, 2, &seconds))
        return false;
    *ret_us = (west ? -1 : 1) * (hours * US_PER_HOUR + minutes * US_PER_MINUTE + seconds * US_PER_SECOND);
    return true;
}

int instant_from_text(const char *text, size_t length, int64_t *ret_instant)
{
    const char  *at = text, *end = text + length;
    struct civil civil = {0};
    int64_t      offset = 0;

    if (!read_digits(&at, end, 4, &civil.year) || !read_char(&at, end, "-") ||
        !read_digits(&at, end, 2, &civil.month) || !read_char(&at, end, "-") || !read_digits(&at, end, 2, &civil.day))
        return ERR_SYNTAX;
    if (read_char(&at, end, "T ") && !read_clock(&at, end, &civil))
        return ERR_SYNTAX;
    if (!read_offset(&at, end, &offset) || at != end)
        return ERR_SYNTAX;
    if (civil.year < 1 || civil.month < 1 || civil.month > 12 || civil.day < 1 ||
        civil.day > days_in_month(civil.year, civil.month) || civil.hour > 24 || civil.minute > 59 ||
        civil.second > 60 || (civil.hour == 24 && (civil.minute > 0 || civil.second > 0)))
        return ERR_SYNTAX;
    *ret_instant = local_from_civil(&civil) - offset;
    return 0;
}

char *duration_to_text(int64_t us, char buffer[static TIME_TEXT_SIZE])
{
    if (us < 10 * 1000)
        (void)snprintf(buffer, TIME_TEXT_SIZE, "%.2f ms", (double)us / 1000);
    else if (us < US_PER_SECOND)
        (void)snprintf(buffer, TIME_TEXT_SIZE, "%" PRId64 " ms", us / 1000);
    else if (us < 10 * US_PER_SECOND)
        (void)snprintf(buffer, TIME_TEXT_SIZE, "%.1f s", (double)us / 1e6);
    else if (us < 2 * US_PER_MINUTE)
        (void)snprintf(buffer, TIME_TEXT_SIZE, "%" PRId64 " s", us / US_PER_SECOND);
    else if (us < US_PER_HOUR)
        (void)snprintf(buffer, TIME_TEXT_SIZE, "%" PRId64 " min", us / US_PER_MINUTE);
    else if (us < 2 * US_PER_DAY)
        (void)snprintf(buffer, TIME_TEXT_SIZE, "%" PRId64 " h %" PRId64 " min", us / US_PER_HOUR,
                       us / US_PER_MINUTE % 60);
    else
        (void)snprintf(buffer, TIME_TEXT_SIZE, "%" PRId64 " days", us / US_PER_DAY);
    return buffer;
}
