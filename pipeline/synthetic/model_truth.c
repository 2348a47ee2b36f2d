#include "pipeline/synthetic/model_truth.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/prediction/simulate.h"

double model_truth_s(const struct model *model, uint32_t workers, uint64_t chunk, enum chunk_policy policy,
                     const struct model_pool_part *part)
{
    double *cost = calloc(model->items, sizeof *cost), wall = NAN;
    size_t *order = calloc(model->items, sizeof *order);
    double factor = 1 + model->contention * (double)(workers - 1);
    struct simulate_setting setting = {.workers = workers,
                                       .chunk = chunk,
                                       .policy = (enum simulate_policy)policy,
                                       .cost_s = cost,
                                       .items = model->items,
                                       .prefix_s = (double)model_serial_ns(model) / 1e9,
                                       .init_s = (double)model->init_ns / 1e9,
                                       .lock_s = (double)model->lock_ns / 1e9,
                                       .fork_s = part->fork_s,
                                       .begin_s = part->begin_s,
                                       .suffix_s = part->end_s};
    struct simulate_result result;

    for (uint64_t i = 0; cost && i < model->items; i++)
        cost[i] = ((double)model->io_ns + factor * (double)model_cost_ns(model, i) + (double)model->lock_ns +
                   (double)model_slow_ns(model, i, workers)) /
                  1e9;
    if (cost && order && policy == POLICY_LARGEST_FIRST &&
        simulate_largest_first(cost, model->items, order) == 0)
        setting.order = order;
    if (cost && order && simulate_run(&setting, &result, NULL, NULL) == 0)
        wall = result.wall_s;
    free(cost);
    free(order);
    return wall;
}
