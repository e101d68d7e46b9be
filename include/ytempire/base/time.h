/*
 * base/time: instants, calendar days, time zones.
 *
 * An instant is an int64_t: microseconds since 1970-01-01T00:00:00Z. A day is an int32_t: days since 1970-01-01 in the
 * proleptic Gregorian calendar. Years 1 to 9999. Only `instant_now` and `monotonic_us` read a clock.
 */
#ifndef YTEMPIRE_BASE_TIME_H
#define YTEMPIRE_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR (60 * US_PER_MINUTE)
#define US_PER_DAY (24 * US_PER_HOUR)

struct civil {
    int year, month, day;           /* month 1-12, day 1-31 */
    int hour, minute, second, us;
};

int64_t instant_now(void);          /* the wall clock */
int64_t monotonic_us(void);         /* for durations only */

int32_t      day_from_civil(int year, int month, int day);
void         day_to_civil(int32_t day, int *ret_year, int *ret_month, int *ret_day);
int          day_of_week(int32_t day);                       /* 1 = Monday … 7 = Sunday (ISO 8601) */
int          days_in_month(int year, int month);
void         day_to_iso_week(int32_t day, int *ret_year, int *ret_week);

/* A clock-face time without a zone, as microseconds ("local" instants): */
int64_t      local_from_civil(const struct civil *civil);
struct civil local_to_civil(int64_t local);

/*
 * Time zones, by the names of the IANA database, read by libc from the system's tzdata.
 * Zones live as long as the program. Not thread-safe (TZ is the process's): call from the loop's thread only, but for
 * zone_find.
 */
struct zone;

int zone_find(const char *name, const struct zone **ret_zone) NODISCARD; /* ERR_UNKNOWN; case does not matter */
const struct zone *zone_utc(void);
const char  *zone_name(const struct zone *zone);                                    /* as the database spells it */
int32_t      zone_offset(const struct zone *zone, int64_t instant);                 /* seconds east of UTC */
int64_t      zone_to_local(const struct zone *zone, int64_t instant);
/* A local time that comes twice gives the earlier instant; one that is skipped gives the instant of the jump. */
int64_t      zone_to_instant(const struct zone *zone, int64_t local);
/* How many instants have this local time: 0 in a jump forward, 2 where clocks are put back. `ret_instant` as above. */
int          zone_instants(const struct zone *zone, int64_t local, int64_t *ret_instant);

/* "2026-01-31T12:00:00Z" (whole seconds) or with ".123456" when there are any. Buffer of 40 bytes. */
#define TIME_TEXT_SIZE 40
char        *instant_to_text(int64_t instant, char buffer[static TIME_TEXT_SIZE]);
/* "2026-01-31T12:00:00-08:00" in the zone. */
char        *instant_to_text_in(int64_t instant, const struct zone *zone, char buffer[static TIME_TEXT_SIZE]);
/* PostgreSQL's ISO output ("2026-01-31 12:00:00.5+00") and ISO 8601; ERR_SYNTAX otherwise. No zone in the text: UTC. */
int          instant_from_text(const char *text, size_t length, int64_t *ret_instant) NODISCARD;
/* "3.1 ms", "12 s", "4 min", "3 h 12 min": for people. */
char        *duration_to_text(int64_t us, char buffer[static TIME_TEXT_SIZE]);

#endif
