/* One statement, asked again for parts of titles when no word was found. */
#include "ytempire/app/search.h"

#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

/* Han, kana, Hangul, Thai, Lao, Khmer, Myanmar: a text is one word to PostgreSQL's parser, or nearly so. */
static bool lacks_spaces(const char *text)
{
    static const struct {
        uint32_t from, to;
    } scripts[] = {
        {0x0e00, 0x0eff}, {0x1000, 0x109f}, {0x1100, 0x11ff}, {0x1780, 0x17ff},   {0x2e80, 0x9fff},
        {0xac00, 0xd7af}, {0xf900, 0xfaff}, {0xff66, 0xffdc}, {0x20000, 0x3ffff},
    };
    uint32_t point;
    size_t size, length = strlen(text);

    for (size_t at = 0; (size = utf8_decode(text + at, length - at, &point)) > 0; at += size)
        for (size_t i = 0; i < COUNT_OF(scripts); i++)
            if (point >= scripts[i].from && point <= scripts[i].to)
                return true;
    return false;
}

/* A tenant's views have the tables' names. */
static char *for_tenant(const char *sql)
{
    static const char from[] = "analytics.";
    struct str made = STR_INIT;

    for (const char *at; (at = strstr(sql, from)) != NULL; sql = at + sizeof from - 1) {
        str_add_bytes(&made, sql, (size_t)(at - sql));
        str_add(&made, "tenant.");
    }
    str_add(&made, sql);
    return str_take(&made);
}

static int find(struct app *app, const char *text, long long limit, bool parts, struct pg_result **ret_result,
                struct error *error)
{
    _cleanup_(mem_freep) char *sql = NULL, *own = NULL;
    char limit_text[32];
    struct pg_value values[] = {PG_TEXT(text), PG_TEXT(limit_text), PG_TEXT(parts ? "t" : "f")};
    struct pg *pg;
    bool tenant = false;
    int r = app_is_tenant(app, &tenant, error);

    (void)snprintf(limit_text, sizeof limit_text, "%lld", limit);
    if (r >= 0)
        r = app_pg(app, &pg, error);
    if (r >= 0)
        r = pg_catalog_text("search_videos", &sql, error);
    if (r < 0)
        return r;
    own = tenant ? for_tenant(sql) : NULL;
    return pg_query(pg, own != NULL ? own : sql, values, COUNT_OF(values), ret_result, error);
}

static int send(const struct pg_result *result, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new(
        "rank:numeric video_id:text title:text channel:text published_at:timestamptz snippet:text");
    struct data_cell cells[6];

    table_column_mutable(table, 5)->marked = true;
    for (size_t row = 0; row < pg_result_rows(result); row++) {
        for (size_t i = 0; i < COUNT_OF(cells); i++) {
            const char *text = pg_result_text(result, row, i);

            cells[i] = (struct data_cell){text, text != NULL ? strlen(text) : 0};
        }
        table_add_cells(table, cells);
    }
    return table_send(table, sink, error);
}

int app_search(struct app *app, const char *text, long long limit, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    bool parts = lacks_spaces(text);
    int r = find(app, text, limit, parts, &result, error);

    if (r >= 0 && !parts && pg_result_rows(result) == 0) {
        pg_result_free(TAKE(result));
        r = find(app, text, limit, true, &result, error);
        if (r >= 0 && pg_result_rows(result) > 0)
            sink_text(sink, "note: no video has these words; the titles have the text in them");
    }
    return r < 0 ? r : send(result, sink, error);
}
