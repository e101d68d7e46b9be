/*
 * Answers questions on standard input with a clock that stands still: a request a line, its parts set apart by tabs;
 * an answer a line, JSON.
 *
 *   ask facts|rollups TEXT   {"columns": [[name, role], …], "rows": [[text or null, …], …], "source", "line", "json",
 *                            "sql"}
 *   sql TEXT                 {"rows": […]} of one SELECT; {} of other statements
 *   rollup CUBE NAME         {"relation", "time", "fault"}
 *   sample CHANNELS DAYS SEED
 *   clock TIME               {}: from here on it stands still there
 *
 * What fails is {"error": text, "code": number, "server": true where the server refused it}.
 * Arguments: the server's address, the folder of the model, the clock.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/pg.h"
#include "ytempire/sample.h"
#include "ytempire/semantic.h"

#define ROWS_MOST 5000          /* an answer that is longer would take most of the time, and tell no more */

struct asker {
    struct pg    *pg;
    struct model *model;
    int64_t       now;
    bool          server;       /* what failed last did so there */
};

/* -- the model ----------------------------------------------------------------------------------------------------- */

static int read_files(const char *folder, struct arena *arena, struct model_file *files, size_t room,
                      size_t *ret_count, struct error *error)
{
    char **names;
    size_t count;
    int    r = file_list(folder, ".json", &names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *path = path_join(folder, names[i]), *text = NULL;

        if (r >= 0 && i < room)
            r = file_read(path, 1u << 24, &text, &files[i].length, error);
        if (r >= 0 && i < room) {
            files[i].name = arena_strdup(arena, names[i]);
            files[i].text = arena_strndup(arena, text, files[i].length);
        }
        mem_free(names[i]);
    }
    mem_free(names);
    *ret_count = count < room ? count : room;
    return r;
}

static struct model *load(const char *folder, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct model_file     files[64];
    const struct finding *findings;
    struct model         *model = NULL;
    size_t                count, found;

    if (read_files(folder, arena, files, COUNT_OF(files), &count, error) < 0 ||
        model_load(files, count, &model, error) < 0)
        return NULL;
    findings = model_findings(model, &found);
    for (size_t i = 0; i < found; i++)
        if (findings[i].severity == FINDING_ERROR) {
            error_set(error, ERR_SYNTAX, "%s: %s", findings[i].where, findings[i].message);
            model_unref(TAKE(model));
            break;
        }
    return model;
}

/* -- requests ------------------------------------------------------------------------------------------------------ */

static json_t *text_json(const char *text)
{
    return text != NULL ? json_string_nocheck(text) : json_null();
}

static json_t *rows_json(const struct pg_result *result)
{
    json_t *rows = json_array();

    for (size_t row = 0; row < pg_result_rows(result); row++) {
        json_t *cells = json_array();

        for (size_t i = 0; i < pg_result_columns(result); i++)
            (void)json_array_append_new(cells, text_json(pg_result_text(result, row, i)));
        (void)json_array_append_new(rows, cells);
    }
    return rows;
}

static json_t *columns_json(const struct compiled *compiled)
{
    static const char *const roles[] = {[ROLE_NONE] = "none", [ROLE_DIMENSION] = "dimension", [ROLE_TIME] = "time",
                                        [ROLE_MEASURE] = "measure"};
    json_t *columns = json_array();

    for (size_t i = 0; i < compiled->column_count; i++) {
        const struct data_column *column = &compiled->columns[i];

        (void)json_array_append_new(columns, json_pack("[ss]", column->name, roles[column->role]));
    }
    return columns;
}

static int look_up(void *who, struct arena *arena, const char *sql, const char **ret_text)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct asker *asker = who;
    int           r = pg_query(asker->pg, sql, NULL, 0, &result, NULL);

    if (r < 0)
        return r;
    *ret_text = pg_result_rows(result) > 0 && pg_result_text(result, 0, 0) != NULL
                    ? arena_strdup(arena, pg_result_text(result, 0, 0)) : NULL;
    return 0;
}

static int compile(struct asker *asker, struct arena *arena, bool rollups, const char *text,
                   struct compiled **ret_compiled, struct error *error)
{
    struct semantic_context context = {.now = asker->now, .no_rollups = !rollups, .look_up = look_up, .who = asker};
    struct query *query;
    int           r = text[0] == '{' ? query_parse_json(arena, text, &query, error)
                                     : query_parse(arena, text, NULL, &query, error);

    return r < 0 ? r : semantic_compile(arena, asker->model, query, &context, ret_compiled, error);
}

static json_t *ask(struct asker *asker, struct arena *arena, char *rest, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    bool             rollups = strncmp(rest, "rollups\t", 8) == 0;
    struct compiled *compiled;
    struct pg_value *values;

    if (compile(asker, arena, rollups, strchr(rest, '\t') + 1, &compiled, error) < 0)
        return NULL;
    values = ARENA_ARRAY(arena, struct pg_value, compiled->value_count + 1);
    for (size_t i = 0; i < compiled->value_count; i++)
        values[i] = PG_TEXT(compiled->values[i].text);
    asker->server = true;
    if (pg_query(asker->pg, compiled->sql, values, compiled->value_count, &result, error) < 0)
        return NULL;
    asker->server = false;
    if (pg_result_rows(result) > ROWS_MOST) {
        error_set(error, ERR_LIMIT, "more than %d rows", ROWS_MOST);
        return NULL;
    }
    return json_pack("{so so so so so so}", "columns", columns_json(compiled), "rows", rows_json(result), "source",
                     text_json(compiled->note.source), "line", text_json(compiled->line), "json",
                     text_json(compiled->json), "sql", text_json(compiled->sql));
}

static json_t *run(struct asker *asker, struct arena *arena, char *rest, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    (void)arena;
    asker->server = true;
    if (strncasecmp(rest, "SELECT", 6) != 0)
        return pg_script(asker->pg, rest, error) < 0 ? NULL : json_object();
    return pg_query(asker->pg, rest, NULL, 0, &result, error) < 0 ? NULL : json_pack("{so}", "rows", rows_json(result));
}

static json_t *rollup(struct asker *asker, struct arena *arena, char *rest, struct error *error)
{
    struct semantic_rollup rollup = {0};
    char                  *name = strchr(rest, '\t');

    *name++ = '\0';
    if (model_rollup_fill(asker->model, arena, rest, name, asker->now, NULL, asker->now, &rollup, error) < 0)
        return NULL;
    return json_pack("{so so so}", "relation", text_json(rollup.relation), "time", text_json(rollup.time_column),
                     "fault", text_json(rollup.fault));
}

static void on_progress(struct sink *sink, const struct data_progress *progress)
{
    (void)sink, (void)progress;
}

static json_t *sample(struct asker *asker, struct arena *arena, char *rest, struct error *error)
{
    static const struct sink_ops ops = {.progress = on_progress};
    struct sink           sink = {.ops = &ops};
    struct sample_report  report;
    struct sample_options options = {.until = asker->now};

    (void)arena;
    options.channels = (int)strtol(rest, &rest, 10);
    options.days = (int)strtol(rest, &rest, 10);
    options.seed = strtoull(rest, NULL, 10);
    asker->server = true;
    if (sample_load(asker->pg, &options, &sink, &report, error) < 0)
        return NULL;
    return json_pack("{sI}", "snapshots", (json_int_t)report.snapshots);
}

static json_t *set_clock(struct asker *asker, struct arena *arena, char *rest, struct error *error)
{
    (void)arena;
    if (instant_from_text(rest, strlen(rest), &asker->now) >= 0)
        return json_object();
    error_set(error, ERR_USAGE, "'%s' is no time", rest);
    return NULL;
}

static const struct {
    const char *word;
    json_t *(*answer)(struct asker *asker, struct arena *arena, char *rest, struct error *error);
} kinds[] = {
    {"ask", ask}, {"sql", run}, {"rollup", rollup}, {"sample", sample}, {"clock", set_clock},
};

static json_t *answer(struct asker *asker, struct arena *arena, char *line, struct error *error)
{
    char *rest = strchr(line, '\t');

    asker->server = false;
    if (rest != NULL)
        *rest++ = '\0';
    for (size_t i = 0; rest != NULL && i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].word, line) == 0)
            return kinds[i].answer(asker, arena, rest, error);
    error_set(error, ERR_USAGE, "no request '%s'", line);
    return NULL;
}

static void serve(void *who)
{
    struct asker *asker = who;
    char         *line = NULL;
    size_t        room = 0;
    ssize_t       length;

    while ((length = getline(&line, &room, stdin)) > 0) {
        struct error  error = ERROR_INIT;
        struct arena *arena = arena_new();
        json_t       *json;
        char         *text;

        line[length - 1] = '\0';
        json = answer(asker, arena, line, &error);
        if (json == NULL)
            json = json_pack("{so si so}", "error", text_json(error.text), "code", error.code, "server",
                             json_boolean(asker->server));
        text = json_dumps(json, JSON_COMPACT);
        puts(text);
        (void)fflush(stdout);
        free(text);
        json_decref(json);
        arena_free(arena);
        error_done(&error);
    }
    free(line);
}

int main(int argc, char **argv)
{
    struct loop *loop = loop_new();
    struct asker asker = {0};
    struct error error = ERROR_INIT;

    if (argc != 4 || instant_from_text(argv[3], strlen(argv[3]), &asker.now) < 0)
        return 2;
    asker.model = load(argv[2], &error);
    if (asker.model == NULL || pg_open(loop, &(struct pg_options){.dsn = argv[1]}, &asker.pg, &error) < 0) {
        fprintf(stderr, "asker: %s\n", error.text != NULL ? error.text : "no model");
        return 1;
    }
    loop_run_task(loop, serve, &asker);
    pg_close(asker.pg);
    error_done(&error);
    loop_free(loop);
    model_unref(asker.model);
    return 0;
}
