/* pool_sim.h: trials of a simulated pool, as a study would record them, with noise and with causes put in.
 *
 * Fill struct sim_pool, then sim_trial_make() for each trial, sim_trial_release().
 */
#ifndef KNEE_TESTS_POOL_SIM_H
#define KNEE_TESTS_POOL_SIM_H

#include <math.h>
#include <stdlib.h>

#include "analysis/account/account.h"
#include "analysis/prediction/simulate.h"
#include "analysis/statistics/random.h"

enum { SIM_ITEMS_MOST = 2000, SIM_WORKERS_MOST = 64 };

struct sim_pool {
    size_t items;
    double cpu_s[SIM_ITEMS_MOST];     /* of each item, with one worker */
    double blocked_s[SIM_ITEMS_MOST]; /* not using the CPU */
    double megapixels[SIM_ITEMS_MOST], megabytes[SIM_ITEMS_MOST];
    double slower_per_megapixel_s;   /* CPU time added to items when there is more than one worker */
    double noise;                    /* of items, standard deviation of logarithms */
    struct simulate_setting setting; /* workers, cores, starts and serial parts; not costs */
};

struct sim_trial {
    struct account_worker worker[SIM_WORKERS_MOST];
    struct account_item item[SIM_ITEMS_MOST];
    struct account_trial trial; /* points into this; items have no cost yet */
    struct simulate_result result;
    double work_s; /* that the items were given: what is longer was waiting or blocked by the pool */
};

/* Costs 20 ms + 8 ms per megapixel + 5 ms per megabyte; sizes log-normal. */
static inline void sim_pool_items(struct sim_pool *pool, size_t items, struct random_stream *random)
{
    pool->items = items;
    for (size_t i = 0; i < items; i++) {
        pool->megapixels[i] = exp(1.5 + 0.5 * random_normal(random));
        pool->megabytes[i] = 0.3 * pool->megapixels[i] * exp(0.4 * random_normal(random));
        pool->cpu_s[i] = 0.020 + 0.008 * pool->megapixels[i] + 0.005 * pool->megabytes[i];
        pool->blocked_s[i] = 0;
    }
}

/* level is the block's: all costs are multiplied by it. Aborts when memory is short. */
static inline void sim_trial_make(const struct sim_pool *pool, unsigned workers, double level,
                                  struct random_stream *random, struct sim_trial *made)
{
    static double cost_s[SIM_ITEMS_MOST], cpu_part[SIM_ITEMS_MOST];
    static struct simulate_span span[SIM_ITEMS_MOST];
    static struct simulate_worker worker[SIM_WORKERS_MOST];
    struct simulate_setting setting = pool->setting;

    made->work_s = 0;
    for (size_t i = 0; i < pool->items; i++) {
        double slower_s = workers > 1 ? pool->slower_per_megapixel_s * pool->megapixels[i] : 0;
        double cpu_s = (pool->cpu_s[i] + slower_s) * level * exp(pool->noise * random_normal(random));
        cost_s[i] = cpu_s + pool->blocked_s[i];
        cpu_part[i] = cpu_s / cost_s[i];
        made->work_s += cost_s[i];
    }
    setting.workers = workers;
    setting.cost_s = cost_s;
    setting.items = pool->items;
    if (simulate_run(&setting, &made->result, span, worker))
        abort();
    for (unsigned w = 0; w < workers; w++)
        made->worker[w] = (struct account_worker){.fork_s = worker[w].fork_s,
                                                  .begin_s = worker[w].begin_s,
                                                  .ready_s = worker[w].ready_s,
                                                  .go_s = worker[w].go_s,
                                                  .loop_end_s = worker[w].loop_end_s,
                                                  .runqueue_s = worker[w].waiting_s};
    for (size_t i = 0; i < pool->items; i++)
        made->item[i] = (struct account_item){.worker = span[i].worker,
                                              .claim_s = span[i].claim_s,
                                              .start_s = span[i].start_s,
                                              .end_s = span[i].end_s,
                                              .cpu_s = span[i].cpu_s * cpu_part[i],
                                              .amount = {pool->megapixels[i], pool->megabytes[i], NAN, NAN}};
    made->trial = (struct account_trial){.wall_s = made->result.wall_s,
                                         .gate_s = made->result.go_s,
                                         .worker = made->worker,
                                         .workers = workers,
                                         .item = made->item,
                                         .items = pool->items};
}

#endif
