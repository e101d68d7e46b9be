/* base: decimals, as they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/base/decimal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static void decimals_are_compared_digit_by_digit(void **state)
{
    static const struct {
        const char *a, *b;
        int         order;
    } cases[] = {
        {"1", "1", 0}, {"1", "1.000", 0}, {"0", "-0.0", 0}, {"007", "7", 0}, {".5", "0.5", 0}, {"5.", "5", 0}, {"1e3", "1000", 0}, {"1.5e-3", "0.0015", 0}, {"+3", "3", 0},
        {"9", "10", -1}, {"-9", "-10", 1}, {"-1", "1", -1}, {"0.1", "0.10000000000000000001", -1}, {"9007199254740993", "9007199254740992", 1},
        {"123456789012345678901234567890", "123456789012345678901234567891", -1}, {"0.00", "0.0001", -1}, {"-0.0001", "0", -1}, {"1e-400", "0", 1},
        {"1e400", "1e399", 1}, {"1e99999999999999999999", "5", 1}, {"Infinity", "1e400", 1}, {"-Infinity", "-1e400", -1}, {"NaN", "Infinity", 1}, {"NaN", "nan", 0}, {"inf", "Infinity", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int order = decimal_compare(cases[i].a, strlen(cases[i].a), cases[i].b, strlen(cases[i].b));
        int back = decimal_compare(cases[i].b, strlen(cases[i].b), cases[i].a, strlen(cases[i].a));

        if (order != cases[i].order || back != -cases[i].order)
            fail_msg("%s against %s: %d and %d", cases[i].a, cases[i].b, order, back);
    }
}

static void what_is_no_decimal_is_none(void **state)
{
    static const char *const texts[] = {"", "-", ".", "1.2.3", "1e", "1e+", "e5", "abc", "1a", "0x10", "1 ", "--1", "infinit", "1,000"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (decimal_is(texts[i], strlen(texts[i])))
            fail_msg("'%s'", texts[i]);
}

/* -- keys -------------------------------------------------------------------------------------------------------------- */

/* As a sort does it: the next level only when both have one. */
static int compare_keys(const char *a, const char *b)
{
    for (unsigned level = 0;; level++) {
        uint64_t x, y;
        bool     more = decimal_key(a, strlen(a), level, &x);

        more |= decimal_key(b, strlen(b), level, &y);
        if (x != y)
            return x < y ? -1 : 1;
        if (!more)
            return 0;
    }
}

static void keys_order_as_the_numbers_do(void **state)
{
    static const char *const sorted[] = {
        "-Infinity", "-1e300", "-123456789012345678901234567891", "-123456789012345678901234567890", "-10", "-9.5", "-9.25",
        "-1", "-0.001", "0", "1e-300", "0.001", "0.0010000000000000000001", "1", "9", "9.99999999999999999999", "10", "99",
        "9007199254740992", "9007199254740993", "123456789012345678901234567890", "123456789012345678901234567890.5",
        "123456789012345678901234567891", "1e300", "Infinity", "NaN",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sorted); i++)
        for (size_t k = 0; k < COUNT_OF(sorted); k++)
            if (compare_keys(sorted[i], sorted[k]) != (i > k) - (i < k))
                fail_msg("%s against %s", sorted[i], sorted[k]);
    assert_int_equal(compare_keys("1.50", "1.5"), 0);
    assert_int_equal(compare_keys("-0.00", "0"), 0);
    assert_int_equal(compare_keys("1e3", "1000.000000000000000000000000000000"), 0);
}

/* -- sums -------------------------------------------------------------------------------------------------------------- */

static void adds_up(const char *numbers, const char *total, const char *average)
{
    struct decimal_sum sum = {0};
    struct str         text = STR_INIT;

    for (const char *at = numbers; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");

        assert_true(decimal_sum_add(&sum, at, length));
        at += length;
    }
    decimal_sum_text(&sum, &text);
    assert_string_equal(str_text(&text), total);
    str_clear(&text);
    decimal_sum_average(&sum, &text);
    assert_string_equal(str_text(&text), average);
    str_done(&text);
    decimal_sum_done(&sum);
}

static void sums_are_exact(void **state)
{
    (void)state;
    adds_up("", "0", "");
    adds_up("0.1 0.2", "0.3", "0.15");
    adds_up("1 2 4", "7", "2.333333");
    adds_up("2 2 1", "5", "1.666667");
    adds_up("-1 -2 -4", "-7", "-2.333333");
    adds_up("5 -5", "0", "0");
    adds_up("1 -3.50", "-2.50", "-1.25");
    adds_up("999999999 1", "1000000000", "500000000");
    adds_up("-999999999 -1", "-1000000000", "-500000000");
    adds_up("1000000000 -1", "999999999", "499999999.5");
    adds_up("9223372036854775807 9223372036854775807", "18446744073709551614", "9223372036854775807");
    adds_up("123456789012345678901234567890.000000000000000000001 0.1",
            "123456789012345678901234567890.100000000000000000001", "61728394506172839450617283945.0500000000000000000005");
    adds_up("1e20 1e-20", "100000000000000000000.00000000000000000001", "50000000000000000000.000000000000000000005");
    adds_up("1 NaN", "NaN", "NaN");
    adds_up("1 Infinity", "Infinity", "Infinity");
    adds_up("-Infinity Infinity", "NaN", "NaN");
}

static void what_is_no_number_is_not_added(void **state)
{
    struct decimal_sum sum = {0};

    (void)state;
    assert_false(decimal_sum_add(&sum, "abc", 3));
    assert_false(decimal_sum_add(&sum, "1e999999999", 11));
    assert_int_equal(sum.count, 0);
    decimal_sum_done(&sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_compared_digit_by_digit),
        cmocka_unit_test(what_is_no_decimal_is_none),
        cmocka_unit_test(keys_order_as_the_numbers_do),
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(what_is_no_number_is_not_added),
    };

    return cmocka_run_group_tests_name("base: decimal", tests, NULL, NULL);
}
