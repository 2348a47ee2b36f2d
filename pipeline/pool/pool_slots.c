#include <errno.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool_internal.h"

/* A pause before a refill limits the load of a batch that kills all its workers. */
enum { REFUSALS_MOST = 10 };
static const uint64_t pause_ns = 10000000, longest_pause_ns = 200000000;

static pid_t fork_worker(const struct worker_task *task)
{
    pid_t pid;

    if (failpoint_refuses("fork"))
        return -1;
    pid = fork();
    if (pid == 0)
        worker_main(task);
    return pid;
}

/* While other slots are filled this one can wait; without any of them, or at the start, waiting gains
 * nothing. */
static void refused(struct pool *pool, uint32_t slot, int error)
{
    if (pool->gate_open && ++pool->refusals <= REFUSALS_MOST) {
        pool_refill_later(pool, slot);
        return;
    }
    pool_fail(pool, "starting a worker",
              error == EAGAIN
                  ? "fork: the limit of processes is reached: use fewer workers or raise 'ulimit -u'"
                  : "fork: no memory for another process: use fewer workers");
}

int pool_spawn(struct pool *pool, uint32_t slot)
{
    struct worker_record *worker = item_table_worker(pool->table, slot);
    struct worker_task task = {.workload = pool->workload,
                               .options = pool->options,
                               .table = pool->table,
                               .order = pool->order,
                               .control = &pool->control,
                               .said = &pool->said,
                               .slot = slot,
                               .gate_open = pool->gate_open,
                               .alone = pool->alone,
                               .parent = getpid(),
                               .ready_fd = pool->ready_fd};
    uint64_t fork_ns = clock_now_ns();
    pid_t pid;

    /* Before fork, or a child that dies at once would be judged by its predecessor's state. */
    atomic_store_explicit(&worker->state, WORKER_FORKED, memory_order_relaxed);
    pid = fork_worker(&task);
    if (pid < 0) {
        int error = errno;
        atomic_store_explicit(&worker->state, worker->processes ? WORKER_DEAD : WORKER_ABSENT,
                              memory_order_relaxed);
        refused(pool, slot, error);
        return -1;
    }
    /* The child writes none of these, so there is no race. */
    worker->fork_ns = fork_ns;
    worker->pid = pid;
    worker->wait_status = -1;
    worker->processes++;
    pool->slots[slot] = (struct pool_slot){.pid = pid};
    pool->refusals = 0;
    pool->alive++;
    return 0;
}

void pool_refill_later(struct pool *pool, uint32_t slot)
{
    /* The first death costs no time. */
    uint32_t troubles = (pool->deaths ? pool->deaths - 1 : 0) + pool->start_deaths + pool->refusals;
    uint64_t wait_ns = troubles == 0 ? 0 : troubles > 5 ? longest_pause_ns : pause_ns << (troubles - 1);

    pool->slots[slot].refill = true;
    pool->slots[slot].refill_ns = clock_now_ns() + wait_ns;
    pool->refills++;
}

void pool_refill_due(struct pool *pool)
{
    uint64_t now = clock_now_ns();

    if (!pool->refills)
        return;
    for (uint32_t i = 0; i < pool->options->workers; i++) {
        struct pool_slot *slot = &pool->slots[i];
        if (!slot->refill || (slot->refill_ns > now && !pool->failed && !pool->signal_number))
            continue;
        slot->refill = false;
        pool->refills--;
        if (!pool->failed && !pool->signal_number)
            pool_spawn(pool, i);
    }
}

void pool_kill_all(struct pool *pool)
{
    pool->killed = true;
    for (uint32_t i = 0; i < pool->options->workers; i++)
        if (pool->slots[i].pid)
            kill(pool->slots[i].pid, SIGKILL);
}
