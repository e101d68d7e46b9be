/* data: the store of rows. What was added is read back, from memory and from the file. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/data/store.h"

#define KB ((size_t)1024)

static struct data_cell text_cell(const char *text)
{
    return (struct data_cell){text, strlen(text)};
}

/* A row that can be told from its number alone: "17", "name 17" and NULL or "" in turn. */
static void add_numbered(struct store *store, size_t row)
{
    char             number[32], name[64];
    struct data_cell cells[3] = {{number, 0}, {name, 0}, {0}};

    cells[0].length = (size_t)snprintf(number, sizeof number, "%zu", row);
    cells[1].length = (size_t)snprintf(name, sizeof name, "a name that is a little long %zu", row);
    cells[2] = row % 2 ? text_cell("") : CELL_NULL;
    assert_int_equal(store_add(store, cells, NULL), 0);
}

static void assert_numbered(struct store *store, size_t row)
{
    char             number[32], name[64];
    struct data_cell cells[3];

    assert_int_equal(store_row(store, row, cells, NULL), 0);
    snprintf(number, sizeof number, "%zu", row);
    snprintf(name, sizeof name, "a name that is a little long %zu", row);
    assert_int_equal(cells[0].length, strlen(number));
    assert_memory_equal(cells[0].text, number, strlen(number));
    assert_int_equal(cells[1].length, strlen(name));
    assert_memory_equal(cells[1].text, name, strlen(name));
    if (row % 2)
        assert_non_null(cells[2].text);
    else
        assert_null(cells[2].text);
    assert_int_equal(cells[2].length, 0);
}

static void rows_in_memory(void **state)
{
    struct store *store = store_new(3, 1024 * KB);

    (void)state;
    assert_int_equal(store_rows(store), 0);
    for (size_t i = 0; i < 5000; i++)
        add_numbered(store, i);
    assert_int_equal(store_rows(store), 5000);
    for (size_t i = 5000; i-- > 0;)
        assert_numbered(store, i);
    assert_int_equal(store_row(store, 5000, (struct data_cell[3]){{0}}, NULL), ERR_UNKNOWN);
    store_free(store);
}

static void a_hundred_thousand_rows_go_to_the_file_and_are_read_at_random(void **state)
{
    struct store *store = store_new(3, 256 * KB);
    uint32_t      random = 7;

    (void)state;
    for (size_t i = 0; i < 100000; i++)
        add_numbered(store, i);
    assert_int_equal(store_rows(store), 100000);
    assert_true(store_bytes(store) > 3000 * KB);
    for (size_t i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        assert_numbered(store, (random >> 8) % 100000);
    }
    assert_true(store_memory(store) < 1200 * KB);
    assert_numbered(store, 99999);
    add_numbered(store, 100000);
    assert_numbered(store, 100000);
    assert_numbered(store, 0);
    store_free(store);
}

static void a_row_may_be_longer_than_a_block(void **state)
{
    size_t           long_length = 1024 * KB;
    char            *long_text = mem_alloc(long_length);
    struct store    *store = store_new(2, 0);
    struct data_cell cells[2];

    (void)state;
    memset(long_text, 'x', long_length);
    for (size_t i = 0; i < 4; i++) {
        cells[0] = text_cell("short");
        cells[1] = i % 2 ? (struct data_cell){long_text, long_length} : text_cell("s");
        assert_int_equal(store_add(store, cells, NULL), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(store_row(store, i, cells, NULL), 0);
        assert_int_equal(cells[1].length, i % 2 ? long_length : 1);
        assert_int_equal(cells[1].text[cells[1].length - 1], i % 2 ? 'x' : 's');
    }
    store_free(store);
    mem_free(long_text);
}

static void rows_without_columns_are_counted(void **state)
{
    struct store *store = store_new(0, 0);

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(store_add(store, NULL, NULL), 0);
    assert_int_equal(store_rows(store), 3);
    assert_int_equal(store_row(store, 2, NULL, NULL), 0);
    store_free(store);
}

static void shrinking_writes_out_what_was_kept(void **state)
{
    struct store *store = store_new(3, 8192 * KB);

    (void)state;
    for (size_t i = 0; i < 50000; i++)
        add_numbered(store, i);
    assert_true(store_memory(store) > 1500 * KB);
    assert_int_equal(store_shrink(store, 0, NULL), 0);
    assert_true(store_memory(store) < 400 * KB);
    for (size_t i = 0; i < 50000; i += 101)
        assert_numbered(store, i);
    add_numbered(store, 50000);
    assert_numbered(store, 50000);
    store_free(store);
}

static void nothing_is_left_in_the_folder(void **state)
{
    char          folder[] = "/tmp/ytempire-store-XXXXXX";
    struct store *store = store_new(3, 0);
    char        **names;
    size_t        count;

    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    for (size_t i = 0; i < 10000; i++)
        add_numbered(store, i);
    assert_numbered(store, 1);
    assert_int_equal(file_list(folder, "", &names, &count, NULL), 0);
    assert_int_equal(count, 0);
    mem_free(names);
    store_free(store);
    unsetenv("TMPDIR");
    rmdir(folder);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    struct store *store = store_new(3, 0);
    struct error  error = ERROR_INIT;
    int           r = 0;

    (void)state;
    setenv("TMPDIR", "/nonexistent/folder", 1);
    for (size_t i = 0; r == 0 && i < 100000; i++)
        r = store_add(store, (struct data_cell[3]){text_cell("1"), text_cell("2"), text_cell("3")}, &error);
    assert_int_equal(r, ERR_IO);
    assert_string_equal(error.text, "no file for the rows in /nonexistent/folder: No such file or directory");
    assert_int_equal(store_row(store, 0, (struct data_cell[3]){{0}}, NULL), 0);
    error_done(&error);
    unsetenv("TMPDIR");
    store_free(store);
}

static void a_full_disk_is_told_and_the_rows_before_stay(void **state)
{
    struct rlimit before, small = {.rlim_cur = 150 * KB};
    struct store *store = store_new(3, 128 * KB);
    struct error  error = ERROR_INIT;
    size_t        rows = 0;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    while (rows < 100000) {
        char             number[32], name[64];
        struct data_cell cells[3] = {{number, 0}, {name, 0}, {0}};

        cells[0].length = (size_t)snprintf(number, sizeof number, "%zu", rows);
        cells[1].length = (size_t)snprintf(name, sizeof name, "a name that is a little long %zu", rows);
        cells[2] = rows % 2 ? text_cell("") : CELL_NULL;
        if (store_add(store, cells, &error) < 0)
            break;
        rows++;
    }
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(error.code, ERR_IO);
    assert_string_equal(error.text, "no room in /var/tmp for more rows: File too large");
    assert_non_null(error.hint);
    error_done(&error);
    assert_int_equal(store_rows(store), rows);
    for (size_t i = 0; i < rows; i++)
        assert_numbered(store, i);
    add_numbered(store, rows);                  /* there is room again */
    assert_numbered(store, rows);
    assert_numbered(store, rows - 1);
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_in_memory),
        cmocka_unit_test(a_hundred_thousand_rows_go_to_the_file_and_are_read_at_random),
        cmocka_unit_test(a_row_may_be_longer_than_a_block),
        cmocka_unit_test(rows_without_columns_are_counted),
        cmocka_unit_test(shrinking_writes_out_what_was_kept),
        cmocka_unit_test(nothing_is_left_in_the_folder),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
        cmocka_unit_test(a_full_disk_is_told_and_the_rows_before_stay),
    };

    unsetenv("TMPDIR");
    return cmocka_run_group_tests_name("data: store", tests, NULL, NULL);
}
