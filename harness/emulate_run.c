#include "emulate_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "run_hooks.h"
#include "topology.h"

int emulate_run_begin(struct emulation *emulation, uint32_t cores, uint32_t workers, struct fault *fault)
{
    struct topology machine;
    uint32_t real;

    if (topology_load(&machine, NULL, fault))
        return -1;
    real = machine.usable_cores;
    topology_release(&machine);
    if (emulation_open(emulation, cores, real, workers, fault))
        return -1;
    return emulation_join(emulation, EMULATION_SERIAL, fault);
}

struct rescale {
    uint64_t start_ns;
    double dilation;
};

static void instant(const struct rescale *by, uint64_t *ns)
{
    if (*ns > by->start_ns)
        *ns = by->start_ns + (uint64_t)((double)(*ns - by->start_ns) / by->dilation);
}

static void duration(const struct rescale *by, uint64_t *ns)
{
    *ns = (uint64_t)((double)*ns / by->dilation);
}

static void rescale_item(const struct rescale *by, struct item_record *item)
{
    instant(by, &item->claim_ns);
    instant(by, &item->start_ns);
    instant(by, &item->end_ns);
    for (int i = 0; i < ITEM_STAGES; i++)
        duration(by, &item->stage_ns[i]);
}

static void rescale_worker(const struct rescale *by, struct worker_record *worker)
{
    uint64_t *const instants[] = {&worker->fork_ns,     &worker->begin_ns, &worker->init_begin_ns,
                                  &worker->init_end_ns, &worker->go_ns,    &worker->loop_end_ns,
                                  &worker->exit_ns};

    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++)
        instant(by, instants[i]);
    duration(by, &worker->dispatch_ns);
}

/* For each worker the time of its items beyond what its share of a core gives for their CPU time: nothing more can have
 * been lost in them (what they waited for else, a device, is in it too). NULL: no memory. Caller frees. */
static double *time_beyond_share(const struct emulation *emulation, const struct item_table *table)
{
    double *beyond_ns = calloc(table->workers, sizeof *beyond_ns);

    for (uint64_t i = 0; beyond_ns && i < table->items; i++) {
        const struct item_record *item = item_table_item(table, i);
        if (item->worker < table->workers && item->end_ns > item->start_ns)
            beyond_ns[item->worker] +=
                (double)(item->end_ns - item->start_ns) - (double)item->cpu_ns * emulation->dilation;
    }
    return beyond_ns;
}

/* The kernel counts it as waiting for a core, too, when the quota holds a worker. What is left of that delay
 * did no harm in periods in which the worker got its whole quota all the same; in the others it may have. */
static double lost_ns(uint64_t delay_ns, const struct emulation_stat *stat, double beyond_ns)
{
    double waited = delay_ns > stat->held_ns ? (double)(delay_ns - stat->held_ns) : 0;
    double short_periods = stat->periods > stat->full ? (double)(stat->periods - stat->full) : 0;

    return fmin(fmin(waited, short_periods * EMULATION_PERIOD_US * 1000), fmax(beyond_ns, 0));
}

static void judge_worker(const struct emulation *emulation, uint32_t slot, bool serial,
                         const struct worker_record *worker, struct run_worker_extra *extra, double beyond_ns,
                         const struct rescale *by)
{
    struct emulation_stat stat;
    double lost;

    if (!extra->runqueue_known || worker->exit_ns <= worker->begin_ns)
        return;
    if (emulation_read(emulation, serial ? EMULATION_SERIAL : slot, &stat)) {
        extra->runqueue_known = 0;
        snprintf(extra->runqueue_reason, sizeof extra->runqueue_reason,
                 "what its emulated core was held back cannot be read");
        return;
    }
    lost = lost_ns(extra->runqueue_ns, &stat, beyond_ns);
    extra->runqueue_ns = (uint64_t)lost;
    lost /= (double)(worker->exit_ns - worker->begin_ns);
    if (lost > EMULATION_LOST_SHARE && !extra->pin_reason[0])
        snprintf(extra->pin_reason, sizeof extra->pin_reason,
                 "emulated core %u: got less than its share in %.0f%% of the time", slot, 100 * lost);
    duration(by, &extra->runqueue_ns);
}

/* The core was slowed down, the disk was not. */
static void forget_disk_wait(struct run_worker_extra *extra)
{
    extra->disk_wait_known = 0;
    snprintf(extra->disk_wait_reason, sizeof extra->disk_wait_reason,
             "a disk's time is not that of an emulated core");
}

void emulate_run_end(const struct emulation *emulation, const struct item_table *table)
{
    struct item_table_header *header = table->header;
    const struct rescale by = {.start_ns = header->start_ns, .dilation = emulation->dilation};
    uint64_t *const instants[] = {&header->pool_ns, &header->go_ns, &header->last_end_ns,
                                  &header->pool_end_ns, &header->end_ns};
    double *beyond_ns = time_beyond_share(emulation, table);

    for (uint32_t slot = 0; slot < table->workers; slot++) {
        struct worker_record *worker = item_table_worker(table, slot);
        forget_disk_wait(item_table_worker_payload(table, slot));
        judge_worker(emulation, slot, header->serial, worker, item_table_worker_payload(table, slot),
                     beyond_ns ? beyond_ns[slot] : INFINITY, &by);
        rescale_worker(&by, worker);
    }
    free(beyond_ns);
    for (uint64_t i = 0; i < table->items; i++)
        rescale_item(&by, item_table_item(table, i));
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++)
        instant(&by, instants[i]);
}
