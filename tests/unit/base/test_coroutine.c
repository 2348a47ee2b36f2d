/* Functions that are left and continued, several in turn, each with a stack of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/coroutine.h"

struct counter {
    struct coroutine coroutine;
    int from, to, now;
};

static void leave_at_each(struct counter *counter, int depth)
{
    char used[512];

    memset(used, depth, sizeof used);
    if (depth)
        leave_at_each(counter, depth - 1);
    else
        for (counter->now = counter->from; counter->now < counter->to; counter->now++)
            coroutine_leave(&counter->coroutine);
    for (size_t i = 0; i < sizeof used; i++)
        assert_int_equal(used[i], depth);
}

static void count(void *context)
{
    leave_at_each(context, 50);
}

static void each_continues_where_it_left(void **state)
{
    struct counter counters[3] = {{.from = 0, .to = 5}, {.from = 10, .to = 10}, {.from = 20, .to = 1020}};

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(coroutine_init(&counters[i].coroutine, count, &counters[i]), 0);
    for (int step = 0; step <= 1000; step++)
        for (int i = 0; i < 3; i++) {
            struct counter *c = &counters[i];
            bool last = c->from + step >= c->to;
            if (c->coroutine.ended)
                continue;
            coroutine_continue(&c->coroutine);
            assert_int_equal(c->now, c->from + step);
            assert_int_equal(c->coroutine.ended, last);
        }
    for (int i = 0; i < 3; i++) {
        assert_true(counters[i].coroutine.ended);
        coroutine_release(&counters[i].coroutine);
    }
}

static void one_that_was_never_continued_is_released(void **state)
{
    struct counter counter = {.to = 1};
    struct coroutine none = {.ended = false};

    (void)state;
    assert_int_equal(coroutine_init(&counter.coroutine, count, &counter), 0);
    coroutine_release(&counter.coroutine);
    coroutine_release(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_continues_where_it_left),
        cmocka_unit_test(one_that_was_never_continued_is_released),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
