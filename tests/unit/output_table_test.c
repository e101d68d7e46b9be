/* output: the formats that people read. */
#include "output_help.h"

static const struct data_column channels[] = {
    {.name = "channel", .type = DATA_TEXT, .decimals = -1},
    {.name = "views", .type = DATA_INT, .format = FORMAT_NUMBER, .role = ROLE_MEASURE, .decimals = -1},
};
static const char *const rows[] = {"T-Series", "1234567", "日本語", NULL, "evil \x1b[2J|<b>", "5"};

static struct sheet sheet_of(const char *format, struct style style)
{
    static const struct data_note note = {.range = "2026-01-01 … 2026-01-28", .zone = "UTC", .source = "facts"};

    return (struct sheet){.format = format, .style = style, .columns = channels, .count = 2, .texts = rows, .rows = 3,
                          .note = &note};
}

static void a_table_is_aligned_by_what_a_terminal_counts(void **state)
{
    struct sheet sheet = sheet_of("table", (struct style){0});

    (void)state;
    assert_written(&sheet,
        "┌──────────────────┬───────────┐\n"
        "│ channel          │     views │\n"
        "├──────────────────┼───────────┤\n"
        "│ T-Series         │ 1,234,567 │\n"
        "│ 日本語           │      NULL │\n"
        "│ evil \\x1b[2J|<b> │         5 │\n"
        "└──────────────────┴───────────┘\n"
        "3 rows · 2026-01-01 … 2026-01-28 · UTC · from facts\n");
}

static void ascii_has_no_lines_of_unicode(void **state)
{
    struct sheet sheet = sheet_of("table", (struct style){.ascii = true, .no_header = true, .null_text = "?", .no_footer = true});

    (void)state;
    assert_written(&sheet,
        "+------------------+-----------+\n"
        "| T-Series         | 1,234,567 |\n"
        "| 日本語           |         ? |\n"
        "| evil \\x1b[2J|<b> |         5 |\n"
        "+------------------+-----------+\n");
}

static void text_is_cut_on_a_narrow_terminal_only_and_says_so(void **state)
{
    struct sheet sheet = sheet_of("table", (struct style){.width = 26, .no_footer = true});
    char *text = written(&sheet);

    (void)state;
    assert_non_null(strstr(text, "│ evil \\x1b… │         5 │\n"));
    assert_non_null(strstr(text, "note: some texts are cut"));
    mem_free(text);
}

/* Widths are found from the first thousand rows; the 1,500th is wider and stands whole. */
static void late_wide_values_are_not_lost(void **state)
{
    struct output *output = output_new(-1, "memory");
    struct writer *writer = writer_new(format_find("table"), &(struct style){0}, output);
    const struct data_column column = COLUMN("a", DATA_TEXT);
    const char *bytes;
    size_t length;

    (void)state;
    assert_int_equal(writer_begin(writer, &column, 1, NULL), 0);
    for (size_t i = 1; i <= 2000; i++)
        assert_int_equal(writer_row(writer, &(struct data_cell){"a very long value", i == 1500 ? 17 : 1}, NULL), 0);
    assert_int_equal(writer_end(writer, NULL, NULL), 0);
    bytes = output_bytes(output, &length);
    assert_non_null(memmem(bytes, length, "│ a very long value │\n", strlen("│ a very long value │\n")));
    assert_non_null(memmem(bytes, length, "\n2000 rows\n", strlen("\n2000 rows\n")));
    writer_free(writer);
    output_free(output);
}

static void a_result_cut_short_says_so(void **state)
{
    static const char *const remarks[] = {"one day is not loaded yet"};
    static const struct data_note note = {.limited = true, .remarks = remarks, .remark_count = 1};
    struct sheet sheet = sheet_of("table", (struct style){0});
    char *text;

    (void)state;
    sheet.note = &note;
    text = written(&sheet);
    assert_non_null(strstr(text, "3 rows, cut by the limit: there are more\nnote: one day is not loaded yet\n"));
    mem_free(text);
}

static void vertical_is_a_line_a_value(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "vertical", .style = {.ascii = true},
        COLUMNS(COLUMN("id", DATA_INT), COLUMN("title", DATA_TEXT)), .count = 2, ROWS("1", "two\nlines", "2", NULL), .rows = 2},
        "-[ RECORD 1 ]-----------------\nid    | 1\ntitle | two\n      | lines\n"
        "-[ RECORD 2 ]-----------------\nid    | 2\ntitle | NULL\n2 rows\n");
}

static void markdown_escapes_markup(void **state)
{
    struct sheet sheet = sheet_of("markdown", (struct style){0});

    (void)state;
    assert_written(&sheet,
        "| channel | views |\n| --- | ---: |\n| T-Series | 1,234,567 |\n| 日本語 |  |\n"
        "| evil \\\\x1b\\[2J\\|&lt;b> | 5 |\n");
}

static void html_escapes_markup(void **state)
{
    struct sheet sheet = sheet_of("html", (struct style){.no_footer = true});

    (void)state;
    assert_written(&sheet,
        "<table>\n<thead>\n<tr><th>channel</th><th class=\"number\">views</th></tr>\n</thead>\n<tbody>\n"
        "<tr><td>T-Series</td><td class=\"number\">1,234,567</td></tr>\n"
        "<tr><td>日本語</td><td class=\"null\"></td></tr>\n"
        "<tr><td>evil \\x1b[2J|&lt;b&gt;</td><td class=\"number\">5</td></tr>\n</tbody>\n</table>\n");
}

static void html_says_what_the_numbers_mean(void **state)
{
    const char *const      remarks[] = {"rows < 3 & more"};
    const struct data_note note = {.title = "views by \"channel\"", .range = "2026-01-01 … 2026-01-31 (31 days)", .zone = "UTC",
                                   .rule = "views: last per video", .remarks = remarks, .remark_count = 1};

    (void)state;
    assert_written(&(struct sheet){.format = "html", COLUMNS(COLUMN("a", DATA_INT)), .count = 1, .note = &note},
        "<figure>\n<table>\n<thead>\n<tr><th class=\"number\">a</th></tr>\n</thead>\n<tbody>\n</tbody>\n</table>\n"
        "<figcaption><strong>views by &quot;channel&quot;</strong><br>0 rows · 2026-01-01 … 2026-01-31 (31 days) · UTC · "
        "views: last per video<br>note: rows &lt; 3 &amp; more</figcaption>\n</figure>\n");
}

static void html_for_a_file_is_a_document(void **state)
{
    struct sheet sheet = {.format = "html", .style = {.no_footer = true, .whole_file = true, .no_header = true},
                          COLUMNS(COLUMN("a", DATA_TEXT)), .count = 1, ROWS("é"), .rows = 1};
    char        *text = written(&sheet);

    (void)state;
    assert_non_null(strstr(text, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"));
    assert_non_null(strstr(text, "<body>\n<table>\n<tbody>\n<tr><td>é</td></tr>\n</tbody>\n</table>\n</body>\n</html>\n"));
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_aligned_by_what_a_terminal_counts),
        cmocka_unit_test(ascii_has_no_lines_of_unicode),
        cmocka_unit_test(text_is_cut_on_a_narrow_terminal_only_and_says_so),
        cmocka_unit_test(late_wide_values_are_not_lost),
        cmocka_unit_test(a_result_cut_short_says_so),
        cmocka_unit_test(vertical_is_a_line_a_value),
        cmocka_unit_test(markdown_escapes_markup),
        cmocka_unit_test(html_escapes_markup),
        cmocka_unit_test(html_says_what_the_numbers_mean),
        cmocka_unit_test(html_for_a_file_is_a_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
