/* Hooks of a worker: each case runs them in a child process, as the pool does, over a record in shared
 * memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "harness/trial/run_hooks.h"

static struct worker_payload *payload; /* shared with the children */
static int32_t first_cpu, second_cpu;  /* that this process may use; second -1 when there is one only */

static int set_up(void **state)
{
    cpu_set_t set;

    (void)state;
    payload = mmap(NULL, sizeof *payload, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (payload == MAP_FAILED || sched_getaffinity(0, sizeof set, &set))
        return -1;
    first_cpu = second_cpu = -1;
    for (int32_t cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
        if (CPU_ISSET((size_t)cpu, &set)) {
            second_cpu = first_cpu;
            first_cpu = cpu;
        }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return munmap(payload, sizeof *payload);
}

static void bind_to(int32_t cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void burn_ms(long ms)
{
    struct timespec begin, now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - begin.tv_sec) * 1000000000 + now.tv_nsec - begin.tv_nsec < ms * 1000000);
}

/* What a case's worker does between ready and end. */
typedef void work(void);

/* One life of a worker in slot, in a process of its own. */
static void live(struct run_hooks *h, uint32_t slot, work *before_ready, work *inside)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct fault fault = {0};
        if (h->hooks.worker_begin(h->hooks.context, slot, payload, &fault))
            _exit(1);
        if (before_ready)
            before_ready();
        if (h->hooks.worker_ready(h->hooks.context, slot, payload, &fault))
            _exit(2);
        h->hooks.item_begin(h->hooks.context, slot, payload, 0);
        if (inside)
            inside();
        h->hooks.item_end(h->hooks.context, slot, payload, 0);
        h->hooks.worker_end(h->hooks.context, slot, payload);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static struct counter_group group;

static void init(struct run_hooks *h, const char *pins, bool counters)
{
    struct fault fault = {0};

    if (!group.text && counter_group_load("harness/machine/counters/groups/default.group", &group, &fault))
        fail_msg("%s", fault.text);
    if (run_hooks_init(h, pins, counters ? &group : NULL, &fault))
        fail_msg("%s", fault.text);
}

static const char *two_pins(void)
{
    static char text[32];

    snprintf(text, sizeof text, "%d,%d", first_cpu, second_cpu);
    return text;
}

/* --- pins ------------------------------------------------------------------------------------- */

static void each_slot_gets_its_cpu_round_robin_and_stays_there(void **state)
{
    struct run_hooks h;

    (void)state;
    if (second_cpu < 0)
        skip();
    init(&h, two_pins(), false);
    for (uint32_t slot = 0; slot < 3; slot++) {
        memset(payload, 0, sizeof *payload);
        live(&h, slot, NULL, NULL);
        assert_int_equal(payload->cpu_wanted, slot == 1 ? second_cpu : first_cpu);
        assert_int_equal(payload->cpu_seen_begin, payload->cpu_wanted);
        assert_int_equal(payload->cpu_seen_last, payload->cpu_wanted);
        assert_int_equal(payload->off_cpu_samples, 0);
        assert_string_equal(payload->pin_reason, "");
        assert_int_equal(payload->counter_count, 0);
    }
    run_hooks_release(&h);
}

static void without_a_pin_nothing_is_wanted_and_nothing_is_wrong(void **state)
{
    const char *const lists[] = {NULL, "none"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct run_hooks h;
        memset(payload, 0, sizeof *payload);
        init(&h, lists[i], false);
        live(&h, 0, NULL, NULL);
        assert_int_equal(payload->cpu_wanted, -1);
        assert_true(payload->cpu_seen_last >= 0);
        assert_int_equal(payload->off_cpu_samples, 0);
        assert_string_equal(payload->pin_reason, "");
        run_hooks_release(&h);
    }
}

static void move_away(void)
{
    bind_to(second_cpu);
}

static void a_pin_that_did_not_hold_is_recorded(void **state)
{
    struct run_hooks h;
    char pin[16], wanted[64];

    (void)state;
    if (second_cpu < 0)
        skip();
    snprintf(pin, sizeof pin, "%d", first_cpu);
    init(&h, pin, false);
    live(&h, 0, NULL, move_away);
    assert_int_equal(payload->off_cpu_samples, 1);
    assert_int_equal(payload->cpu_seen_last, second_cpu);
    snprintf(wanted, sizeof wanted, "CPU %d: seen on CPU %d during the work", first_cpu, second_cpu);
    assert_string_equal(payload->pin_reason, wanted);
    run_hooks_release(&h);
}

static void *wait_forever(void *nothing)
{
    (void)nothing;
    for (;;)
        pause();
    return NULL;
}

/* A thread that widens its own set: no sample of the main thread can see it. */
static void start_loose_thread(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)first_cpu, &set);
    CPU_SET((size_t)second_cpu, &set);
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof set, &set);
    pthread_create(&thread, &attributes, wait_forever, NULL);
    pthread_attr_destroy(&attributes);
}

static void a_thread_that_left_the_pin_is_found_at_the_end(void **state)
{
    struct run_hooks h;
    char pin[16];

    (void)state;
    if (second_cpu < 0)
        skip();
    snprintf(pin, sizeof pin, "%d", first_cpu);
    init(&h, pin, false);
    live(&h, 0, NULL, start_loose_thread);
    assert_int_equal(payload->off_cpu_samples, 0);
    assert_non_null(strstr(payload->pin_reason, "a thread may run on 2 CPUs"));
    run_hooks_release(&h);
}

static void bad_pin_lists_are_refused_before_any_fork(void **state)
{
    static const struct {
        const char *list, *part;
    } cases[] = {{"", "such as 0-2,5"}, {"x", "such as 0-2,5"}, {"60000", "CPU 60000 may not be used"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_hooks h;
        struct fault fault = {0};
        assert_int_equal(run_hooks_init(&h, cases[i].list, NULL, &fault), -1);
        if (!strstr(fault.text, cases[i].part))
            fail_msg("'%s': got '%s'", cases[i].list, fault.text);
        assert_null(h.cpus);
    }
}

/* --- run queue -------------------------------------------------------------------------------- */

static void burn_here(void)
{
    burn_ms(30);
}

static void *burn_there(void *nothing)
{
    (void)nothing;
    burn_ms(120);
    return NULL;
}

static void burn_in_a_thread_that_ends(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, burn_there, NULL);
    pthread_join(thread, NULL);
}

static void run_queue_delay_is_known_for_threads_that_live(void **state)
{
    struct run_hooks h;

    (void)state;
    if (access("/proc/self/schedstat", R_OK))
        skip();
    init(&h, NULL, false);
    live(&h, 0, NULL, burn_here);
    assert_string_equal(payload->runqueue_reason, "");
    assert_int_equal(payload->runqueue_known, 1);
    run_hooks_release(&h);
}

static void threads_that_ended_make_it_a_lower_bound(void **state)
{
    struct run_hooks h;

    (void)state;
    if (access("/proc/self/schedstat", R_OK))
        skip();
    init(&h, NULL, false);
    live(&h, 0, NULL, burn_in_a_thread_that_ends);
    assert_int_equal(payload->runqueue_known, 1);
    assert_non_null(strstr(payload->runqueue_reason, "lower bound: threads that ended took"));
    run_hooks_release(&h);
}

/* --- counters --------------------------------------------------------------------------------- */

static void die(void)
{
    _exit(0);
}

static void a_worker_that_dies_leaves_reasons_not_values(void **state)
{
    struct run_hooks h;

    (void)state;
    init(&h, NULL, true);
    live(&h, 0, NULL, die);
    assert_true(payload->counter_count > 0);
    for (uint32_t i = 0; i < payload->counter_count; i++) {
        assert_false(counter_status_has_value(payload->counters[i].status));
        assert_true(payload->counters[i].reason[0] != '\0');
    }
    assert_int_equal(payload->runqueue_known, 0);
    assert_string_equal(payload->runqueue_reason, "the worker ended before it was read");
    assert_int_equal(payload->disk_wait_known, 0);
    assert_string_equal(payload->disk_wait_reason, "the worker ended before it was read");
    /* the process that takes over counts from zero, and cannot have the dead one's share */
    live(&h, 0, NULL, burn_here);
    assert_int_equal(payload->processes, 2);
    for (uint32_t i = 0; i < payload->counter_count; i++)
        if (counter_status_has_value(payload->counters[i].status)) {
            assert_int_equal(payload->counters[i].status, COUNTER_PARTIAL);
            assert_non_null(strstr(payload->counters[i].reason, "died"));
        }
    run_hooks_release(&h);
}

static const char *status_of(const char *name, int64_t *value)
{
    for (uint32_t i = 0; i < payload->counter_count; i++)
        if (strcmp(payload->counters[i].name, name) == 0) {
            *value = payload->counters[i].value;
            return counter_status_name(payload->counters[i].status);
        }
    return "absent";
}

static void threads_made_after_the_pin_are_counted_and_pinned(void **state)
{
    struct run_hooks h;
    const char *status;
    char pin[16];
    int64_t ns = 0;

    (void)state;
    snprintf(pin, sizeof pin, "%d", first_cpu);
    init(&h, pin, true);
    live(&h, 0, NULL, burn_in_a_thread_that_ends);
    status = status_of("task-clock", &ns);
    assert_string_equal(payload->pin_reason, "");
    if (!h.backends[0]->all_threads || strcmp(status, "ok") != 0)
        print_message("# %s: task-clock %s\n", h.backends[0]->name, status);
    else
        assert_true(ns >= 100000000); /* nearly all of the thread's time: the two clocks are not one */
    run_hooks_release(&h);
}

static void time_waited_for_disks_has_a_value_or_a_reason(void **state)
{
    struct run_hooks h;

    (void)state;
    init(&h, NULL, false);
    live(&h, 0, NULL, burn_here);
    if (h.disk_wait_reason[0]) {
        assert_int_equal(payload->disk_wait_known, 0);
        assert_string_equal(payload->disk_wait_reason, h.disk_wait_reason);
    } else {
        assert_int_equal(payload->disk_wait_known, 1);
        assert_true(payload->disk_wait_ns < 1000000000); /* nothing was read */
    }
    snprintf(h.disk_wait_reason, sizeof h.disk_wait_reason, "%s", "not kept");
    live(&h, 0, NULL, burn_here);
    assert_int_equal(payload->disk_wait_known, 0);
    assert_string_equal(payload->disk_wait_reason, "not kept");
    run_hooks_release(&h);
}

static uint32_t refuse(void **state, const struct counter_event *events, struct counter *counters,
                       uint32_t count)
{
    (void)events;
    *state = NULL;
    for (uint32_t i = 0; i < count; i++) {
        counters[i].status = COUNTER_DENIED;
        snprintf(counters[i].reason, sizeof counters[i].reason, "refused by the test");
    }
    return 0;
}

static void refused_counters_do_not_stop_the_worker(void **state)
{
    static const struct counter_backend refusing = {.name = "refusing", .all_threads = true, .open = refuse};
    struct run_hooks h;

    (void)state;
    init(&h, NULL, true);
    h.backends[0] = &refusing;
    live(&h, 0, NULL, NULL);
    assert_true(payload->counter_count > 0);
    for (uint32_t i = 0; i < payload->counter_count; i++) {
        assert_int_equal(payload->counters[i].status, COUNTER_DENIED);
        assert_string_equal(payload->counters[i].reason, "refused by the test");
    }
    run_hooks_release(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_slot_gets_its_cpu_round_robin_and_stays_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_a_pin_nothing_is_wanted_and_nothing_is_wrong, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_pin_that_did_not_hold_is_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_thread_that_left_the_pin_is_found_at_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_pin_lists_are_refused_before_any_fork, set_up, tear_down),
        cmocka_unit_test_setup_teardown(run_queue_delay_is_known_for_threads_that_live, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_that_ended_make_it_a_lower_bound, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_worker_that_dies_leaves_reasons_not_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_made_after_the_pin_are_counted_and_pinned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_waited_for_disks_has_a_value_or_a_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused_counters_do_not_stop_the_worker, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
