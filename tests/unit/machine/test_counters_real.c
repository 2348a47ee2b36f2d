/* Counters: the machine's own, as far as it has some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include <pthread.h>

#include "harness/machine/counters/counters.h"
#include "pipeline/base/clock.h"
#include "tests/unit/machine/counters_fixture.h"

static uint64_t thread_cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

enum { BURN_NS = 50000000 };

/* CPU time, not wall time: a busy machine must not shorten it. */
static void *burn(void *opaque)
{
    volatile uint64_t *sum = opaque;
    uint64_t end_ns = thread_cpu_ns() + BURN_NS;

    while (thread_cpu_ns() < end_ns)
        (*sum)++;
    return NULL;
}

static void show(const struct counters *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        print_message("# %-11s %-17s %-12s %lld %s\n", c->backend ? c->backend->name : "-",
                      c->counter[i].name, counter_status_name(c->counter[i].status),
                      (long long)c->counter[i].value, c->counter[i].reason);
}

static void count_really(const struct counter_backend *backend, bool threads, struct counters *c)
{
    const struct counter_backend *const list[] = {backend, NULL};
    uint64_t sum = 0, other = 0;
    pthread_t thread;

    if (counters_open(c, list, group.events, group.event_count) == 0 ||
        c->counter[index_of("task-clock")].status != COUNTER_UNREAD) {
        print_message("# %s: %s\n", backend->name, c->counter[index_of("task-clock")].reason);
        counters_close(c);
        skip();
    }
    counters_start(c);
    if (threads)
        assert_int_equal(pthread_create(&thread, NULL, burn, &other), 0);
    burn(&sum);
    for (int i = 0; i < 5; i++)
        usleep(1000);
    if (threads)
        pthread_join(thread, NULL);
    counters_read(c, clock_process_cpu_ns());
    show(c);
    assert_true(sum > 0);
}

/* Switches are the work of the kernel: a counter confined to user mode shows 0 here and must not be called
 * ok. */
static void check_switches(const struct counters *c)
{
    const struct counter *switches = &c->counter[index_of("context-switches")];

    if (switches->status == COUNTER_OK || switches->status == COUNTER_PARTIAL)
        assert_true(switches->value >= 5);
    else
        assert_true(switches->reason[0] != '\0');
}

/* All of the threads' time is there. In a virtual machine the kernel may count more, what its host took: which the
 * cross-check finds. */
static void check_clock(const struct counters *c, int threads)
{
    const struct counter *clock = &c->counter[index_of("task-clock")];
    int64_t least = (int64_t)threads * BURN_NS;

    assert_true(clock->value >= least / 100 * 98);
    assert_true(clock->status == COUNTER_OK || (clock->status == COUNTER_PARTIAL && clock->value > least));
}

static void papi_counts_one_thread(void **state)
{
    struct counters c;

    (void)state;
    count_really(&counter_papi_thread, false, &c);
    check_clock(&c, 1);
    check_switches(&c);
    counters_close(&c);
}

static void papi_without_inheritance_is_found_out_by_the_cross_check(void **state)
{
    struct counters c;

    (void)state;
    count_really(&counter_papi_thread, true, &c);
    assert_int_equal(c.counter[index_of("task-clock")].status, COUNTER_PARTIAL);
    counters_close(&c);
}

static void the_kernel_counts_threads_made_later_and_ended(void **state)
{
    struct counters c;

    (void)state;
    count_really(&counter_kernel, true, &c);
    check_clock(&c, 2);
    assert_true(c.counter[index_of("task-clock")].enabled_ns > 0);
    check_switches(&c);
    counters_close(&c);
}

static void the_default_order_opens_something_or_says_why_for_each(void **state)
{
    struct counters c;

    (void)state;
    counters_open(&c, counters_backends(), group.events, group.event_count);
    counters_start(&c);
    counters_read(&c, clock_process_cpu_ns());
    show(&c);
    assert_int_equal(c.count, EVENTS);
    for (uint32_t i = 0; i < c.count; i++)
        if (!counter_status_has_value(c.counter[i].status))
            assert_true(c.counter[i].reason[0] != '\0');
    counters_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_counts_threads_made_later_and_ended),
        cmocka_unit_test(papi_counts_one_thread),
        cmocka_unit_test(papi_without_inheritance_is_found_out_by_the_cross_check),
        cmocka_unit_test(the_default_order_opens_something_or_says_why_for_each),
    };
    return cmocka_run_group_tests(tests, load_group, free_group);
}
