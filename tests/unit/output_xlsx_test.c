/* output: a workbook, unpacked and read as the XML that ECMA-376 wants. */
#include "output_help.h"

#include <zlib.h>

#include "ytempire/base/str.h"

static uint32_t number_at(const char *bytes, int size)
{
    uint32_t number = 0;

    for (int i = size - 1; i >= 0; i--)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

struct unpacked {
    struct str bytes;       /* of the file */
    struct str part;        /* of one entry */
};

static void pack(const struct sheet *sheet, struct unpacked *ret)
{
    struct output *output = output_new(-1, "memory");
    struct writer *writer = writer_new(format_find("xlsx"), &sheet->style, output);
    struct data_cell cells[16];
    const char *bytes;
    size_t length;

    assert_int_equal(writer_begin(writer, sheet->columns, sheet->count, NULL), 0);
    for (size_t row = 0; row < sheet->rows; row++) {
        for (size_t i = 0; i < sheet->count; i++)
            cells[i] = cell(sheet->texts[row * sheet->count + i]);
        assert_int_equal(writer_row(writer, cells, NULL), 0);
    }
    assert_int_equal(writer_end(writer, sheet->note, NULL), 0);
    bytes = output_bytes(output, &length);
    *ret = (struct unpacked){0};
    str_add_bytes(&ret->bytes, bytes, length);
    writer_free(writer);
    output_free(output);
}

static void done(struct unpacked *file)
{
    str_done(&file->bytes);
    str_done(&file->part);
}

/* By the list at the end, as programs read it: the text of one part, its checksum compared. NULL: no such part. */
static const char *part_of(struct unpacked *file, const char *name)
{
    const char *all = file->bytes.data, *end = all + file->bytes.length - 22, *listed;
    size_t      count;

    assert_int_equal(number_at(end, 4), 0x06054b50);
    count = number_at(end + 10, 2);
    listed = all + number_at(end + 16, 4);
    assert_ptr_equal(listed + number_at(end + 12, 4), end);
    for (size_t i = 0; i < count; i++) {
        size_t      length = number_at(listed + 28, 2), size = number_at(listed + 24, 4);
        const char *local = all + number_at(listed + 42, 4);
        z_stream    stream = {0};

        assert_int_equal(number_at(listed, 4), 0x02014b50);
        assert_int_equal(number_at(local, 4), 0x04034b50);
        assert_memory_equal(local + 30, listed + 46, length);
        if (length != strlen(name) || memcmp(listed + 46, name, length) != 0) {
            listed += 46 + length;
            continue;
        }
        str_clear(&file->part);
        str_reserve(&file->part, size + 1);
        assert_int_equal(inflateInit2(&stream, -MAX_WBITS), Z_OK);
        stream.next_in = (Bytef *)(uintptr_t)(local + 30 + length);
        stream.avail_in = number_at(listed + 20, 4);
        stream.next_out = (Bytef *)file->part.data;
        stream.avail_out = (uInt)size + 1;
        assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
        assert_int_equal(stream.total_out, size);
        assert_int_equal(stream.avail_in, 0);
        file->part.length = size;
        file->part.data[size] = '\0';
        assert_int_equal(crc32(0, stream.next_out - size, (uInt)size), number_at(listed + 16, 4));
        assert_int_equal(number_at((const char *)stream.next_in, 4), 0x08074b50);
        (void)inflateEnd(&stream);
        return file->part.data;
    }
    return NULL;
}

static void assert_row(const struct sheet *sheet, const char *want)
{
    struct unpacked file;
    const char     *xml, *at;

    pack(sheet, &file);
    xml = part_of(&file, "xl/worksheets/sheet1.xml");
    assert_non_null(xml);
    at = strstr(xml, "<row r=\"2\">");
    assert_non_null(at);
    if (strncmp(at + strlen("<row r=\"2\">"), want, strlen(want)) != 0)
        assert_string_equal(at, want);
    assert_memory_equal(at + strlen("<row r=\"2\">") + strlen(want), "</row>", 6);
    done(&file);
}

#define TEXT_CELL(at, text) "<c r=\"" at "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" text "</t></is></c>"
#define QUOTED_CELL(at, text) "<c r=\"" at "\" s=\"2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" text "</t></is></c>"

static void numbers_are_numbers_as_far_as_a_double_keeps_them(void **state)
{
    (void)state;
    assert_row(&(struct sheet){COLUMNS(COLUMN("i", DATA_INT), COLUMN("big", DATA_INT), COLUMN("n", DATA_NUMERIC),
        COLUMN("exact", DATA_NUMERIC), COLUMN("f", DATA_FLOAT), COLUMN("nan", DATA_FLOAT), COLUMN("none", DATA_INT),
        COLUMN("b", DATA_BOOL), COLUMN("round", DATA_NUMERIC)), .count = 9,
        ROWS("-12", "9007199254740993", "12345678901.2300", "0.1234567890123456", "1e+300", "NaN", NULL, "t",
             "12000000000000000000"), .rows = 1},
        "<c r=\"A2\"><v>-12</v></c>" TEXT_CELL("B2", "9007199254740993") "<c r=\"C2\"><v>12345678901.2300</v></c>"
        TEXT_CELL("D2", "0.1234567890123456") "<c r=\"E2\"><v>1e+300</v></c>" TEXT_CELL("F2", "NaN")
        "<c r=\"H2\" t=\"b\"><v>1</v></c><c r=\"I2\"><v>12000000000000000000</v></c>");
}

/* A quotient has sixteen places that say nothing; money past 15 digits is another matter. */
static void of_a_measure_the_places_a_division_left_do_not_count(void **state)
{
    (void)state;
    assert_row(&(struct sheet){COLUMNS({.name = "rate", .type = DATA_NUMERIC, .role = ROLE_MEASURE, .format = FORMAT_PERCENT,
        .decimals = -1}, {.name = "cost", .type = DATA_NUMERIC, .role = ROLE_MEASURE, .format = FORMAT_CURRENCY, .decimals = -1}),
        .count = 2, ROWS("0.04333333333333333333", "12345678901.123456"), .rows = 1},
        "<c r=\"A2\" s=\"3\"><v>0.04333333333333333333</v></c>" TEXT_CELL("B2", "12345678901.123456"));
}

static void times_are_times_in_the_zone_of_their_column(void **state)
{
    const struct zone *pacific;

    (void)state;
    assert_int_equal(zone_find("America/Los_Angeles", &pacific), 0);
    assert_row(&(struct sheet){COLUMNS(COLUMN("day", DATA_DATE), COLUMN("wall", DATA_TIMESTAMP),
        {.name = "la", .type = DATA_TIMESTAMPTZ, .zone = pacific, .unit = UNIT_HOUR, .decimals = -1},
        {.name = "la_day", .type = DATA_TIMESTAMPTZ, .zone = pacific, .unit = UNIT_DAY, .decimals = -1},
        COLUMN("old", DATA_DATE), COLUMN("ever", DATA_TIMESTAMPTZ)), .count = 6,
        ROWS("2026-01-01", "2026-01-01 06:00:00", "2026-01-01 20:00:00+00", "2026-01-01 08:00:00+00", "1899-12-31", "infinity"),
        .rows = 1},
        "<c r=\"A2\" s=\"3\"><v>46023</v></c><c r=\"B2\" s=\"4\"><v>46023.25</v></c><c r=\"C2\" s=\"5\"><v>46023.5</v></c>"
        "<c r=\"D2\" s=\"3\"><v>46023</v></c>" TEXT_CELL("E2", "1899-12-31") TEXT_CELL("F2", "infinity"));
}

static void text_never_becomes_a_formula_or_markup(void **state)
{
    (void)state;
    assert_row(&(struct sheet){COLUMNS(COLUMN("a", DATA_TEXT), COLUMN("b", DATA_TEXT), COLUMN("c", DATA_TEXT),
        COLUMN("d", DATA_TEXT), COLUMN("e", DATA_TEXT), COLUMN("f", DATA_TEXT), COLUMN("g", DATA_TEXT)), .count = 7,
        ROWS("=1+1", "+1", "-1", "@SUM(A1)", "</t><f>1</f> & \"", " two\nlines\x1b[2J\xff", "_x0041_ _x00_"), .rows = 1},
        QUOTED_CELL("A2", "=1+1") QUOTED_CELL("B2", "+1") QUOTED_CELL("C2", "-1") QUOTED_CELL("D2", "@SUM(A1)")
        TEXT_CELL("E2", "&lt;/t&gt;&lt;f&gt;1&lt;/f&gt; &amp; \"") TEXT_CELL("F2", " two\nlines\\x1b[2J\xef\xbf\xbd")
        TEXT_CELL("G2", "_x005F_x0041_ _x00_"));
}

static void what_is_longer_than_a_cell_is_cut_and_counted(void **state)
{
    struct output *output = output_new(-1, "memory");
    struct style   style = {0};
    struct writer *writer = writer_new(format_find("xlsx"), &style, output);
    struct str     text = STR_INIT;
    struct data_column column = COLUMN("a", DATA_TEXT);

    (void)state;
    str_add_repeat(&text, "é", 32765);
    str_add(&text, "🎬");
    assert_int_equal(writer_begin(writer, &column, 1, NULL), 0);
    assert_int_equal(writer_row(writer, &(struct data_cell){str_text(&text), text.length}, NULL), 0);
    assert_int_equal(writer_cut(writer), 0);
    str_add(&text, "x");
    assert_int_equal(writer_row(writer, &(struct data_cell){str_text(&text), text.length}, NULL), 0);
    assert_int_equal(writer_cut(writer), 1);
    assert_int_equal(writer_end(writer, NULL, NULL), 0);
    writer_free(writer);
    output_free(output);
    str_done(&text);
}

static void what_the_numbers_mean_is_a_sheet_of_its_own(void **state)
{
    const struct data_note note = {.title = "=views by day", .zone = "Asia/Tokyo", .rule = "views: last & carried", .limited = true};
    struct unpacked file;
    const char     *xml;

    (void)state;
    pack(&(struct sheet){COLUMNS({.name = "money", .type = DATA_NUMERIC, .format = FORMAT_CURRENCY, .currency = "EUR", .decimals = 0},
        {.name = "chf", .type = DATA_NUMERIC, .format = FORMAT_CURRENCY, .currency = "CHF", .decimals = -1}), .count = 2,
        .note = &note}, &file);
    xml = part_of(&file, "xl/worksheets/about.xml");
    assert_non_null(strstr(xml, QUOTED_CELL("B1", "=views by day")));
    assert_non_null(strstr(xml, "views: last &amp; carried"));
    assert_non_null(strstr(xml, "cut by the limit"));
    xml = part_of(&file, "xl/styles.xml");
    assert_non_null(strstr(xml, "formatCode=\"&quot;€&quot;#,##0\""));
    assert_non_null(strstr(xml, "formatCode=\"#,##0.00&quot; CHF&quot;\""));
    xml = part_of(&file, "xl/workbook.xml");
    assert_non_null(strstr(xml, "<sheet name=\"Rows\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"About\""));
    assert_non_null(part_of(&file, "[Content_Types].xml"));
    assert_memory_equal(file.bytes.data + 30, "_rels/.rels", 11);
    done(&file);
    pack(&(struct sheet){COLUMNS(COLUMN("a", DATA_INT)), .count = 1, .style = {.no_footer = true}}, &file);
    assert_null(part_of(&file, "xl/worksheets/about.xml"));
    done(&file);
}

/* A sheet ends at its 1,048,576th row; the rest goes on in the next, below the names again. */
static void more_rows_than_a_sheet_takes_go_on_in_another(void **state)
{
    struct output *output = output_new(-1, "memory");
    struct style   style = {0};
    struct writer *writer = writer_new(format_find("xlsx"), &style, output);
    struct data_column column = COLUMN("a", DATA_INT);
    struct unpacked    file = {0};
    const char *bytes, *xml;
    size_t      length;

    (void)state;
    assert_int_equal(writer_begin(writer, &column, 1, NULL), 0);
    for (int i = 0; i < 1048576; i++)
        assert_int_equal(writer_row(writer, &(struct data_cell){"7", 1}, NULL), 0);
    assert_int_equal(writer_end(writer, NULL, NULL), 0);
    bytes = output_bytes(output, &length);
    str_add_bytes(&file.bytes, bytes, length);
    xml = part_of(&file, "xl/worksheets/sheet1.xml");
    assert_non_null(strstr(xml + file.part.length - 120, "<row r=\"1048576\"><c r=\"A1048576\"><v>7</v></c></row></sheetData>"));
    xml = part_of(&file, "xl/worksheets/sheet2.xml");
    assert_non_null(strstr(xml, TEXT_CELL("A1\" s=\"1", "a") "</row><row r=\"2\"><c r=\"A2\"><v>7</v></c></row></sheetData>"));
    assert_non_null(strstr(part_of(&file, "xl/workbook.xml"), "<sheet name=\"Rows 2\""));
    done(&file);
    writer_free(writer);
    output_free(output);
}

static void too_many_columns_are_refused(void **state)
{
    struct output      *output = output_new(-1, "a.xlsx");
    struct style        style = {0};
    struct writer      *writer = writer_new(format_find("xlsx"), &style, output);
    struct data_column *columns = mem_alloc(16385 * sizeof *columns);
    struct error        error = ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 16385; i++)
        columns[i] = (struct data_column)COLUMN("a", DATA_INT);
    assert_int_equal(writer_begin(writer, columns, 16384, NULL), 0);
    assert_int_equal(writer_begin(writer, columns, 16385, &error), ERR_LIMIT);
    assert_string_equal(error.text, "a.xlsx: a sheet of xlsx has at most 16,384 columns");
    error_done(&error);
    writer_free(writer);
    output_free(output);
    mem_free(columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_numbers_as_far_as_a_double_keeps_them),
        cmocka_unit_test(of_a_measure_the_places_a_division_left_do_not_count),
        cmocka_unit_test(times_are_times_in_the_zone_of_their_column),
        cmocka_unit_test(text_never_becomes_a_formula_or_markup),
        cmocka_unit_test(what_is_longer_than_a_cell_is_cut_and_counted),
        cmocka_unit_test(what_the_numbers_mean_is_a_sheet_of_its_own),
        cmocka_unit_test(more_rows_than_a_sheet_takes_go_on_in_another),
        cmocka_unit_test(too_many_columns_are_refused),
    };

    return cmocka_run_group_tests_name("output/xlsx", tests, NULL, NULL);
}
