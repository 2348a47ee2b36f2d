#include "harness/machine/emulation/emulate_table.h"

#include <stdio.h>

#include "harness/machine/worker_payload.h"

static void instant(const struct emulate_clock *clock, uint64_t *ns)
{
    *ns = emulate_clock_at(clock, *ns);
}

static void duration(double share, uint64_t *ns)
{
    *ns = (uint64_t)((double)*ns * share);
}

static void rescale_item(const struct emulate_clock *clock, double share, struct item_record *item)
{
    instant(clock, &item->claim_ns);
    instant(clock, &item->start_ns);
    instant(clock, &item->end_ns);
    instant(clock, &item->locked_ns);
    instant(clock, &item->unlocked_ns);
    for (int i = 0; i < ITEM_STAGES; i++)
        duration(share, &item->stage_ns[i]);
}

static void rescale_worker(const struct emulate_clock *clock, double share, struct worker_record *worker)
{
    uint64_t *const instants[] = {&worker->fork_ns,     &worker->begin_ns, &worker->init_begin_ns,
                                  &worker->init_end_ns, &worker->go_ns,    &worker->loop_end_ns,
                                  &worker->exit_ns};

    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++)
        instant(clock, instants[i]);
    duration(share, &worker->dispatch_ns);
}

/* The core was slowed down, the disk was not. */
static void forget_disk_wait(struct worker_payload *payload)
{
    payload->disk_wait_known = 0;
    snprintf(payload->disk_wait_reason, sizeof payload->disk_wait_reason,
             "a disk's time is not that of an emulated core");
}

void emulate_table_rescale(const struct item_table *table, const struct emulate_clock *clock, double share)
{
    struct item_table_header *header = table->header;
    uint64_t *const instants[] = {&header->start_ns,    &header->pool_ns,     &header->go_ns,
                                  &header->last_end_ns, &header->pool_end_ns, &header->end_ns};

    for (uint32_t slot = 0; slot < table->workers; slot++) {
        forget_disk_wait(item_table_worker_payload(table, slot));
        rescale_worker(clock, share, item_table_worker(table, slot));
    }
    for (uint64_t i = 0; i < table->items; i++)
        rescale_item(clock, share, item_table_item(table, i));
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++)
        instant(clock, instants[i]);
}
