/* Sources and dead letters as tables. */
#include <inttypes.h>

#include "ingest_int.h"
#include "ytempire/base/mem.h"

/* "k=v k=v": as the source's file says, else as it is. */
static void add_settings(struct str *array, const struct ingest_source *source, const struct source_file *file)
{
    _cleanup_(str_done) struct str text = STR_INIT;
    struct ingest_options options = {.source = source->name};
    struct ingest         ingest = {.options = &options, .source = source,
                                    .file = (struct source_file *)(uintptr_t)file};

    for (const struct ingest_setting *setting = source->settings; setting->name != NULL; setting++)
        str_addf(&text, "%s%s=%s", text.length > 0 ? " " : "", setting->name,
                 ingest_setting_text(&ingest, setting->name));
    array_add(array, str_text(&text));
}

/* A file that is broken is told by whoever loads from it. */
static struct source_file *file_of(const struct ingest_source *source)
{
    struct source_file *file = NULL;

    if (text_equal(source->kind, "api"))
        (void)!source_file_read(source->name, &file, NULL);
    return file;
}

static void add_source(struct str arrays[static 4], const struct ingest_source *source, const struct source_file *file)
{
    bool is_mapped = source == &ingest_mapped;

    array_add(&arrays[0], is_mapped ? file->name : source->name);
    array_add(&arrays[1], is_mapped ? file->kind : source->kind);
    array_add(&arrays[2], file != NULL && file->summary != NULL ? file->summary : source->summary);
    add_settings(&arrays[3], source, file);
}

/* Those with a mapping; a file that cannot be read is none ('lint' says why). */
static void add_mapped(struct str arrays[static 4])
{
    char **names;
    size_t count;

    if (source_file_names(&names, &count, NULL) < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        _cleanup_(source_file_freep) struct source_file *file = NULL;

        if (source_file_read(names[i], &file, NULL) >= 0 && !text_equal(file->kind, "api"))
            add_source(arrays, &ingest_mapped, file);
    }
    source_file_names_free(names, count);
}

int ingest_list_sources(struct pg *pg, struct sink *sink, struct error *error)
{
    struct str    arrays[4] = {STR_INIT, STR_INIT, STR_INIT, STR_INIT};
    struct values values = {0};
    int           r;

    for (size_t i = 0; i < COUNT_OF(arrays); i++)
        array_begin(&arrays[i]);
    for (const struct ingest_source *const *source = ingest_sources; *source != NULL; source++) {
        _cleanup_(source_file_freep) struct source_file *file = file_of(*source);

        add_source(arrays, *source, file);
    }
    add_mapped(arrays);
    for (size_t i = 0; i < COUNT_OF(arrays); i++) {
        array_end(&arrays[i]);
        value_text(&values, str_text(&arrays[i]));
    }
    r = pg_catalog_table(pg, "ingest_list_sources", values.list, values.count, sink, error);
    for (size_t i = 0; i < COUNT_OF(arrays); i++)
        str_done(&arrays[i]);
    return r;
}

/* -- dead letters -------------------------------------------------------------------------------------------------- */

int ingest_list_letters(struct pg *pg, const char *source, struct sink *sink, struct error *error)
{
    const struct ingest_source *found;
    struct values               values = {0};
    int                         r = source != NULL ? ingest_source_find(source, &found, error) : 0;

    value_text(&values, source);
    return r < 0 ? r : pg_catalog_table(pg, "ingest_list_letters", values.list, values.count, sink, error);
}

int ingest_group_letters(struct pg *pg, const char *source, struct sink *sink, struct error *error)
{
    const struct ingest_source *found;
    struct values               values = {0};
    int                         r = source != NULL ? ingest_source_find(source, &found, error) : 0;

    value_text(&values, source);
    return r < 0 ? r : pg_catalog_table(pg, "letters_groups", values.list, values.count, sink, error);
}

/* -- tapes --------------------------------------------------------------------------------------------------------- */

static int find_exchange(struct pg *pg, const char *source, const struct values *values, int64_t id,
                         struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = values_run(pg, "ingest_tape_show", values, &result, error);

    if (r < 0 || pg_result_rows(result) > 0)
        return r;
    error_set(error, ERR_UNKNOWN, "there is no exchange %" PRId64 " on the tape of '%s'", id, source);
    error_hint(error, "'source tape %s' lists them", source);
    return ERR_UNKNOWN;
}

int ingest_show_tape(struct pg *pg, const char *source, int64_t id, struct sink *sink, struct error *error)
{
    const struct ingest_source *found;
    struct values               values = {0};
    int                         r = ingest_source_find(source, &found, error);

    value_text(&values, source);
    if (r >= 0 && id != 0) {
        value_int(&values, id);
        r = find_exchange(pg, source, &values, id, error);
    }
    return r < 0 ? r
                 : pg_catalog_table(pg, id != 0 ? "ingest_tape_show" : "ingest_tape_list", values.list, values.count,
                                    sink, error);
}
