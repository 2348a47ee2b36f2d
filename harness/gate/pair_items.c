#include "harness/gate/pair_items.h"

#include <math.h>

#include "analysis/gate/decision.h"
#include "harness/gate/builds.h"

/* WARM_UP_PAIRS: the warm-up, and the trials with which the items were timed. */
enum { PAIRS_WANTED = 48, WARM_UP_PAIRS = 2 };

static const double usable = 0.8;

uint64_t pair_items(const struct item_times *times, const unsigned *workers, size_t counts, double budget_s)
{
    double pairs_least = (double)decision_least_pairs() + GATE_FLOOR_PAIRS + WARM_UP_PAIRS;
    double starts_s = GATE_SIDES * (double)counts * times->start_s, item_s = 0;
    double room_s = fmin(usable * budget_s / PAIRS_WANTED, usable * budget_s / pairs_least - starts_s);

    for (size_t i = 0; i < counts; i++)
        item_s += GATE_SIDES * fmax(times->item_s / workers[i], times->item_all_s);
    return (uint64_t)fmax(room_s / item_s, 2.0 * workers[counts - 1]);
}
