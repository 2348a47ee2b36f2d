/* Items of emulated trials: the tail by hand-checked examples; the tail and mean of a batch are kept where a plain
 * sample does not; measured items come first; the same for the same seed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "analysis/statistics/random.h"
#include "harness/sweep/subjects/even_sample.h"
#include "harness/sweep/subjects/sample.h"

static void assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) < 1e-9))
        fail_msg("%.12g, not %.12g", got, wanted);
}

enum { BATCH = 1000, WORKERS = 16, WANT = 32 };

static void tails_of_examples(void **state)
{
    static const struct {
        double costs[6];
        size_t count;
        unsigned workers;
        double tail;
    } cases[] = {
        {{1, 1, 1, 1}, 4, 2, 0},  {{1, 1, 1}, 3, 2, 1 - 3.0 / 4},
        {{3, 1, 1, 1}, 4, 2, 0},  {{1, 1, 1, 3}, 4, 2, 1 - 6.0 / 8},
        {{5}, 1, 4, 1 - 1.0 / 4}, {{2, 1, 1, 2}, 4, 3, 1 - 6.0 / 9},
        {{7, 1, 2}, 3, 1, 0},
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct even_item items[6];
        for (size_t i = 0; i < cases[c].count; i++)
            items[i] = (struct even_item){.cost = cases[c].costs[i]};
        assert_near(even_sample_tail(items, NULL, cases[c].count, cases[c].workers), cases[c].tail);
    }
    struct even_item items[] = {{.cost = 1}, {.cost = 9}, {.cost = 1}};
    const size_t chosen[] = {0, 2};
    assert_near(even_sample_tail(items, chosen, 2, 2), 0);
    assert_true(isnan(even_sample_tail(items, NULL, 0, 2)));
}

/* Log-normal costs of four kinds: 85%, 8%, 5%, 2%. */
static void make_batch(struct even_item *items)
{
    struct random_stream random = {.state = 99};

    for (uint32_t i = 0; i < BATCH; i++)
        items[i] = (struct even_item){.cost = 1e8 * exp(0.8 * random_normal(&random)),
                                      .kind = i % 100 < 85   ? 1
                                              : i % 100 < 93 ? 2
                                              : i % 100 < 98 ? 3
                                                             : 4};
}

static double mean_of(const struct even_item *items, const size_t *chosen, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += items[chosen ? chosen[i] : i].cost;
    return sum / (double)count;
}

static void tail_and_mean_are_kept(void **state)
{
    struct even_item items[BATCH];
    struct sample_item sizes[BATCH];
    size_t chosen[WANT];
    double tail;

    (void)state;
    make_batch(items);
    tail = even_sample_tail(items, NULL, BATCH, WORKERS);
    assert_true(tail > 0 && tail < 0.05);
    for (int i = 0; i < BATCH; i++)
        sizes[i] = (struct sample_item){.bytes = (uint64_t)items[i].cost, .kind = items[i].kind};
    for (uint64_t seed = 0; seed < 20; seed++) {
        assert_int_equal(even_sample_choose(items, BATCH, WANT, WORKERS, seed, chosen), 0);
        for (int i = 1; i < WANT; i++)
            assert_true(chosen[i] > chosen[i - 1]);
        if (fabs(even_sample_tail(items, chosen, WANT, WORKERS) - tail) > EVEN_SAMPLE_TAIL ||
            fabs(mean_of(items, chosen, WANT) / mean_of(items, NULL, BATCH) - 1) > 0.05)
            fail_msg("seed %d: tail %.4f, batch %.4f; mean %.4g, batch %.4g", (int)seed,
                     even_sample_tail(items, chosen, WANT, WORKERS), tail, mean_of(items, chosen, WANT),
                     mean_of(items, NULL, BATCH));
        assert_int_equal(sample_choose(sizes, BATCH, WANT, 1, seed, chosen), 0);
        assert_true(even_sample_tail(items, chosen, WANT, WORKERS) > 0.15); /* the largest item alone */
    }
}

/* Where a plain sample has the tail of the batch it is kept: here half of a batch with few workers. */
static void many_items_keep_their_spread(void **state)
{
    struct even_item items[BATCH];
    size_t chosen[BATCH / 2];
    double largest = 0;

    (void)state;
    make_batch(items);
    assert_int_equal(even_sample_choose(items, BATCH, BATCH / 2, 2, 1, chosen), 0);
    for (int i = 0; i < BATCH / 2; i++)
        largest = fmax(largest, items[chosen[i]].cost);
    assert_true(largest > 4 * mean_of(items, NULL, BATCH));
}

static void measured_items_come_first(void **state)
{
    struct even_item items[BATCH];
    size_t chosen[BATCH];

    (void)state;
    make_batch(items);
    for (int i = 0; i < BATCH; i += 5)
        items[i].measured = true;
    assert_int_equal(even_sample_choose(items, BATCH, WANT, WORKERS, 3, chosen), 0);
    for (int i = 0; i < WANT; i++)
        assert_int_equal(chosen[i] % 5, 0);
    assert_int_equal(even_sample_choose(items, BATCH, BATCH, WORKERS, 3, chosen), 0);
    for (size_t i = 0; i < BATCH; i++) /* more than are measured */
        assert_int_equal(chosen[i], i);
}

static void equal_seeds_are_equal(void **state)
{
    struct even_item items[BATCH];
    size_t a[WANT], b[WANT], c[WANT];

    (void)state;
    make_batch(items);
    assert_int_equal(even_sample_choose(items, BATCH, WANT, WORKERS, 7, a), 0);
    assert_int_equal(even_sample_choose(items, BATCH, WANT, WORKERS, 7, b), 0);
    assert_int_equal(even_sample_choose(items, BATCH, WANT, WORKERS, 8, c), 0);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
}

static void impossible_choices(void **state)
{
    struct even_item items[2] = {{.cost = 1}, {.cost = 1}};
    size_t chosen[3];

    (void)state;
    errno = 0;
    assert_int_equal(even_sample_choose(items, 2, 3, 1, 1, chosen), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(even_sample_choose(items, 2, 0, 1, 1, chosen), -1);
    assert_int_equal(even_sample_choose(items, 2, 1, 0, 1, chosen), -1);
    assert_int_equal(even_sample_choose(items, 2, 1, 4, 1, chosen), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tails_of_examples),
        cmocka_unit_test(tail_and_mean_are_kept),
        cmocka_unit_test(many_items_keep_their_spread),
        cmocka_unit_test(measured_items_come_first),
        cmocka_unit_test(equal_seeds_are_equal),
        cmocka_unit_test(impossible_choices),
    };

    return cmocka_run_group_tests_name("even sample", tests, NULL, NULL);
}
