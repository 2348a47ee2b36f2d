/* pair_items.h: with how many items of a batch the pairs of a gate fit into its budget. Pure. */
#ifndef KNEE_GATE_PAIR_ITEMS_H
#define KNEE_GATE_PAIR_ITEMS_H

#include <stddef.h>
#include <stdint.h>

/* What a few items took, in seconds of wall time. */
struct item_times {
    double start_s; /* a trial without its items */
    double item_s;  /* an item with one worker */
    double
        item_all_s; /* the wall time that an item adds with the most workers: item_s / workers on idle cores */
};

/* Items of each trial, so that those of 48 pairs of two builds fit into four fifths of the budget; fewer where the
 * starts of the trials leave less room than the smallest gate needs (decision_least_pairs(), its floor and its
 * warm-up). workers: counts numbers of workers, rising, from 1. At least two items for each of the most workers,
 * whatever the budget. */
uint64_t pair_items(const struct item_times *times, const unsigned *workers, size_t counts, double budget_s);

#endif
