/* The table of screens. Sides, shares and names: command/screens.h. */
#include "ytempire/command/screens.h"

#include <stddef.h>

#include "ytempire/base/str.h"

static const struct screen_panel jobs_panels[] = {
    {"queue", "jobs --limit 500", "id", 500, SIDE_RIGHT, 3,
     "id kind state progress rows rows_per_second seconds_left source attempt error", "progress", SHAPE_ROWS},
    {"job", "job log {queue.id}", NULL, 1000, SIDE_RIGHT, 2, NULL, NULL, SHAPE_END},
    {"sources", "sources", "name", 2000, SIDE_LEFT, 3, "name lag_seconds", NULL, SHAPE_ROWS},
    {"workers", "workers", "worker", 1000, SIDE_LEFT, 2, "state busy slots heartbeat_age_seconds", NULL, SHAPE_ROWS},
    {"schedules", "schedules", "name", 5000, SIDE_LEFT, 3, "name next_run", NULL, SHAPE_ROWS},
    {"deadletters", "deadletters --by-reason", "first_id", 5000, SIDE_LEFT, 2, "letters reason", NULL, SHAPE_ROWS},
    {0},
};

static const struct screen_panel schema_panels[] = {
    {"migrations", "migrate status", "version", 5000, SIDE_RIGHT, 3, "version name state applied_at duration_ms", NULL,
     SHAPE_END},
    {"plan", "migrate plan", NULL, 10000, SIDE_RIGHT, 2, "version line target lock bytes statement", NULL, SHAPE_ROWS},
    {"storage", "storage", "relation", 10000, SIDE_RIGHT, 3, "relation rows bytes partitions", NULL, SHAPE_ROWS},
    {"partitions", "storage partitions {storage.relation}", "partition", 10000, SIDE_RIGHT, 2,
     "partition rows bytes dead_rows", NULL, SHAPE_ROWS},
    {"policies", "storage policies", NULL, 10000, SIDE_RIGHT, 2, "relation policy last_run result", NULL, SHAPE_ROWS},
    {"rollups", "rollups", "name", 5000, SIDE_RIGHT, 2, "name state rows bytes watermark", NULL, SHAPE_ROWS},
    {0},
};

static const struct screen_panel cache_panels[] = {
    {"hits", "cache history", NULL, 5000, SIDE_RIGHT, 2, "at hit_rate", NULL, SHAPE_LINE},
    {"keys", "cache keys", "key", 2000, SIDE_RIGHT, 3, "key class age_seconds ttl_seconds bytes stale", NULL,
     SHAPE_ROWS},
    {"reads", "cache dependencies", "relation", 5000, SIDE_RIGHT, 2, NULL, NULL, SHAPE_ROWS},
    {"cache", "cache stats", NULL, 2000, SIDE_LEFT, 3, NULL, NULL, SHAPE_SIDE},
    {"classes", "cache classes", "class", 2000, SIDE_LEFT, 2, "class keys bytes", NULL, SHAPE_ROWS},
    {"warm", "cache schedule", "set", 5000, SIDE_LEFT, 2, "set next_run last_state", NULL, SHAPE_ROWS},
    {0},
};

static const struct screen_panel activity_panels[] = {
    {"sessions", "activity", "pid", 1000, SIDE_RIGHT, 3, "pid user state seconds blocked_by wait query", NULL,
     SHAPE_ROWS},
    {"locks", "activity locks", "pid", 1000, SIDE_RIGHT, 2, "tree user relation mode seconds query", NULL, SHAPE_ROWS},
    {"statements", "activity statements", NULL, 5000, SIDE_RIGHT, 2, "share_percent calls total_seconds mean_ms query",
     "share_percent", SHAPE_ROWS},
    {"bloat", "activity bloat", NULL, 30000, SIDE_RIGHT, 2, NULL, NULL, SHAPE_ROWS},
    {0},
};

const struct screen screens[] = {
    {"jobs", "Jobs", '3', 36, jobs_panels},
    {"schema", "Schema", '4', 0, schema_panels},
    {"cache", "Cache", '5', 38, cache_panels},
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
