/*
 * What the writers of legs share: the texts of one leg, each written once.
 */
#ifndef SEMANTIC_WRITE_LEG_H
#define SEMANTIC_WRITE_LEG_H

#include "scope.h"

struct leg_text {
    struct writer    *writer;
    struct scope     *scope;
    const struct leg *leg;
    size_t            index;               /* of the leg in the plan */
    const char       *name;                /* of its CTE */
    struct grain      grain;
    const struct restriction *restriction; /* or NULL */
    const char       *base, *table;        /* "fact_video_performance", "analytics.fact_video_performance" */
    const char       *snapshots;           /* counters: the table, with what was kept of rows that are gone */
    const char       *condition;           /* the cube's own, or NULL */
    const char       *at, *key, *present;  /* counters: the snapshot's time, its entity, is it a snapshot; else NULL */
    const char       *entities;            /* counters: "SELECT video_key AS key FROM analytics.dim_video" */
    enum member_type  at_type;
    struct resolved   range;               /* on the default time dimension */
    const char *bucket; /* the finest bucket of that time, where the row's own time does not say it */
    bool              has_kept;            /* a rollup answers what is before `kept_until` */
    int64_t           kept_until;
    const char       *also_from;           /* what stands behind the source, or NULL */
    const char       *ranks;               /* carried, over a rollup: "(SELECT g, d2, k2 …)", groups are g; or NULL */
    const char       *rank_join;           /* " LEFT JOIN (SELECT key, g …) AS leg1_rank ON …" */
    bool              fans_out;            /* behind a join to many: write_fanout.c */
};

/* The range of the default time dimension in the period that is written: all such ranges of the query together. */
struct resolved leg_range(const struct writer *writer);
/* " AND "-joined tests of the rows: other ranges, where, segments. Nothing when there are none. */
const char *leg_tests(struct leg_text *text);
/* "SELECT columns FROM table WHERE …": what a snapshot is, with an upper and lower bound of time. The columns are those
 * that was written before this reads (scope_columns): who reads the rows is written first. */
void leg_write_snapshots(struct leg_text *text, struct str *to, bool from, bool until, const char *before);
/* Of each entity the newest snapshot of that time, or the oldest: index probes. */
void leg_write_probes(const struct leg_text *text, struct str *to, struct resolved range, bool newest);
/* Of all entities only those that have a snapshot in the range are looked at: for ranges that few are in. */
void leg_narrow_entities(struct leg_text *text);
/* All snapshots of the range, and of each entity the last one before it: what a difference is taken from. */
void leg_write_with_baseline(struct leg_text *text, struct str *to);
/* "SELECT key, …" for each dimension: "expr AS d1, key AS k1". True when anything was written. */
bool leg_write_dimensions(struct leg_text *text, struct str *to);
/* The same, each name after `prefix`; returns how many columns. */
size_t leg_write_named_dimensions(struct leg_text *text, struct str *to, const char *prefix);
void leg_write_group_by(struct leg_text *text, struct str *to);

/* Base, table, time, range and, of counters, key and snapshots: from the leg and the scope. */
void leg_prepare(struct leg_text *text);
/* "sum(…) FILTER (…)" */
void leg_write_aggregate(struct leg_text *text, struct str *to, const struct part *part);
/* The leg as one SELECT, and what it is made of: the rows under the base's name, what of the cube and the range still
 * bounds them (AND-ed, or nothing), the parts (`any`: after a comma), a table that baselines are read from. */
void leg_write_plain(struct leg_text *text, struct str *to);
void leg_write_source(struct leg_text *text, struct str *to);
void leg_write_bounds(struct leg_text *text, struct str *to);
void leg_write_parts(struct leg_text *text, struct str *to, bool any);
void leg_write_published(struct leg_text *text, struct str *to);

/* write_fanout.c: the same where joins multiply the rows, each of which counts once in a group. */
void fanout_write_plain(struct leg_text *text, struct str *to);
/* carry_write_changes over such rows. */
void fanout_write_changes(struct leg_text *text, struct str *to, size_t axis, const struct resolved *asked);

/* write_window.c: legs over a stretch of time that moves with the bucket. */
void write_window(struct leg_text *text, struct str *to);
/* Makes the range of the leg the one that its stretches reach. False: it is read row by row, not by buckets. */
bool window_reads(struct leg_text *text);

/* write_rollup.c: the leg over the rollup that was chosen for it. False: none of the range lies in it. */
bool write_from_rollup(struct leg_text *text, struct str *to);

/* write_rank.c: groups by their number. Sets `ranks` and `rank_join` where the groups of a leg over a rollup can have
 * one. */
void ranks_find(struct leg_text *text);
/* The columns of leg_write_dimensions with g for the groups. */
void ranks_write_dimensions(struct leg_text *text, struct str *to);

/* write_carry.c: counters carried along the time axis. */
/* The finest bucket of the default time that the leg shows; SIZE_MAX: none. */
size_t carry_axis(const struct leg_text *text);
/* Columns of the groups beside that bucket, each after a comma. */
void carry_write_groups(const struct leg_text *text, struct str *to);
/* The bucket that `at` lies in; of what was before the range, where that begins. */
const char *carry_bucket_of(struct leg_text *text, size_t axis, const char *at, const struct resolved *asked);
/* ", counter AS v<p>" for each part. */
void carry_write_values(struct leg_text *text, struct str *to);
/* "NAME_changes AS (…), " over the range of `text`: bucket (not before `asked` begins), groups, n, v<p>, n<p>. What was
 * before that range is counted where it begins; `since_start`: left out. */
void carry_write_changes(struct leg_text *text, struct str *to, size_t axis, const struct resolved *asked,
                         bool since_start);
/* The axis and the running sums, over NAME_changes. */
void carry_write_running(struct leg_text *text, struct str *to, size_t axis);
void write_carry(struct leg_text *text, struct str *to);

#endif
