/* Pin plans on machines that are not here: every plan is worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/machine/pin_kinds.h"
#include "harness/machine/pin_plan.h"

struct plan_case {
    const char *machine;
    const char *cpuset; /* NULL: all */
    enum pin_placement placement;
    uint32_t workers;
    const char *cpus;
    uint32_t cores_used;
    bool shares_cores, oversubscribed;
};

#define SMT2_LINUX "package:1 l3:1 core:4 pu:2(indexes=0,4,1,5,2,6,3,7)"

static const struct plan_case cases[] = {
    /* one socket, 16 cores */
    {"package:1 l3:1 core:16 pu:1", NULL, PIN_COMPACT, 4, "0,1,2,3", 4, false, false},
    {"package:1 l3:1 core:16 pu:1", NULL, PIN_COMPACT, 18, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,0,1", 16,
     true, true},
    {"package:1 l3:1 core:16 pu:1", NULL, PIN_CORE_TYPE, 3, "0,1,2", 3, false, false},
    {"package:1 l3:1 core:16 pu:1", NULL, PIN_NONE, 2, "none", 0, false, false},
    {"package:1 l3:1 core:16 pu:1", NULL, PIN_NONE, 17, "none", 0, true, true},
    /* two sockets with a NUMA node each */
    {"package:2 [numa] l3:1 core:8 pu:1", NULL, PIN_COMPACT, 10, "0,1,2,3,4,5,6,7,8,9", 10, false, false},
    {"package:2 [numa] l3:1 core:8 pu:1", NULL, PIN_SCATTER, 5, "0,8,1,9,2", 5, false, false},
    /* two threads per core: numbered core by core, and as Linux mostly does */
    {"package:1 l3:1 core:4 pu:2", NULL, PIN_COMPACT, 5, "0,2,4,6,1", 4, true, false},
    {SMT2_LINUX, NULL, PIN_COMPACT, 4, "0,1,2,3", 4, false, false},
    {SMT2_LINUX, NULL, PIN_COMPACT, 6, "0,1,2,3,4,5", 4, true, false},
    {SMT2_LINUX, NULL, PIN_SCATTER, 9, "0,1,2,3,4,5,6,7,0", 4, true, true},
    /* four threads per core */
    {"package:1 core:2 pu:4", NULL, PIN_COMPACT, 8, "0,4,1,5,2,6,3,7", 2, true, false},
    {"package:1 core:2 pu:4", NULL, PIN_COMPACT, 9, "0,4,1,5,2,6,3,7,0", 2, true, true},
    /* four groups of cores with an L3 each */
    {"package:1 l3:4 core:4 pu:1", NULL, PIN_COMPACT, 6, "0,1,2,3,4,5", 6, false, false},
    {"package:1 l3:4 core:4 pu:1", NULL, PIN_SCATTER, 6, "0,4,8,12,1,5", 6, false, false},
    /* a cpuset of three */
    {"package:1 l3:1 core:16 pu:1", "5,9,14", PIN_COMPACT, 3, "5,9,14", 3, false, false},
    {"package:1 l3:1 core:16 pu:1", "5,9,14", PIN_SCATTER, 4, "5,9,14,5", 3, true, true},
    /* a cpuset that leaves core 0 only its second thread */
    {"package:1 l3:1 core:4 pu:2", "1-3", PIN_COMPACT, 3, "1,2,3", 2, true, false},
    /* an uneven cpuset over two sockets */
    {"package:2 [numa] l3:1 core:8 pu:1", "2-5,12", PIN_SCATTER, 5, "2,12,3,4,5", 5, false, false},
    /* 128 cores, 256 threads: 2 sockets, 4 NUMA nodes each, 4 L3 groups in each of these */
    {"package:2 numa:4 l3:4 core:4 pu:2", NULL, PIN_SCATTER, 9, "0,128,32,160,64,192,96,224,8", 9, false,
     false},
    {"package:2 numa:4 l3:4 core:4 pu:2", NULL, PIN_COMPACT, 5, "0,2,4,6,8", 5, false, false},
    /* one core, with and without a second thread */
    {"core:1 pu:1", NULL, PIN_COMPACT, 2, "0,0", 1, true, true},
    {"core:1 pu:2", NULL, PIN_SCATTER, 2, "0,1", 1, true, false},
    /* two NUMA nodes in a socket, no L3 known */
    {"package:1 numa:2 core:2 pu:1", NULL, PIN_SCATTER, 3, "0,2,1", 3, false, false},
    /* nothing known but cores; and not even these */
    {"core:6 pu:1", NULL, PIN_SCATTER, 3, "0,1,2", 3, false, false},
    {"pu:4", NULL, PIN_COMPACT, 5, "0,1,2,3,0", 4, true, true},
    /* NUMA nodes below a shared L3 */
    {"package:1 l3:2 numa:2 core:2 pu:1", NULL, PIN_SCATTER, 5, "0,2,4,6,1", 5, false, false},
};

static void check(const struct topology *topology, const struct plan_case *wanted, size_t number)
{
    struct pin_plan plan;
    struct fault fault = {0};
    char *text;

    if (pin_plan_make(&plan, topology, wanted->workers, wanted->placement, &fault))
        fail_msg("case %zu: %s", number, fault.text);
    text = pin_plan_text(&plan);
    assert_non_null(text);
    if (strcmp(text, wanted->cpus) != 0)
        fail_msg("case %zu (%s): got %s, wanted %s", number, wanted->machine, text, wanted->cpus);
    if (plan.cores_used != wanted->cores_used || plan.shares_cores != wanted->shares_cores ||
        plan.oversubscribed != wanted->oversubscribed)
        fail_msg("case %zu (%s): cores %u shares %d over %d", number, wanted->machine, plan.cores_used,
                 plan.shares_cores, plan.oversubscribed);
    free(text);
    pin_plan_release(&plan);
}

static void plans_on_invented_machines_are_the_hand_made_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct topology topology;
        struct fault fault = {0};
        if (topology_load(&topology, cases[i].machine, &fault) ||
            (cases[i].cpuset && topology_restrict(&topology, cases[i].cpuset, &fault)))
            fail_msg("case %zu: %s", i, fault.text);
        check(&topology, &cases[i], i);
        topology_release(&topology);
    }
}

/* --- the fleet: the first CPUs of every placement ------------------------------------------------ */

#define MACHINES "tests/unit/machine/machines/"

struct fleet_case {
    const char *name, *machine, *cpuset; /* cpuset NULL: all */
    double quota_cpus;
    const char *compact, *scatter, *core_type; /* of six workers */
    uint32_t usable_cores, mixed_from[3];      /* by placement, as above; 0 never */
};

static const struct fleet_case fleet[] = {
    {"16 cores",
     "package:1 l3:1 core:16 pu:1",
     NULL,
     0,
     "0,1,2,3,4,5",
     "0,1,2,3,4,5",
     "0,1,2,3,4,5",
     16,
     {0}},
    {"2 x 8 cores, a NUMA node each",
     "package:2 [numa] l3:1 core:8 pu:1",
     NULL,
     0,
     "0,1,2,3,4,5",
     "0,8,1,9,2,10",
     "0,1,2,3,4,5",
     16,
     {0}},
    {"SMT 2", "package:1 l3:1 core:4 pu:2", NULL, 0, "0,2,4,6,1,3", "0,2,4,6,1,3", "0,2,4,6,1,3", 4, {0}},
    {"SMT 4", "package:1 core:2 pu:4", NULL, 0, "0,4,1,5,2,6", "0,4,1,5,2,6", "0,4,1,5,2,6", 2, {0}},
    /* a second thread of a fast core comes after every core of its own */
    {"hybrid, fast cores first",
     MACHINES "hybrid.xml",
     NULL,
     0,
     "0,2,4,5,6,7",
     "0,2,4,5,6,7",
     "0,2,4,5,6,7",
     6,
     {3, 3, 3}},
    {"hybrid, slow cores first",
     MACHINES "slow-first.xml",
     NULL,
     0,
     "0,1,2,3,4,5",
     "0,1,2,3,4,5",
     "4,5,6,7,0,1",
     8,
     {5, 5, 5}},
    {"hybrid, three slow cores and one fast allowed",
     MACHINES "slow-first.xml",
     "1-4",
     0,
     "1,2,3,4,1,2",
     "1,2,3,4,1,2",
     "4,1,2,3,4,1",
     4,
     {4, 4, 2}},
    {"hybrid, slow cores alone allowed",
     MACHINES "slow-first.xml",
     "0-3",
     0,
     "0,1,2,3,0,1",
     "0,1,2,3,0,1",
     "0,1,2,3,0,1",
     4,
     {0}},
    {"4 groups of cores with an L3 each",
     "package:1 l3:4 core:4 pu:1",
     NULL,
     0,
     "0,1,2,3,4,5",
     "0,4,8,12,1,5",
     "0,1,2,3,4,5",
     16,
     {0}},
    {"a core and all second threads offline",
     MACHINES "offline.xml",
     NULL,
     0,
     "0,1,2,4,5,6",
     "0,1,2,4,5,6",
     "0,1,2,4,5,6",
     7,
     {0}},
    {"cpuset of 3",
     "package:1 l3:1 core:16 pu:1",
     "5,9,14",
     0,
     "5,9,14,5,9,14",
     "5,9,14,5,9,14",
     "5,9,14,5,9,14",
     3,
     {0}},
    {"128 cores",
     "package:2 numa:4 l3:4 core:4 pu:2",
     NULL,
     0,
     "0,2,4,6,8,10",
     "0,128,32,160,64,192",
     "0,2,4,6,8,10",
     128,
     {0}},
    {"container quota",
     "package:1 l3:1 core:8 pu:1",
     NULL,
     2.5,
     "0,1,2,3,4,5",
     "0,1,2,3,4,5",
     "0,1,2,3,4,5",
     2,
     {0}},
    {"one core", "core:1 pu:1", NULL, 0, "0,0,0,0,0,0", "0,0,0,0,0,0", "0,0,0,0,0,0", 1, {0}},
    {"2 packages, 2 NUMA nodes each, SMT 2",
     "package:2 numa:2 l3:1 core:2 pu:2",
     NULL,
     0,
     "0,2,4,6,8,10",
     "0,8,4,12,2,10",
     "0,2,4,6,8,10",
     8,
     {0}},
};

static void check_fleet(const struct fleet_case *wanted, const struct topology *topology)
{
    const char *const cpus[] = {wanted->compact, wanted->scatter, wanted->core_type};

    for (int placement = PIN_COMPACT; placement <= PIN_CORE_TYPE; placement++) {
        struct pin_plan plan;
        struct fault fault = {0};
        char *text, words[256];
        uint32_t mixed;
        if (pin_plan_make(&plan, topology, 6, (enum pin_placement)placement, &fault))
            fail_msg("%s: %s", wanted->name, fault.text);
        text = pin_plan_text(&plan);
        if (strcmp(text, cpus[placement]) != 0)
            fail_msg("%s, %s: %s, wanted %s", wanted->name, pin_placement_names[placement], text,
                     cpus[placement]);
        free(text);
        mixed = pin_kinds_mixed(topology, (enum pin_placement)placement, 6, words, sizeof words);
        if (mixed != wanted->mixed_from[placement] || (mixed > 0) != (words[0] != '\0') ||
            (mixed > 0) != (plan.kinds_used > 1))
            fail_msg("%s, %s: mixed from %u, wanted %u: %s", wanted->name, pin_placement_names[placement],
                     mixed, wanted->mixed_from[placement], words);
        pin_plan_release(&plan);
    }
}

static void the_first_cpus_of_every_placement_on_every_machine(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fleet / sizeof fleet[0]; i++) {
        struct topology topology;
        struct fault fault = {0};
        if (topology_load(&topology, fleet[i].machine, &fault) ||
            (fleet[i].cpuset && topology_restrict(&topology, fleet[i].cpuset, &fault)))
            fail_msg("%s: %s", fleet[i].name, fault.text);
        topology.quota_cpus = fleet[i].quota_cpus;
        topology_count(&topology);
        if (topology.usable_cores != fleet[i].usable_cores)
            fail_msg("%s: %u usable cores", fleet[i].name, topology.usable_cores);
        check_fleet(&fleet[i], &topology);
        topology_release(&topology);
    }
}

static void that_kinds_are_mixed_is_said_in_words(void **state)
{
    static const struct {
        enum pin_placement placement;
        uint32_t most, from;
        const char *words;
    } wanted[] = {{PIN_CORE_TYPE, 2, 0, ""},
                  {PIN_CORE_TYPE, 3, 3,
                   "from 3 workers on, cores of different kinds work (core-type): with 3 workers 2 on "
                   "IntelCore, 1 on IntelAtom"},
                  {PIN_COMPACT, 16, 3,
                   "from 3 workers on, cores of different kinds work (compact): with 16 workers 8 on "
                   "IntelCore, 8 on IntelAtom"},
                  {PIN_NONE, 1, 1,
                   "workers are not held on cores, and these are of different kinds: IntelCore, IntelAtom"}};
    struct topology topology;
    struct fault fault = {0};
    char words[256];

    (void)state;
    if (topology_load(&topology, MACHINES "hybrid.xml", &fault))
        fail_msg("%s", fault.text);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_int_equal(pin_kinds_mixed(&topology, wanted[i].placement, wanted[i].most, words, sizeof words),
                         wanted[i].from);
        assert_string_equal(words, wanted[i].words);
    }
    topology_release(&topology);
}

/* A machine written by hand: {os index, core, package, smt, numa, l3, kind, allowed}. */
static void check_built(struct topology_cpu *cpus, uint32_t count, double quota_cpus,
                        const struct plan_case *wanted)
{
    struct topology topology = {
        .cpus = cpus, .cpu_count = count, .quota_cpus = quota_cpus, .source = "built"};

    topology_count(&topology);
    check(&topology, wanted, 0);
}

static void core_type_fills_fast_cores_first_wherever_they_are_numbered(void **state)
{
    struct topology_cpu slow_first[] = {
        {0, 0, 0, 0, 0, 0, 0, true}, {1, 1, 0, 0, 0, 0, 0, true}, {2, 2, 0, 0, 0, 0, 1, true},
        {3, 2, 0, 1, 0, 0, 1, true}, {4, 3, 0, 0, 0, 0, 1, true}, {5, 3, 0, 1, 0, 0, 1, true},
    };
    const struct plan_case by_type = {"hybrid", NULL, PIN_CORE_TYPE, 7, "2,4,0,1,3,5,2", 4, true, true};
    const struct plan_case compact = {"hybrid", NULL, PIN_COMPACT, 6, "0,1,2,4,3,5", 4, true, false};

    (void)state;
    check_built(slow_first, 6, 0, &by_type);
    check_built(slow_first, 6, 0, &compact);
}

static void offline_cpus_leave_a_gap_that_no_plan_uses(void **state)
{
    struct topology_cpu gap[] = {
        {0, 0, 0, 0, 0, 0, -1, true}, {2, 1, 0, 0, 0, 0, -1, true}, {3, 2, 0, 0, 0, 0, -1, true}};
    const struct plan_case wanted = {"CPU 1 offline", NULL, PIN_COMPACT, 4, "0,2,3,0", 3, true, true};

    (void)state;
    check_built(gap, 3, 0, &wanted);
}

static void more_workers_than_the_quota_are_oversubscribed(void **state)
{
    struct topology_cpu four[] = {{0, 0, 0, 0, 0, 0, -1, true},
                                  {1, 1, 0, 0, 0, 0, -1, true},
                                  {2, 2, 0, 0, 0, 0, -1, true},
                                  {3, 3, 0, 0, 0, 0, -1, true}};
    const struct plan_case two = {"quota", NULL, PIN_COMPACT, 2, "0,1", 2, false, false};
    const struct plan_case three = {"quota", NULL, PIN_COMPACT, 3, "0,1,2", 3, false, true};

    (void)state;
    check_built(four, 4, 2.5, &two);
    check_built(four, 4, 2.5, &three);
}

static void a_machine_without_allowed_cpus_is_refused(void **state)
{
    struct topology_cpu none[] = {{0, 0, 0, 0, 0, 0, -1, false}};
    struct topology topology = {.cpus = none, .cpu_count = 1, .source = "built"};
    struct pin_plan plan;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(pin_plan_make(&plan, &topology, 1, PIN_COMPACT, &fault), -1);
    assert_string_equal(fault.text, "pin plan: built has no CPU that may be used: widen the CPU set");
    assert_null(plan.cpu);
}

static void every_placement_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; pin_placement_names[i]; i++)
        assert_string_equal(pin_placement_name((enum pin_placement)i), pin_placement_names[i]);
    assert_null(pin_placement_name((enum pin_placement)9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_on_invented_machines_are_the_hand_made_ones),
        cmocka_unit_test(the_first_cpus_of_every_placement_on_every_machine),
        cmocka_unit_test(that_kinds_are_mixed_is_said_in_words),
        cmocka_unit_test(core_type_fills_fast_cores_first_wherever_they_are_numbered),
        cmocka_unit_test(offline_cpus_leave_a_gap_that_no_plan_uses),
        cmocka_unit_test(more_workers_than_the_quota_are_oversubscribed),
        cmocka_unit_test(a_machine_without_allowed_cpus_is_refused),
        cmocka_unit_test(every_placement_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
