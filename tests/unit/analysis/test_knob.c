/* The rules that decide whether an option is a program's number of workers (analysis/knob/knob.h), as a table of what
 * programs of each kind show. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "analysis/knob/knob.h"

static size_t judge(const struct knob_cell *cells, size_t count, unsigned cores, bool are_emulated,
                    struct knob_finding findings[KNOB_RULES])
{
    const struct knob_setting setting = {.cores = cores, .are_emulated = are_emulated};

    return knob_judge(cells, count, &setting, findings);
}

enum { CELLS_MOST = 4 };

static struct knob_cell cell(unsigned workers, double wall_s, double cpu_s, double runqueue_s, double threads)
{
    return (struct knob_cell){.workers = workers,
                              .wall_s = wall_s,
                              .cpu_s = cpu_s,
                              .runqueue_s = runqueue_s,
                              .cpus_most = NAN,
                              .threads_most = threads,
                              .processes_most = 1,
                              .maxrss_mib = NAN,
                              .rss_sum_mib = NAN,
                              .cpus_allowed = NAN,
                              .left_running = NAN,
                              .same_as_one = -1,
                              .same_as_two = -1};
}

struct kind {
    const char *name;
    unsigned cores;
    struct {
        unsigned workers;
        double wall_s, cpu_s, runqueue_s, threads;
    } cells[CELLS_MOST];
    const char *rule; /* NULL: nothing is found */
    unsigned workers;
    const char *words; /* in its sentence */
};

static const struct kind kinds[] = {
    {"a pool that obeys, on 4 cores",
     4,
     {{1, 4, 4, 0, 2}, {2, 2, 4, 0.1, 3}, {4, 1, 4, 0.1, 5}, {8, 1, 4, 4, 9}},
     NULL,
     0,
     ""},
    {"a program that waits for a disk: no CPU, threads as asked for",
     2,
     {{1, 4, 2, 0, 2}, {2, 2, 2, 0, 3}, {4, 1, 2, 0, 5}},
     NULL,
     0,
     ""},
    {"one worker on its core, whose four threads wait for it",
     4,
     {{1, 4, 4, 9, 5}, {2, 2, 4, 0, 5}, {4, 1, 4, 0, 5}},
     "unlimited",
     1,
     "wanted"},
    {"not bound to a core, and takes two",
     2,
     {{1, 2, 4, 0, 3}, {2, 2, 4, 0, 3}},
     "unlimited",
     1,
     "1 worker used 2.0 CPUs"},
    {"one block only: threads that have nothing to do",
     4,
     {{1, 2, 2, 0, 2}, {2, 2, 2, 0, 3}, {4, 2, 2, 0, 5}},
     "no-effect",
     2,
     "from 1 worker on no more CPUs are used (1: 1.0, 2: 1.0), though more threads run"},
    {"three blocks: an upper limit beyond the cores",
     2,
     {{1, 3, 3, 0, 2}, {2, 1.5, 3, 0, 3}, {4, 1.5, 3, 1, 4}, {8, 1.5, 3, 1, 4}},
     "no-effect",
     8,
     "from 4 workers on no more threads run (4 with 8 workers)"},
    {"threads that ended between two looks: more CPUs were used than threads seen",
     2,
     {{1, 2, 2, 0, 1}, {2, 1.2, 2.2, 0, 1}, {4, 1.1, 2.1, 0, 1}},
     NULL,
     0,
     ""},
    {"a short trial, of which the looks saw the start alone",
     8,
     {{1, 0.12, 0.04, 0, 2}, {2, 0.08, 0.05, 0, 2}, {3, 0.07, 0.05, 0, 1}},
     NULL,
     0,
     ""},
    {"a program that waits, whatever is asked for", 2, {{1, 4, 0.2, 0, 9}, {2, 4, 0.2, 0, 9}}, NULL, 0, ""},
    {"a disturbed machine: half of a core, but it wants two",
     2,
     {{1, 8, 4, 4, 2}, {2, 8, 4, 12, 3}},
     NULL,
     0,
     ""},
    {"threads that spin",
     4,
     {{1, 2, 2, 0, 2}, {2, 1.5, 2.9, 0, 3}, {4, 1, 4, 0, 5}},
     "spinning",
     4,
     "2.0-fold from 1 to 4 workers"},
    {"more work beyond the cores is no spinning",
     2,
     {{1, 2, 2, 0, 2}, {2, 1, 2, 0, 3}, {4, 3, 9, 0, 5}},
     NULL,
     0,
     ""},
    {"too short to say more than that",
     2,
     {{1, 0.004, 0.004, 0.01, 1}, {2, 0.004, 0.004, 0.01, 1}},
     "short",
     1,
     "takes 4 ms: mostly the start"},
    {"not seen at all", 2, {{1, 1, 1, NAN, NAN}, {2, 0.5, 1, NAN, NAN}}, NULL, 0, ""},
};

static void rules_by_kind_of_program(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const struct kind *kind = &kinds[k];
        struct knob_cell cells[CELLS_MOST];
        struct knob_finding findings[KNOB_RULES];
        size_t count = 0, found;
        for (; count < CELLS_MOST && kind->cells[count].workers; count++)
            cells[count] =
                cell(kind->cells[count].workers, kind->cells[count].wall_s, kind->cells[count].cpu_s,
                     kind->cells[count].runqueue_s, kind->cells[count].threads);
        found = judge(cells, count, kind->cores, false, findings);
        if (found != (kind->rule ? 1u : 0u))
            fail_msg("%s: %zu findings: %s", kind->name, found, found ? findings[0].sentence : "");
        if (!kind->rule)
            continue;
        if (strcmp(knob_rule_name(findings[0].rule), kind->rule) != 0 ||
            findings[0].workers != kind->workers || !strstr(findings[0].sentence, kind->words))
            fail_msg("%s: %s at %u: %s", kind->name, knob_rule_name(findings[0].rule), findings[0].workers,
                     findings[0].sentence);
    }
}

static void processes_that_run_on(void **state)
{
    struct knob_cell cells[] = {cell(1, 1, 1, 0, 2), cell(2, 0.5, 1, 0, 3)};
    struct knob_finding findings[KNOB_RULES];

    (void)state;
    cells[0].left_running = 0;
    cells[1].left_running = 3;
    assert_int_equal(judge(cells, 2, 2, false, findings), 1);
    assert_string_equal(knob_rule_name(findings[0].rule), "left");
    assert_int_equal(findings[0].workers, 2);
    assert_non_null(
        strstr(findings[0].sentence, "with 2 workers the command ended while 3 of its processes ran on"));
}

/* The second worker waits too, and only emulated cores make that a finding. */
static void waiting_on_emulated_cores(void **state)
{
    struct knob_cell cells[] = {cell(1, 1, 0.6, NAN, 2), cell(2, 0.8, 0.6, NAN, 3)};
    struct knob_finding findings[KNOB_RULES];

    (void)state;
    assert_int_equal(judge(cells, 2, 2, false, findings), 0);
    assert_int_equal(judge(cells, 2, 2, true, findings), 1);
    assert_string_equal(knob_rule_name(findings[0].rule), "waiting");
    assert_non_null(strstr(findings[0].sentence, "one worker used 0.60 of an emulated core"));
    cells[0].cpu_s = cells[1].cpu_s = 0.9;
    assert_int_equal(judge(cells, 1, 2, true, findings), 0);
}

/* A benchmark with a duration: its CPU time says that each worker works, its time says nothing. */
static void a_given_time(void **state)
{
    struct knob_cell cells[] = {cell(1, 3, 3, 0, 2), cell(2, 3.1, 6, 0, 3), cell(4, 3, 11, 0, 5)};
    struct knob_finding findings[KNOB_RULES];
    const struct knob_setting weak = {.cores = 4, .is_weak = true};

    (void)state;
    assert_int_equal(judge(cells, 3, 4, false, findings), 1);
    assert_string_equal(knob_rule_name(findings[0].rule), "fixed-time");
    assert_int_equal(findings[0].workers, 2);
    assert_non_null(
        strstr(findings[0].sentence, "2 workers take as long as one, and 2.0 times its CPU time"));
    cells[1].wall_s = 4; /* it gets slower: threads spin */
    assert_int_equal(judge(cells, 2, 4, false, findings), 1);
    assert_string_equal(knob_rule_name(findings[0].rule), "spinning");
    assert_int_equal(knob_judge(cells, 3, &weak, findings), 0); /* as much more work as workers */
}

static void bound_to_fewer_cpus(void **state)
{
    struct knob_cell cells[] = {cell(1, 1, 1, 0, 1), cell(2, 1, 1, 1, 2)};
    struct knob_finding findings[KNOB_RULES];

    (void)state;
    cells[0].cpus_allowed = cells[1].cpus_allowed = 1;
    assert_int_equal(judge(cells, 2, 4, false, findings), 1);
    assert_string_equal(knob_rule_name(findings[0].rule), "narrow");
    assert_int_equal(findings[0].workers, 2);
    assert_non_null(strstr(findings[0].sentence, "may use 1 CPU of the cell's 2"));
    assert_int_equal(judge(cells, 2, 1, false, findings), 0); /* there is no second core */
    cells[1] = cell(2, 0.5, 1, 0, 2);                         /* two CPUs are used, of which looks saw one */
    cells[1].cpus_allowed = 1;
    assert_int_equal(judge(cells, 2, 4, false, findings), 0);
}

static void outputs(void **state)
{
    struct knob_cell cells[] = {cell(1, 4, 4, 0, 2), cell(2, 2, 4, 0, 3), cell(4, 2, 4, 4, 5)};
    struct knob_finding findings[KNOB_RULES];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        cells[i].outputs = 1;
        cells[i].same_as_one = cells[i].same_as_two = 1;
    }
    assert_int_equal(judge(cells, 3, 2, false, findings), 0);
    cells[0].same_as_two = cells[1].same_as_one = cells[2].same_as_one = 0;
    assert_int_equal(judge(cells, 3, 2, false, findings), 1);
    assert_int_equal(findings[0].rule, KNOB_OUTPUT);
    assert_int_equal(findings[0].workers, 2);
    cells[0].outputs = 2;
    assert_int_equal(judge(cells, 3, 2, false, findings), 1);
    assert_int_equal(findings[0].workers, 1);
    assert_non_null(strstr(findings[0].sentence, "from trial to trial"));
    cells[0].outputs = 1;
    cells[0].output_is_empty = true;
    assert_int_equal(judge(cells, 3, 2, false, findings), 1);
    assert_int_equal(findings[0].workers, 1);
    assert_non_null(strstr(findings[0].sentence, "is empty, so that nothing is compared"));
}

static void nothing(void **state)
{
    struct knob_finding findings[KNOB_RULES];

    (void)state;
    assert_int_equal(judge(NULL, 0, 2, false, findings), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules_by_kind_of_program),
                                       cmocka_unit_test(processes_that_run_on),
                                       cmocka_unit_test(waiting_on_emulated_cores),
                                       cmocka_unit_test(a_given_time),
                                       cmocka_unit_test(bound_to_fewer_cpus),
                                       cmocka_unit_test(outputs),
                                       cmocka_unit_test(nothing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
