/* Counters: statuses, the choice of a way to count, the cross-check against CPU time; with a backend that is made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/machine/counters/counter_group.h"
#include "harness/machine/counters/counters.h"
#include "tests/unit/machine/counters_fixture.h"

/* --- a backend with prepared answers --------------------------------------------------------- */

enum trick { TRICK_COUNT, TRICK_DENY, TRICK_MISSING, TRICK_MULTIPLEX, TRICK_NEVER_RAN };

static struct script {
    enum trick trick[EVENTS];
    int64_t value[EVENTS];
    int opens, closes, fail_start, fail_read;
} script;

static uint32_t fake_open(void **state, const struct counter_event *events, struct counter *counters,
                          uint32_t count)
{
    uint32_t opened = 0;

    (void)events;
    for (uint32_t i = 0; i < count; i++) {
        if (script.trick[i] == TRICK_DENY || script.trick[i] == TRICK_MISSING) {
            counters[i].status = script.trick[i] == TRICK_DENY ? COUNTER_DENIED : COUNTER_UNSUPPORTED;
            snprintf(counters[i].reason, sizeof counters[i].reason, "asked to");
        } else {
            opened++;
        }
    }
    *state = opened ? &script : NULL;
    script.opens += opened > 0;
    return opened;
}

static int fake_start(void *state)
{
    return ((struct script *)state)->fail_start;
}

static int fake_read(void *state, struct counter *counters, uint32_t count)
{
    const struct script *s = state;

    for (uint32_t i = 0; i < count; i++) {
        if (s->trick[i] == TRICK_DENY || s->trick[i] == TRICK_MISSING)
            continue;
        counters[i].value = s->value[i];
        counters[i].enabled_ns = 1000;
        counters[i].running_ns = s->trick[i] == TRICK_MULTIPLEX   ? 250
                                 : s->trick[i] == TRICK_NEVER_RAN ? 0
                                                                  : 1000;
        counters[i].status = s->trick[i] == TRICK_MULTIPLEX   ? COUNTER_MULTIPLEXED
                             : s->trick[i] == TRICK_NEVER_RAN ? COUNTER_UNSUPPORTED
                                                              : COUNTER_OK;
    }
    return s->fail_read;
}

static void fake_close(void *state)
{
    ((struct script *)state)->closes++;
}

static uint32_t nothing_open(void **state, const struct counter_event *events, struct counter *counters,
                             uint32_t count)
{
    (void)events;
    *state = NULL;
    for (uint32_t i = 0; i < count; i++) {
        counters[i].status = COUNTER_DENIED;
        snprintf(counters[i].reason, sizeof counters[i].reason, "refused");
    }
    return 0;
}

static uint32_t one_open(void **state, const struct counter_event *events, struct counter *counters,
                         uint32_t count)
{
    nothing_open(state, events, counters, count);
    counters[0].status = COUNTER_UNREAD;
    counters[0].reason[0] = '\0';
    *state = &script;
    script.opens++;
    return 1;
}

static const struct counter_backend fake = {"fake", true, fake_open, fake_start, fake_read, fake_close};
static const struct counter_backend fake_thread = {"fake-thread", false,     fake_open,
                                                   fake_start,    fake_read, fake_close};
static const struct counter_backend nothing = {"nothing",  true,      nothing_open,
                                               fake_start, fake_read, fake_close};
static const struct counter_backend poor = {"poor", true, one_open, fake_start, fake_read, fake_close};

static int reset(void **state)
{
    (void)state;
    memset(&script, 0, sizeof script);
    return 0;
}

/* Opens, starts and reads one backend as if the process had used cpu_ns. */
static struct counters run(const struct counter_backend *backend, uint64_t cpu_ns)
{
    const struct counter_backend *const list[] = {backend, NULL};
    struct counters c;

    counters_open(&c, list, group.events, group.event_count);
    counters_start(&c);
    counters_read(&c, c.cpu_begin_ns + cpu_ns);
    return c;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void event_list_is_the_one_the_tests_know(void **state)
{
    (void)state;
    assert_int_equal(group.event_count, EVENTS);
}

static void every_status_has_a_name_and_only_measured_ones_a_value(void **state)
{
    static const struct {
        const char *name;
        enum counter_status status;
        bool value;
    } cases[] = {{"unread", COUNTER_UNREAD, false},           {"ok", COUNTER_OK, true},
                 {"unsupported", COUNTER_UNSUPPORTED, false}, {"denied", COUNTER_DENIED, false},
                 {"partial", COUNTER_PARTIAL, true},          {"multiplexed", COUNTER_MULTIPLEXED, true}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(counter_status_name(cases[i].status), cases[i].name);
        assert_int_equal(counter_status_has_value(cases[i].status), cases[i].value);
    }
    assert_null(counter_status_name((enum counter_status)99));
}

static void values_pass_through_when_the_clocks_agree(void **state)
{
    struct counters c;

    (void)state;
    script.value[index_of("task-clock")] = 1000000000;
    script.value[index_of("instructions")] = INT64_MAX; /* as large as a counter can get */
    c = run(&fake, 1019000000);
    assert_int_equal(c.counter[index_of("task-clock")].status, COUNTER_OK);
    assert_int_equal(c.counter[index_of("instructions")].status, COUNTER_OK);
    assert_true(c.counter[index_of("instructions")].value == INT64_MAX);
    assert_string_equal(c.counter[index_of("instructions")].name, "instructions");
    counters_close(&c);
    assert_int_equal(script.opens, script.closes);
}

static void a_share_below_98_percent_is_partial_and_names_the_share(void **state)
{
    struct counters c;

    (void)state;
    script.value[index_of("task-clock")] = 40000000;
    script.value[index_of("page-faults")] = 7;
    c = run(&fake_thread, 1000000000);
    assert_int_equal(c.counter[index_of("page-faults")].status, COUNTER_PARTIAL);
    assert_int_equal(c.counter[index_of("page-faults")].value, 7);
    assert_string_equal(c.counter[index_of("page-faults")].reason,
                        "task clock saw 4.0% of the process's CPU time");
    counters_close(&c);
}

static void the_line_between_whole_and_partial_is_two_percent(void **state)
{
    static const struct {
        int64_t task_clock_ns;
        enum counter_status status;
    } cases[] = {{9790000000, COUNTER_PARTIAL},
                 {9810000000, COUNTER_OK},
                 {10000000000, COUNTER_OK},
                 {10190000000, COUNTER_OK},
                 {10210000000, COUNTER_PARTIAL}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct counters c;
        script.value[index_of("task-clock")] = cases[i].task_clock_ns;
        c = run(&fake, 10000000000);
        if (c.counter[0].status != cases[i].status)
            fail_msg("task clock %lld: status %s", (long long)cases[i].task_clock_ns,
                     counter_status_name(c.counter[0].status));
        counters_close(&c);
    }
}

static void less_than_a_tick_is_never_partial(void **state)
{
    struct counters c;

    (void)state;
    script.value[index_of("task-clock")] = 1000000;
    c = run(&fake, 10000000);
    assert_int_equal(c.counter[0].status, COUNTER_OK);
    counters_close(&c);
}

static void one_thread_without_a_task_clock_is_partial(void **state)
{
    struct counters c;

    (void)state;
    script.trick[index_of("task-clock")] = TRICK_DENY;
    c = run(&fake_thread, 1000);
    assert_int_equal(c.counter[0].status, COUNTER_PARTIAL);
    assert_non_null(strstr(c.counter[0].reason, "one thread only"));
    counters_close(&c);
}

static void refused_missing_and_multiplexed_keep_their_status_and_reason(void **state)
{
    struct counters c;

    (void)state;
    script.trick[0] = TRICK_MISSING;
    script.trick[1] = TRICK_DENY;
    script.trick[2] = TRICK_MULTIPLEX;
    script.trick[3] = TRICK_NEVER_RAN;
    c = run(&fake, 0);
    assert_int_equal(c.counter[0].status, COUNTER_UNSUPPORTED);
    assert_string_equal(c.counter[0].reason, "asked to");
    assert_int_equal(c.counter[1].status, COUNTER_DENIED);
    assert_int_equal(c.counter[2].status, COUNTER_MULTIPLEXED);
    assert_int_equal(c.counter[2].running_ns, 250);
    assert_int_equal(c.counter[3].status, COUNTER_UNSUPPORTED);
    counters_close(&c);
}

static void nothing_to_open_leaves_reasons_and_no_value(void **state)
{
    struct counters c = run(&nothing, 1000);

    (void)state;
    assert_null(c.backend);
    assert_int_equal(c.count, EVENTS);
    for (uint32_t i = 0; i < c.count; i++) {
        assert_int_equal(c.counter[i].status, COUNTER_DENIED);
        assert_string_equal(c.counter[i].reason, "refused");
    }
    counters_close(&c);
    assert_int_equal(script.closes, 0);
}

static void a_failed_start_or_read_gives_no_value(void **state)
{
    struct counters c;

    (void)state;
    script.fail_start = -1;
    c = run(&fake, 0);
    assert_int_equal(c.counter[0].status, COUNTER_UNREAD);
    assert_string_equal(c.counter[0].reason, "opened, but could not be started");
    counters_close(&c);
    script.fail_start = 0;
    script.fail_read = -1;
    c = run(&fake, 0);
    assert_int_equal(c.counter[0].status, COUNTER_UNREAD);
    assert_string_equal(c.counter[0].reason, "fake could not read it");
    counters_close(&c);
}

static void the_way_that_sees_all_threads_and_most_events_is_taken(void **state)
{
    static const struct {
        const struct counter_backend *list[4];
        const char *taken;
    } cases[] = {{{&fake, &fake_thread, NULL}, "fake"},
                 {{&fake_thread, &poor, NULL}, "poor"},
                 {{&poor, &fake, NULL}, "fake"},
                 {{&fake, &poor, NULL}, "fake"},
                 {{&nothing, &fake_thread, NULL}, "fake-thread"},
                 {{&nothing, &poor, &fake, NULL}, "fake"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct counters c;
        assert_true(counters_open(&c, cases[i].list, group.events, group.event_count) > 0);
        if (strcmp(c.backend->name, cases[i].taken) != 0)
            fail_msg("case %zu: took %s, wanted %s", i, c.backend->name, cases[i].taken);
        assert_string_equal(counters_choose(cases[i].list, group.events, group.event_count)->name,
                            cases[i].taken);
        counters_close(&c);
        assert_int_equal(script.opens,
                         script.closes); /* losers are closed too; the child's do not show here */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(event_list_is_the_one_the_tests_know, reset),
        cmocka_unit_test_setup(every_status_has_a_name_and_only_measured_ones_a_value, reset),
        cmocka_unit_test_setup(values_pass_through_when_the_clocks_agree, reset),
        cmocka_unit_test_setup(a_share_below_98_percent_is_partial_and_names_the_share, reset),
        cmocka_unit_test_setup(the_line_between_whole_and_partial_is_two_percent, reset),
        cmocka_unit_test_setup(less_than_a_tick_is_never_partial, reset),
        cmocka_unit_test_setup(one_thread_without_a_task_clock_is_partial, reset),
        cmocka_unit_test_setup(refused_missing_and_multiplexed_keep_their_status_and_reason, reset),
        cmocka_unit_test_setup(nothing_to_open_leaves_reasons_and_no_value, reset),
        cmocka_unit_test_setup(a_failed_start_or_read_gives_no_value, reset),
        cmocka_unit_test_setup(the_way_that_sees_all_threads_and_most_events_is_taken, reset),
    };
    return cmocka_run_group_tests(tests, load_group, free_group);
}
