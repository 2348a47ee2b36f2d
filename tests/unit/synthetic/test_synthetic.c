/* The synthetic batch: its words, costs and sizes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/machine/emulation/emulate.h"
#include "pipeline/synthetic/synthetic.h"

static void words_are_read(void **state)
{
    struct synthetic_spec spec;
    struct fault fault;

    (void)state;
    assert_int_equal(
        synthetic_parse(&spec, " items=256 cost=lognormal(20ms,0.6)  serial=2% init=15ms contention=0.3% ",
                        &fault),
        0);
    assert_int_equal(spec.items, 256);
    assert_int_equal(spec.spread, SYNTHETIC_LOGNORMAL);
    assert_int_equal(spec.cost_ns, 20000000);
    assert_true(fabs(spec.sigma - 0.6) < 1e-12);
    assert_true(fabs(spec.serial_share - 0.02) < 1e-12);
    assert_int_equal(spec.init_ns, 15000000);
    assert_true(fabs(spec.contention - 0.003) < 1e-12);
    assert_int_equal(synthetic_parse(&spec,
                                     "kind=spin cost=uniform(1ms,3ms) lock=10us last=0.5s io=2ms serial=7ms",
                                     &fault),
                     0);
    assert_int_equal(spec.kind, SYNTHETIC_SPIN);
    assert_int_equal(spec.cost_to_ns, 3000000);
    assert_int_equal(spec.lock_ns, 10000);
    assert_int_equal(spec.last_ns, 500000000);
    assert_int_equal(spec.io_ns, 2000000);
    assert_int_equal(synthetic_serial_ns(&spec), 7000000);
}

static void sizes_and_what_they_slow(void **state)
{
    struct synthetic_spec spec;
    struct fault fault;
    double sum = 0;

    (void)state;
    assert_int_equal(synthetic_parse(&spec, "cost=2ms", &fault), 0);
    assert_int_equal(synthetic_size_bytes(&spec, 3), 2000000);
    assert_int_equal(synthetic_slow_ns(&spec, 3, 8), 0);
    assert_int_equal(synthetic_parse(&spec, "size=500kB slow=2ms", &fault), 0);
    assert_int_equal(synthetic_size_bytes(&spec, 7), 500000);
    assert_int_equal(synthetic_slow_ns(&spec, 7, 1), 0);
    assert_int_equal(synthetic_slow_ns(&spec, 7, 4), 3000000); /* half a MB, three more workers */
    assert_int_equal(synthetic_parse(&spec, "size=uniform(1MB,9MB) items=10000", &fault), 0);
    for (uint64_t i = 0; i < spec.items; i++) {
        assert_in_range(synthetic_size_bytes(&spec, i), 1000000, 9000000);
        sum += (double)synthetic_size_bytes(&spec, i);
    }
    assert_true(fabs(sum / 10000 - 5e6) < 1e5); /* four standard errors of 8e6 / sqrt(12) / 100 */
}

static void a_wrong_word_is_named(void **state)
{
    static const char *const wrong[] = {"items=0",       "items=2x",   "cost=20",     "cost=lognormal(20ms)",
                                        "cost=-1ms",     "kind=sleep", "serial=200%", "serial=-1%",
                                        "colour=red",    "items",      "cost=nanms",  "cost=uniform(3ms,1ms)",
                                        "contention=1e", "init=15 ms", "seed=-1",     "lock=1e300s",
                                        "size=3",        "size=0MB",   "size=3MBs",   "size=uniform(3MB,1MB)",
                                        "size=-1MB",     "slow=2MB"};
    struct synthetic_spec spec;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct fault fault = {.text = ""};
        char name[16];
        if (synthetic_parse(&spec, wrong[i], &fault) != -1)
            fail_msg("'%s' was taken", wrong[i]);
        snprintf(name, sizeof name, "%.*s", (int)strcspn(wrong[i], "="), wrong[i]);
        if (!strstr(fault.text, name))
            fail_msg("'%s': the message names no %s: %s", wrong[i], name, fault.text);
    }
}

static void costs_are_the_same_for_ever_and_spread_as_told(void **state)
{
    struct synthetic_spec spec, other;
    struct fault fault;
    double sum = 0, squares = 0;

    (void)state;
    assert_int_equal(synthetic_parse(&spec, "items=20000 cost=lognormal(20ms,0.5) seed=7", &fault), 0);
    assert_int_equal(synthetic_parse(&other, "items=20000 cost=lognormal(20ms,0.5) seed=8", &fault), 0);
    assert_int_equal(synthetic_cost_ns(&spec, 5), synthetic_cost_ns(&spec, 5));
    assert_int_not_equal(synthetic_cost_ns(&spec, 5), synthetic_cost_ns(&other, 5));
    for (uint64_t i = 0; i < spec.items; i++) {
        double x = log((double)synthetic_cost_ns(&spec, i) / 2e7);
        sum += x;
        squares += x * x;
    }
    assert_true(fabs(sum / 20000) < 0.015); /* four standard errors of 0.5 / sqrt(20000) */
    assert_true(fabs(sqrt(squares / 20000) - 0.5) < 0.01);
}

static void the_serial_share_is_of_the_whole(void **state)
{
    struct synthetic_spec spec;
    struct fault fault;

    (void)state;
    assert_int_equal(
        synthetic_parse(&spec, "items=99 cost=10ms lock=1ms io=1ms last=10ms serial=25%", &fault), 0);
    /* 99 x 12 ms = 1.188 s are three quarters */
    assert_int_equal(synthetic_serial_ns(&spec), 396000000);
}

/* 20 ms periods, and a load of 85% of the real cores at most. */
static const struct {
    uint32_t emulated, real;
    uint64_t quota_us;
} quotas[] = {{1, 2, 20000}, {2, 2, 17000}, {4, 2, 8500},   {16, 2, 2100},
              {34, 2, 1000}, {35, 2, 0},    {16, 64, 20000}};

static void quotas_leave_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quotas / sizeof quotas[0]; i++)
        assert_int_equal(emulation_quota_us(quotas[i].emulated, quotas[i].real), quotas[i].quota_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(sizes_and_what_they_slow),
        cmocka_unit_test(a_wrong_word_is_named),
        cmocka_unit_test(costs_are_the_same_for_ever_and_spread_as_told),
        cmocka_unit_test(the_serial_share_is_of_the_whole),
        cmocka_unit_test(quotas_leave_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
