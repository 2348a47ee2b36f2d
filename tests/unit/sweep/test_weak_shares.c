/* Weak scaling of the batch: shares dealt evenly, and a trial of some of them judged item by item. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/sweep/subjects/weak_shares.h"
#include "tests/unit/trial/trial_fixture.h"

static void a_deal_is_as_by_hand(void **state)
{
    static const struct {
        double cost[6];
        uint64_t count;
        uint32_t shares;
        uint32_t share[6];
        double spread;
    } cases[] = {
        {{5, 4, 3, 2, 1, 0}, 6, 1, {1, 1, 1, 1, 1, 1}, 0},
        /* 8 and 7 first; 5 to the one with 7, 4 to the other: 12 and 12 */
        {{4, 7, 8, 5}, 4, 2, {1, 2, 1, 2}, 0},
        /* rounds: 9 8 7, then 3 2 1 the other way round: 10, 10, 10 */
        {{9, 3, 8, 2, 7, 1}, 6, 3, {1, 3, 2, 2, 3, 1}, 0},
        /* one item rules: shares stay as long, 10 + 1 against 2 + 2 */
        {{10, 2, 2, 1}, 4, 2, {1, 2, 2, 1}, 11.0 / 4 - 1},
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        uint32_t share[6] = {0};
        double load[4] = {0},
               spread = weak_shares_deal(cases[c].cost, cases[c].count, cases[c].shares, share);
        if (fabs(spread - cases[c].spread) > 1e-12)
            fail_msg("case %zu: spread %g instead of %g", c, spread, cases[c].spread);
        for (uint64_t i = 0; i < cases[c].count; i++)
            load[share[i]] += cases[c].cost[i];
        for (uint64_t i = 0; i < cases[c].count; i++) /* equal loads may swap their numbers */
            if (c != 1 && c != 2 && share[i] != cases[c].share[i])
                fail_msg("case %zu: item %d is in share %u", c, (int)i, share[i]);
    }
}

static void many_items_are_dealt_evenly(void **state)
{
    enum { SHARES = 16, EACH = 8, COUNT = SHARES * EACH };
    double cost[COUNT], load[SHARES + 1] = {0};
    uint32_t share[COUNT], items[SHARES + 1] = {0};
    double spread;

    (void)state;
    for (int i = 0; i < COUNT; i++) /* pictures of eight sizes, all of a size within a third */
        cost[i] = pow(1.6, floor((double)i / SHARES)) * (1 + (i * 7 % SHARES) / 48.0);
    spread = weak_shares_deal(cost, COUNT, SHARES, share);
    for (int i = 0; i < COUNT; i++) {
        items[share[i]]++;
        load[share[i]] += cost[i];
    }
    for (int s = 1; s <= SHARES; s++)
        assert_int_equal(items[s], EACH);
    if (spread > 0.03)
        fail_msg("costliest share %g above the cheapest", spread);
}

static void make_up(const struct item_table *table, uint64_t index, uint8_t sha256[32])
{
    memset(sha256, (int)(item_table_item(table, index)->bytes_out % 251), 32);
}

/* Two of the study's five items: each must equal the serial run's, and is named by its number in the study. */
static void a_part_is_judged_item_by_item(void **state)
{
    static const int64_t ids[] = {1, 4};
    uint8_t made[5][32];
    struct trial_part part = {.items = 2, .ids = ids, .made = made, .digest = make_up};
    struct trial_expected expected = {.items = 2, .cores = 8, .part = &part};
    struct fault fault = {0};
    struct trial_result result;

    (void)state;
    for (int odd = -1; odd < 2; odd++) {
        struct trial_outcome outcome = fixture_outcome(2, 2);
        memset(made, 0xee, sizeof made);
        for (int i = 0; i < 2; i++)
            make_up(&outcome.table, (uint64_t)i, made[ids[i]]);
        if (odd >= 0)
            made[ids[odd]][31] ^= 1;
        assert_int_equal(trial_judge(&outcome, &expected, &fixture_names, &result, &fault), 0);
        assert_int_equal(result.status, odd < 0 ? TRIAL_OK : TRIAL_FAILED);
        if (odd >= 0)
            assert_non_null(strstr(result.reason, odd == 0 ? "item 1 differ" : "item 4 differ"));
        assert_int_equal(result.rows.items[0].id, 1);
        assert_int_equal(result.rows.items[1].id, 4);
        trial_result_release(&result);
        trial_outcome_release(&outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deal_is_as_by_hand),
        cmocka_unit_test(many_items_are_dealt_evenly),
        cmocka_unit_test(a_part_is_judged_item_by_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
