/* activity: who waits for whom, as a tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/activity/activity_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

/* "3<1,2" waits for 1 and 2. → the tree, each indented by its depth: "1 .3 ..4" */
static void assert_tree(const char *text, const char *tree)
{
    struct waiter waiters[16] = {0};
    long long     blockers[16][16];
    size_t        order[16], count = 0;
    struct str    drawn = STR_INIT;

    for (char *at = (char *)text; *at != '\0'; count++) {
        struct waiter *waiter = &waiters[count];

        waiter->pid = strtoll(at, &at, 10);
        waiter->blockers = blockers[count];
        while (*at == '<' || *at == ',')
            waiter->blockers[waiter->blocker_count++] = strtoll(at + 1, &at, 10);
        at += *at == ' ';
    }
    tree_order(waiters, count, order);
    for (size_t i = 0; i < count; i++) {
        str_add(&drawn, i > 0 ? " " : "");
        str_add_repeat(&drawn, ".", waiters[order[i]].depth);
        str_addf(&drawn, "%lld", waiters[order[i]].pid);
    }
    assert_string_equal(str_text(&drawn), tree);
    str_done(&drawn);
}

static void nobody_waits(void **state)
{
    (void)state;
    assert_tree("", "");
}

static void a_chain(void **state)
{
    (void)state;
    assert_tree("1 2<1 3<2 4<3", "1 .2 ..3 ...4");
    assert_tree("4<3 3<2 2<1 1", "1 .2 ..3 ...4");
}

/* Those in the queue before a waiter are among its blockers; it waits for the holder all the same. */
static void many_wait_for_one(void **state)
{
    (void)state;
    assert_tree("1 2<1 3<1,2 4<1,2,3", "1 .2 .3 .4");
    assert_tree("1 2<1 3<2 4<2,3 9 5<9", "1 .2 ..3 ..4 9 .5");
}

static void who_waits_for_two_is_there_once(void **state)
{
    (void)state;
    assert_tree("1 2 3<1,2", "1 .3 2");
}

/* A deadlock that the server has not found yet. */
static void a_circle_ends(void **state)
{
    (void)state;
    assert_tree("1<2 2<1", "1 .2");
    assert_tree("1<3 2<1 3<2 4<2 5<5", "1 .2 ..3 ..4 5");
    assert_tree("7 1<2 2<1 8<7", "7 .8 1 .2");
}

static void who_is_waited_for_may_have_gone(void **state)
{
    (void)state;
    assert_tree("2<1 3<2", "2 .3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_waits),
        cmocka_unit_test(a_chain),
        cmocka_unit_test(many_wait_for_one),
        cmocka_unit_test(who_waits_for_two_is_there_once),
        cmocka_unit_test(a_circle_ends),
        cmocka_unit_test(who_is_waited_for_may_have_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
