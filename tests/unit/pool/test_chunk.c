/* How items become chunks: known answers for each policy, and every position claimed exactly once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/pool/chunk.h"

static const uint64_t weights[] = {5, 9, 9, 1, 7};

static uint64_t weight(const void *context, uint64_t index)
{
    (void)context;
    return weights[index];
}

static void make_table(struct item_table *table, uint64_t items, uint32_t workers)
{
    struct fault fault;
    if (item_table_create(table, -1, items, 0, workers, 0, &fault))
        fail_msg("%s", fault.text);
}

/* Takes a claim and keeps the worker's record as the worker itself would. */
static bool claim(struct item_table *table, enum chunk_policy policy, uint64_t chunk, uint32_t slot,
                  uint64_t *begin, uint64_t *end)
{
    struct worker_record *worker = item_table_worker(table, slot);
    if (!chunk_claim(table, policy, chunk, slot, begin, end))
        return false;
    atomic_store(&worker->claim_end, *end);
    worker->claims++;
    return true;
}

static void names_and_numbers_agree(void **state)
{
    enum chunk_policy policy;

    (void)state;
    for (int i = POLICY_STATIC; i <= POLICY_LARGEST_FIRST; i++) {
        assert_int_equal(chunk_policy_parse(chunk_policy_name((enum chunk_policy)i), &policy), 0);
        assert_int_equal(policy, i);
    }
    assert_null(chunk_policy_name((enum chunk_policy)4));
    assert_int_equal(chunk_policy_parse("random", &policy), -1);
}

static void largest_first_sorts_by_falling_weight_and_keeps_ties(void **state)
{
    const struct workload workload = {.items = 5, .weight = weight};
    const uint64_t wanted[] = {1, 2, 4, 0, 3};
    uint64_t *order = chunk_order(&workload, POLICY_LARGEST_FIRST);

    (void)state;
    assert_non_null(order);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(order[i], wanted[i]);
    free(order);
    order = chunk_order(&workload, POLICY_DYNAMIC);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(order[i], i);
    free(order);
}

static void guided_chunks_shrink_as_by_hand(void **state)
{
    /* 100 items, 4 workers, least 3: remaining / 8 */
    const uint64_t wanted[] = {12, 11, 9, 8, 7, 6, 5, 5, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2};
    struct item_table table;
    uint64_t begin, end;

    (void)state;
    make_table(&table, 100, 4);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_true(claim(&table, POLICY_GUIDED, 3, 0, &begin, &end));
        assert_int_equal(end - begin, wanted[i]);
    }
    assert_false(claim(&table, POLICY_GUIDED, 3, 0, &begin, &end));
    item_table_close(&table);
}

static void static_shares_are_as_even_as_can_be(void **state)
{
    /* 10 items, 4 workers: shares begin at 0, 2, 5, 7 */
    const uint64_t begins[] = {0, 2, 5, 7, 10};
    struct item_table table;
    uint64_t begin, end;

    (void)state;
    make_table(&table, 10, 4);
    for (uint32_t slot = 0; slot < 4; slot++) {
        assert_true(claim(&table, POLICY_STATIC, 100, slot, &begin, &end));
        assert_int_equal(begin, begins[slot]);
        assert_int_equal(end, begins[slot + 1]);
        assert_false(claim(&table, POLICY_STATIC, 100, slot, &begin, &end));
    }
    item_table_close(&table);
}

static void every_position_is_claimed_once(void **state)
{
    static const uint64_t counts[] = {0, 1, 2, 7, 64, 1000}, chunks[] = {1, 3, 64, 5000};
    static const uint32_t workers[] = {1, 2, 3, 16};

    (void)state;
    for (int policy = 0; policy < 4; policy++)
        for (size_t n = 0; n < 6; n++)
            for (size_t c = 0; c < 4; c++)
                for (size_t w = 0; w < 4; w++) {
                    struct item_table table;
                    unsigned char seen[1000] = {0};
                    uint64_t begin, end, idle = 0, total = 0;
                    make_table(&table, counts[n], workers[w]);
                    for (uint32_t slot = 0; idle < workers[w]; slot = (slot + 1) % workers[w]) {
                        if (!claim(&table, (enum chunk_policy)policy, chunks[c], slot, &begin, &end)) {
                            idle++;
                            continue;
                        }
                        idle = 0;
                        assert_true(begin < end && end <= counts[n]);
                        for (uint64_t i = begin; i < end; i++, total++)
                            assert_int_equal(seen[i]++, 0);
                    }
                    assert_int_equal(total, counts[n]);
                    item_table_close(&table);
                }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_numbers_agree),
        cmocka_unit_test(largest_first_sorts_by_falling_weight_and_keeps_ties),
        cmocka_unit_test(guided_chunks_shrink_as_by_hand),
        cmocka_unit_test(static_shares_are_as_even_as_can_be),
        cmocka_unit_test(every_position_is_claimed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
