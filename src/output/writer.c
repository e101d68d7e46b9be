/*
 * One result after another through one format.
 *
 * Invariant: columns of the result under way are ours (in the arena), with names that are unique; formats look at
 * nothing but the writer.
 */
#include "output_int.h"

#include <stdlib.h>

#include "ytempire/base/utf8.h"

struct writer *writer_new(const struct format *format, const struct style *style, struct output *output)
{
    struct writer *writer = mem_alloc(sizeof *writer);

    writer->format = format;
    writer->style = *style;
    if (style->null_text != NULL && format->exact) {
        writer->style.null_text = mem_strdup(style->null_text);
    } else if (style->null_text != NULL) {
        output_safe_text(&writer->scratch, style->null_text, strlen(style->null_text));
        writer->style.null_text = str_take(&writer->scratch);
    }
    writer->output = output;
    if (format->size > 0)
        writer->state = mem_alloc(format->size);
    return writer;
}

static void close_result(struct writer *writer)
{
    if (writer->open && writer->format->free != NULL)
        writer->format->free(writer);
    writer->open = false;
    arena_free(writer->arena);
    writer->arena = NULL;
    if (writer->format->size > 0)
        memset(writer->state, 0, writer->format->size);
}

void writer_free(struct writer *writer)
{
    if (writer == NULL)
        return;
    close_result(writer);
    str_done(&writer->scratch);
    mem_free((void *)(uintptr_t)writer->style.null_text);
    mem_free(writer->state);
    mem_free(writer);
}

void writer_freep(struct writer **writer)
{
    writer_free(*writer);
}

/* A second "id" becomes "id_2": an object cannot have two, and a reader of CSV by names would lose one. `taken` has each
 * name with the number to try next, so that a thousand columns of one name do not count up a thousand times each. */
static const char *unique_name(struct writer *writer, struct map *taken, const char *name)
{
    const char *unique = arena_strdup(writer->arena, name != NULL ? name : "");
    uintptr_t   number = (uintptr_t)map_get(taken, unique);

    if (number == 0) {
        (void)map_put(taken, unique, (void *)(uintptr_t)2);
        return unique;
    }
    do
        unique = arena_printf(writer->arena, "%s_%zu", name != NULL ? name : "", (size_t)number++);
    while (map_get(taken, unique) != NULL);
    (void)map_put(taken, name != NULL ? name : "", (void *)number);
    (void)map_put(taken, unique, (void *)(uintptr_t)2);
    return unique;
}

static const char *copy_text(struct writer *writer, const char *text)
{
    return text != NULL ? arena_strdup(writer->arena, text) : NULL;
}

static void copy_columns(struct writer *writer, const struct data_column *columns, size_t count)
{
    struct map *taken = map_new();

    writer->columns = ARENA_ARRAY(writer->arena, struct data_column, count + 1);
    writer->count = count;
    for (size_t i = 0; i < count; i++) {
        struct data_column *column = &writer->columns[i];

        *column = columns[i];
        column->name = unique_name(writer, taken, columns[i].name);
        column->currency = copy_text(writer, columns[i].currency);
        column->member = copy_text(writer, columns[i].member);
        column->title = copy_text(writer, columns[i].title);
        column->description = copy_text(writer, columns[i].description);
    }
    map_free(taken);
}

/* 0, or the output's failure in words. */
static int outcome(struct writer *writer, struct error *error)
{
    return output_failed(writer->output) == 0 ? 0 : output_flush(writer->output, error);
}

void writer_layout(struct writer *writer, const char *layout)
{
    (void)snprintf(writer->layout, sizeof writer->layout, "%s", layout != NULL ? layout : "");
}

int writer_begin(struct writer *writer, const struct data_column *columns, size_t count, struct error *error)
{
    close_result(writer);
    writer->arena = arena_new();
    copy_columns(writer, columns, count);
    writer->rows = writer->cut = 0;
    writer->results++;
    writer->open = true;
    writer->format->begin(writer);
    return outcome(writer, error);
}

int writer_row(struct writer *writer, const struct data_cell *cells, struct error *error)
{
    writer->rows++;
    writer->format->row(writer, cells);
    return writer->output->code == 0 ? 0 : outcome(writer, error);
}

int writer_end(struct writer *writer, const struct data_note *note, struct error *error)
{
    static const struct data_note nothing;

    writer->format->end(writer, note != NULL ? note : &nothing);
    close_result(writer);
    writer->layout[0] = '\0';
    return outcome(writer, error);
}

void writer_abandon(struct writer *writer)
{
    close_result(writer);
    (void)(output_flush(writer->output, NULL) < 0);
}

uint64_t writer_rows(const struct writer *writer)
{
    return writer->rows;
}

uint64_t writer_cut(const struct writer *writer)
{
    return writer->cut;
}

int writer_raw(struct writer *writer, const char *bytes, size_t length, struct error *error)
{
    output_add(writer->output, bytes, length);
    return outcome(writer, error);
}

/* -- values -------------------------------------------------------------------------------------------------------- */

static bool is_time(const struct data_column *column)
{
    return column->type == DATA_DATE || column->type == DATA_TIMESTAMP || column->type == DATA_TIMESTAMPTZ;
}

bool column_is_as_is(const struct data_column *column)
{
    bool utc = column->zone == NULL || column->zone == zone_utc();

    return !is_time(column) || (column->unit == UNIT_NONE && (utc || column->type != DATA_TIMESTAMPTZ));
}

bool text_is_formula(const char *text, size_t length)
{
    static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

    if (length == 0)
        return false;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (length >= 3 && memcmp(text, wide[i], 3) == 0)
            return true;
    return *text != '\0' && strchr("=+-@\t\r\n", *text) != NULL;
}

bool column_is_tame(const struct data_column *column)
{
    switch (column->type) {
    case DATA_BOOL:
    case DATA_INT:
    case DATA_NUMERIC:
    case DATA_FLOAT:
    case DATA_DATE:
    case DATA_TIMESTAMP:
    case DATA_TIMESTAMPTZ:
    case DATA_INTERVAL:
    case DATA_UUID:
        return true;
    case DATA_TEXT:
    case DATA_JSON:
    case DATA_BYTES:
    case DATA_ARRAY:
        break;
    }
    return false;
}

struct data_cell writer_shown(struct writer *writer, size_t column, struct data_cell cell)
{
    if (cell.text == NULL || column_is_as_is(&writer->columns[column]))
        return cell;
    str_clear(&writer->scratch);
    data_cell_show(&writer->columns[column], cell, &writer->scratch);
    return (struct data_cell){str_text(&writer->scratch), writer->scratch.length};
}

static bool is_safe(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return utf8_valid_prefix(text, length) == length && memchr(text, '\xc2', length) == NULL;
}

struct data_cell writer_pretty(struct writer *writer, size_t column, struct data_cell cell, bool keep_lines)
{
    struct str raw = STR_INIT;
    size_t start = 0;

    str_clear(&writer->scratch);
    data_cell_pretty(&writer->columns[column], cell, &writer->scratch);
    if (!is_safe(str_text(&writer->scratch), writer->scratch.length)) {
        raw = writer->scratch;
        writer->scratch = STR_INIT;
        for (size_t i = 0; keep_lines && i < raw.length; i++)
            if (raw.data[i] == '\n') {
                output_safe_text(&writer->scratch, raw.data + start, i - start);
                str_add_char(&writer->scratch, '\n');
                start = i + 1;
            }
        output_safe_text(&writer->scratch, str_text(&raw) + start, raw.length - start);
        str_done(&raw);
    }
    return (struct data_cell){str_text(&writer->scratch), writer->scratch.length};
}

void output_safe_text(struct str *to, const char *text, size_t length)
{
    uint32_t point;

    for (size_t at = 0, size; at < length; at += size) {
        size = utf8_decode(text + at, length - at, &point);
        if (size == 0)
            break;
        if (point == '\n')
            str_add(to, "\\n");
        else if (point == '\r')
            str_add(to, "\\r");
        else if (point == '\t')
            str_add(to, "\\t");
        else if (point < 0x20 || (point >= 0x7f && point < 0xa0))
            str_addf(to, "\\x%02x", (unsigned)point);
        else if (point == 0xfffd && size == 1)
            str_add(to, "\xef\xbf\xbd");
        else
            str_add_bytes(to, text + at, size);
    }
}

/* -- what the numbers mean ----------------------------------------------------------------------------------------- */

static void add_part(struct str *to, const char *separator, const char *before, const char *part)
{
    if (part == NULL || part[0] == '\0')
        return;
    str_add(to, separator);
    str_add(to, before);
    output_safe_text(to, part, strlen(part));
}

/* Where it is not of now, and how old it is. */
static void add_cached(struct str *to, const char *separator, const struct data_note *note)
{
    char age[TIME_TEXT_SIZE];
    bool stale = text_equal(note->cache, "stale");

    if (!stale && !text_equal(note->cache, "hit"))
        return;
    str_addf(to, "%s%s", separator, stale ? "a stale answer" : "cached");
    if (note->age_us > 0)
        str_addf(to, ", %s old", duration_to_text(note->age_us, age));
}

void output_note(struct str *to, uint64_t rows, const struct data_note *note, bool ascii)
{
    const char *dot = ascii ? "; " : " · ";

    str_addf(to, "%llu %s", (unsigned long long)rows, rows == 1 ? "row" : "rows");
    if (note->limited)
        str_add(to, ", cut by the limit: there are more");
    add_part(to, dot, "", note->range);
    add_part(to, dot, "", note->zone);
    add_part(to, dot, "", note->rule);
    add_part(to, dot, "from ", note->source);
    add_part(to, dot, "data until ", note->watermark);
    add_cached(to, dot, note);
    str_add_char(to, '\n');
    for (size_t i = 0; i < note->remark_count; i++) {
        str_add(to, "note: ");
        output_safe_text(to, note->remarks[i], strlen(note->remarks[i]));
        str_add_char(to, '\n');
    }
}

void writer_footer(const struct writer *writer, const struct data_note *note, struct str *to)
{
    if (!writer->style.no_footer)
        output_note(to, writer->rows, note, writer->style.ascii);
}
