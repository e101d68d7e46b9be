/* base: the two ways to a SHA-256, by the processor's instructions and without, agree. Sees the file's own functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/sha256.c"

static void both_ways_agree(void **state)
{
    unsigned char bytes[64 * 5];
    uint32_t      seed = 1;

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct sha256 one, other;

        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (unsigned char)((seed = seed * 1664525u + 1013904223u) >> 24);
        sha256_begin(&one);
        other = one;
        add_blocks(one.state, bytes, 5);
        for (int i = 0; i < 5; i++)
            add_block(other.state, bytes + (ptrdiff_t)64 * i);
        assert_memory_equal(one.state, other.state, sizeof one.state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
