/* Strata of kind and value, and what is drawn from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/sweep/subjects/strata.h"

static void sorts_by_kind_value_and_index(void **state)
{
    struct strata_item items[] = {{1, 5, 0}, {0, 7, 1}, {1, 2, 2}, {0, 7, 3}, {0, 1, 4}};
    static const size_t wanted[] = {4, 1, 3, 2, 0};

    (void)state;
    strata_sort(items, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(items[i].index, wanted[i]);
}

/* Ten items in three strata: 0 to 2, 3 to 5, 6 to 9. */
static void draws_from_each_stratum(void **state)
{
    struct strata_item items[10];
    struct random_stream random = {.state = 1};
    size_t chosen[6];

    (void)state;
    for (size_t i = 0; i < 10; i++)
        items[i] = (struct strata_item){0, (double)i, i};
    for (int round = 0; round < 100; round++) {
        strata_draw(items, 10, 3, 1, &random, chosen);
        assert_in_range(chosen[0], 0, 2);
        assert_in_range(chosen[1], 3, 5);
        assert_in_range(chosen[2], 6, 9);
        strata_draw(items, 10, 3, 2, &random, chosen);
        for (size_t i = 0; i < 6; i += 2)
            assert_int_equal(chosen[i] + 1, chosen[i + 1]); /* neighbours */
        assert_in_range(chosen[4], 6, 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sorts_by_kind_value_and_index),
                                       cmocka_unit_test(draws_from_each_stratum)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
