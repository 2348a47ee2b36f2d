/* A sample of a batch keeps its mean, its tail and its kinds, and is the same for the same seed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "analysis/statistics/random.h"
#include "harness/sweep/subjects/sample.h"

enum { BATCH = 1000 };

/* Log-normal sizes, mean 3 MB, of four kinds: 85%, 8%, 5%, 2%. */
static void make_batch(struct sample_item *items)
{
    struct random_stream random = {.state = 99};

    for (int i = 0; i < BATCH; i++) {
        double bytes = 3e6 * exp(0.8 * random_normal(&random) - 0.32);
        items[i].bytes = (uint64_t)bytes;
        items[i].kind = i % 100 < 85 ? 1 : i % 100 < 93 ? 2 : i % 100 < 98 ? 3 : 4;
    }
}

static void mean_and_tail_are_kept(void **state)
{
    static const size_t wants[] = {24, 40, 100, 500};
    struct sample_item items[BATCH];
    size_t chosen[BATCH];

    (void)state;
    make_batch(items);
    for (size_t w = 0; w < sizeof wants / sizeof wants[0]; w++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            struct sample_quality quality;
            assert_int_equal(sample_choose(items, BATCH, wants[w], 1, seed, chosen), 0);
            quality = sample_judge(items, BATCH, chosen, wants[w]);
            if (fabs(quality.mean_error) > 0.03 || fabs(quality.mean_square_error) > 0.12)
                fail_msg("%zu items, seed %d: mean off by %.4f, mean square by %.4f", wants[w], (int)seed,
                         quality.mean_error, quality.mean_square_error);
        }
}

static void kinds_keep_their_share(void **state)
{
    struct sample_item items[BATCH];
    size_t chosen[BATCH];

    (void)state;
    make_batch(items);
    assert_int_equal(sample_choose(items, BATCH, 100, 1, 1, chosen), 0);
    int counts[5] = {0};
    for (int i = 0; i < 100; i++)
        counts[items[chosen[i]].kind]++;
    assert_int_equal(counts[1], 85); /* strata of ten, and no kind ends within one */
    assert_int_equal(counts[2], 8);
    assert_int_equal(counts[3], 5);
    assert_int_equal(counts[4], 2);
}

static void indices_ascend_and_differ(void **state)
{
    struct sample_item items[BATCH];
    size_t chosen[BATCH];

    (void)state;
    make_batch(items);
    for (size_t want = 1; want <= BATCH; want += 111) {
        assert_int_equal(sample_choose(items, BATCH, want, 1, 5, chosen), 0);
        for (size_t i = 1; i < want; i++)
            if (chosen[i] <= chosen[i - 1] || chosen[i] >= BATCH)
                fail_msg("want %zu: %zu after %zu", want, chosen[i], chosen[i - 1]);
    }
}

/* Eight groups of sixteen: neighbours in the order by kind and size, no item twice. */
static void groups_are_neighbours(void **state)
{
    struct sample_item items[BATCH];
    size_t chosen[128], one[8];

    (void)state;
    make_batch(items);
    assert_int_equal(sample_choose(items, BATCH, 8, 16, 5, chosen), 0);
    for (size_t i = 1; i < 128; i++)
        assert_true(chosen[i] > chosen[i - 1] && chosen[i] < BATCH);
    for (size_t i = 0; i < 128; i++) { /* of each chosen one, at least 15 chosen lie within 25 ranks */
        size_t near = 0;
        for (size_t k = 0; k < 128; k++) {
            size_t between = 0;
            if (items[chosen[k]].kind != items[chosen[i]].kind)
                continue;
            for (size_t j = 0; j < BATCH; j++)
                between +=
                    items[j].kind == items[chosen[i]].kind &&
                    (items[j].bytes > items[chosen[i]].bytes) != (items[j].bytes > items[chosen[k]].bytes);
            near += between <= 16;
        }
        if (near < 8)
            fail_msg("item %zu has %zu chosen neighbours", chosen[i], near);
    }
    assert_int_equal(sample_choose(items, 127, 8, 16, 5, chosen), -1); /* 128 of 127 */
    assert_int_equal(sample_choose(items, BATCH, 8, 0, 5, one), -1);
}

static void equal_seeds_choose_alike_and_others_do_not(void **state)
{
    struct sample_item items[BATCH];
    size_t a[24], b[24], c[24];

    (void)state;
    make_batch(items);
    assert_int_equal(sample_choose(items, BATCH, 24, 1, 7, a), 0);
    assert_int_equal(sample_choose(items, BATCH, 24, 1, 7, b), 0);
    assert_int_equal(sample_choose(items, BATCH, 24, 1, 8, c), 0);
    assert_memory_equal(a, b, sizeof a);
    assert_int_not_equal(memcmp(a, c, sizeof a), 0);
}

static void the_whole_batch_is_the_whole_batch(void **state)
{
    const struct sample_item items[] = {{30, 1}, {10, 2}, {20, 1}, {0, 0}};
    size_t chosen[4];

    (void)state;
    assert_int_equal(sample_choose(items, 4, 4, 1, 3, chosen), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(chosen[i], i);
    struct sample_quality quality = sample_judge(items, 4, chosen, 4);
    assert_true(quality.batch_mean_bytes == 15 && quality.sample_mean_bytes == 15);
    assert_true(quality.mean_error == 0 && quality.mean_square_error == 0);
}

static void one_of_two_sizes_is_judged_by_hand(void **state)
{
    const struct sample_item items[] = {{1, 1}, {3, 1}};
    const size_t chosen[] = {1};
    struct sample_quality quality = sample_judge(items, 2, chosen, 1);

    (void)state;
    assert_true(quality.mean_error == 0.5);                     /* 3 / 2 - 1 */
    assert_true(fabs(quality.mean_square_error - 0.8) < 1e-12); /* 9 / 5 - 1 */
}

static void impossible_wants_are_refused(void **state)
{
    const struct sample_item items[] = {{1, 1}, {3, 1}};
    size_t chosen[3];

    (void)state;
    errno = 0;
    assert_int_equal(sample_choose(items, 2, 3, 1, 1, chosen), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(sample_choose(items, 2, 0, 1, 1, chosen), -1);
    assert_int_equal(sample_choose(items, 0, 0, 1, 1, chosen), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_and_tail_are_kept),
        cmocka_unit_test(kinds_keep_their_share),
        cmocka_unit_test(indices_ascend_and_differ),
        cmocka_unit_test(groups_are_neighbours),
        cmocka_unit_test(equal_seeds_choose_alike_and_others_do_not),
        cmocka_unit_test(the_whole_batch_is_the_whole_batch),
        cmocka_unit_test(one_of_two_sizes_is_judged_by_hand),
        cmocka_unit_test(impossible_wants_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
