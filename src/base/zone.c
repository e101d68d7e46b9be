/*
 * Zones through libc, which reads the system's tzdata: TZ is set only when another zone than the last is asked for,
 * and the last stretch of an hour with one offset is kept, since rows come in runs.
 * Zones found are kept for the life of the program: there are a few hundred at most.
 */
#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define NAME_LIMIT 64

struct zone {
    struct zone *next;
    char        *name;
    bool         utc;
    int64_t hour; /* the hour of the cached offset; offsets change on quarters of an hour at the finest */
    int32_t      offset;
};

static struct zone utc = {.name = (char[]){"UTC"}, .utc = true};
static struct zone *found;                     /* all but UTC */
static const struct zone *in_force;            /* whose name is in TZ */

const struct zone *zone_utc(void)
{
    return &utc;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

static bool is_zone_name(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length > NAME_LIMIT || name[0] == '/' || strstr(name, "..") != NULL)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)name[i]) && strchr("/_+-", name[i]) == NULL)
            return false;
    return true;
}

static bool is_zone_file(const char *path)
{
    struct stat about;
    char        magic[4] = "";
    FILE       *file;
    size_t      n;

    if (stat(path, &about) < 0 || !S_ISREG(about.st_mode) || (file = fopen(path, "re")) == NULL)
        return false;
    n = fread(magic, 1, sizeof magic, file);
    (void)fclose(file);
    return n == sizeof magic && memcmp(magic, "TZif", 4) == 0;
}

/* The database's own spelling of a path, folder by folder, whatever the case. */
static bool spell(const char *wanted, char spelled[static NAME_LIMIT + 1])
{
    char path[sizeof ZONE_FOLDER + NAME_LIMIT + 2];

    spelled[0] = '\0';
    while (*wanted != '\0') {
        size_t         length = strcspn(wanted, "/");
        struct dirent *entry;
        DIR           *folder;
        bool           hit = false;

        (void)snprintf(path, sizeof path, ZONE_FOLDER "/%s", spelled);
        folder = opendir(path);
        if (folder == NULL)
            return false;
        while (!hit && (entry = readdir(folder)) != NULL)
            if (strlen(entry->d_name) == length && strncasecmp(entry->d_name, wanted, length) == 0) {
                size_t at = strlen(spelled);

                hit = at + length + 2 <= NAME_LIMIT + 1;
                if (hit && at > 0)
                    spelled[at++] = '/';
                if (hit)
                    memcpy(spelled + at, entry->d_name, length + 1);
            }
        (void)closedir(folder);
        if (!hit)
            return false;
        wanted += length + (wanted[length] == '/');
    }
    return true;
}

static int find(const char *name, const struct zone **ret_zone)
{
    char         path[sizeof ZONE_FOLDER + NAME_LIMIT + 2], spelled[NAME_LIMIT + 1];
    struct zone *zone;

    if (text_equal_nocase(name, "UTC")) {
        *ret_zone = &utc;
        return 0;
    }
    for (zone = found; zone != NULL; zone = zone->next)
        if (text_equal_nocase(zone->name, name)) {
            *ret_zone = zone;
            return 0;
        }
    if (!is_zone_name(name))
        return ERR_UNKNOWN;
    (void)snprintf(spelled, sizeof spelled, "%s", name);
    (void)snprintf(path, sizeof path, ZONE_FOLDER "/%s", spelled);
    if (!is_zone_file(path)) {
        if (!spell(name, spelled))
            return ERR_UNKNOWN;
        (void)snprintf(path, sizeof path, ZONE_FOLDER "/%s", spelled);
        if (!is_zone_file(path))
            return ERR_UNKNOWN;
    }
    zone = mem_alloc(sizeof *zone);
    zone->name = mem_strdup(spelled);
    zone->hour = INT64_MIN;
    zone->next = found;
    found = zone;
    *ret_zone = zone;
    return 0;
}

/* Models are read on a thread, and name zones. */
int zone_find(const char *name, const struct zone **ret_zone)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int                    r;

    (void)pthread_mutex_lock(&lock);
    r = find(name, ret_zone);
    (void)pthread_mutex_unlock(&lock);
    return r;
}

int32_t zone_offset(const struct zone *zone, int64_t instant)
{
    struct zone *cache = (struct zone *)(uintptr_t)zone;
    int64_t      quarter = instant / (15 * US_PER_MINUTE) - (instant % (15 * US_PER_MINUTE) < 0);
    struct tm    tm;
    time_t       seconds;

    if (zone->utc)
        return 0;
    if (cache->hour == quarter)
        return cache->offset;
    if (in_force != zone) {
        (void)setenv("TZ", zone->name, 1);
        tzset();
        in_force = zone;
    }
    seconds = (time_t)(instant / US_PER_SECOND - (instant % US_PER_SECOND < 0));
    if (localtime_r(&seconds, &tm) == NULL)
        return 0;
    cache->offset = (int32_t)tm.tm_gmtoff;
    cache->hour = quarter;
    return cache->offset;
}

int64_t zone_to_local(const struct zone *zone, int64_t instant)
{
    return instant + zone_offset(zone, instant) * US_PER_SECOND;
}

/*
 * The offsets a day before and a day after bracket a change. A local time that fits with the earlier (larger) instant's
 * offset comes first; one that fits with none lies in a jump: the instant of the jump is found by halving.
 */
int zone_instants(const struct zone *zone, int64_t local, int64_t *ret_instant)
{
    int64_t before = zone_offset(zone, local - US_PER_DAY) * US_PER_SECOND;
    int64_t after = zone_offset(zone, local + US_PER_DAY) * US_PER_SECOND;
    int64_t first = local - before, second = local - after, low, high;

    if (zone_to_local(zone, first) == local) {
        *ret_instant = first;
        return second != first && zone_to_local(zone, second) == local ? 2 : 1;
    }
    if (zone_to_local(zone, second) == local) {
        *ret_instant = second;
        return 1;
    }
    low = (first < second ? first : second) - US_PER_DAY;
    high = (first < second ? second : first) + US_PER_DAY;
    for (low /= US_PER_SECOND, high /= US_PER_SECOND; high - low > 1;) {
        int64_t middle = low + (high - low) / 2;

        if (zone_to_local(zone, middle * US_PER_SECOND) > local)
            high = middle;
        else
            low = middle;
    }
    *ret_instant = high * US_PER_SECOND;
    return 0;
}

int64_t zone_to_instant(const struct zone *zone, int64_t local)
{
    int64_t instant = 0;

    (void)zone_instants(zone, local, &instant);
    return instant;
}
