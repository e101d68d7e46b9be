/*
 * For tests of loads: a sink that keeps what it is told and may do something in the middle of a load; files made of
 * text; the whole warehouse as one text without surrogate keys and clocks. Include after warehouse.h.
 */
#ifndef YTEMPIRE_TESTS_INGEST_HELP_H
#define YTEMPIRE_TESTS_INGEST_HELP_H

#include <fcntl.h>

#include "ytempire/ingest.h"
#include "ytempire/jobs.h"

#define HEADER_2017                                                                                                    \
    "video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,"     \
    "thumbnail_link,"                                                                                                  \
    "comments_disabled,ratings_disabled,video_error_or_removed,description\n"
#define HEADER_2020                                                                                                    \
    "video_id,title,publishedAt,channelId,channelTitle,categoryId,trending_date,tags,view_count,likes,dislikes,"       \
    "comment_count,"                                                                                                   \
    "thumbnail_link,comments_disabled,ratings_disabled,description\n"

struct bench {
    struct sink          sink;
    struct desk         *desk;
    const char          *source;        /* NULL: trending */
    struct str           rows;          /* of the result, without seconds: "trending|a.csv|3|3|0|0" */
    struct str           texts;
    size_t               columns;
    bool                 is_result;     /* of a load: job and seconds are left out */
    void               (*in_the_middle)(struct bench *bench);      /* at the first progress, then forgotten */
    struct ingest_report report;
    struct error         error;
};

static inline int bench_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)error;
    ((struct bench *)sink)->columns = count;
    ((struct bench *)sink)->is_result = strcmp(columns[count - 1].name, "seconds") == 0;
    return 0;
}

static inline int bench_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct bench *bench = (struct bench *)sink;
    size_t        count = bench->is_result ? bench->columns - 2 : bench->columns;

    (void)error;
    for (size_t i = 0; i < count; i++) {
        const char *text = cells[i].text != NULL ? cells[i].text : "";
        const char *slash = memrchr(text, '/', cells[i].length);
        size_t      skipped = slash != NULL && bench->is_result ? (size_t)(slash + 1 - text) : 0;

        str_add(&bench->rows, i > 0 ? "|" : "");
        str_add_bytes(&bench->rows, text + skipped, cells[i].length - skipped);
    }
    str_add(&bench->rows, "\n");
    return 0;
}

static inline int bench_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink;
    (void)note;
    (void)error;
    return 0;
}

static inline void bench_text(struct sink *sink, const char *text)
{
    str_addf(&((struct bench *)sink)->texts, "%s\n", text);
}

static inline void bench_progress(struct sink *sink, const struct data_progress *progress)
{
    struct bench *bench = (struct bench *)sink;
    void        (*act)(struct bench *) = bench->in_the_middle;

    if (progress == NULL || act == NULL)
        return;
    bench->in_the_middle = NULL;
    act(bench);
}

static const struct sink_ops bench_ops = {
    .begin = bench_begin, .row = bench_row, .end = bench_end, .text = bench_text, .progress = bench_progress};

static inline void bench_done(struct bench *bench)
{
    str_done(&bench->rows);
    str_done(&bench->texts);
    error_done(&bench->error);
}

static inline int bench_open(void *who, struct pg **ret_pg, struct error *error)
{
    struct desk              *desk = who;
    _cleanup_(mem_freep) char *dsn = mem_printf("%s dbname=%s", desk->dsn, pg_database(desk->pg));

    return pg_open(desk->loop, &(struct pg_options){.dsn = dsn}, ret_pg, error);
}

/* Loads files (NULL-terminated) with settings "k=v k=v"; the bench keeps what came of it, and is emptied before. */
static inline int bench_load(struct bench *bench, struct desk *desk, const char *const *files, const char *settings)
{
    _cleanup_(mem_freep) char *text = mem_strdup(settings);
    struct ingest_pair    pairs[4];
    struct ingest_options options = {.source = bench->source != NULL ? bench->source : "trending",
                                     .files = files,
                                     .settings = pairs,
                                     .open = bench_open,
                                     .who = desk};

    str_clear(&bench->rows);
    str_clear(&bench->texts);
    error_done(&bench->error);
    bench->sink.ops = &bench_ops;
    bench->desk = desk;
    while (files[options.file_count] != NULL)
        options.file_count++;
    for (char *rest = text, *pair; (pair = strsep(&rest, " ")) != NULL && *pair != '\0';) {
        char *value = strchr(pair, '=');

        *value = '\0';
        pairs[options.setting_count++] = (struct ingest_pair){pair, value + 1};
    }
    return ingest_run(desk->pg, &options, &bench->sink, &bench->report, &bench->error);
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static char files_folder[64];

static inline void files_remove(void)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf '%s'", files_folder);
    if (system(command) != 0)
        fprintf(stderr, "%s was not removed\n", files_folder);
}

static inline char *file_named(const char *name, const char *bytes, size_t length)
{
    char        *path;
    struct error error = ERROR_INIT;

    if (files_folder[0] == '\0') {
        strcpy(files_folder, "/tmp/ytempire-ingest-XXXXXX");
        assert_non_null(mkdtemp(files_folder));
        atexit(files_remove);
    }
    path = path_join(files_folder, name);
    if (file_write(path, bytes, length, 0600, &error) < 0)
        fail_msg("%s", error.text);
    return path;
}

static inline char *file_of(const char *name, const char *text)
{
    return file_named(name, text, strlen(text));
}

/* -- the warehouse ------------------------------------------------------------------------------------------------- */

static inline void warehouse_empty(struct desk *desk)
{
    script(desk, is_timescaledb() ? "TRUNCATE analytics.video_performance_hourly"
                                  : "DELETE FROM analytics.video_performance_hourly");
    script(desk, "DELETE FROM analytics.fact_video_performance; DELETE FROM ops.counter_base;"
                 "DELETE FROM analytics.dim_video; DELETE FROM analytics.dim_channel; DELETE FROM ops.touched_hours; "
                 "DELETE FROM ops.dead_letters;"
                 "DELETE FROM ops.loaded_files; DELETE FROM ops.watermarks; DELETE FROM ops.jobs;"
                 "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'");
}

static inline char *ask(struct desk *desk, const char *sql)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct str out = STR_INIT;

    if (pg_query(desk->pg, sql, NULL, 0, &result, &desk->error) < 0)
        fail_msg("%s: %s", desk->error.text, sql);
    for (size_t row = 0; row < pg_result_rows(result); row++)
        for (size_t column = 0; column < pg_result_columns(result); column++) {
            const char *text = pg_result_text(result, row, column);

            str_addf(&out, "%s%s", column > 0 ? "|" : row > 0 ? "\n" : "", text != NULL ? text : "-");
        }
    return str_take(&out);
}

static inline void assert_asked(struct desk *desk, const char *sql, const char *wanted)
{
    _cleanup_(mem_freep) char *got = ask(desk, sql);

    if (strcmp(got, wanted) != 0)
        fail_msg("%s\n  gives  %s\n  wanted %s", sql, got, wanted);
}

/* Every row of every table that a load writes, in order. */
static inline char *warehouse_text(struct desk *desk)
{
    return ask(
        desk,
        "SELECT line FROM ("
        " SELECT concat_ws('|', 'snapshot', v.video_id, f.\"timestamp\", f.date_key, f.views, coalesce(f.likes, -1), "
        "coalesce(f.dislikes, -1),"
        "        coalesce(f.comments, -1), c.channel_id, c.channel_name, c.valid_from, u.user_id) AS line"
        "   FROM analytics.fact_video_performance f JOIN analytics.dim_video v USING (video_key) JOIN "
        "analytics.dim_channel c USING (channel_key)"
        "   JOIN analytics.dim_user u USING (user_key)"
        " UNION ALL SELECT concat_ws('|', 'video', (to_jsonb(v) - 'video_key' - 'updated_at')::text) FROM "
        "analytics.dim_video v"
        " UNION ALL SELECT concat_ws('|', 'channel', (to_jsonb(c) - 'channel_key' - 'updated_at')::text) FROM "
        "analytics.dim_channel c"
        " UNION ALL SELECT concat_ws('|', 'hour', v.video_id, h.hour, h.views, h.likes, h.comments, "
        "h.avg_engagement_rate, c.channel_id, c.valid_from)"
        "   FROM analytics.video_performance_hourly h JOIN analytics.dim_video v USING (video_key) JOIN "
        "analytics.dim_channel c USING (channel_key)"
        " UNION ALL SELECT concat_ws('|', 'letter', source, file_sha256, line, column_name, reason, raw, state) FROM "
        "ops.dead_letters"
        " UNION ALL SELECT concat_ws('|', 'file', source, sha256, bytes, rows_read, rows_rejected) FROM "
        "ops.loaded_files"
        " UNION ALL SELECT concat_ws('|', 'until', data_until) FROM ops.watermarks"
        ") AS lines ORDER BY line COLLATE \"C\"");
}

static inline void assert_same_warehouse(const char *one, const char *other, const char *how)
{
    size_t at = 0;

    if (strcmp(one, other) == 0)
        return;
    while (one[at] == other[at])
        at++;
    while (at > 0 && one[at - 1] != '\n')
        at--;
    fail_msg("%s: first difference\n  %.400s\n  %.400s", how, one + at, other + at);
}

#endif
