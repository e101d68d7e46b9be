/* ingest: the reader of CSV, every odd shape; each case is read whole and in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "src/ingest/csv.h"
#include "src/ingest/input.h"
#include "ytempire/base/mem.h"

struct text {
    const char *bytes;
    size_t      length, at, piece;
};

static int read_text(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    struct text *text = who;
    size_t       n = text->length - text->at;

    (void)error;
    n = n < room ? n : room;
    n = n < text->piece ? n : text->piece;
    memcpy(bytes, text->bytes + text->at, n);
    text->at += n;
    *ret_length = n;
    return 0;
}

/* "1 a|b\n3 ! fault: raw\n": line, then the fields or the fault. */
static void show(const struct csv_record *record, struct str *to)
{
    str_addf(to, "%d ", (int)record->line);
    if (record->fault != NULL) {
        str_addf(to, "! %s: ", record->fault);
        str_add_bytes(to, record->raw, record->raw_length);
    }
    for (size_t i = 0; i < record->count; i++) {
        str_add(to, i > 0 ? "|" : "");
        str_add_bytes(to, record->fields[i].text, record->fields[i].length);
    }
    str_add(to, record->cut ? " CUT\n" : record->last ? " END\n" : "\n");
}

static char *read_csv(const char *bytes, size_t length, size_t piece, size_t buffer, size_t expected,
                      struct csv_tally *ret_tally)
{
    struct text       text = {bytes, length, 0, piece};
    struct csv       *csv = csv_new(read_text, &text, buffer);
    struct csv_record record;
    struct str        out = STR_INIT;
    int               r;

    csv_expect(csv, expected);
    while ((r = csv_next(csv, &record, NULL)) == 1)
        show(&record, &out);
    if (r < 0)
        str_addf(&out, "%s\n", error_name(r));
    *ret_tally = *csv_tally(csv);
    csv_free(csv);
    return str_take(&out);
}

static struct csv_tally assert_reads_with(const char *bytes, size_t length, size_t buffer, size_t expected,
                                          const char *wanted)
{
    struct csv_tally tally = {0};

    for (size_t piece = 1; piece <= length + 1; piece = piece < 9 ? piece + 1 : piece * 2) {
        _cleanup_(mem_freep) char *got = read_csv(bytes, length, piece, buffer, expected, &tally);

        assert_string_equal(got, wanted);
    }
    return tally;
}

#define assert_reads(text, wanted) (void)assert_reads_with((text), sizeof(text) - 1, 256, 2, (wanted))

static void plain_and_quoted_fields(void **state)
{
    (void)state;
    assert_reads("a,b\n1,2\n", "1 a|b\n2 1|2\n");
    assert_reads("a,b\n1,2", "1 a|b\n2 1|2 END\n");
    assert_reads("\"a\",\"b,c\"\n", "1 a|b,c\n");
    assert_reads("\"say \"\"hi\"\"\",\"\"\n", "1 say \"hi\"|\n");
    assert_reads("\"\"\"\",\"\"\"\"\"\"\n", "1 \"|\"\"\n");
    assert_reads(",\n,,\n", "1 |\n2 ||\n");
    assert_reads("a,\"b\"", "1 a|b END\n");
    assert_reads("a,\"\"", "1 a| END\n");
    assert_reads("a,", "1 a| END\n");
}

static void quotes_inside_a_plain_field_are_text(void **state)
{
    (void)state;
    assert_reads("5\" disk,a\"b\"\n", "1 5\" disk|a\"b\"\n");
}

static void line_ends_of_every_kind(void **state)
{
    (void)state;
    assert_reads("a,b\r\n1,2\r\n", "1 a|b\n2 1|2\n");
    assert_reads("\"a\",\"b\"\r\n\"1\",\"2\"\r\n", "1 a|b\n2 1|2\n");
    assert_reads("a,\"b\nc\r\nd\"\r\n1,2\n", "1 a|b\nc\r\nd\n4 1|2\n");
    assert_reads("a,b\r\n\r\n\n1,2\n\n", "1 a|b\n4 1|2\n");
    assert_reads("a,b\r", "1 a|b END\n");
    assert_reads("a,\"b\"\r", "1 a|b END\n");
    assert_reads("a\rb,c\n", "1 a\rb|c\n");
}

static void nothing_at_all(void **state)
{
    (void)state;
    assert_reads("", "");
    assert_reads("\n", "");
    assert_reads("\xEF\xBB\xBF", "");
}

static void a_byte_order_mark_is_no_text(void **state)
{
    (void)state;
    assert_reads("\xEF\xBB\xBF" "a,b\n", "1 a|b\n");
    assert_reads("\xEF\xBB\xBF" "\"a\",b\n", "1 a|b\n");
    assert_reads("\xFF\xFE" "a\0,\0b\0\n\0", "failed\n");
    assert_reads("\xFE\xFF\0a\0,\0b\0\n", "failed\n");
}

/* As the published files have them: tags in quotes with bars between, and not quoted as a whole. */
static void text_after_a_closing_quote_belongs_to_the_field(void **state)
{
    (void)state;
    assert_reads("\"one\"|\"two\",\"a\"\"b\" c\n", "1 one|\"two\"|a\"b c\n");
    assert_reads("x,\"one\"|\"two\"\r\n1,2\r\n", "1 x|one|\"two\"\n2 1|2\n");
    assert_reads("x,\"b\"\rc\n1,2\n", "1 x|b\rc\n2 1|2\n");
    assert_reads("x,\"b\"c", "1 x|bc END\n");
}

static void one_stray_quote_costs_one_line(void **state)
{
    (void)state;
    assert_reads("\"x,1\n\"2\",3\n4,5\n", "1 ! a quote that is not closed on its line: \"x,1\n2 2|3\n3 4|5\n");
    assert_reads("a,\"b\n1,2\n3,4\n", "1 ! a quoted field that does not end: a,\"b\n2 1|2\n3 3|4\n");
}

static void a_cut_file_is_one_fault(void **state)
{
    (void)state;
    assert_reads("a,b\n\"some\ntext that", "1 a|b\n2 ! the file ends inside a quoted field: \"some\ntext that END\n");
    assert_reads("a,b\n\"", "1 a|b\n2 ! the file ends inside a quoted field: \" END\n");
    assert_reads("a,b\n1", "1 a|b\n2 1 END\n");
}

static void a_row_of_which_only_the_last_text_is_cut_is_a_row(void **state)
{
    (void)state;
    assert_reads("a,b\n1,\"some\ntext \"\"that\"\"", "1 a|b\n2 1|some\ntext \"that\" CUT\n");
    assert_reads("a,\"", "1 a| CUT\n");
}

static void fields_past_all_bounds(void **state)
{
    char       line[600], wanted[700];
    struct str many = STR_INIT;

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line + 400, "\n1,2\n3,4\n", 9);
    (void)snprintf(wanted, sizeof wanted, "1 ! a line that is too long to be read: %.256s\n2 1|2\n3 3|4\n", line);
    (void)assert_reads_with(line, 409, 256, 2, wanted);
    memset(line, 'x', sizeof line);
    line[0] = '"';
    line[10] = '\n';
    memcpy(line + 290, "\n1,2\n", 5);
    (void)snprintf(
        wanted, sizeof wanted,
        "1 ! a quoted field that does not end: %.10s\n2 ! a line that is too long to be read: %.256s\n3 1|2\n", line,
        line + 11);
    (void)assert_reads_with(line, 295, 256, 2, wanted);

    str_add_repeat(&many, ",", CSV_FIELDS);
    str_add(&many, "\n1,2\n");
    struct csv_tally tally;
    _cleanup_(mem_freep) char *got = read_csv(many.data, many.length, 100, 4096, 2, &tally);
    assert_true(text_starts(got, "1 ! more than 1,024 fields: ,,,"));
    assert_true(text_ends(got, ",\n2 1|2\n"));
    str_done(&many);
}

static void bytes_that_are_not_utf8_are_mended_and_told(void **state)
{
    static const char latin[] = "a,b\ncaf\xE9,\"\x93quoted\x94 \"\"x\"\"\"\nx,\xD0\n\xD0\x9F\xD1\x80,\xE2\x82\n",
                      nul[] = "a\0b,c\n";
    struct csv_tally tally = assert_reads_with(
        latin, sizeof latin - 1, 256, 2,
        "1 a|b\n2 caf\u00e9|\u201cquoted\u201d \"x\"\n3 x|\u00d0\n4 \u041f\u0440|\u00e2\u201a\n");

    (void)state;
    assert_int_equal(tally.mended, 6);
    assert_int_equal(tally.mended_records, 3);
    assert_int_equal(tally.first_mended, 2);
    tally = assert_reads_with(nul, sizeof nul - 1, 256, 2, "1 a\uFFFD" "b|c\n");
    assert_int_equal(tally.nuls, 1);
    assert_int_equal(tally.mended, 0);
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static char *path_with(const char *bytes, size_t length)
{
    char *path = mem_strdup("/tmp/ytempire-input-XXXXXX");
    int   fd = mkstemp(path);

    assert_true(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
    (void)close(fd);
    return path;
}

/* All bytes that come out of a file of these bytes, or the error's text. */
static char *unpacked(const char *bytes, size_t length, bool *ret_cut)
{
    _cleanup_(mem_freep) char *path = path_with(bytes, length);
    _cleanup_(input_closep) struct input *input = NULL;
    struct error error = ERROR_INIT;
    struct str   out = STR_INIT;
    size_t       got = 1;
    char         piece[7];
    int          r = input_open(path, &input, &error);

    while (r >= 0 && got > 0) {
        r = input_read(input, piece, sizeof piece, &got, &error);
        if (r >= 0)
            str_add_bytes(&out, piece, got);
    }
    *ret_cut = r >= 0 && input_is_cut(input);
    if (r < 0) {
        str_clear(&out);
        str_add(&out, strchr(error.text, '\'') ? strrchr(error.text, '\'') + 1 : error.text);
    }
    error_done(&error);
    (void)unlink(path);
    return str_take(&out);
}

static size_t pack_gzip(const char *text, char *to, size_t room)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)text,
                  .avail_in = (uInt)strlen(text),
                  .next_out = (Bytef *)to,
                  .avail_out = (uInt)room};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    (void)deflateEnd(&z);
    return room - z.avail_out;
}

static void assert_unpacks(const char *bytes, size_t length, const char *wanted, bool wanted_cut)
{
    bool cut;
    _cleanup_(mem_freep) char *got = unpacked(bytes, length, &cut);

    assert_string_equal(got, wanted);
    assert_int_equal(cut, wanted_cut);
}

static void packed_files_are_known_by_their_bytes(void **state)
{
    char   packed[512];
    size_t n = pack_gzip("video_id,views\n", packed, sizeof packed), more;

    (void)state;
    assert_unpacks("a,b\n", 4, "a,b\n", false);
    assert_unpacks("", 0, "", false);
    assert_unpacks(packed, n, "video_id,views\n", false);
    assert_unpacks(packed, n - 4, "video_id,views\n", true);
    more = pack_gzip("x,1\n", packed + n, sizeof packed - n);
    assert_unpacks(packed, n + more, "video_id,views\nx,1\n", false);
    memset(packed + n, 0, 20);
    assert_unpacks(packed, n + 20, "video_id,views\n", false);
    packed[14] ^= 0x55;
    assert_unpacks(packed, n, ": the gzip data are damaged", false);
    n = ZSTD_compress(packed, sizeof packed, "video_id,views\n", 15, 3);
    assert_unpacks(packed, n, "video_id,views\n", false);
    assert_unpacks(packed, n - 3, "video_id,vie", true);     /* what came is not held back */
    assert_unpacks("PK\x03\x04zip", 7, " is a zip archive", false);
}

/* The end of reading all: 0 or an error, and how many bytes came before it. */
static int read_to_end(const char *path, unsigned times, uint64_t *ret_bytes, struct error *error)
{
    static char bytes[1 << 20];
    _cleanup_(input_closep) struct input *input = NULL;
    size_t got = 1;
    int    r = input_open(path, &input, error);

    *ret_bytes = 0;
    if (r >= 0)
        input_limit(input, times);
    while (r >= 0 && got > 0) {
        r = input_read(input, bytes, sizeof bytes, &got, error);
        *ret_bytes += got;
    }
    return r;
}

/* 100 MB of one byte, packed to 100 KB by gzip, and to 10 KB by zstd. */
static void a_bomb_is_given_up(void **state)
{
    size_t large = 100u << 20, room = 1u << 20, lengths[2];
    _cleanup_(mem_freep) char *plain = mem_alloc(large + 1), *gzip = mem_alloc(room), *zstd = mem_alloc(room);
    char  *packed[] = {gzip, zstd};

    (void)state;
    memset(plain, 'a', large);
    lengths[0] = pack_gzip(plain, packed[0], room);
    lengths[1] = ZSTD_compress(packed[1], room, plain, large, 1);
    for (int i = 0; i < 2; i++) {
        _cleanup_(mem_freep) char *path = path_with(packed[i], lengths[i]);
        struct error error = ERROR_INIT;
        uint64_t     bytes;

        assert_int_equal(read_to_end(path, 200, &bytes, &error), ERR_FAILED);
        assert_non_null(strstr(error.text, "data unpack to more than 200 times their size"));
        assert_true(bytes <= INPUT_FREE + (2u << 20));
        error_done(&error);
        assert_int_equal(read_to_end(path, 0, &bytes, &error), 0);
        assert_int_equal(bytes, large);
        assert_int_equal(read_to_end(path, 100000, &bytes, &error), 0);
        assert_int_equal(bytes, large);
        (void)unlink(path);
    }
}

static void a_digest_is_of_the_file_as_it_lies(void **state)
{
    _cleanup_(mem_freep) char *path = path_with("abc", 3);
    _cleanup_(input_closep) struct input *input = NULL;
    char   hex[SHA256_TEXT_SIZE], bytes[8];
    size_t got;

    (void)state;
    assert_int_equal(input_open(path, &input, NULL), 0);
    assert_int_equal(input_size(input), 3);
    do
        assert_int_equal(input_read(input, bytes, sizeof bytes, &got, NULL), 0);
    while (got > 0);
    assert_int_equal(input_done(input), 3);
    input_digest(input, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    (void)unlink(path);
}

static void what_is_no_file_is_refused(void **state)
{
    struct input *input = NULL;

    (void)state;
    assert_int_equal(input_open("/nowhere/at/all.csv", &input, NULL), ERR_UNKNOWN);
    assert_int_equal(input_open("/tmp", &input, NULL), ERR_USAGE);
    assert_null(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_quoted_fields),
        cmocka_unit_test(quotes_inside_a_plain_field_are_text),
        cmocka_unit_test(line_ends_of_every_kind),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(a_byte_order_mark_is_no_text),
        cmocka_unit_test(text_after_a_closing_quote_belongs_to_the_field),
        cmocka_unit_test(one_stray_quote_costs_one_line),
        cmocka_unit_test(a_cut_file_is_one_fault),
        cmocka_unit_test(a_row_of_which_only_the_last_text_is_cut_is_a_row),
        cmocka_unit_test(fields_past_all_bounds),
        cmocka_unit_test(bytes_that_are_not_utf8_are_mended_and_told),
        cmocka_unit_test(packed_files_are_known_by_their_bytes),
        cmocka_unit_test(a_bomb_is_given_up),
        cmocka_unit_test(a_digest_is_of_the_file_as_it_lies),
        cmocka_unit_test(what_is_no_file_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
