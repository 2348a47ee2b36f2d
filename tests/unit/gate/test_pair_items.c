/* The number of items with which the pairs of a gate fit into its budget: tables worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "harness/gate/pair_items.h"

static const struct row {
    const char *what;
    struct item_times times;
    unsigned workers[3];
    size_t counts;
    double budget_s;
    uint64_t items;
} table[] = {
    /* 0.8 * 48 s / 48 = 0.8 s for the items of a pair; an item takes 2 * (0.05 + 0.025) = 0.15 s of it */
    {"idle cores", {0.05, 0.05, 0.025}, {1, 2}, 2, 48, 5},
    {"the smallest gate has 30 pairs, whose starts leave 0.8 * 48 / 30 - 4 * 0.15 = 0.68 s",
     {0.15, 0.05, 0.025},
     {1, 2},
     2,
     48,
     4},
    {"with two workers an item takes as long as with one: 0.2 s of a pair",
     {0.05, 0.05, 0.05},
     {1, 2},
     2,
     90,
     7},
    {"three numbers of workers: 2 * (0.04 + 0.02 + 0.01)", {0.02, 0.04, 0.01}, {1, 2, 4}, 3, 90, 10},
    {"two for each of the most workers", {0.02, 5, 1.25}, {1, 4}, 2, 40, 8},
    {"starts that take all of the budget", {3, 0.01, 0.005}, {1, 2}, 2, 40, 4},
};

static void items_fit_into_the_budget(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint64_t items = pair_items(&table[i].times, table[i].workers, table[i].counts, table[i].budget_s);
        if (items != table[i].items)
            fail_msg("%s: %ju items, not %ju", table[i].what, (uintmax_t)items, (uintmax_t)table[i].items);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(items_fit_into_the_budget)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
