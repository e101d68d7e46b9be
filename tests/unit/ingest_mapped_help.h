/* For tests of files with a mapping of one's own: a source, a load and what is to come of it. Include after
 * warehouse.h. */
#ifndef YTEMPIRE_TESTS_INGEST_MAPPED_HELP_H
#define YTEMPIRE_TESTS_INGEST_MAPPED_HELP_H

#include "ingest_help.h"

static inline void begin(struct desk *desk)
{
    warehouse_open(desk);
    script(desk, "DELETE FROM ops.loaded_blocks; DELETE FROM analytics.fact_costs; DELETE FROM ops.revenue_ledger;"
                 "DELETE FROM analytics.fact_revenue; DELETE FROM analytics.fact_channel_daily");
    warehouse_empty(desk);
}

static inline void write_source(const char *name, const char *text)
{
    _cleanup_(mem_freep) char *folder = NULL, *path = NULL;

    mem_free(file_of("x", ""));            /* which makes the folder of all */
    setenv("XDG_CONFIG_HOME", files_folder, 1);
    folder = mem_printf("%s/ytempire/queries/sources", files_folder);
    assert_int_equal(file_make_folders(folder, 0755, NULL), 0);
    path = mem_printf("%s/%s.json", folder, name);
    assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

static inline void load(struct bench *bench, const char *source, const char *name, const char *text,
                        const char *settings, int wanted, const char *row)
{
    _cleanup_(mem_freep) char *path = file_of(name, text);
    int                        r;

    bench->source = source;
    r = bench_load(bench, bench->desk, (const char *const[]){path, NULL}, settings);
    if (r != wanted)
        fail_msg("%s: ended with %d, not %d: %s", name, r, wanted, bench->error.text != NULL ? bench->error.text : "");
    if (row != NULL)
        assert_string_equal(str_text(&bench->rows), row);
}

#endif
