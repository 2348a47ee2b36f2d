/* The kernel's texts: parsers on texts of several kernels and machines, readers on this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "harness/machine/kernel_stat.h"

static void cpu_time_is_summed_by_what_it_was_spent_on(void **state)
{
    struct kernel_cpu cpu = {0};

    (void)state;
    assert_int_equal(kernel_cpu_parse("cpu  100 20 30 4000 500 6 7 8 9 1\n"
                                      "cpu0 50 10 15 2000 250 3 3 4 4 0\n"
                                      "cpu1 50 10 15 2000 250 3 4 4 5 1\n"
                                      "intr 12345 0 0\nctxt 1\nbtime 2\nprocesses 3\n",
                                      100, &cpu),
                     0);
    assert_int_equal(cpu.busy_ns, 1630000000);   /* 100+20+30+6+7 = 163 ticks */
    assert_int_equal(cpu.idle_ns, 45000000000);  /* 4500 ticks */
    assert_int_equal(cpu.iowait_ns, 5000000000); /* 500 of these */
    assert_true(cpu.iowait_known);
    assert_int_equal(cpu.steal_ns, 80000000); /* 8 ticks */
    assert_true(cpu.steal_known);
    assert_int_equal(cpu.cpus, 2);
}

static void an_old_kernel_does_not_know_steal(void **state)
{
    struct kernel_cpu cpu = {0};

    (void)state;
    assert_int_equal(kernel_cpu_parse("cpu  1 2 3 4\ncpu0 1 2 3 4\n", 1000, &cpu), 0);
    assert_false(cpu.steal_known);
    assert_false(cpu.iowait_known);
    assert_int_equal(cpu.busy_ns, 6000000);
    assert_int_equal(cpu.cpus, 1);
}

/* Field 42 of a thread's stat, here 25 ticks; the name holds what else ends fields. */
static void time_waited_for_disks_is_added_up(void **state)
{
    static const char text[] =
        "4711 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 "
        "31 32 33 34 35 36 37 38 25 40";
    static const char not_a_number[] =
        "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 "
        "27 28 29 30 31 32 33 34 35 36 37 38 x";
    const char *const wrong[] = {"", "1 (a", "1 (a) S 1 2 3", not_a_number};
    uint64_t wait_ns = 7;

    (void)state;
    assert_int_equal(kernel_disk_wait_parse(text, 100, &wait_ns), 0);
    assert_int_equal(wait_ns, 250000007);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (kernel_disk_wait_parse(wrong[i], 100, &wait_ns) != -1)
            fail_msg("'%s' was taken", wrong[i]);
    assert_int_equal(wait_ns, 250000007);
    assert_int_equal(kernel_disk_wait_parse(text, 0, &wait_ns), -1);
}

static void other_texts_are_no_cpu_time(void **state)
{
    static const char *const texts[] = {"", "cpu", "cpu 1 2 3", "intr 1 2 3 4", "cpu a b c d"};
    struct kernel_cpu cpu = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (kernel_cpu_parse(texts[i], 100, &cpu) != -1)
            fail_msg("'%s' was taken", texts[i]);
    assert_int_equal(kernel_cpu_parse("cpu 1 2 3 4", 0, &cpu), -1);
}

static void cpu_time_of_others_is_what_is_left_and_never_negative(void **state)
{
    static const struct {
        uint64_t before_ns, after_ns, ours_ns, others_ns;
    } cases[] = {
        {100, 500, 300, 100}, {100, 500, 400, 0}, {100, 500, 450, 0}, {100, 500, 0, 400}, {500, 100, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct kernel_cpu before = {.busy_ns = cases[i].before_ns},
                                after = {.busy_ns = cases[i].after_ns};
        assert_int_equal(kernel_cpu_other_ns(&before, &after, cases[i].ours_ns), cases[i].others_ns);
    }
}

static void schedstat_adds_up_over_threads(void **state)
{
    struct kernel_sched sched = {0};

    (void)state;
    assert_int_equal(kernel_sched_parse("1000 200 3\n", &sched), 0);
    assert_int_equal(kernel_sched_parse("5 18446744073709551 1", &sched), 0);
    assert_int_equal(sched.on_cpu_ns, 1005);
    assert_true(sched.runqueue_ns == 18446744073709751u);
    assert_int_equal(sched.threads, 2);
    assert_int_equal(kernel_sched_parse("", &sched), -1);
    assert_int_equal(kernel_sched_parse("7", &sched), -1);
    assert_int_equal(kernel_sched_parse("x y z", &sched), -1);
    assert_int_equal(sched.threads, 2);
}

/* Makes folder/tid/schedstat. */
static void add_task(const char *folder, const char *tid, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, tid);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/%s/schedstat", folder, tid);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_task(const char *folder, const char *tid)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s/schedstat", folder, tid);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s", folder, tid);
    rmdir(path);
}

static void run_queue_delay_of_a_folder_of_threads(void **state)
{
    char folder[] = "/tmp/knee-tasks-XXXXXX";
    struct kernel_sched sched;
    struct fault fault = {0};

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(kernel_sched_read(folder, &sched, &fault), -1);
    assert_non_null(strstr(fault.text, "CONFIG_SCHED_INFO"));
    add_task(folder, "100", "0 0 0\n");
    assert_int_equal(kernel_sched_read(folder, &sched, &fault), -1);
    assert_non_null(strstr(fault.text, "all 0"));
    add_task(folder, "101", "70 8 1\n");
    add_task(folder, "102", "30 2 1\n");
    assert_int_equal(kernel_sched_read(folder, &sched, &fault), 0);
    assert_int_equal(sched.on_cpu_ns, 100);
    assert_int_equal(sched.runqueue_ns, 10);
    assert_int_equal(sched.threads, 3);
    remove_task(folder, "100");
    remove_task(folder, "101");
    remove_task(folder, "102");
    rmdir(folder);
    assert_int_equal(kernel_sched_read(folder, &sched, &fault), -1);
    assert_non_null(strstr(fault.text, folder));
}

static void load_and_memory_are_read(void **state)
{
    struct kernel_load load;
    struct kernel_memory memory;

    (void)state;
    assert_int_equal(kernel_load_parse("1.25 0.50 10.00 3/417 9999\n", &load), 0);
    assert_true(load.one_minute > 1.249 && load.one_minute < 1.251);
    assert_int_equal(load.running, 3);
    assert_int_equal(load.threads, 417);
    assert_int_equal(kernel_load_parse("1.25 0.50", &load), -1);
    assert_int_equal(kernel_memory_parse("MemTotal:       2048 kB\nMemFree:  1 kB\nMemAvailable:   1024 kB\n"
                                         "SwapTotal:      512 kB\nSwapFree:        256 kB\n",
                                         &memory),
                     0);
    assert_int_equal(memory.total_bytes, 2097152);
    assert_int_equal(memory.available_bytes, 1048576);
    assert_int_equal(memory.swap_total_bytes, 524288);
    assert_int_equal(memory.swap_free_bytes, 262144);
    assert_int_equal(kernel_memory_parse("MemTotal: 2048 kB\n", &memory), -1);
    assert_int_equal(kernel_memory_parse("", &memory), -1);
}

static void the_processor_is_named_on_several_architectures(void **state)
{
    static const struct {
        const char *text, *model;
    } cases[] = {
        {"processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 17\nmodel name\t: AMD EPYC 7763\ncpu MHz\t: "
         "1\n",
         "AMD EPYC 7763"},
        {"processor\t: 0\nBogoMIPS\t: 108.00\n\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 4 Model B\n",
         "Raspberry Pi 4 Model B"},
        {"processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "implementer 0x41 part 0xd0c"},
        {"processor\t: 0\ncpu\t\t: POWER9, altivec supported\n", "POWER9, altivec supported"},
    };
    char model[64];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(kernel_cpu_model_parse(cases[i].text, model, sizeof model), 0);
        assert_string_equal(model, cases[i].model);
    }
    assert_int_equal(kernel_cpu_model_parse("", model, sizeof model), -1);
    assert_int_equal(kernel_cpu_model_parse("cpu MHz : 3\n", model, sizeof model), -1);
}

static void this_kernel_is_readable(void **state)
{
    struct kernel_cpu cpu;
    struct kernel_load load;
    struct kernel_memory memory;
    struct fault fault = {0};
    char model[128];

    (void)state;
    assert_int_equal(kernel_cpu_read(&cpu, &fault), 0);
    assert_true(cpu.busy_ns > 0);
    assert_in_range(cpu.cpus, 1, 65536);
    assert_int_equal(kernel_load_read(&load, &fault), 0);
    assert_int_equal(kernel_memory_read(&memory, &fault), 0);
    assert_true(memory.available_bytes <= memory.total_bytes);
    kernel_cpu_model_read(model, sizeof model);
    assert_true(model[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu_time_is_summed_by_what_it_was_spent_on),
        cmocka_unit_test(an_old_kernel_does_not_know_steal),
        cmocka_unit_test(time_waited_for_disks_is_added_up),
        cmocka_unit_test(other_texts_are_no_cpu_time),
        cmocka_unit_test(cpu_time_of_others_is_what_is_left_and_never_negative),
        cmocka_unit_test(schedstat_adds_up_over_threads),
        cmocka_unit_test(run_queue_delay_of_a_folder_of_threads),
        cmocka_unit_test(load_and_memory_are_read),
        cmocka_unit_test(the_processor_is_named_on_several_architectures),
        cmocka_unit_test(this_kernel_is_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
