/* The status of a trial of a command, by what its processes did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/trial/trial_command.h"

static const uint64_t ms = 1000000;

static void cpus_of_the_cell(void **state)
{
    static const struct {
        const char *name;
        uint32_t cell_cpus;
        uint64_t wall_ms, user_ms, system_ms;
        const char *outside;
        enum trial_status status;
        const char *reason;
    } cases[] = {
        {"one CPU, busy", 1, 1000, 900, 100, "", TRIAL_OK, ""},
        {"one CPU, ticks counted up", 1, 100, 110, 8, "", TRIAL_OK, ""},
        {"one CPU, the work of two", 1, 100, 160, 2, "", TRIAL_VOID, "it used 1.62 CPUs, the cell has 1;"},
        {"two CPUs, the work of two", 2, 1000, 1990, 10, "", TRIAL_OK, ""},
        {"two CPUs, the work of four", 2, 1000, 3600, 0, "", TRIAL_VOID,
         "it used 3.60 CPUs, the cell has 2;"},
        {"seen outside", 1, 1000, 500, 0, "1-3", TRIAL_VOID,
         "outside of its cell (1-3): it sets its own CPU mask"},
        {"cell not known", 0, 1000, 3600, 0, "", TRIAL_OK, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial_outcome outcome = {.table = {.fd = -1},
                                        .workers = 1,
                                        .begin_ns = 1000 * ms,
                                        .end_ns = (1000 + cases[i].wall_ms) * ms,
                                        .watched_ns = cases[i].wall_ms * ms,
                                        .user_ns = cases[i].user_ms * ms,
                                        .system_ns = cases[i].system_ms * ms,
                                        .seen = {.looks = 1, .cell_cpus = cases[i].cell_cpus}};
        struct trial_result result;
        struct fault fault = {0};
        snprintf(outcome.seen.outside, sizeof outcome.seen.outside, "%s", cases[i].outside);
        assert_int_equal(trial_command_judge(&outcome, NULL, &result, &fault), 0);
        if (result.status != cases[i].status || !strstr(result.reason, cases[i].reason))
            fail_msg("%s: status %d, reason '%s'", cases[i].name, (int)result.status, result.reason);
        trial_result_release(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cpus_of_the_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
