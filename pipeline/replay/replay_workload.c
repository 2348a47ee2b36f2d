#include "pipeline/replay/replay_workload.h"

#include <stdlib.h>

#include "pipeline/base/clock.h"

static int worker_init(void *context, void **own, struct fault *fault)
{
    const struct replay_workload *replay = context;
    uint64_t begin_ns = clock_now_ns();

    *own = calloc(1, sizeof(struct replay_worker));
    if (!*own)
        return fault_sys(fault, "worker: no memory");
    replay_wait_until(begin_ns + replay->plan.init_ns);
    return 0;
}

/* By the worker's own account, which is ahead of the clock by its lateness; the record is of the clock's. */
static void record_lock(struct item_record *record, const struct replay_worker *worker)
{
    record->locked_ns = worker->locked_ns > record->start_ns ? worker->locked_ns : record->start_ns;
    record->unlocked_ns = worker->unlocked_ns > record->locked_ns ? worker->unlocked_ns : record->locked_ns;
}

static int do_item(void *context, void *own, uint64_t index, struct item_record *record, void *payload,
                   struct fault *fault)
{
    const struct replay_workload *replay = context;
    const struct replay_item *time = &replay->plan.item[index];
    const struct replay_slowdown by = {replay->plan.excess, replay->plan.excess_most};
    const struct replay_work work = {time->wall_ns, time->lock_at_ns, time->locked_ns};
    const struct replay_worker *worker = own;
    double slowdown;

    (void)payload;
    (void)fault;
    slowdown = replay_wait(replay->crowd, own, &by, record->claim_ns, record->start_ns, &work);
    record->cpu_ns = (uint64_t)(slowdown * (double)time->cpu_ns);
    if (worker->locked_ns)
        record_lock(record, worker);
    record->bytes_in = replay->plan.label ? replay->plan.label[index].bytes : 0;
    return WORKLOAD_DONE;
}

static uint64_t weight(const void *context, uint64_t index)
{
    return ((const struct replay_workload *)context)->plan.item[index].wall_ns;
}

static void worker_release(void *context, void *own)
{
    replay_crowd_leave(((const struct replay_workload *)context)->crowd);
    free(own);
}

int replay_workload_open(struct replay_workload *replay, const char *path, uint32_t workers,
                         struct fault *fault)
{
    *replay = (struct replay_workload){.crowd = NULL};
    if (replay_plan_read(&replay->plan, path, fault))
        return -1;
    replay->crowd = replay_crowd_make(workers, fault);
    if (!replay->crowd) {
        replay_plan_release(&replay->plan);
        return -1;
    }
    replay->workload = (struct workload){.name = "replay",
                                         .context = replay,
                                         .items = replay->plan.items,
                                         .weight = weight,
                                         .init = worker_init,
                                         .item = do_item,
                                         .release = worker_release};
    return 0;
}

const char *replay_workload_name(void *context, uint64_t index)
{
    const struct replay_plan *plan = &((const struct replay_workload *)context)->plan;

    return plan->label ? plan->label[index].name : NULL;
}

void replay_workload_close(struct replay_workload *replay)
{
    replay_plan_release(&replay->plan);
    replay_crowd_release(replay->crowd);
    replay->crowd = NULL;
}
