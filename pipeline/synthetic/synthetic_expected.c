#include "pipeline/synthetic/synthetic_expected.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/prediction/simulate.h"

double synthetic_expected_s(const struct synthetic_spec *spec, uint32_t workers, uint64_t chunk,
                            enum chunk_policy policy, const struct synthetic_pool_part *part)
{
    double *cost = calloc(spec->items, sizeof *cost), wall = NAN;
    size_t *order = calloc(spec->items, sizeof *order);
    struct simulate_lock *lock = calloc(spec->items, sizeof *lock);
    double factor = 1 + spec->contention * (double)(workers - 1);
    struct simulate_setting setting = {.workers = workers,
                                       .chunk = chunk,
                                       .policy = (enum simulate_policy)policy,
                                       .cost_s = cost,
                                       .items = spec->items,
                                       .prefix_s = (double)synthetic_serial_ns(spec) / 1e9,
                                       .init_s = (double)spec->init_ns / 1e9,
                                       .lock = lock,
                                       .fork_s = part->fork_s,
                                       .begin_s = part->begin_s,
                                       .suffix_s = part->end_s};
    struct simulate_result result;

    if (!cost || !order || !lock)
        goto done;
    for (uint64_t i = 0; i < spec->items; i++) {
        cost[i] = ((double)spec->io_ns + factor * (double)synthetic_cost_ns(spec, i) + (double)spec->lock_ns +
                   (double)synthetic_slow_ns(spec, i, workers)) /
                  1e9;
        lock[i].held_s = (double)spec->lock_ns / 1e9;
    }
    if (policy == POLICY_LARGEST_FIRST && simulate_largest_first(cost, spec->items, order) == 0)
        setting.order = order;
    if (simulate_run(&setting, &result, NULL, NULL) == 0)
        wall = result.wall_s;
done:
    free(cost);
    free(order);
    free(lock);
    return wall;
}
