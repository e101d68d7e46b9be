/*
 * When a source is loaded, as its file says: "schedule": a cron expression, or an object with it, a zone, what becomes of
 * missed runs, and for sources of files which ones. The leader of the workers keeps what stands in its files as rows of
 * ops.schedules, named "source:NAME"; whether one is paused is a person's.
 */
#include "source_file.h"

#include <string.h>

#include "ingest_int.h"
#include "ytempire/base/time.h"
#include "ytempire/jobs.h"

static int read_word(const struct source_file *file, const struct tree_node *object, const char *name,
                     const char **ret_text, struct error *error)
{
    const struct tree_node *node = tree_get(object, name);

    if (node == NULL)
        return 0;
    if (node->kind != TREE_STRING || node->length == 0)
        return source_file_fail(file, node, false, error, "'%s' is a text", name);
    *ret_text = tree_text(file->arena, node);
    return 0;
}

static int read_files(struct source_file *file, const struct tree_node *object, struct error *error)
{
    const struct tree_node *files = tree_get(object, "files");
    bool                    is_api = text_equal(file->kind, "api");

    if (files == NULL && !is_api)
        return source_file_fail(file, object, false, error, "a schedule of files names them: 'files'");
    if (files == NULL)
        return 0;
    if (is_api)
        return source_file_fail(file, files, true, error, "a source that asks its API takes no files");
    if (files->kind != TREE_ARRAY || files->count == 0)
        return source_file_fail(file, files, false, error, "'files' is a list of paths");
    file->files = ARENA_ARRAY(file->arena, const char *, files->count);
    for (const struct tree_node *node = files->first; node != NULL; node = node->next) {
        const char *path = node->kind == TREE_STRING ? tree_text(file->arena, node) : "";

        if (path[0] != '/')
            return source_file_fail(file, node, false, error, "a worker needs the whole path of a file");
        file->files[file->file_count++] = path;
    }
    return 0;
}

static int check_times(const struct source_file *file, const struct tree_node *node, struct error *error)
{
    const struct zone *zone;
    struct error       found = ERROR_INIT;
    int64_t            next;
    int                r;

    if (!text_equal(file->missed, "once") && !text_equal(file->missed, "skip") && !text_equal(file->missed, "all"))
        return source_file_fail(file, node, false, error, "'missed' is skip, once or all");
    if (zone_find(file->zone, &zone) < 0)
        return source_file_fail(file, node, false, error, "unknown time zone '%s'", file->zone);
    r = cron_next(file->cron, zone, instant_now(), 1, &next, &found);
    if (r < 0)
        source_file_fail(file, node, false, error, "%s", found.text);
    error_done(&found);
    return r < 0 ? ERR_SYNTAX : 0;
}

int source_schedule_read(struct source_file *file, struct error *error)
{
    static const char *const names[] = {"cron", "tz", "missed", "files"};
    const struct tree_node  *node = tree_get(file->tree.root, "schedule");
    int                      r = 0;

    file->zone = "UTC";
    file->missed = "once";
    if (node == NULL)
        return 0;
    if (node->kind == TREE_STRING) {
        file->cron = tree_text(file->arena, node);
        return text_equal(file->kind, "api") ? check_times(file, node, error) : read_files(file, node, error);
    }
    if (node->kind != TREE_OBJECT || tree_get(node, "cron") == NULL)
        return source_file_fail(file, node, false, error, "'schedule' is a cron expression, or an object with 'cron'");
    r = source_file_check_names(file, node, names, COUNT_OF(names), error);
    if (r >= 0)
        r = read_word(file, node, "cron", &file->cron, error);
    if (r >= 0)
        r = read_word(file, node, "tz", &file->zone, error);
    if (r >= 0)
        r = read_word(file, node, "missed", &file->missed, error);
    if (r >= 0)
        r = read_files(file, node, error);
    return r < 0 ? r : check_times(file, node, error);
}

/* -- into the list ------------------------------------------------------------------------------------------------- */

enum column { NAME, CRON, ZONE, COMMAND, MISSED, SOURCE, BROKEN, COLUMNS };

static void add_schedule(struct str columns[static COLUMNS], const struct source_file *file)
{
    struct ingest_options      options = {.source = file->name, .files = file->files, .file_count = file->file_count};
    _cleanup_(mem_freep) char *name = mem_printf("source:%s", file->name), *command = ingest_command(&options);
    const char *const          texts[] = {[NAME] = name,       [CRON] = file->cron,     [ZONE] = file->zone,
                                          [COMMAND] = command, [MISSED] = file->missed, [SOURCE] = file->name};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        array_add(&columns[i], texts[i]);
}

static int read_all(struct str columns[static COLUMNS], struct error *error)
{
    char **names;
    size_t count;
    int    r = source_file_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        _cleanup_(source_file_freep) struct source_file *file = NULL;
        _cleanup_(mem_freep) char *name = mem_printf("source:%s", names[i]);

        if (source_file_read(names[i], &file, NULL) < 0)
            array_add(&columns[BROKEN], name);         /* 'lint' says why; what it said before stays */
        else if (file->cron != NULL)
            add_schedule(columns, file);
    }
    source_file_names_free(names, count);
    return 0;
}

int ingest_keep_schedules(struct pg *pg, struct error *error)
{
    struct str    columns[COLUMNS];
    struct values values = {0};
    int           r;

    for (size_t i = 0; i < COLUMNS; i++) {
        columns[i] = (struct str)STR_INIT;
        array_begin(&columns[i]);
    }
    r = read_all(columns, error);
    for (size_t i = 0; i < COLUMNS; i++) {
        array_end(&columns[i]);
        value_text(&values, str_text(&columns[i]));
    }
    if (r >= 0)
        r = values_run(pg, "ingest_schedules", &values, NULL, error);
    for (size_t i = 0; i < COLUMNS; i++)
        str_done(&columns[i]);
    return r;
}
