/* Causes put into simulated trials, and what the core-second account says of them. Prints a table; exit 1
 * when a cause is not recovered within 2% of all core-seconds or 10% of its size, or is not named first, in
 * 95% of the runs, or when the speedup predicted for its removal is more than 5% off. Usage: attribution
 * [RUNS] (200)
 *
 * A run is a study of five blocks with 1 and n workers; n, the number of items and the size of the cause (6
 * to 20% of the work) are drawn for each study. Items have 2% noise, blocks 2% drift. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/pool/pool_sim.h"

enum { BLOCKS = 5 };

enum injection { SERIAL, LOCK, LONG_TAIL, SIZE, OVERSUBSCRIBED, IO_WAIT, SLOW_INIT, INJECTIONS };

static const struct {
    const char *name;
    enum account_cause cause;
} injections[INJECTIONS] = {
    [SERIAL] = {"serial section", CAUSE_SERIAL},
    [LOCK] = {"lock", CAUSE_BLOCKED_MORE},
    [LONG_TAIL] = {"long tail", CAUSE_TAIL},
    [SIZE] = {"slower by size", CAUSE_INFLATION_SIZE},
    [OVERSUBSCRIBED] = {"oversubscription", CAUSE_WAITING},
    [IO_WAIT] = {"I/O wait", CAUSE_BLOCKED},
    [SLOW_INIT] = {"slow init", CAUSE_INIT},
};

static double sum_of(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

static void base_pool(struct sim_pool *pool, struct random_stream *random)
{
    memset(pool, 0, sizeof *pool);
    sim_pool_items(pool, 500 + (size_t)(random_next(random) % 300), random);
    pool->noise = 0.02;
    pool->setting = (struct simulate_setting){.chunk = 1,
                                              .policy = SIMULATE_DYNAMIC,
                                              .prefix_s = 0.010,
                                              .suffix_s = 0.005,
                                              .suffix_per_worker_s = 0.0005,
                                              .fork_s = 0.001,
                                              .begin_s = 0.001,
                                              .init_s = 0.005,
                                              .claim_s = 2e-6};
}

/* Puts the cause in; size is its part of the work. */
static void inject(struct sim_pool *pool, enum injection injection, unsigned workers, double size)
{
    static struct simulate_lock lock[SIM_ITEMS_MOST];
    double work_s = sum_of(pool->cpu_s, pool->items), mean_s = work_s / (double)pool->items;

    switch (injection) {
    case SERIAL:
        pool->setting.prefix_s += size * work_s / workers;
        break;
    case LOCK: /* taken so long that all workers together need it more than the whole time */
        for (size_t i = 0; i < pool->items; i++)
            lock[i].held_s = mean_s / workers * (1 + size);
        pool->setting.lock = lock;
        break;
    case LONG_TAIL: /* the last item: the others wait for it */
        pool->cpu_s[pool->items - 1] += size * work_s / (workers - 1) + mean_s;
        break;
    case SIZE:
        pool->slower_per_megapixel_s = size * work_s / sum_of(pool->megapixels, pool->items);
        break;
    case OVERSUBSCRIBED:
        pool->setting.cores = workers / 2;
        break;
    case IO_WAIT:
        for (size_t i = 0; i < pool->items; i++)
            pool->blocked_s[i] = size * mean_s;
        break;
    case SLOW_INIT:
        pool->setting.init_s += size * work_s / workers;
        break;
    case INJECTIONS:
        break;
    }
}

/* How many core-seconds of the trial the cause has really taken. */
static double truth_of(const struct sim_pool *pool, enum injection injection, const struct sim_trial *trial)
{
    switch (injection) {
    case SERIAL:
        return (double)trial->trial.workers *
               (trial->result.wall_s - trial->result.work_end_s + pool->setting.prefix_s);
    case LOCK:
    case OVERSUBSCRIBED:
        return trial->result.busy_core_s - trial->work_s;
    case LONG_TAIL:
        return trial->result.tail_core_s;
    case SIZE:
        return pool->slower_per_megapixel_s * sum_of(pool->megapixels, pool->items);
    case IO_WAIT:
        return sum_of(pool->blocked_s, pool->items);
    case SLOW_INIT:
        return (double)trial->trial.workers * pool->setting.init_s;
    case INJECTIONS:
        break;
    }
    return NAN;
}

struct study {
    double core_s[ACCOUNT_CAUSES]; /* means over blocks, n workers */
    double total_s, truth_s, speedup_without, closure;
};

static void add_costs(const struct sim_trial *trial, struct account_cost *costs, size_t *count)
{
    for (size_t i = 0; i < trial->trial.items; i++) {
        const struct account_item *item = &trial->item[i];
        double wall_s = item->end_s - item->start_s;
        costs[(*count)++] = (struct account_cost){
            .id = (int64_t)i, .cpu_s = item->cpu_s, .blocked_s = wall_s - item->cpu_s, .wall_s = wall_s};
    }
}

static void take_account(struct sim_trial *trial, const struct account_cost *costs, size_t count,
                         struct account *account)
{
    for (size_t i = 0; i < trial->trial.items; i++)
        trial->item[i].cost = account_cost_of(costs, count, (int64_t)i);
    if (account_make(&trial->trial, account))
        abort();
}

static void make_study(const struct sim_pool *pool, enum injection injection, unsigned workers,
                       struct random_stream *random, struct study *study)
{
    static struct sim_trial one[BLOCKS], many[BLOCKS];
    static struct account_cost costs[BLOCKS * SIM_ITEMS_MOST];
    enum account_cause cause = injections[injection].cause;
    size_t count = 0;
    double logs = 0;

    *study = (struct study){0};
    for (int b = 0; b < BLOCKS; b++) {
        double level = exp(0.02 * random_normal(random));
        sim_trial_make(pool, 1, level, random, &one[b]);
        sim_trial_make(pool, workers, level, random, &many[b]);
        add_costs(&one[b], costs, &count);
    }
    count = account_costs_median(costs, count);
    for (int b = 0; b < BLOCKS; b++) {
        struct account alone, account;
        take_account(&one[b], costs, count, &alone);
        take_account(&many[b], costs, count, &account);
        for (int c = 0; c < ACCOUNT_CAUSES; c++)
            study->core_s[c] += account.core_s[c] / BLOCKS;
        study->total_s += account.total_s / BLOCKS;
        study->truth_s += truth_of(pool, injection, &many[b]) / BLOCKS;
        study->closure = fmax(study->closure, fabs(account.gap_s) / account.total_s);
        logs +=
            log(workers * (alone.total_s - alone.core_s[cause]) / (account.total_s - account.core_s[cause])) /
            BLOCKS;
    }
    study->speedup_without = exp(logs);
}

/* Of the pool without the cause, and without noise. */
static double real_speedup(const struct sim_pool *pool, unsigned workers, struct random_stream *random)
{
    static struct sim_trial one, many;
    static struct sim_pool quiet;

    quiet = *pool;
    quiet.noise = 0;
    sim_trial_make(&quiet, 1, 1, random, &one);
    sim_trial_make(&quiet, workers, 1, random, &many);
    return one.result.wall_s / many.result.wall_s;
}

struct tally {
    unsigned runs, recovered, named, predicted;
    double injected, off, worst_off, worst_speedup, closure;
};

static void run_one(enum injection injection, struct random_stream *random, struct tally *tally)
{
    static struct sim_pool pool, without;
    static const unsigned counts[] = {4, 6, 8, 12, 16};
    unsigned workers = counts[random_next(random) % 5];
    struct study study;
    double off, speedup_off;

    base_pool(&pool, random);
    without = pool;
    inject(&pool, injection, workers, 0.06 + 0.14 * random_uniform(random));
    make_study(&pool, injection, workers, random, &study);
    off = fabs(study.core_s[injections[injection].cause] - study.truth_s);
    speedup_off = fabs(study.speedup_without / real_speedup(&without, workers, random) - 1);
    tally->runs++;
    tally->recovered += off <= fmax(0.02 * study.total_s, 0.10 * study.truth_s);
    tally->named += account_top(study.core_s) == injections[injection].cause;
    tally->predicted += speedup_off <= 0.05;
    tally->injected += study.truth_s / study.total_s;
    tally->off += off / study.total_s;
    tally->worst_off = fmax(tally->worst_off, off / study.total_s);
    tally->worst_speedup = fmax(tally->worst_speedup, speedup_off);
    tally->closure = fmax(tally->closure, study.closure);
}

int main(int argc, char **argv)
{
    unsigned runs = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 200;
    int status = 0;

    printf("causes put into %u simulated studies each; shares of all core-seconds\n%-18s %9s %9s %9s %10s "
           "%10s %10s %10s %9s\n",
           runs, "cause", "put in", "off, mean", "worst", "recovered", "named 1st", "speedup ok", "worst off",
           "closure");
    for (int i = 0; i < INJECTIONS; i++) {
        struct random_stream random = {(uint64_t)i + 1};
        struct tally t = {0};
        for (unsigned r = 0; r < runs; r++)
            run_one((enum injection)i, &random, &t);
        printf("%-18s %8.2f%% %8.3f%% %8.3f%% %9.1f%% %9.1f%% %9.1f%% %9.2f%% %8.1e\n", injections[i].name,
               100 * t.injected / runs, 100 * t.off / runs, 100 * t.worst_off, 100.0 * t.recovered / runs,
               100.0 * t.named / runs, 100.0 * t.predicted / runs, 100 * t.worst_speedup, t.closure);
        if (t.recovered < 0.95 * runs || t.named < 0.95 * runs || t.predicted < 0.95 * runs ||
            t.closure > 0.001)
            status = 1;
    }
    return status;
}
