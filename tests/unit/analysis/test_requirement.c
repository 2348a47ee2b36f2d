/* Requirements: what is read from a text, and decisions by hand-made intervals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/gate/requirement.h"

static void texts_are_read(void **state)
{
    static const struct {
        const char *text;
        struct requirement wanted;
    } cases[] = {
        {"E(4)>=0.6", {REQUIRE_EFFICIENCY, 4, true, 0.6, REQUIRE_REAL, NULL}},
        {" E (4) >= 60% ", {REQUIRE_EFFICIENCY, 4, true, 0.6, REQUIRE_REAL, NULL}},
        {"S(16)>=10 emulated", {REQUIRE_SPEEDUP, 16, true, 10, REQUIRE_EMULATED, NULL}},
        {"S(16)>=10replayed", {REQUIRE_SPEEDUP, 16, true, 10, REQUIRE_REPLAYED, NULL}},
        {"T(2)<=3.5", {REQUIRE_WALL, 2, false, 3.5, REQUIRE_REAL, NULL}},
        {"tail( 8 )<=5%", {REQUIRE_TAIL, 8, false, 0.05, REQUIRE_REAL, NULL}},
        {"maxrss(1)<=200", {REQUIRE_MAXRSS, 1, false, 200, REQUIRE_REAL, NULL}},
        {"cpu_per_item<=0.12", {REQUIRE_CPU_PER_ITEM, 1, false, 0.12, REQUIRE_REAL, NULL}},
        {"cpu_per_item(2)<=1e-1", {REQUIRE_CPU_PER_ITEM, 2, false, 0.1, REQUIRE_REAL, NULL}},
        {"start<=15", {REQUIRE_START, 0, false, 15, REQUIRE_REAL, NULL}},
        {"knee>=8", {REQUIRE_KNEE, 0, true, 8, REQUIRE_REAL, NULL}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct requirement found;
        char problem[160] = "";
        if (requirement_parse(cases[i].text, &found, problem, sizeof problem))
            fail_msg("'%s': %s", cases[i].text, problem);
        if (found.quantity != cases[i].wanted.quantity || found.workers != cases[i].wanted.workers ||
            found.at_least != cases[i].wanted.at_least || fabs(found.bound - cases[i].wanted.bound) > 1e-12 ||
            found.cores != cases[i].wanted.cores || found.text != cases[i].text)
            fail_msg("'%s' is read as another requirement", cases[i].text);
    }
}

static void other_texts_are_refused_with_the_reason(void **state)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", "does not begin with E(n)"},
        {"speed>=2", "does not begin with E(n)"},
        {"E>=0.6", "needs a number of workers: E(4)"},
        {"E()>=0.6", "needs a number of workers"},
        {"E(0)>=0.6", "needs a number of workers"},
        {"E(2.5)>=0.6", "needs a number of workers"},
        {"S(99999999999999)>=1", "needs a number of workers"},
        {"knee(4)>=2", "has no number of workers"},
        {"E(4)>0.6", ">= or <="},
        {"E(4)=0.6", ">= or <="},
        {"E(4)>=", "number must follow >="},
        {"E(4)<=nan", "number must follow <="},
        {"S(4)>=50%", "'%' follows the number"},
        {"E(4)>=0.6 real", "'real' follows the number"},
        {"E(4)>=0.6 emulated twice", "'twice' follows the number"},
        {"E(4)>=0.6 emulated replayed", "'replayed' follows the number"},
        {"E(4)>=0.6 replayed emulated", "'emulated' follows the number"},
        {"T(2)<=5s", "'s' follows the number, which is in seconds"},
        {"maxrss(2)<=100 MiB", "'MiB' follows the number, which is in MiB"},
        {"start<=5ms", "'ms' follows the number, which is in milliseconds"},
        {"knee>=4 workers", "'workers' follows the number, which is a number of workers"},
        {"E(4)>=-0.6", "'E' is never below 0: it is a share, as 0.6 or 60%"},
        {"start<=-5", "'start' is never below 0: it is in milliseconds"},
        {"E(4)<=60", "'E' is never as large as that: it is a share, as 0.6 or 60%"},
        {"tail(4)<=5", "'tail' is never as large as that: it is a share, as 0.05 or 5%"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct requirement found;
        char problem[160] = "";
        if (requirement_parse(cases[i].text, &found, problem, sizeof problem) == 0)
            fail_msg("'%s' is accepted", cases[i].text);
        if (!strstr(problem, cases[i].problem))
            fail_msg("'%s': '%s' does not say '%s'", cases[i].text, problem, cases[i].problem);
    }
}

static void the_whole_interval_decides(void **state)
{
    static const struct {
        bool at_least;
        double low, high;
        enum requirement_verdict wanted;
    } cases[] = {
        {true, 0.61, 0.70, REQUIREMENT_MET},       {true, 0.60, 0.70, REQUIREMENT_MET},
        {true, 0.50, 0.59, REQUIREMENT_FAILED},    {true, 0.59, 0.70, REQUIREMENT_UNDECIDED},
        {true, 0.50, 0.60, REQUIREMENT_UNDECIDED}, {false, 0.50, 0.60, REQUIREMENT_MET},
        {false, 0.61, 0.70, REQUIREMENT_FAILED},   {false, 0.59, 0.61, REQUIREMENT_UNDECIDED},
        {true, NAN, NAN, REQUIREMENT_UNDECIDED},   {false, NAN, NAN, REQUIREMENT_UNDECIDED},
        {true, 0.65, NAN, REQUIREMENT_MET}, /* one bound is enough where it is the one that decides */
        {false, 0.65, NAN, REQUIREMENT_FAILED},    {true, NAN, 0.65, REQUIREMENT_UNDECIDED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct requirement requirement = {REQUIRE_EFFICIENCY, 4, cases[i].at_least, 0.6, false, "E(4)"};
        struct interval value = {.value = 0.6, .low = cases[i].low, .high = cases[i].high, .level = 0.95};
        enum requirement_verdict found = requirement_decide(&requirement, &value);
        if (found != cases[i].wanted)
            fail_msg("case %zu: %s, wanted %s", i, requirement_verdict_name(found),
                     requirement_verdict_name(cases[i].wanted));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read),
        cmocka_unit_test(other_texts_are_refused_with_the_reason),
        cmocka_unit_test(the_whole_interval_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
