/*
 * xlsx: a workbook (ECMA-376, Office Open XML): sheets "Rows", "Rows 2", … of at most 1,048,576 rows, and "About",
 * with what the numbers mean.
 *
 * Written straight through: a row leaves as it comes, and what describes the sheets stands at the end, where their
 * number is known. Text lies in its cell, never as a formula, and what begins as one would is marked as text, so that
 * it does not become one when somebody edits the cell.
 */
#include "xlsx_int.h"

#include <stdio.h>

#include "zip.h"

#define HELD 32768 /* bytes of XML gathered before they are compressed */

/* Cell styles that are always there: plain, bold, text that must not become a formula. Those of columns follow. */
#define FIXED_STYLES 3
#define STYLE_OF_HEADER " s=\"1\""
#define STYLE_OF_TEXT " s=\"2\""

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGES "http://schemas.openxmlformats.org/package/2006/"
#define CONTENT "application/vnd.openxmlformats-officedocument.spreadsheetml."

struct xlsx {
    struct zip *zip;
    struct str held;
    struct xlsx_column *columns;
    const char **formats; /* codes of the styles behind the fixed ones */
    size_t format_count, format_room;
    unsigned sheets; /* begun, that have rows */
    uint64_t row;    /* of the sheet, the last one that was begun */
    char row_text[24];
};

static void release(struct xlsx *xlsx)
{
    zip_add(xlsx->zip, str_text(&xlsx->held), xlsx->held.length);
    str_clear(&xlsx->held);
}

static void entry(struct xlsx *xlsx, const char *name)
{
    if (xlsx->held.length > 0)
        release(xlsx);
    zip_entry(xlsx->zip, name);
    str_add(&xlsx->held, XML);
}

/* -- cells --------------------------------------------------------------------------------------------------------- */

static void begin_row(struct xlsx *xlsx)
{
    (void)snprintf(xlsx->row_text, sizeof xlsx->row_text, "%llu\"", (unsigned long long)++xlsx->row);
    str_add(&xlsx->held, "<row r=\"");
    str_add(&xlsx->held, xlsx->row_text);
    str_add_char(&xlsx->held, '>');
}

static void end_row(struct xlsx *xlsx)
{
    str_add(&xlsx->held, "</row>");
    if (xlsx->held.length > HELD)
        release(xlsx);
}

static void begin_cell(struct xlsx *xlsx, const char *letters, const char *style, const char *type)
{
    str_add(&xlsx->held, "<c r=\"");
    str_add(&xlsx->held, letters);
    str_add(&xlsx->held, xlsx->row_text);
    str_add(&xlsx->held, style);
    str_add(&xlsx->held, type);
}

static void add_text(struct writer *writer, const char *letters, const char *style, const char *text, size_t length)
{
    struct xlsx *xlsx = writer->state;

    if (style[0] == '\0' && length > 0 && strchr("=+-@\t\r", text[0]) != NULL)
        style = STYLE_OF_TEXT;
    begin_cell(xlsx, letters, style, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    writer->cut += !xlsx_add_text(&xlsx->held, text, length);
    str_add(&xlsx->held, "</t></is></c>");
}

static void add_value(struct xlsx *xlsx, const struct xlsx_column *column, const char *type, const char *text,
                      size_t length)
{
    begin_cell(xlsx, column->letters, column->style, type);
    str_add_bytes(&xlsx->held, text, length);
    str_add(&xlsx->held, "</v></c>");
}

static void add_cell(struct writer *writer, size_t i, struct data_cell cell)
{
    struct xlsx *xlsx = writer->state;
    const struct xlsx_column *column = &xlsx->columns[i];

    str_clear(&writer->scratch);
    if (column->kind == XLSX_IS_NUMBER && xlsx_is_exact(&writer->columns[i], cell)) {
        add_value(xlsx, column, "><v>", cell.text, cell.length);
    } else if (column->kind == XLSX_IS_BOOL && cell.length == 1) {
        add_value(xlsx, column, " t=\"b\"><v>", cell.text[0] == 't' ? "1" : "0", 1);
    } else if (column->kind == XLSX_IS_TIME && xlsx_day_number(&writer->columns[i], cell, &writer->scratch)) {
        add_value(xlsx, column, "><v>", str_text(&writer->scratch), writer->scratch.length);
    } else {
        cell = writer_shown(writer, i, cell);
        add_text(writer, column->letters, "", cell.text, cell.length);
    }
}

/* -- sheets -------------------------------------------------------------------------------------------------------- */

static int width_of(const struct data_column *column)
{
    int name = (int)strlen(column->name) + 2, least = 14;

    if (xlsx_kind_of(column) == XLSX_IS_TEXT)
        least = 28;
    else if (xlsx_kind_of(column) == XLSX_IS_TIME)
        least = 20;
    return name > 60 ? 60 : name > least ? name : least;
}

static void begin_sheet(struct writer *writer)
{
    struct xlsx *xlsx = writer->state;

    entry(xlsx, arena_printf(writer->arena, "xl/worksheets/sheet%u.xml", ++xlsx->sheets));
    str_add(&xlsx->held, "<worksheet xmlns=\"" MAIN "\"><sheetViews><sheetView workbookViewId=\"0\"");
    str_add(&xlsx->held, xlsx->sheets == 1 ? " tabSelected=\"1\">" : ">");
    if (!writer->style.no_header)
        str_add(&xlsx->held, "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>");
    str_add(&xlsx->held, "</sheetView></sheetViews>");
    if (writer->count > 0)
        str_add(&xlsx->held, "<cols>");
    for (size_t i = 0; i < writer->count; i++)
        str_addf(&xlsx->held, "<col min=\"%zu\" max=\"%zu\" width=\"%d\" customWidth=\"1\"/>", i + 1, i + 1,
                 width_of(&writer->columns[i]));
    str_add(&xlsx->held, writer->count > 0 ? "</cols><sheetData>" : "<sheetData>");
    xlsx->row = 0;
    if (writer->style.no_header || writer->count == 0)
        return;
    begin_row(xlsx);
    for (size_t i = 0; i < writer->count; i++)
        add_text(writer, xlsx->columns[i].letters, STYLE_OF_HEADER, writer->columns[i].name,
                 strlen(writer->columns[i].name));
    end_row(xlsx);
}

static void end_sheet(struct xlsx *xlsx)
{
    str_add(&xlsx->held, "</sheetData></worksheet>");
}

static void name_column(size_t i, char letters[static 4])
{
    char reversed[4];
    size_t count = 0, out = 0;

    for (i++; i > 0 && count < sizeof reversed - 1; i = (i - 1) / 26)
        reversed[count++] = (char)('A' + (i - 1) % 26);
    while (count > 0)
        letters[out++] = reversed[--count];
    letters[out] = '\0';
}

static void choose_style(struct writer *writer, const struct data_column *column, char style[static 16])
{
    struct xlsx *xlsx = writer->state;
    const char *code = xlsx_number_format(writer->arena, column);
    size_t i = 0;

    if (code == NULL)
        return;
    while (i < xlsx->format_count && !text_equal(xlsx->formats[i], code))
        i++;
    if (i == xlsx->format_count)
        ARENA_PUSH(writer->arena, xlsx->formats, xlsx->format_count, xlsx->format_room, code);
    (void)snprintf(style, 16, " s=\"%u\"", (unsigned)(FIXED_STYLES + i));
}

/* Two parts that need not know the rows. They come first: programs tell the kind of a file by its first entries. */
static void add_styles(struct writer *writer)
{
    struct xlsx *xlsx = writer->state;

    entry(xlsx, "xl/styles.xml");
    str_addf(&xlsx->held, "<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"%zu\">", xlsx->format_count + 1);
    str_add(&xlsx->held, "<numFmt numFmtId=\"164\" formatCode=\"General\"/>");
    for (size_t i = 0; i < xlsx->format_count; i++) {
        str_addf(&xlsx->held, "<numFmt numFmtId=\"%zu\" formatCode=\"", 165 + i);
        for (const char *c = xlsx->formats[i]; *c != '\0'; c++)
            if (*c == '"')
                str_add(&xlsx->held, "&quot;");
            else if (*c == '&' || *c == '<')
                str_add(&xlsx->held, *c == '&' ? "&amp;" : "&lt;");
            else
                str_add_char(&xlsx->held, *c);
        str_add(&xlsx->held, "\"/>");
    }
    str_add(
        &xlsx->held,
        "</numFmts><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/>"
        "<name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill "
        "patternType=\"none\"/></fill><fill>"
        "<patternFill patternType=\"gray125\"/></fill></fills><borders "
        "count=\"1\"><border><left/><right/><top/><bottom/>"
        "<diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" "
        "borderId=\"0\"/></cellStyleXfs>");
    str_addf(&xlsx->held, "<cellXfs count=\"%zu\">", FIXED_STYLES + xlsx->format_count);
    str_add(&xlsx->held, "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
                         "<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>"
                         "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" quotePrefix=\"1\" "
                         "applyNumberFormat=\"1\"/>");
    for (size_t i = 0; i < xlsx->format_count; i++)
        str_addf(&xlsx->held,
                 "<xf numFmtId=\"%zu\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
                 "applyNumberFormat=\"1\"/>",
                 165 + i);
    str_add(&xlsx->held,
            "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>"
            "</styleSheet>");
}

static void xlsx_begin(struct writer *writer)
{
    struct xlsx *xlsx = writer->state;

    if (writer->count > XLSX_COLUMNS)
        output_fail(writer->output, ERR_LIMIT, "a sheet of xlsx has at most 16,384 columns");
    xlsx->columns = ARENA_ARRAY(writer->arena, struct xlsx_column, writer->count + 1);
    for (size_t i = 0; i < writer->count; i++) {
        name_column(i, xlsx->columns[i].letters);
        xlsx->columns[i].kind = xlsx_kind_of(&writer->columns[i]);
        choose_style(writer, &writer->columns[i], xlsx->columns[i].style);
    }
    xlsx->zip = zip_new(writer->output);
    entry(xlsx, "_rels/.rels");
    str_add(&xlsx->held, "<Relationships xmlns=\"" PACKAGES "relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
                         "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    add_styles(writer);
    begin_sheet(writer);
}

static void xlsx_row(struct writer *writer, const struct data_cell *cells)
{
    struct xlsx *xlsx = writer->state;

    if (xlsx->row == XLSX_ROWS) {
        end_sheet(xlsx);
        begin_sheet(writer);
    }
    begin_row(xlsx);
    for (size_t i = 0; i < writer->count; i++)
        if (cells[i].text != NULL)
            add_cell(writer, i, cells[i]);
    end_row(xlsx);
}

/* -- what the numbers mean ----------------------------------------------------------------------------------------- */

static void tell(struct writer *writer, const char *name, const char *text)
{
    struct xlsx *xlsx = writer->state;

    if (text == NULL || text[0] == '\0')
        return;
    begin_row(xlsx);
    add_text(writer, "A", STYLE_OF_HEADER, name, strlen(name));
    add_text(writer, "B", "", text, strlen(text));
    end_row(xlsx);
}

static void add_about(struct writer *writer, const struct data_note *note)
{
    struct xlsx *xlsx = writer->state;

    entry(xlsx, "xl/worksheets/about.xml");
    str_add(&xlsx->held, "<worksheet xmlns=\"" MAIN "\"><cols><col min=\"1\" max=\"1\" width=\"14\" customWidth=\"1\"/>"
                         "<col min=\"2\" max=\"2\" width=\"100\" customWidth=\"1\"/></cols><sheetData>");
    xlsx->row = 0;
    tell(writer, "query", note->title);
    tell(writer, "rows", arena_printf(writer->arena, "%llu", (unsigned long long)writer->rows));
    tell(writer, "range", note->range);
    tell(writer, "zone", note->zone);
    tell(writer, "rule", note->rule);
    tell(writer, "source", note->source);
    tell(writer, "data until", note->watermark);
    if (note->limited)
        tell(writer, "note", "cut by the limit: there are more rows");
    for (size_t i = 0; i < note->remark_count; i++)
        tell(writer, "note", note->remarks[i]);
    if (writer->cut > 0)
        tell(writer, "note",
             arena_printf(writer->arena, "%llu texts were cut to 32,767 characters, the most a cell takes",
                          (unsigned long long)writer->cut));
    end_sheet(xlsx);
}

/* -- the parts that describe the others ---------------------------------------------------------------------------- */

static void add_workbook(struct xlsx *xlsx, bool about)
{
    entry(xlsx, "xl/workbook.xml");
    str_add(&xlsx->held, "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>");
    str_add(&xlsx->held, "<sheet name=\"Rows\" sheetId=\"1\" r:id=\"rId1\"/>");
    for (unsigned i = 2; i <= xlsx->sheets; i++)
        str_addf(&xlsx->held, "<sheet name=\"Rows %u\" sheetId=\"%u\" r:id=\"rId%u\"/>", i, i, i);
    if (about)
        str_addf(&xlsx->held, "<sheet name=\"About\" sheetId=\"%u\" r:id=\"about\"/>", xlsx->sheets + 1);
    str_add(&xlsx->held, "</sheets></workbook>");
    entry(xlsx, "xl/_rels/workbook.xml.rels");
    str_add(&xlsx->held, "<Relationships xmlns=\"" PACKAGES "relationships\">");
    for (unsigned i = 1; i <= xlsx->sheets; i++)
        str_addf(&xlsx->held,
                 "<Relationship Id=\"rId%u\" Type=\"" OFFICE "/worksheet\" Target=\"worksheets/sheet%u.xml\"/>", i, i);
    if (about)
        str_add(&xlsx->held,
                "<Relationship Id=\"about\" Type=\"" OFFICE "/worksheet\" Target=\"worksheets/about.xml\"/>");
    str_add(&xlsx->held,
            "<Relationship Id=\"styles\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/></Relationships>");
}

static void add_content_types(struct xlsx *xlsx, bool about)
{
    entry(xlsx, "[Content_Types].xml");
    str_add(&xlsx->held,
            "<Types xmlns=\"" PACKAGES "content-types\"><Default Extension=\"rels\" ContentType=\""
            "application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\""
            "application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"" CONTENT "sheet.main+xml\"/>"
            "<Override PartName=\"/xl/styles.xml\" ContentType=\"" CONTENT "styles+xml\"/>");
    for (unsigned i = 1; i <= xlsx->sheets; i++)
        str_addf(&xlsx->held,
                 "<Override PartName=\"/xl/worksheets/sheet%u.xml\" ContentType=\"" CONTENT "worksheet+xml\"/>", i);
    if (about)
        str_add(&xlsx->held,
                "<Override PartName=\"/xl/worksheets/about.xml\" ContentType=\"" CONTENT "worksheet+xml\"/>");
    str_add(&xlsx->held, "</Types>");
}

static void xlsx_end(struct writer *writer, const struct data_note *note)
{
    struct xlsx *xlsx = writer->state;
    bool about = !writer->style.no_footer;

    end_sheet(xlsx);
    if (about)
        add_about(writer, note);
    add_workbook(xlsx, about);
    add_content_types(xlsx, about);
    release(xlsx);
    zip_end(xlsx->zip);
}

static void xlsx_free(struct writer *writer)
{
    struct xlsx *xlsx = writer->state;

    zip_free(xlsx->zip);
    str_done(&xlsx->held);
}

const struct format format_xlsx = {
    .name = "xlsx",
    .ending = ".xlsx",
    .text = "a workbook of Excel; for files only",
    .size = sizeof(struct xlsx),
    .begin = xlsx_begin,
    .row = xlsx_row,
    .end = xlsx_end,
    .free = xlsx_free,
};
