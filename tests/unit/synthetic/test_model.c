/* The made-up batch: its words, its costs, and what the harness says it must take. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/machine/emulation/emulate.h"
#include "pipeline/synthetic/model.h"

static void words_are_read(void **state)
{
    struct model model;
    struct fault fault;

    (void)state;
    assert_int_equal(model_parse(&model,
                                 " items=256 cost=lognormal(20ms,0.6)  serial=2% init=15ms contention=0.3% ",
                                 &fault),
                     0);
    assert_int_equal(model.items, 256);
    assert_int_equal(model.spread, MODEL_LOGNORMAL);
    assert_int_equal(model.cost_ns, 20000000);
    assert_true(fabs(model.sigma - 0.6) < 1e-12);
    assert_true(fabs(model.serial_share - 0.02) < 1e-12);
    assert_int_equal(model.init_ns, 15000000);
    assert_true(fabs(model.contention - 0.003) < 1e-12);
    assert_int_equal(
        model_parse(&model, "kind=spin cost=uniform(1ms,3ms) lock=10us last=0.5s io=2ms serial=7ms", &fault),
        0);
    assert_int_equal(model.kind, MODEL_SPIN);
    assert_int_equal(model.cost_to_ns, 3000000);
    assert_int_equal(model.lock_ns, 10000);
    assert_int_equal(model.last_ns, 500000000);
    assert_int_equal(model.io_ns, 2000000);
    assert_int_equal(model_serial_ns(&model), 7000000);
}

static void sizes_and_what_they_slow(void **state)
{
    struct model model;
    struct fault fault;
    double sum = 0;

    (void)state;
    assert_int_equal(model_parse(&model, "cost=2ms", &fault), 0);
    assert_int_equal(model_size_bytes(&model, 3), 2000000);
    assert_int_equal(model_slow_ns(&model, 3, 8), 0);
    assert_int_equal(model_parse(&model, "size=500kB slow=2ms", &fault), 0);
    assert_int_equal(model_size_bytes(&model, 7), 500000);
    assert_int_equal(model_slow_ns(&model, 7, 1), 0);
    assert_int_equal(model_slow_ns(&model, 7, 4), 3000000); /* half a MB, three more workers */
    assert_int_equal(model_parse(&model, "size=uniform(1MB,9MB) items=10000", &fault), 0);
    for (uint64_t i = 0; i < model.items; i++) {
        assert_in_range(model_size_bytes(&model, i), 1000000, 9000000);
        sum += (double)model_size_bytes(&model, i);
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
    struct model model;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct fault fault = {.text = ""};
        char name[16];
        if (model_parse(&model, wrong[i], &fault) != -1)
            fail_msg("'%s' was taken", wrong[i]);
        snprintf(name, sizeof name, "%.*s", (int)strcspn(wrong[i], "="), wrong[i]);
        if (!strstr(fault.text, name))
            fail_msg("'%s': the message names no %s: %s", wrong[i], name, fault.text);
    }
}

static void costs_are_the_same_for_ever_and_spread_as_told(void **state)
{
    struct model model, other;
    struct fault fault;
    double sum = 0, squares = 0;

    (void)state;
    assert_int_equal(model_parse(&model, "items=20000 cost=lognormal(20ms,0.5) seed=7", &fault), 0);
    assert_int_equal(model_parse(&other, "items=20000 cost=lognormal(20ms,0.5) seed=8", &fault), 0);
    assert_int_equal(model_cost_ns(&model, 5), model_cost_ns(&model, 5));
    assert_int_not_equal(model_cost_ns(&model, 5), model_cost_ns(&other, 5));
    for (uint64_t i = 0; i < model.items; i++) {
        double x = log((double)model_cost_ns(&model, i) / 2e7);
        sum += x;
        squares += x * x;
    }
    assert_true(fabs(sum / 20000) < 0.015); /* four standard errors of 0.5 / sqrt(20000) */
    assert_true(fabs(sqrt(squares / 20000) - 0.5) < 0.01);
}

static void the_serial_share_is_of_the_whole(void **state)
{
    struct model model;
    struct fault fault;

    (void)state;
    assert_int_equal(model_parse(&model, "items=99 cost=10ms lock=1ms io=1ms last=10ms serial=25%", &fault),
                     0);
    /* 99 x 12 ms = 1.188 s are three quarters */
    assert_int_equal(model_serial_ns(&model), 396000000);
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
