/* Limits by cgroups: trees of version 1, version 2 and a container's, made in a folder of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <ftw.h>
#include <sys/stat.h>

#include "harness/machine/cpu_limit.h"
#include "harness/machine/cpu_throttle.h"

static char root[64];

static int make_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/knee-cgroup-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Writes root/path, making the folders on the way. */
static void put(const char *path, const char *text)
{
    char full[512];
    FILE *file;

    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    file = fopen(full, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_near(double got, double wanted)
{
    if (got < wanted - 1e-9 || got > wanted + 1e-9)
        fail_msg("got %.9f, wanted %.9f", got, wanted);
}

static void version_2_takes_the_smallest_limit_on_the_way_up(void **state)
{
    struct cpu_limit limit;

    (void)state;
    put("/proc/self/cgroup", "0::/user.slice/job.scope\n");
    put("/proc/self/mountinfo",
        "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    put("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
    put("/sys/fs/cgroup/user.slice/cpu.max", "250000 100000\n");
    put("/sys/fs/cgroup/user.slice/memory.max", "max\n");
    put("/sys/fs/cgroup/user.slice/job.scope/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/user.slice/job.scope/memory.max", "1073741824\n");
    put("/sys/fs/cgroup/user.slice/job.scope/cgroup.controllers", "cpu memory\n");
    cpu_limit_read(root, &limit);
    assert_int_equal(limit.cpu_version, 2);
    assert_near(limit.quota_cpus, 2.5);
    assert_int_equal(limit.memory_bytes, 1073741824);
    assert_non_null(strstr(limit.cpu_folder, "/sys/fs/cgroup/user.slice/job.scope"));
    assert_true(limit.cpu_writable);
    put("/sys/fs/cgroup/user.slice/job.scope/cgroup.controllers", "memory\n");
    cpu_limit_read(root, &limit);
    assert_false(limit.cpu_writable);
    assert_non_null(strstr(limit.cpu_reason, "without the cpu controller: use 'systemd-run"));
}

static void version_1_has_a_tree_per_controller(void **state)
{
    struct cpu_limit limit;

    (void)state;
    put("/proc/self/cgroup", "5:memory:/box\n4:cpuset:/\n3:cpu,cpuacct:/box/inner\n1:name=systemd:/\n0::/\n");
    put("/proc/self/mountinfo", "32 31 0:29 / /cg/cpuset rw - cgroup cgroup rw,cpuset\n"
                                "33 31 0:30 / /cg/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
                                "35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory\n"
                                "41 31 0:38 / /cg/unified rw - cgroup2 cgroup2 rw\n");
    put("/cg/unified/cgroup.controllers", "");
    put("/cg/cpu/cpu.cfs_quota_us", "-1\n");
    put("/cg/cpu/cpu.cfs_period_us", "100000\n");
    put("/cg/cpu/box/cpu.cfs_quota_us", "50000\n");
    put("/cg/cpu/box/cpu.cfs_period_us", "20000\n");
    put("/cg/cpu/box/inner/cpu.cfs_quota_us", "400000\n");
    put("/cg/cpu/box/inner/cpu.cfs_period_us", "100000\n");
    put("/cg/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
    cpu_limit_read(root, &limit);
    assert_int_equal(limit.cpu_version, 1);
    assert_near(limit.quota_cpus, 2.5);
    assert_int_equal(limit.memory_bytes, 0);
    assert_true(limit.cpu_writable);
}

static void a_container_sees_its_part_of_the_tree_as_the_mount(void **state)
{
    struct cpu_limit limit;

    (void)state;
    put("/proc/self/cgroup", "3:cpu:/docker/abc/job\n");
    put("/proc/self/mountinfo", "33 31 0:30 /docker/abc /cg/cpu ro,nosuid - cgroup cgroup rw,cpu\n");
    put("/cg/cpu/job/cpu.cfs_quota_us", "150000\n");
    put("/cg/cpu/job/cpu.cfs_period_us", "100000\n");
    cpu_limit_read(root, &limit);
    assert_near(limit.quota_cpus, 1.5);
    /* a path outside of what is mounted means the mount itself */
    put("/proc/self/cgroup", "3:cpu:/\n");
    put("/cg/cpu/cpu.cfs_quota_us", "30000\n");
    put("/cg/cpu/cpu.cfs_period_us", "100000\n");
    cpu_limit_read(root, &limit);
    assert_near(limit.quota_cpus, 0.3);
}

static void no_cgroups_at_all_mean_no_limit_and_a_reason(void **state)
{
    struct cpu_limit limit;

    (void)state;
    cpu_limit_read(root, &limit);
    assert_int_equal(limit.cpu_version, 0);
    assert_near(limit.quota_cpus, 0);
    assert_int_equal(limit.memory_bytes, 0);
    assert_false(limit.cpu_writable);
    assert_string_equal(limit.cpu_reason, "no cpu controller is mounted: mount cgroup2 at /sys/fs/cgroup");
    assert_string_equal(limit.cpu_folder, "");
}

static void cpu_max_is_read_as_cpus(void **state)
{
    static const struct {
        const char *text;
        double cpus;
    } cases[] = {{"max 100000", 0}, {"50000 100000", 0.5}, {"200000", 2}, {"", -1},
                 {"none", -1},      {"-1 100000", -1},     {"1000 0", -1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(cpu_limit_parse_max(cases[i].text), cases[i].cpus);
}

static void workers_fill_the_quota(void **state)
{
    static const struct {
        double quota;
        uint32_t allowed, workers;
    } cases[] = {{0, 8, 8},  {1, 2, 1}, {1.5, 8, 2}, {0.1, 8, 1},
                 {16, 4, 4}, {2, 2, 2}, {0, 0, 1},   {1e9, 3, 3}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cpu_limit limit = {.quota_cpus = cases[i].quota};
        assert_int_equal(cpu_limit_workers(&limit, cases[i].allowed), cases[i].workers);
    }
}

/* Texts as kernels 6.1 (version 1) and 6.12 (version 2) write them. */
static void held_time_is_read_from_both_versions(void **state)
{
    struct cpu_throttle throttle;

    (void)state;
    assert_int_equal(
        cpu_throttle_parse("nr_periods 40\nnr_throttled 7\nthrottled_time 123456789\n", &throttle), 0);
    assert_true(throttle.known);
    assert_int_equal(throttle.periods, 7);
    assert_int_equal(throttle.held_ns, 123456789);
    assert_int_equal(cpu_throttle_parse("usage_usec 5\nuser_usec 4\nsystem_usec 1\nnr_periods 40\n"
                                        "nr_throttled 8\nthrottled_usec 250\nnr_bursts 0\nburst_usec 0\n",
                                        &throttle),
                     0);
    assert_int_equal(throttle.held_ns, 250000);
    assert_int_equal(cpu_throttle_parse("usage_usec 5\nuser_usec 4\nsystem_usec 1\n", &throttle), -1);
    assert_false(throttle.known);
}

/* The group with the smallest quota is the one that holds. */
static void held_time_is_that_of_the_smallest_quota(void **state)
{
    struct cpu_limit limit;
    struct cpu_throttle throttle;

    (void)state;
    put("/proc/self/cgroup", "0::/box/job\n");
    put("/proc/self/mountinfo", "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
    put("/cg/cgroup.controllers", "cpu memory\n");
    put("/cg/box/job/cpu.max", "400000 100000\n");
    put("/cg/box/job/cpu.stat", "usage_usec 9\nnr_periods 5\nnr_throttled 0\nthrottled_usec 0\n");
    cpu_limit_read(root, &limit);
    cpu_throttle_read(&limit, &throttle);
    assert_true(throttle.known);
    assert_int_equal(throttle.held_ns, 0);
    assert_int_equal(throttle.cpus, 4);
    put("/cg/box/cpu.max", "50000 100000\n");
    cpu_limit_read(root, &limit);
    cpu_throttle_read(&limit, &throttle);
    assert_false(throttle.known); /* its cpu.stat is not there */
    put("/cg/box/cpu.stat", "usage_usec 9\nnr_periods 5\nnr_throttled 2\nthrottled_usec 77\n");
    cpu_throttle_read(&limit, &throttle);
    assert_int_equal(throttle.held_ns, 77000);
    assert_int_equal(throttle.cpus, 1);
}

static void without_a_quota_nothing_is_held(void **state)
{
    const struct cpu_limit none = {.cpu_version = 2}, unseen = {0};
    struct cpu_throttle throttle;

    (void)state;
    cpu_throttle_read(&none, &throttle);
    assert_true(throttle.known);
    assert_int_equal(throttle.held_ns, 0);
    assert_int_equal(throttle.cpus, 0);
    cpu_throttle_read(&unseen, &throttle); /* no group is visible, so none is known not to hold */
    assert_false(throttle.known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(version_2_takes_the_smallest_limit_on_the_way_up, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(version_1_has_a_tree_per_controller, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_container_sees_its_part_of_the_tree_as_the_mount, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(no_cgroups_at_all_mean_no_limit_and_a_reason, make_root, remove_root),
        cmocka_unit_test(cpu_max_is_read_as_cpus),
        cmocka_unit_test(workers_fill_the_quota),
        cmocka_unit_test(held_time_is_read_from_both_versions),
        cmocka_unit_test_setup_teardown(held_time_is_that_of_the_smallest_quota, make_root, remove_root),
        cmocka_unit_test(without_a_quota_nothing_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
