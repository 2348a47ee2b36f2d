/* Counter groups: those that are shipped, what is read from a text, and what is refused, with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>
#include <linux/perf_event.h>

#include "harness/machine/counters/counter_group.h"
#include "harness/machine/counters/perf_names.h"

#define HEAD "[group]\nname=mine\nabout=for a test\n"
#define ONE  HEAD "[event cycles]\nperf=cycles\n"

static void a_group_is_read_whole(void **state)
{
    static const char text[] =
        "# a comment\n\n[group]\n name = mine \nabout=for a test\ncaveats=none known\n"
        "[event cycles]\nperf=cycles\npapi= PAPI_TOT_CYC ; perf::CYCLES;\n"
        "[event odd]\nperf=r01c2\n"
        "[derived ghz]\nformula=cycles / task-clock\nunit=GHz\nabout=frequency\n"
        "[derived odd-per-item]\nformula=odd / items + 0 * wall-ns\nunit=per item\nabout=odd\n";
    struct counter_group group;
    struct fault fault = {0};

    (void)state;
    if (counter_group_parse("x.group", text, &group, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(group.name, "mine");
    assert_string_equal(group.about, "for a test");
    assert_string_equal(group.caveats, "none known");
    assert_string_equal(group.text, text);
    assert_int_equal(group.event_count, 3);
    assert_string_equal(group.events[0].name, "cycles");
    assert_int_equal(group.events[0].type, PERF_TYPE_HARDWARE);
    assert_int_equal(group.events[0].config, PERF_COUNT_HW_CPU_CYCLES);
    assert_int_equal(group.events[0].kind, COUNTER_HARDWARE);
    assert_string_equal(group.events[0].papi[0], "PAPI_TOT_CYC");
    assert_string_equal(group.events[0].papi[1], "perf::CYCLES");
    assert_null(group.events[0].papi[2]);
    assert_int_equal(group.events[1].type, PERF_TYPE_RAW);
    assert_int_equal(group.events[1].config, 0x1c2);
    assert_null(group.events[1].papi[0]);
    assert_string_equal(group.events[2].name, "task-clock"); /* the cross-check, added */
    assert_int_equal(group.events[2].kind, COUNTER_SOFTWARE);
    assert_int_equal(group.derived_count, 2);
    assert_string_equal(group.derived[0].unit, "GHz");
    assert_string_equal(group.derived[1].formula, "odd / items + 0 * wall-ns");
    counter_group_release(&group);
    assert_null(group.text);
}

static void what_is_wrong_is_named_with_file_line_and_key(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "g: [group] name: is missing or empty"},
        {"[group]\nabout=x\n", "g:1: [group] name: is missing or empty"},
        {"[group]\nname=Mine\nabout=x\n", "g:2: [group] name: use small letters, digits and hyphens"},
        {HEAD, "g: has no [event NAME]: a group counts at least one"},
        {HEAD "[event cycles]\n", "g:4: [event cycles] perf: is missing or empty"},
        {HEAD "[event cycles]\nperf=cylces\n",
         "g:5: [event cycles] perf: no such event: choose r<hex> or one of cycles,"},
        {HEAD "[event cycles]\nperf=r12xy\n", "g:5: [event cycles] perf: no such event"},
        {HEAD "[event Cycles]\nperf=cycles\n", "g:4: [event Cycles]: name it by small letters"},
        {HEAD "[event items]\nperf=cycles\n",
         "g:4: [event items]: name it by small letters, digits and hyphens; not 'items'"},
        {HEAD "[event clock]\nperf=task-clock\n",
         "g:5: [event clock] perf: the event task-clock, and no other"},
        {HEAD "[event task-clock]\nperf=cycles\n",
         "g:5: [event task-clock] perf: the event task-clock, and no other"},
        {HEAD "[event cycles]\nperf=cycles\npapi=a;b;c;d\n",
         "g:6: [event cycles] papi: give at most 3 names"},
        {HEAD "[event cycles]\nperf=cycles\ncolour=red\n",
         "g:6: [event cycles] colour: is not a key of this group"},
        {ONE "[events more]\n", "g:6: [events more]: is not [group], [event NAME] or [derived NAME]"},
        {ONE "[event cycles]\nperf=cycles\n", "g:6: '[event cycles]' is in line 4 already: keep one of them"},
        {ONE "perf=cycles\n", "g:6: 'perf' is in line 5 already: keep one of them"},
        {ONE "nonsense\n",
         "g:6: 'nonsense' is no key, group or comment: write key=value, [group] or # comment"},
        {ONE "[derived\n", "g:6: '[derived' is not a group: write [name]"},
        {"name=x\n", "g:1: 'name=x' is before the first [group]"},
        {ONE "[derived x]\nunit=1\nabout=x\n", "g:6: [derived x] formula: is missing or empty"},
        {ONE "[derived x]\nformula=cycles\nabout=x\n", "g:6: [derived x] unit: is missing or empty"},
        {ONE "[derived x]\nformula=cycles\nunit=1\n", "g:6: [derived x] about: is missing or empty"},
        {ONE "[derived x]\nformula=cycles / instructions\nunit=1\nabout=x\n",
         "g:7: [derived x] formula: unknown name at column 10 ('instructions')"},
        {ONE "[derived x]\nformula=cycles /\nunit=1\nabout=x\n",
         "g:7: [derived x] formula: a number, a name or '(' is missing at column 9 ('')"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct counter_group group;
        struct fault fault = {0};
        if (counter_group_parse("g", cases[i].text, &group, &fault) != -1)
            fail_msg("case %zu was taken: %s", i, cases[i].text);
        if (strncmp(fault.text, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("case %zu: '%s', wanted '%s'", i, fault.text, cases[i].message);
        assert_null(group.text);
    }
}

static void a_group_has_room_for_fifteen_events_and_the_clock(void **state)
{
    GString *text = g_string_new(HEAD);
    struct counter_group group;
    struct fault fault = {0};

    (void)state;
    for (int i = 1; i < COUNTERS_MOST; i++)
        g_string_append_printf(text, "[event e%d]\nperf=r%x\n", i, i);
    if (counter_group_parse("g", text->str, &group, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(group.event_count, COUNTERS_MOST);
    counter_group_release(&group);
    g_string_append(text, "[event more]\nperf=cycles\n");
    assert_int_equal(counter_group_parse("g", text->str, &group, &fault), -1);
    assert_non_null(strstr(fault.text, "[event more]: too many events"));
    g_string_free(text, TRUE);
}

static void the_shipped_groups_are_right(void **state)
{
    static const char *const wanted[] = {"branches", "default", "memory", "software", "stalls", "work"};
    char **names;
    size_t count = 0;

    (void)state;
    g_setenv("KNEE_DATA", ".", TRUE);
    names = counter_group_names();
    for (; names[count]; count++) {
        struct counter_group group;
        struct fault fault = {0};
        if (counter_group_load(names[count], &group, &fault))
            fail_msg("%s", fault.text);
        assert_string_equal(group.name, names[count]);
        assert_true(group.derived_count > 0);
        counter_group_release(&group);
    }
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_true(g_strv_contains((const char *const *)names, wanted[i]));
    g_strfreev(names);
    g_unsetenv("KNEE_DATA");
}

static void a_group_that_is_not_there_is_named(void **state)
{
    struct counter_group group;
    struct fault fault = {0};

    (void)state;
    g_setenv("KNEE_DATA", ".", TRUE);
    assert_int_equal(counter_group_load("nothing", &group, &fault), -1);
    assert_non_null(
        strstr(fault.text,
               "counter group 'nothing': ./harness/machine/counters/groups/nothing.group cannot be read"));
    assert_int_equal(counter_group_load("./nothing.group", &group, &fault), -1);
    assert_non_null(strstr(fault.text, "./nothing.group cannot be read"));
    g_unsetenv("KNEE_DATA");
}

static void names_of_the_kernel(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
        uint64_t config;
    } cases[] = {{"branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
                 {"LLC-load-misses", PERF_TYPE_HW_CACHE, 0x10002},
                 {"L1-dcache-loads", PERF_TYPE_HW_CACHE, 0},
                 {"dTLB-load-misses", PERF_TYPE_HW_CACHE, 0x10003},
                 {"major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ},
                 {"rffffffffffffffff", PERF_TYPE_RAW, UINT64_MAX}};
    static const char *const wrong[] = {"",       "r",      "rx", "r 1", "r-1", "r11111111111111111",
                                        "Cycles", "cycles "};
    struct perf_event event;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(perf_event_parse(cases[i].name, &event), 0);
        if (event.type != cases[i].type || event.config != cases[i].config)
            fail_msg("%s: type %u config %#llx", cases[i].name, event.type, (unsigned long long)event.config);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (perf_event_parse(wrong[i], &event) != -1)
            fail_msg("'%s' was taken", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_read_whole),
        cmocka_unit_test(what_is_wrong_is_named_with_file_line_and_key),
        cmocka_unit_test(a_group_has_room_for_fifteen_events_and_the_clock),
        cmocka_unit_test(the_shipped_groups_are_right),
        cmocka_unit_test(a_group_that_is_not_there_is_named),
        cmocka_unit_test(names_of_the_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
