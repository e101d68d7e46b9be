/* A test that runs as a task on a loop of its own, which it is handed as `who`. Include after cmocka.h. */
#ifndef YTEMPIRE_TESTS_TASK_TEST_H
#define YTEMPIRE_TESTS_TASK_TEST_H

#include "ytempire/engine/loop.h"

#define TASK_TEST(name)                              \
    static void name##_task(void *who);              \
    static void name(void **state)                   \
    {                                                \
        struct loop *loop = loop_new();              \
                                                     \
        (void)state;                                 \
        loop_run_task(loop, name##_task, loop);      \
        loop_free(loop);                             \
    }                                                \
    static void name##_task(void *who)

#endif
