/* Steps of antagonists as words; the process: its rate, its record, what it survives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/antagonist/antagonist.h"
#include "harness/antagonist/antagonist_load.h"
#include "pipeline/base/clock.h"

#define MIB (1u << 20)

static int first_cpu(void)
{
    cpu_set_t set;
    int cpu = 0;

    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    while (!CPU_ISSET((size_t)cpu, &set))
        cpu++;
    return cpu;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static pid_t start_busy(int cpu)
{
    pid_t pid = fork();
    cpu_set_t set;

    if (pid != 0)
        return pid;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
    alarm(60); /* not for ever, if the test ends by a failure */
    for (;;)
        clock_now_ns();
}

/* --- words ------------------------------------------------------------------------------------ */

static void steps_are_read(void **state)
{
    struct antagonist_setting steps[ANTAGONIST_SETTINGS_MOST];
    struct fault fault;
    char text[ANTAGONIST_TEXT_BYTES];

    (void)state;
    assert_int_equal(antagonist_settings_parse("2GB/s,8MiB,max", 32 * MIB, steps, &fault), 4);
    assert_string_equal(antagonist_text(&steps[0], text, sizeof text), "traffic at full speed");
    assert_int_equal(steps[0].bytes, 64 * MIB);
    assert_string_equal(antagonist_text(&steps[1], text, sizeof text), "16 MiB in cache");
    assert_string_equal(antagonist_text(&steps[2], text, sizeof text), "2 GB/s");
    assert_string_equal(antagonist_text(&steps[3], text, sizeof text), "8 MiB in cache");
    assert_int_equal(steps[3].bytes, 8 * MIB);
    assert_int_equal(antagonist_settings_parse("auto", 0, steps, &fault), 7);
    assert_int_equal(antagonist_settings_parse("16MiB", 32 * MIB, steps, &fault),
                     2); /* the reporter itself */
}

static void bad_steps_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "x",
        "GB/s",
        "-1GB/s",
        "1",
        "1GB",
        "nanGB/s",
        "1GB/s,",
        "0MiB",
        "9999MiB",
        "infGB/s",
        "1e9GB/s",
        "1 GB/s x",
        "maxx",
        "1MiB,2MiB,3MiB,4MiB,5MiB,6MiB,7MiB,8MiB,9MiB,10MiB,11MiB,12MiB,13MiB,14MiB,15MiB"};
    struct antagonist_setting steps[ANTAGONIST_SETTINGS_MOST];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fault fault = {0};
        if (antagonist_settings_parse(bad[i], 32 * MIB, steps, &fault) >= 0)
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(fault.kind, FAULT_USAGE);
    }
}

static void names_of_kinds(void **state)
{
    enum antagonist_kind kind;

    (void)state;
    for (int k = 0; k < ANTAGONIST_KINDS; k++) {
        assert_int_equal(antagonist_kind_parse(antagonist_kind_name((enum antagonist_kind)k), &kind), 0);
        assert_int_equal(kind, k);
    }
    assert_null(antagonist_kind_name(ANTAGONIST_KINDS));
    assert_int_equal(antagonist_kind_parse("memory", &kind), -1);
    assert_int_equal(antagonist_kind_parse(NULL, &kind), -1);
}

/* --- the load --------------------------------------------------------------------------------- */

static size_t touched(enum antagonist_kind kind, size_t lines)
{
    struct antagonist_setting setting = {kind, lines * ANTAGONIST_LINE_BYTES, ANTAGONIST_UNLIMITED};
    uint64_t *buffer = calloc(lines, ANTAGONIST_LINE_BYTES), sum = 0;
    struct antagonist_load load;
    size_t count = 0;

    antagonist_load_init(&load, &setting, buffer);
    assert_int_equal(antagonist_load_piece(&load), ANTAGONIST_PIECE_LINES * ANTAGONIST_LINE_BYTES);
    for (size_t i = 0; i < lines; i++) {
        sum += buffer[8 * i];
        count += buffer[8 * i] > 0;
    }
    assert_int_equal(sum, ANTAGONIST_PIECE_LINES);
    free(buffer);
    return count;
}

static void the_load_visits_its_lines(void **state)
{
    (void)state;
    assert_int_equal(touched(ANTAGONIST_TRAFFIC, 1000), 1000);
    assert_int_equal(touched(ANTAGONIST_TRAFFIC, 8192), 4096);
    assert_int_equal(touched(ANTAGONIST_TRAFFIC, 1), 1);
    assert_int_equal(touched(ANTAGONIST_FOOTPRINT, 1), 1);
    assert_int_equal(touched(ANTAGONIST_FOOTPRINT, 64), 64);
    /* of N lines, 1 - exp(-4096 / N) are expected to be visited: 63% of 4096 */
    assert_in_range(touched(ANTAGONIST_FOOTPRINT, 4096), 2400, 2800);
}

/* --- the process ------------------------------------------------------------------------------ */

static double moved_in(struct antagonist *antagonist, long ms)
{
    uint64_t from_ns = clock_now_ns(), to_ns;

    sleep_ms(ms);
    to_ns = clock_now_ns();
    sleep_ms(20);
    return antagonist_progress(antagonist, from_ns, to_ns).bytes / ((double)(to_ns - from_ns) / 1e9);
}

static void a_rate_is_kept(void **state)
{
    struct antagonist_setting setting = {ANTAGONIST_TRAFFIC, 4 * MIB, 50e6};
    struct antagonist antagonist;
    struct fault fault;
    double rate = 0;

    (void)state;
    if (antagonist_start(&antagonist, &setting, first_cpu(), &fault))
        fail_msg("%s", fault.text);
    antagonist_go(&antagonist);
    sleep_ms(20);
    for (int i = 0; i < 20 && rate < 10e6; i++) /* less on a busy machine, never more */
        rate = moved_in(&antagonist, 300);
    if (!(rate > 10e6 && rate < 60e6))
        fail_msg("%.3g bytes per second instead of 50e6", rate);
    antagonist_pause(&antagonist);
    assert_true(antagonist_cpu_ns(&antagonist) > 0);
    antagonist_stop(&antagonist);
    assert_null(antagonist.shared);
    antagonist_stop(&antagonist);
}

static void step_0_is_busy_and_moves_nothing(void **state)
{
    struct antagonist_setting setting = {ANTAGONIST_TRAFFIC, MIB, 0};
    struct antagonist antagonist;
    struct fault fault;
    uint64_t before_ns;

    (void)state;
    assert_int_equal(antagonist_start(&antagonist, &setting, first_cpu(), &fault), 0);
    antagonist_go(&antagonist);
    sleep_ms(20);
    before_ns = antagonist_cpu_ns(&antagonist);
    assert_true(moved_in(&antagonist, 200) == 0);
    assert_true(antagonist_cpu_ns(&antagonist) > before_ns);
    antagonist_stop(&antagonist);
}

static void a_pause_moves_nothing_and_the_record_has_ends(void **state)
{
    struct antagonist_setting setting = {ANTAGONIST_FOOTPRINT, MIB, ANTAGONIST_UNLIMITED};
    struct antagonist antagonist;
    struct fault fault;
    uint64_t early_ns = clock_now_ns(), late_ns, from_ns;
    double moved = 0;

    (void)state;
    assert_int_equal(antagonist_start(&antagonist, &setting, first_cpu(), &fault), 0);
    assert_true(isnan(antagonist_progress(&antagonist, early_ns, clock_now_ns()).bytes));
    antagonist_go(&antagonist);
    sleep_ms(50);
    antagonist_pause(&antagonist);
    from_ns = clock_now_ns();
    sleep_ms(50);
    late_ns = clock_now_ns();
    antagonist_go(&antagonist);
    for (int i = 0; i < 1200 && !(moved > 0); i++) { /* on a busy machine it gets no CPU for a while */
        sleep_ms(50);
        moved = antagonist_progress(&antagonist, from_ns, clock_now_ns()).bytes;
    }
    antagonist_pause(&antagonist);
    assert_true(antagonist_progress(&antagonist, from_ns, late_ns).bytes == 0);
    assert_true(isnan(antagonist_progress(&antagonist, early_ns, late_ns).cpu_s));
    assert_true(antagonist_progress(&antagonist, from_ns, clock_now_ns() + 1000000000).bytes > 0);
    assert_true(antagonist_progress(&antagonist, from_ns, late_ns).cpu_s < 0.01);
    antagonist_stop(&antagonist);
}

/* Others on its CPU interrupt it as it sets off, often right behind its large memory, which has used up its turn. */
static void the_record_begins_before_go_returns(void **state)
{
    struct antagonist_setting setting = {ANTAGONIST_TRAFFIC, 32 * MIB, 0};
    struct antagonist antagonist;
    struct fault fault;
    pid_t busy[3];
    int cpu = first_cpu();

    (void)state;
    for (size_t i = 0; i < 3; i++)
        busy[i] = start_busy(cpu);
    for (int i = 0; i < 100; i++) {
        uint64_t from_ns;
        assert_int_equal(antagonist_start(&antagonist, &setting, cpu, &fault), 0);
        antagonist_go(&antagonist);
        from_ns = clock_now_ns();
        antagonist_pause(&antagonist);
        assert_true(antagonist_progress(&antagonist, from_ns, clock_now_ns()).bytes == 0);
        antagonist_stop(&antagonist);
    }
    for (size_t i = 0; i < 3; i++) {
        kill(busy[i], SIGKILL);
        assert_int_equal(waitpid(busy[i], NULL, 0), busy[i]);
    }
}

static void waiting_for_all_children_does_not_wait_for_it(void **state)
{
    struct antagonist_setting setting = {ANTAGONIST_TRAFFIC, MIB, 0};
    struct antagonist antagonist;
    struct fault fault;

    (void)state;
    assert_int_equal(antagonist_start(&antagonist, &setting, first_cpu(), &fault), 0);
    antagonist_go(&antagonist);
    assert_int_equal(wait(NULL), -1);
    assert_int_equal(errno, ECHILD);
    kill(antagonist.pid, SIGKILL); /* from outside */
    antagonist_pause(&antagonist);
    assert_int_equal(antagonist.pid, 0);
    antagonist_go(&antagonist);
    antagonist_stop(&antagonist);
}

static void a_cpu_that_is_not_there_is_named(void **state)
{
    struct antagonist_setting setting = {ANTAGONIST_TRAFFIC, MIB, 0};
    struct antagonist antagonist;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(antagonist_start(&antagonist, &setting, 4095, &fault), -1);
    assert_non_null(strstr(fault.text, "CPU 4095"));
    assert_null(antagonist.shared);
    assert_int_equal(antagonist_start(&antagonist, &setting, -1, &fault), -1);
}

static void memory_that_is_not_there_is_named(void **state)
{
    struct antagonist_setting setting = {ANTAGONIST_FOOTPRINT, UINT64_C(1) << 60, 0};
    struct antagonist antagonist;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(antagonist_start(&antagonist, &setting, first_cpu(), &fault), -1);
    assert_non_null(strstr(fault.text, "memory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_read),
        cmocka_unit_test(bad_steps_are_refused),
        cmocka_unit_test(names_of_kinds),
        cmocka_unit_test(the_load_visits_its_lines),
        cmocka_unit_test(a_rate_is_kept),
        cmocka_unit_test(step_0_is_busy_and_moves_nothing),
        cmocka_unit_test(a_pause_moves_nothing_and_the_record_has_ends),
        cmocka_unit_test(the_record_begins_before_go_returns),
        cmocka_unit_test(waiting_for_all_children_does_not_wait_for_it),
        cmocka_unit_test(a_cpu_that_is_not_there_is_named),
        cmocka_unit_test(memory_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
