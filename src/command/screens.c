/* The table of screens. Sides, shares and names: command/screens.h. */
#include "ytempire/command/screens.h"

#include <stddef.h>

#include "ytempire/base/str.h"

static const struct screen_panel jobs_panels[] = {
    {"queue", "jobs --limit 500", "id", 500, SIDE_RIGHT, 3,
     "id kind state progress rows rows_per_second seconds_left source attempt error", "progress", false},
    {"job", "job log {queue.id}", NULL, 1000, SIDE_RIGHT, 2, NULL, NULL, true},
    {"sources", "sources", "name", 2000, SIDE_LEFT, 3, "name lag_seconds", NULL, false},
    {"workers", "workers", "worker", 2000, SIDE_LEFT, 2, "state busy slots heartbeat_age_seconds", NULL, false},
    {"schedules", "schedules", "name", 5000, SIDE_LEFT, 3, "name next_run", NULL, false},
    {"deadletters", "deadletters --by-reason", "reason", 5000, SIDE_LEFT, 2, "letters reason", NULL, false},
    {0},
};

static const struct screen_panel schema_panels[] = {
    {"migrations", "migrate status", "version", 5000, SIDE_RIGHT, 3, NULL, NULL, true},
    {"storage", "storage", "relation", 10000, SIDE_RIGHT, 2, NULL, NULL, false},
    {"rollups", "rollups", "name", 5000, SIDE_RIGHT, 2, NULL, NULL, false},
    {0},
};

static const struct screen_panel cache_panels[] = {
    {"keys", "cache keys", "key", 2000, SIDE_RIGHT, 3, NULL, NULL, false},
    {"cache", "cache stats", NULL, 2000, SIDE_LEFT, 1, NULL, NULL, false},
    {0},
};

static const struct screen_panel activity_panels[] = {
    {"sessions", "activity", "pid", 1000, SIDE_RIGHT, 3, "pid user state seconds blocked_by wait query", NULL, false},
    {"locks", "activity locks", "pid", 1000, SIDE_RIGHT, 2, "tree user relation mode seconds query", NULL,
     false},
    {"statements", "activity statements", NULL, 5000, SIDE_RIGHT, 2, "share_percent calls total_seconds mean_ms query",
     "share_percent", false},
    {"bloat", "activity bloat", NULL, 30000, SIDE_RIGHT, 2, NULL, NULL, false},
    {0},
};

const struct screen screens[] = {
    {"jobs", "Jobs", '3', 36, jobs_panels},
    {"schema", "Schema", '4', 0, schema_panels},
    {"cache", "Cache", '5', 30, cache_panels},
    {"activity", "Activity", '7', 0, activity_panels},
    {0},
};

const struct screen *screen_find(const char *name)
{
    for (const struct screen *screen = screens; screen->name != NULL; screen++)
        if (text_equal(screen->name, name) || (name[0] == screen->digit && name[1] == '\0'))
            return screen;
    return NULL;
}
