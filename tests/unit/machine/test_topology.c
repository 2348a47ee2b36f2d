/* Topology: other machines by string and XML, this machine compared with the kernel's files, lists of
 * CPUs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <hwloc.h>
#include <sched.h>

#include "harness/machine/topology.h"

static void load(struct topology *topology, const char *source)
{
    struct fault fault = {0};

    if (topology_load(topology, source, &fault))
        fail_msg("%s: %s", source ? source : "live", fault.text);
}

static void invented_machines_have_the_parts_they_were_given(void **state)
{
    static const struct {
        const char *source;
        uint32_t cpus, cores, packages, numa, smt, l3;
    } cases[] = {
        {"package:1 l3:1 core:16 pu:1", 16, 16, 1, 1, 1, 1},
        {"package:2 [numa] l3:1 core:8 pu:1", 16, 16, 2, 2, 1, 2},
        {"package:1 l3:1 core:8 pu:2", 16, 8, 1, 1, 2, 1},
        {"core:4 pu:4", 16, 4, 0, 1, 4, 0},
        {"package:1 l3:4 core:4 pu:1", 16, 16, 1, 1, 1, 4},
        {"package:2 numa:4 l3:4 core:4 pu:2", 256, 128, 2, 8, 2, 32},
        {"core:1 pu:1", 1, 1, 0, 1, 1, 0},
        {"pu:3", 3, 3, 0, 1, 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct topology t;
        load(&t, cases[i].source);
        if (t.cpu_count != cases[i].cpus || t.cores != cases[i].cores || t.packages != cases[i].packages ||
            t.numa_nodes != cases[i].numa || t.smt != cases[i].smt || t.l3_groups != cases[i].l3)
            fail_msg("%s: cpus %u cores %u packages %u numa %u smt %u l3 %u", cases[i].source, t.cpu_count,
                     t.cores, t.packages, t.numa_nodes, t.smt, t.l3_groups);
        assert_int_equal(t.allowed_cpus, cases[i].cpus);
        assert_int_equal(t.usable_cores, cases[i].cores);
        assert_int_equal(t.kinds, 1);
        assert_int_equal(t.cpus[0].kind, -1);
        assert_false(t.is_this_system);
        assert_true(t.quota_cpus <= 0);
        assert_int_equal(t.l3_bytes, 0); /* hwloc would make up 16 MiB */
        assert_int_equal(t.memory_bytes, 0);
        topology_release(&t);
    }
}

static void cpus_know_where_they_are(void **state)
{
    struct topology t;

    (void)state;
    load(&t, "package:2 [numa] l3:2 core:2 pu:2");
    assert_int_equal(t.cpus[13].os_index, 13);
    assert_int_equal(t.cpus[13].package, 1);
    assert_int_equal(t.cpus[13].numa, 1);
    assert_int_equal(t.cpus[13].l3, 3);
    assert_int_equal(t.cpus[13].core, 6);
    assert_int_equal(t.cpus[13].smt, 1);
    topology_release(&t);
}

static void this_machine_agrees_with_the_kernel(void **state)
{
    struct topology t;
    cpu_set_t set;

    (void)state;
    load(&t, NULL);
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    assert_true(t.is_this_system);
    assert_string_equal(t.source, "this machine");
    assert_int_equal(t.allowed_cpus, CPU_COUNT(&set));
    assert_in_range(t.usable_cores, 1, t.allowed_cores);
    assert_in_range(t.allowed_cores, 1, t.cores);
    assert_true(t.memory_bytes > 0);
    topology_release(&t);
}

static void an_affinity_mask_narrows_what_may_be_used(void **state)
{
    struct topology all, one;
    cpu_set_t before, single;
    size_t cpu = 0;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    while (!CPU_ISSET(cpu, &before))
        cpu++;
    CPU_ZERO(&single);
    CPU_SET(cpu, &single);
    load(&all, NULL);
    assert_int_equal(sched_setaffinity(0, sizeof single, &single), 0);
    load(&one, NULL);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(one.allowed_cpus, 1);
    assert_int_equal(one.usable_cores, 1);
    assert_int_equal(one.cores, all.cores);
    topology_release(&all);
    topology_release(&one);
}

static void the_environment_cannot_pass_another_machine_off_as_this_one(void **state)
{
    struct topology t;

    (void)state;
    setenv("HWLOC_SYNTHETIC", "core:7 pu:1", 1);
    load(&t, NULL);
    unsetenv("HWLOC_SYNTHETIC");
    assert_int_equal(t.cores, 7);
    assert_false(t.is_this_system);
    assert_non_null(strstr(t.source, "HWLOC_"));
    topology_release(&t);
}

/* Writes text into a fresh file; path is filled. */
static void write_file(char *path, const char *text)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void a_machine_survives_the_way_through_xml(void **state)
{
    char path[] = "/tmp/knee-topology-XXXXXX";
    struct fault fault = {0};
    struct topology t, back;
    char *xml;

    (void)state;
    load(&t, "package:2 [numa] l3:1 core:4 pu:2");
    xml = topology_xml(&t, &fault);
    assert_non_null(xml);
    write_file(path, xml);
    load(&back, path);
    unlink(path);
    assert_int_equal(back.cores, 8);
    assert_int_equal(back.numa_nodes, 2);
    assert_int_equal(back.cpu_count, 16);
    for (uint32_t i = 0; i < 16; i++) {
        const struct topology_cpu *a = &t.cpus[i], *b = &back.cpus[i];
        if (a->os_index != b->os_index || a->core != b->core || a->package != b->package ||
            a->smt != b->smt || a->numa != b->numa || a->l3 != b->l3 || a->kind != b->kind ||
            a->allowed != b->allowed)
            fail_msg("CPU %u came back as another", i);
    }
    assert_false(back.is_this_system);
    assert_string_equal(back.source, path);
    free(xml);
    topology_release(&t);
    topology_release(&back);
}

static void register_kind(hwloc_topology_t handle, const char *cpus, int efficiency, const char *type)
{
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    char name[] = "CoreType", value[32];
    struct hwloc_info_s info = {.name = name, .value = value};

    snprintf(value, sizeof value, "%s", type);
    assert_int_equal(hwloc_bitmap_list_sscanf(set, cpus), 0);
    assert_int_equal(hwloc_cpukinds_register(handle, set, efficiency, 1, &info, 0), 0);
    hwloc_bitmap_free(set);
}

static void kinds_of_core_come_through_xml_slowest_first(void **state)
{
    char path[] = "/tmp/knee-topology-XXXXXX", name[32];
    struct fault fault = {0};
    struct topology t, back;
    char *xml;

    (void)state;
    load(&t, "package:1 l3:1 core:6 pu:1");
    register_kind(t.handle, "0-1", 10, "IntelCore");
    register_kind(t.handle, "2-5", 1, "IntelAtom");
    xml = topology_xml(&t, &fault);
    assert_non_null(xml);
    write_file(path, xml);
    load(&back, path);
    unlink(path);
    assert_int_equal(back.kinds, 2);
    assert_int_equal(back.cpus[0].kind, 1);
    assert_int_equal(back.cpus[5].kind, 0);
    topology_kind_text(&back, 1, name, sizeof name);
    assert_string_equal(name, "IntelCore");
    topology_kind_text(&back, 0, name, sizeof name);
    assert_string_equal(name, "IntelAtom");
    free(xml);
    topology_release(&t);
    topology_release(&back);
}

static void cpus_that_are_offline_are_counted_but_not_listed(void **state)
{
    static const char xml[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
        "<topology version=\"2.0\">\n"
        "<object type=\"Machine\" os_index=\"0\" cpuset=\"0x0000000d\" complete_cpuset=\"0x0000000f\" "
        "allowed_cpuset=\"0x0000000d\" nodeset=\"0x00000001\" complete_nodeset=\"0x00000001\" "
        "allowed_nodeset=\"0x00000001\" gp_index=\"1\">\n"
        "<object type=\"NUMANode\" os_index=\"0\" cpuset=\"0x0000000d\" complete_cpuset=\"0x0000000f\" "
        "nodeset=\"0x00000001\" complete_nodeset=\"0x00000001\" gp_index=\"2\" "
        "local_memory=\"1073741824\"/>\n"
        "<object type=\"PU\" os_index=\"0\" cpuset=\"0x00000001\" complete_cpuset=\"0x00000001\" "
        "nodeset=\"0x00000001\" complete_nodeset=\"0x00000001\" gp_index=\"3\"/>\n"
        "<object type=\"PU\" os_index=\"2\" cpuset=\"0x00000004\" complete_cpuset=\"0x00000004\" "
        "nodeset=\"0x00000001\" complete_nodeset=\"0x00000001\" gp_index=\"4\"/>\n"
        "<object type=\"PU\" os_index=\"3\" cpuset=\"0x00000008\" complete_cpuset=\"0x00000008\" "
        "nodeset=\"0x00000001\" complete_nodeset=\"0x00000001\" gp_index=\"5\"/>\n"
        "</object>\n</topology>\n";
    char path[] = "/tmp/knee-topology-XXXXXX";
    struct topology t;

    (void)state;
    write_file(path, xml);
    load(&t, path);
    unlink(path);
    assert_int_equal(t.cpu_count, 3);
    assert_int_equal(t.offline_cpus, 1);
    assert_int_equal(t.cpus[1].os_index, 2);
    assert_int_equal(t.memory_bytes, 1073741824);
    topology_release(&t);
}

static void bad_descriptions_are_refused_with_a_remedy(void **state)
{
    char path[] = "/tmp/knee-topology-XXXXXX";
    struct topology t;
    struct fault fault;

    (void)state;
    assert_int_equal(topology_load(&t, "sixteen cores", &fault), -1);
    assert_string_equal(fault.text,
                        "topology 'sixteen cores': neither a file nor a synthetic machine: write it like "
                        "'package:2 l3:1 core:8 pu:2'");
    assert_null(t.handle);
    assert_null(t.cpus);
    write_file(path, "no xml\n");
    assert_int_equal(topology_load(&t, path, &fault), -1);
    unlink(path);
    assert_non_null(strstr(fault.text, path));
    assert_null(t.handle);
}

static void restricting_counts_anew(void **state)
{
    struct topology t;
    struct fault fault = {0};

    (void)state;
    load(&t, "package:1 l3:1 core:4 pu:2");
    assert_int_equal(topology_restrict(&t, "1-3,6", &fault), 0);
    assert_int_equal(t.allowed_cpus, 4);
    assert_int_equal(t.allowed_cores, 3);
    assert_int_equal(t.cores, 4);
    assert_int_equal(topology_restrict(&t, "4,5", &fault), -1);
    assert_non_null(strstr(fault.text, "none of these may be used"));
    assert_int_equal(t.allowed_cpus, 4);
    topology_release(&t);
}

static void a_quota_cuts_usable_cores_but_never_to_none(void **state)
{
    static const struct {
        double quota_cpus;
        uint32_t usable;
    } cases[] = {{0, 4}, {0.5, 1}, {1, 1}, {2.99, 2}, {4, 4}, {64, 4}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct topology t;
        load(&t, "core:4 pu:1");
        t.quota_cpus = cases[i].quota_cpus;
        topology_count(&t);
        if (t.usable_cores != cases[i].usable)
            fail_msg("quota %g: usable %u, wanted %u", cases[i].quota_cpus, t.usable_cores, cases[i].usable);
        topology_release(&t);
    }
}

static void lists_of_cpus_are_read_in_order_or_refused(void **state)
{
    static const struct {
        const char *list;
        int count;
        int32_t first, last;
    } cases[] = {{"0", 1, 0, 0},    {"3,1,2", 3, 3, 2},
                 {"0-3", 4, 0, 3},  {"5,0-2,5", 5, 5, 5},
                 {"", -1, 0, 0},    {"a", -1, 0, 0},
                 {"1,", -1, 0, 0},  {",1", -1, 0, 0},
                 {"3-1", -1, 0, 0}, {"1-", -1, 0, 0},
                 {"-1", -1, 0, 0},  {"1;2", -1, 0, 0},
                 {"0-8", -1, 0, 0}, {"99999999999999999999", -1, 0, 0},
                 {"1 2", -1, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = {0};
        int32_t *cpus;
        int count = topology_parse_list(cases[i].list, 8, &cpus, &fault);
        if (count != cases[i].count)
            fail_msg("'%s': %d, wanted %d", cases[i].list, count, cases[i].count);
        if (count < 0) {
            assert_non_null(strstr(fault.text, "such as 0-2,5"));
            assert_null(cpus);
            continue;
        }
        assert_int_equal(cpus[0], cases[i].first);
        assert_int_equal(cpus[count - 1], cases[i].last);
        free(cpus);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invented_machines_have_the_parts_they_were_given),
        cmocka_unit_test(cpus_know_where_they_are),
        cmocka_unit_test(this_machine_agrees_with_the_kernel),
        cmocka_unit_test(an_affinity_mask_narrows_what_may_be_used),
        cmocka_unit_test(the_environment_cannot_pass_another_machine_off_as_this_one),
        cmocka_unit_test(a_machine_survives_the_way_through_xml),
        cmocka_unit_test(kinds_of_core_come_through_xml_slowest_first),
        cmocka_unit_test(cpus_that_are_offline_are_counted_but_not_listed),
        cmocka_unit_test(bad_descriptions_are_refused_with_a_remedy),
        cmocka_unit_test(restricting_counts_anew),
        cmocka_unit_test(a_quota_cuts_usable_cores_but_never_to_none),
        cmocka_unit_test(lists_of_cpus_are_read_in_order_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
