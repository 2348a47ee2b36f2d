/* Waiting instead of computing: absolute ends, lateness that does not add up, and the slowdown by others at work. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/clock.h"
#include "pipeline/replay/replay_wait.h"

#define MS 1000000u

/* With three at work, and more, an item takes half as long again; in the other, with two, twice as long. */
static const double excess_half[] = {0, 0.3, 0.5}, excess_doubles[] = {0, 1};
static const struct replay_slowdown none, half = {excess_half, 3}, doubles = {excess_doubles, 2};

/* Of that many ms, without a lock; good until the next call. */
static const struct replay_work *work(uint64_t ms)
{
    static struct replay_work made;

    made = (struct replay_work){.work_ns = ms * MS};
    return &made;
}

static void an_item_ends_at_its_time(void **state)
{
    struct fault fault;
    struct replay_crowd *crowd = replay_crowd_make(1, &fault);
    struct replay_worker worker = {0};
    uint64_t start = clock_now_ns();

    (void)state;
    assert_true(replay_wait(crowd, &worker, &half, start, start, work(20)) == 1);
    assert_int_equal(worker.due_ns, start + 20 * MS);
    assert_true(clock_now_ns() >= start + 20 * MS);
    replay_crowd_release(crowd);
}

static void lateness_is_taken_off_the_next_item(void **state)
{
    struct fault fault;
    struct replay_crowd *crowd = replay_crowd_make(1, &fault);
    struct replay_worker worker = {0};
    uint64_t start = clock_now_ns();

    (void)state;
    worker.due_ns = start - 8 * MS;
    replay_wait(crowd, &worker, &none, start - 3 * MS, start,
                work(20)); /* 5 ms late, then 3 ms of claiming */
    assert_int_equal(worker.due_ns, start + 15 * MS);
    worker.due_ns =
        start - 90 * MS; /* later than the item is long: the rest is taken off those that follow */
    replay_wait(crowd, &worker, &none, start, start, work(20));
    assert_int_equal(worker.due_ns, start - 70 * MS);
    replay_crowd_release(crowd);
}

static void others_at_work_slow_an_item_down(void **state)
{
    struct fault fault;
    struct replay_crowd *crowd = replay_crowd_make(3, &fault);
    struct replay_worker worker = {0};
    uint64_t start = clock_now_ns();

    (void)state;
    assert_true(fabs(replay_wait(crowd, &worker, &half, start, start, work(20)) - 1.5) < 1e-6);
    assert_int_equal(worker.due_ns, start + 30 * MS);
    replay_crowd_leave(crowd);
    replay_crowd_leave(crowd);
    start = clock_now_ns();
    worker.due_ns = 0;
    assert_true(replay_wait(crowd, &worker, &half, start, start, work(5)) == 1);
    replay_crowd_release(crowd);
}

/* By their own accounts the first asks for the lock at 5 ms and has it for 10, the second asks at 8. */
static void a_lock_is_for_one_at_a_time(void **state)
{
    struct fault fault;
    struct replay_crowd *crowd = replay_crowd_make(2, &fault);
    struct replay_worker first = {0}, second = {0};
    const struct replay_work one = {20 * MS, 5 * MS, 10 * MS}, other = {20 * MS, 8 * MS, 10 * MS};
    uint64_t start = clock_now_ns();

    (void)state;
    assert_true(replay_wait(crowd, &first, &none, start, start, &one) == 1);
    assert_int_equal(first.locked_ns, start + 5 * MS);
    assert_int_equal(first.unlocked_ns, start + 15 * MS);
    assert_int_equal(first.due_ns, start + 20 * MS);
    /* Waiting for the lock is no slowdown: the item took 27 ms, and no more work. */
    assert_true(replay_wait(crowd, &second, &none, start, start, &other) == 1);
    assert_int_equal(second.locked_ns, start + 15 * MS);
    assert_int_equal(second.unlocked_ns, start + 25 * MS);
    assert_int_equal(second.due_ns, start + 27 * MS);
    assert_true(replay_wait(crowd, &second, &none, second.due_ns, second.due_ns, work(1)) == 1);
    assert_int_equal(second.locked_ns, 0);
    replay_crowd_release(crowd);
}

static void *leave_soon(void *crowd)
{
    replay_wait_until(clock_now_ns() + 400 * MS);
    replay_crowd_leave(crowd);
    return NULL;
}

/* With two at work, 1 s of work takes 2 s; after about 0.4 s of them the rest goes on at full speed. The other may
 * leave more than a second later where the machine is busy. */
static void who_leaves_lets_the_others_go_on_faster(void **state)
{
    struct fault fault;
    struct replay_crowd *crowd = replay_crowd_make(2, &fault);
    struct replay_worker worker = {0};
    uint64_t start = clock_now_ns();
    pthread_t other;
    double slowdown;

    (void)state;
    assert_int_equal(pthread_create(&other, NULL, leave_soon, crowd), 0);
    slowdown = replay_wait(crowd, &worker, &doubles, start, start, work(1000));
    pthread_join(other, NULL);
    assert_true(slowdown >= 1.2 && slowdown < 1.9);
    assert_true(fabs((double)(worker.due_ns - start) - slowdown * 1000 * MS) < 100);
    replay_crowd_release(crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_item_ends_at_its_time),
        cmocka_unit_test(lateness_is_taken_off_the_next_item),
        cmocka_unit_test(others_at_work_slow_an_item_down),
        cmocka_unit_test(a_lock_is_for_one_at_a_time),
        cmocka_unit_test(who_leaves_lets_the_others_go_on_faster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
