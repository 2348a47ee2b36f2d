#include "harness/machine/emulation/emulate_run.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/futex.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/machine/emulation/emulate_table.h"
#include "harness/machine/topology.h"
#include "harness/machine/worker_payload.h"
#include "pipeline/base/clock.h"

/* State of the start of the workers: written by the parent alone. */
enum gate_state {
    GATE_OPEN, /* no worker waits: a replacement of a dead one, or a run without a pool */
    GATE_FORKING,
    GATE_MOVING /* workers move into their groups, and wait until all have */
};

struct emulate_gate {
    _Atomic uint32_t state;
    _Atomic uint32_t moved; /* workers that are in their groups */
};

int emulate_run_begin(struct emulate_run *run, uint32_t cores, uint32_t workers, struct fault *fault)
{
    struct topology machine;
    uint32_t real;

    *run = (struct emulate_run){.workers = workers, .parent = getpid()};
    if (topology_load(&machine, NULL, fault))
        return -1;
    real = machine.usable_cores;
    topology_release(&machine);
    run->gate = mmap(NULL, sizeof *run->gate, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run->gate == MAP_FAILED) {
        run->gate = NULL;
        return fault_sys(fault, "emulated cores: shared memory: %s", strerror(errno));
    }
    if (emulation_open(&run->groups, cores, real, workers, fault) ||
        emulation_join(&run->groups, EMULATION_SERIAL, fault))
        return -1;
    emulate_clock_start(&run->clock, clock_now_ns(), run->groups.share);
    return 0;
}

void emulate_run_close(struct emulate_run *run)
{
    emulation_close(&run->groups);
    if (run->gate)
        munmap(run->gate, sizeof *run->gate);
    run->gate = NULL;
}

/* --- the start of the workers --------------------------------------------------------------------- */

static void set_gate(struct emulate_gate *gate, enum gate_state state)
{
    /* Release: pairs with the acquire in await_gate(). */
    atomic_store_explicit(&gate->state, state, memory_order_release);
    syscall(SYS_futex, &gate->state, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Until it is no longer in state. A parent that dies takes the worker along: its death signal is armed. */
static void await_gate(struct emulate_gate *gate, enum gate_state state)
{
    while (atomic_load_explicit(&gate->state, memory_order_acquire) == state)
        syscall(SYS_futex, &gate->state, FUTEX_WAIT, state, NULL, NULL, 0);
}

int emulate_run_fork_begin(struct emulate_run *run, struct fault *fault)
{
    emulate_clock_turn(&run->clock, clock_now_ns(), 0);
    if (emulation_join(&run->groups, EMULATION_FREE, fault))
        return -1;
    set_gate(run->gate, GATE_FORKING);
    emulate_clock_turn(&run->clock, clock_now_ns(), 1);
    return 0;
}

/* True when a child has ended; it stays to be reaped. */
static bool a_child_ended(void)
{
    siginfo_t info = {0};

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

/* The pool keeps these blocked, and looks at them once we are through. */
static bool a_signal_waits(void)
{
    sigset_t set;

    return sigpending(&set) == 0 && (sigismember(&set, SIGINT) > 0 || sigismember(&set, SIGTERM) > 0);
}

int emulate_run_fork_end(struct emulate_run *run, struct fault *fault)
{
    const struct timespec look = {.tv_nsec = 20000000};
    struct emulate_gate *gate = run->gate;
    uint32_t moved;

    emulate_clock_turn(&run->clock, clock_now_ns(), 0);
    set_gate(gate, GATE_MOVING);
    /* Acquire: pairs with the release in emulate_run_worker(). */
    while ((moved = atomic_load_explicit(&gate->moved, memory_order_acquire)) < run->workers &&
           !a_child_ended() && !a_signal_waits())
        syscall(SYS_futex, &gate->moved, FUTEX_WAIT, moved, &look, NULL, 0);
    if (emulation_join(&run->groups, EMULATION_SERIAL, fault))
        return -1;
    emulate_clock_turn(&run->clock, clock_now_ns(), run->groups.share);
    set_gate(gate, GATE_OPEN);
    return 0;
}

int emulate_run_worker(const struct emulate_run *run, uint32_t slot, struct fault *fault)
{
    struct emulate_gate *gate = run->gate;

    if (getpid() == run->parent) /* a run without a pool stays where the serial part is */
        return 0;
    await_gate(gate, GATE_FORKING);
    if (emulation_join(&run->groups, slot, fault))
        return -1;
    atomic_fetch_add_explicit(&gate->moved, 1, memory_order_release);
    syscall(SYS_futex, &gate->moved, FUTEX_WAKE, 1, NULL, NULL, 0);
    await_gate(gate, GATE_MOVING);
    return 0;
}

/* --- times of the emulated machine ---------------------------------------------------------------- */

/* For each worker the time of its items beyond what its share of a core gives for their CPU time: nothing more can have
 * been lost in them (what they waited for else, a device, is in it too). NULL: no memory. Caller frees. */
static double *time_beyond_share(const struct emulation *groups, const struct item_table *table)
{
    double *beyond_ns = calloc(table->workers, sizeof *beyond_ns);

    for (uint64_t i = 0; beyond_ns && i < table->items; i++) {
        const struct item_record *item = item_table_item(table, i);
        if (item->worker < table->workers && item->end_ns > item->start_ns)
            beyond_ns[item->worker] +=
                (double)(item->end_ns - item->start_ns) - (double)item->cpu_ns * groups->dilation;
    }
    return beyond_ns;
}

/* The kernel counts it as waiting for a core, too, when the quota holds a worker, so a worker that wanted to run for
 * `wanted` must have run for share * wanted. What is missing is time without the emulated core. Threads of one worker
 * wait at the same time, and each is counted: the times of its items bound it. */
static void judge_worker(const struct emulation *groups, uint32_t slot, const struct worker_record *worker,
                         struct worker_payload *payload, double beyond_ns)
{
    double wanted_ns = (double)(payload->work_cpu_ns + payload->runqueue_ns), missing_ns, lost;

    if (!payload->runqueue_known || worker->exit_ns <= worker->begin_ns || wanted_ns <= 0)
        return;
    missing_ns = fmax(fmin(wanted_ns - (double)payload->work_cpu_ns / groups->share, beyond_ns), 0);
    payload->runqueue_ns = (uint64_t)(missing_ns * groups->share);
    /* A period is the grain: an interval need not begin and end where periods do. */
    lost = (missing_ns - EMULATION_PERIOD_US * 1000.0) /
           fmin(wanted_ns, (double)(worker->exit_ns - worker->begin_ns));
    if (lost > EMULATION_LOST_SHARE && !payload->pin_reason[0])
        snprintf(payload->pin_reason, sizeof payload->pin_reason,
                 "emulated core %" PRIu32 ": %.0f%% of its time got lost, the real cores were busy", slot,
                 100 * lost);
}

void emulate_run_end(const struct emulate_run *run, const struct item_table *table)
{
    double *beyond_ns = time_beyond_share(&run->groups, table);

    for (uint32_t slot = 0; slot < table->workers; slot++)
        judge_worker(&run->groups, slot, item_table_worker(table, slot),
                     item_table_worker_payload(table, slot), beyond_ns ? beyond_ns[slot] : INFINITY);
    free(beyond_ns);
    emulate_table_rescale(table, &run->clock, run->groups.share);
}
