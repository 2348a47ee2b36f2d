/* What measuring costs a trial, for every number of workers: the same work without and with what the harness does
 * inside it, with an upper bound of 95%.
 *
 * By default the work is shaped like the shipped job: items of 130 ms, 64 for each worker, which is a batch of 1,000 on
 * 16. What measuring costs once in a trial weighs more in shorter ones: COST_MS 30 shows it.
 *
 * The items wait, each for the same time, so the wall time of the work is known to some ten microseconds however busy
 * or unsteady the machine is, and whatever the harness does in a worker comes on top of it. Three ways, in random order
 * in each round: bare (pool and item table alone), measured (workers bound to CPUs, the binding looked at around every
 * item, run queue and disk waits read at the end) and counted (with the default counter group too). Goals: measured
 * below 0.1%, counted below 1%.
 *
 * usage: harness_cost [ROUNDS [ITEMS_OF_EACH_WORKER [COST_MS [WORKERS...]]]] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "analysis/statistics/random.h"
#include "analysis/statistics/stats.h"
#include "harness/machine/counters/counter_group.h"
#include "harness/machine/pin_plan.h"
#include "harness/machine/topology.h"
#include "harness/trial/run_hooks.h"
#include "pipeline/base/clock.h"
#include "pipeline/pool/pool.h"
#include "pipeline/synthetic/synthetic_workload.h"

enum { ROUNDS_MOST = 200, WAYS = 3 };
enum way { BARE, MEASURED, COUNTED };

static const double goal[WAYS] = {0, 0.001, 0.01};
static struct topology topology;
static struct counter_group group;
static struct random_stream random_state = {.state = 1};

struct sample {
    double wall_s, cpu_s;
};

static double cpu_s(void)
{
    struct rusage own, workers;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &workers);
    return (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec + workers.ru_utime.tv_sec +
                    workers.ru_stime.tv_sec) +
           (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec + workers.ru_utime.tv_usec +
                    workers.ru_stime.tv_usec) /
               1e6;
}

static char *pins_of(uint32_t workers)
{
    struct pin_plan plan;
    struct fault fault;
    char *text;

    if (pin_plan_make(&plan, &topology, workers, PIN_COMPACT, &fault))
        return NULL;
    text = pin_plan_text(&plan);
    pin_plan_release(&plan);
    return text;
}

static int once(enum way way, const struct synthetic_spec *spec, uint32_t workers, const char *pins,
                struct sample *sample, struct fault *fault)
{
    struct synthetic_workload work;
    struct run_hooks hooks = {0};
    struct pool_options options = {.workers = workers, .chunk = 1, .policy = POLICY_DYNAMIC};
    struct item_table table;
    int signal_number = 0, result = -1;
    double before_s;
    uint64_t start_ns;

    if (item_table_create(&table, -1, spec->items, 0, workers, sizeof(struct worker_payload), fault))
        return -1;
    if (synthetic_workload_init(&work, spec, workers, fault) == 0) {
        before_s = cpu_s();
        start_ns = clock_now_ns();
        if (way == BARE || run_hooks_init(&hooks, pins, way == COUNTED ? &group : NULL, fault) == 0) {
            options.hooks = way == BARE ? NULL : &hooks.hooks;
            result = pool_run(&work.workload, &options, &table, &signal_number, fault) == POOL_OK ? 0 : -1;
        }
        *sample = (struct sample){(double)(clock_now_ns() - start_ns) / 1e9, cpu_s() - before_s};
        run_hooks_release(&hooks);
        synthetic_workload_release(&work);
    }
    item_table_close(&table);
    return result;
}

/* All ways once, in random order. */
static int round_of(const struct synthetic_spec *spec, uint32_t workers, const char *pins,
                    struct sample samples[WAYS], struct fault *fault)
{
    int order[WAYS] = {BARE, MEASURED, COUNTED};

    for (int i = WAYS; i > 1; i--) {
        int j = (int)(random_next(&random_state) % (uint64_t)i), swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
    for (int i = 0; i < WAYS; i++)
        if (once((enum way)order[i], spec, workers, pins, &samples[order[i]], fault))
            return -1;
    return 0;
}

/* Mean and upper 95% bound of the cost in wall time, and the mean cost in CPU time of each item. */
static bool print_way(enum way way, struct sample samples[][WAYS], size_t rounds, uint64_t items)
{
    double logs[ROUNDS_MOST], cpu = 0;
    struct interval cost;

    for (size_t i = 0; i < rounds; i++) {
        logs[i] = log(samples[i][way].wall_s / samples[i][BARE].wall_s);
        cpu += (samples[i][way].cpu_s - samples[i][BARE].cpu_s) / (double)rounds / (double)items;
    }
    cost = stats_mean_interval(logs, rounds, 0.90); /* its upper end is the one-sided bound of 95% */
    printf("  %+8.4f%% %+8.4f%% %6.1f us %-4s", 100 * expm1(cost.value), 100 * expm1(cost.high), 1e6 * cpu,
           expm1(cost.high) < goal[way] ? "ok" : "no");
    return expm1(cost.high) < goal[way];
}

static int row(uint32_t workers, size_t rounds, uint64_t items_each, double cost_ms, bool *good)
{
    static struct sample samples[ROUNDS_MOST][WAYS];
    struct fault fault = {0};
    struct synthetic_spec spec;
    char words[96], *pins = pins_of(workers);
    int result = 0;

    snprintf(words, sizeof words, "items=%llu cost=%gms", (unsigned long long)items_each * workers, cost_ms);
    if (!pins || synthetic_parse(&spec, words, &fault)) {
        free(pins);
        fprintf(stderr, "harness_cost: %s\n", pins ? fault.text : "no pin plan");
        return -1;
    }
    for (size_t i = 0; i <= rounds && result == 0; i++) /* the first warms up */
        result = round_of(&spec, workers, pins, samples[i ? i - 1 : 0], &fault);
    free(pins);
    if (result) {
        fprintf(stderr, "harness_cost: %s\n", fault.text);
        return -1;
    }
    printf("%7u %6zu %7.3f", workers, rounds, samples[0][BARE].wall_s);
    *good &= print_way(MEASURED, samples, rounds, spec.items);
    *good &= print_way(COUNTED, samples, rounds, spec.items);
    putchar('\n');
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    static char *usual[] = {"1", "2", "4", "8", "16", NULL};
    char **workers = argc > 4 ? argv + 4 : usual;
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 5;
    uint64_t items = argc > 2 ? strtoull(argv[2], NULL, 10) : 64;
    double cost_ms = argc > 3 ? strtod(argv[3], NULL) : 130;
    struct fault fault = {0};
    bool good = true;

    if (rounds < 2 || rounds >= ROUNDS_MOST || items < 1 || !(cost_ms > 0)) {
        fprintf(stderr,
                "usage: harness_cost [ROUNDS (2 to 199) [ITEMS_OF_EACH_WORKER [COST_MS [WORKERS...]]]]\n");
        return 2;
    }
    if (topology_load(&topology, NULL, &fault) ||
        counter_group_load("harness/machine/counters/groups/default.group", &group, &fault)) {
        fprintf(stderr, "harness_cost: %s\n", fault.text);
        return 1;
    }
    printf("items that wait %g ms, %llu for each worker\n", cost_ms, (unsigned long long)items);
    printf("workers rounds  bare s  measured: mean, upper 95%%, CPU/item    counted: mean, upper 95%%, "
           "CPU/item\n");
    for (; *workers; workers++) {
        uint32_t count = (uint32_t)strtoul(*workers, NULL, 10);
        if (count < 1 || count > POOL_MAX_WORKERS || row(count, rounds, items, cost_ms, &good))
            return 1;
    }
    printf("goals (measured below 0.1%%, counted below 1%%): %s\n",
           good ? "shown for every number of workers" : "not shown everywhere");
    counter_group_release(&group);
    topology_release(&topology);
    return 0;
}
