/* analysis/prediction/nodes_schedule.h */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/prediction/nodes_schedule.h"

static void check(const double *shard_s, size_t shards, size_t per_task, unsigned nodes, double pause_s,
                  double wall_s, double work_s, double paused_s)
{
    struct nodes_schedule got;

    assert_int_equal(nodes_schedule_run(shard_s, shards, per_task, nodes, pause_s, &got), 0);
    assert_true(fabs(got.wall_s - wall_s) < 1e-12);
    assert_true(fabs(got.work_s - work_s) < 1e-12);
    assert_true(fabs(got.pause_s - paused_s) < 1e-12);
    assert_true(fabs(got.idle_s - (nodes * wall_s - work_s - paused_s)) < 1e-9);
}

static void tasks_go_to_the_node_that_is_free_first(void **state)
{
    static const double equal[] = {10, 10, 10, 10, 10, 10}, uneven[] = {4, 1, 1, 1, 3};

    (void)state;
    check(equal, 6, 1, 2, 0.5, 3 * 10.5, 60, 3);
    check(equal, 6, 2, 3, 0.5, 20.5, 60, 1.5); /* tasks of two shards */
    check(equal, 6, 4, 2, 0.5, 40.5, 60, 1);   /* the last task has two */
    check(uneven, 5, 1, 2, 0, 6, 10, 0);       /* 4 | 1 1 1, 3 */
    check(equal, 2, 1, 5, 1, 11, 20, 2);       /* more nodes than tasks */
    check(equal, 0, 1, 3, 1, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tasks_go_to_the_node_that_is_free_first)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
