/* What a worker needs from the fork until it is ready for images, confined as `knee run` confines it: by the start of
 * workers (fresh, zygote) and by phase, and with the sandbox left out. One worker at a time; medians.
 *
 * usage: worker_start RECIPE [REPETITIONS]. As root its wall times are those of a process of real-time priority, so
 * that they hold on a busy machine too; chrt -f 1 does the same for others who may. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/images/image_workload.h"
#include "pipeline/images/output/limits.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/sandbox.h"
#include "tests/bench/no_item.h"

enum phase { FORK, CONFINE, INITIALIZER, READY, CPU, FAULTS, PHASES };

static const char *const phase_names[PHASES] = {
    [FORK] = "fork (ms)",   [CONFINE] = "limits, sandbox (ms)", [INITIALIZER] = "initializer (ms)",
    [READY] = "ready (ms)", [CPU] = "own CPU time (ms)",        [FAULTS] = "page faults"};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int once(const struct workload *images, const struct pool_options *options, double values[PHASES],
                struct fault *fault)
{
    struct workload workload = *images;
    struct item_table table;
    const struct worker_record *worker;
    int signal_number = 0, result = -1;

    workload.items = 1;
    workload.item = no_item;
    if (item_table_create(&table, -1, 1, workload.payload_bytes, 1, 0, fault))
        return -1;
    if (pool_run(&workload, options, &table, &signal_number, fault) == POOL_OK) {
        worker = item_table_worker(&table, 0);
        values[FORK] = (double)(worker->begin_ns - worker->fork_ns) / 1e6;
        values[CONFINE] = (double)(worker->init_begin_ns - worker->begin_ns) / 1e6;
        values[INITIALIZER] = (double)(worker->init_end_ns - worker->init_begin_ns) / 1e6;
        values[READY] = (double)(worker->init_end_ns - worker->fork_ns) / 1e6;
        values[CPU] = (double)(worker->user_ns + worker->system_ns) / 1e6;
        values[FAULTS] = (double)worker->minor_faults;
        result = 0;
    }
    item_table_close(&table);
    return result;
}

static int measure(const char *name, const struct workload *workload, const struct pool_options *options,
                   size_t count, struct fault *fault)
{
    double *values = malloc(PHASES * count * sizeof *values), one[PHASES];
    int failed = 0;

    if (!values)
        return fault_sys(fault, "no memory");
    for (size_t i = 0; i < count && !failed; i++) {
        failed = once(workload, options, one, fault);
        for (int phase = 0; phase < PHASES && !failed; phase++)
            values[(size_t)phase * count + i] = one[phase];
    }
    for (int phase = 0; phase < PHASES && !failed; phase++) {
        double *of_phase = values + (size_t)phase * count;
        qsort(of_phase, count, sizeof *of_phase, ascending);
        printf("worker start, %-22s %-21s %7.3f (95%% at most %.3f)\n", name, phase_names[phase],
               of_phase[count / 2], of_phase[count * 95 / 100]);
    }
    free(values);
    return failed;
}

static int measure_all(const struct recipe *recipe, size_t count, struct fault *fault)
{
    static struct image_workload images;
    struct sandbox sandbox, none = {.mode = SANDBOX_OFF};
    struct workload workload = {0};
    struct pool_options options = {.workers = 1,
                                   .chunk = 1,
                                   .policy = POLICY_DYNAMIC,
                                   .memory_bytes = image_limits_memory_bytes(recipe),
                                   .sandbox = &sandbox};
    int failed = sandbox_prepare(&sandbox, SANDBOX_AUTO, fault) ||
                 image_workload_init(&images, recipe, "/", NULL, NULL, 0, "/nowhere", fault);

    if (failed)
        return -1;
    sandbox_allow_read(&sandbox, "/tmp");
    sandbox_allow_read(&sandbox, recipe->watermark_path);
    sandbox_allow_read(&sandbox, recipe->font_path);
    sandbox_allow_write(&sandbox, "/var/tmp");
    image_workload_fill(&images, &workload);
    failed = measure("fresh", &workload, &options, count, fault) || image_workload_prepare(&images, fault);
    if (!failed)
        image_workload_fill(&images, &workload);
    failed = failed || measure("zygote", &workload, &options, count, fault);
    options.sandbox = &none;
    failed = failed || measure("zygote, no sandbox", &workload, &options, count, fault);
    sandbox_release(&sandbox);
    image_workload_release(&images);
    return failed;
}

int main(int argc, char **argv)
{
    static struct recipe recipe;
    const struct sched_param priority = {.sched_priority = 1};
    struct fault fault = {0};
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;

    if (argc < 2 || !count) {
        fprintf(stderr, "usage: worker_start RECIPE [REPETITIONS]\n");
        return 2;
    }
    if (sched_setscheduler(0, SCHED_FIFO, &priority))
        puts("worker start: at ordinary priority: on a busy machine the times are too long");
    if (recipe_load(argv[1], &recipe, &fault) == 0 && measure_all(&recipe, count, &fault) == 0)
        return 0;
    fprintf(stderr, "worker_start: %s\n", fault.text);
    return 1;
}
