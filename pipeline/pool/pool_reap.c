#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool_internal.h"

/* After this many deaths without an item finished or given up the recipe or the machine is the cause, not an item.
 * Deaths that no item was blamed for are few in any run, whatever workers say has been finished in between. */
enum { DEATHS_MOST = 20, START_DEATHS_MOST = 5, STRAYS_MOST = 200 };

const char *pool_wait_words(int wait_status, char *text, unsigned long text_bytes)
{
    if (WIFSIGNALED(wait_status)) {
        int number = WTERMSIG(wait_status);
        const char *name = sigabbrev_np(number);
        snprintf(text, text_bytes, "killed by signal %d (SIG%s)%s", number, name ? name : "?",
                 number == SIGKILL  ? ", as the kernel does when memory is short"
                 : number == SIGBUS ? ", as happens when a file is cut or a disk is full behind mapped memory"
                 : number == SIGSYS ? ", for a system call that the sandbox forbids"
                                    : "");
    } else if (WIFEXITED(wait_status)) {
        snprintf(text, text_bytes, "exited with code %d", WEXITSTATUS(wait_status));
    } else {
        snprintf(text, text_bytes, "ended with wait status %d", wait_status);
    }
    return text;
}

static uint64_t items_done(const struct pool *pool)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < pool->options->workers; i++)
        sum += item_table_worker(pool->table, i)->items;
    return sum < pool->table->items ? sum : pool->table->items;
}

/* --- the item --------------------------------------------------------------------------------- */

/* Why the item is given up. */
static void explain(const struct pool *pool, const struct pool_slot *slot, unsigned attempt,
                    const struct worker_record *worker, char *why, size_t bytes)
{
    char words[160];

    if (slot->timed_out) {
        const char *advice = pool->options->item_timeout_advice;
        snprintf(why, bytes, "took longer than %g s%s%s%s, at attempt %d; its worker was killed",
                 (double)pool->options->item_timeout_ns / 1e9, advice ? " (" : "", advice ? advice : "",
                 advice ? ")" : "", attempt);
        return;
    }
    if (slot->crowded)
        snprintf(words, sizeof words, "had too many threads and was killed");
    else if (WIFEXITED(worker->wait_status) && WEXITSTATUS(worker->wait_status) == WORKER_EXIT_MEMORY)
        snprintf(words, sizeof words, "had no memory left for a thread");
    else
        pool_wait_words(worker->wait_status, words, sizeof words);
    snprintf(why, bytes, "its worker %s%s, at attempt %d of %d", words,
             pool->options->memory_bytes && !pool->options->memory_is_default
                 ? ", perhaps at its memory limit"
                 : "",
             attempt, POOL_MAX_ATTEMPTS);
}

/* It is not tried again. */
static void give_up(struct pool *pool, uint64_t index, struct item_record *record, const char *why)
{
    struct fault fault = {0};

    record->end_ns = clock_now_ns();
    item_table_set_reason(pool->table, index, why);
    if (pool->workload->lost)
        pool->workload->lost(pool->workload->context, index, record,
                             item_table_item_payload(pool->table, index), why);
    if (pool->options->on_item_final &&
        pool->options->on_item_final(pool->options->on_item_final_context, index, ITEM_FAILED, &fault)) {
        pool_fail_for(pool, NULL, &fault);
        atomic_store_explicit(&record->state, ITEM_PENDING, memory_order_relaxed);
        return;
    }
    /* Release, as in worker.c's do_item. */
    atomic_store_explicit(&record->state, ITEM_FAILED, memory_order_release);
}

/* The item that the dead worker held. Returns whether there is one. */
static bool held_item(const struct pool *pool, uint32_t slot, uint64_t *index)
{
    const struct worker_record *worker = item_table_worker(pool->table, slot);
    /* Relaxed: their only writer has been reaped. */
    uint64_t position = atomic_load_explicit(&worker->claim_next, memory_order_relaxed);

    if (pool->alone) { /* the parent gave it one */
        *index = pool->alone_index;
        return pool_is_pending(pool, *index);
    }
    if (position >= atomic_load_explicit(&worker->claim_end, memory_order_relaxed) ||
        position >= pool->table->items)
        return false;
    *index = pool->order[position];
    /* Acquire: pairs with the release in worker.c's do_item. */
    return atomic_load_explicit(&item_table_item(pool->table, *index)->state, memory_order_acquire) ==
           ITEM_RUNNING;
}

/* The attempts in the record are for readers; those that count are the parent's. */
static void set_pending(const struct pool *pool, uint64_t index)
{
    struct item_record *record = item_table_item(pool->table, index);

    record->attempt = pool->tries[index];
    atomic_store_explicit(&record->state, ITEM_PENDING, memory_order_relaxed);
}

void pool_blame(struct pool *pool, uint64_t index, const char *why)
{
    struct item_record *record = item_table_item(pool->table, index);

    if (pool->tries[index] < POOL_MAX_ATTEMPTS)
        pool->tries[index]++;
    if (pool->tries[index] < POOL_MAX_ATTEMPTS) {
        set_pending(pool, index);
        return;
    }
    record->attempt = pool->tries[index];
    give_up(pool, index, record, why);
    pool->deaths = pool->start_deaths = 0; /* the item is settled */
}

enum held { HELD_NOTHING, HELD_INNOCENT, HELD_BLAMED };

/* The item that a dead worker held is tried once more, or given up. innocent: the cause is known, and not the item. */
static enum held judge_held_item(struct pool *pool, uint32_t slot_number, bool innocent)
{
    const struct pool_slot *slot = &pool->slots[slot_number];
    uint64_t index;
    char why[256];

    if (!held_item(pool, slot_number, &index))
        return HELD_NOTHING;
    /* A worker killed for the time limit may have begun the next item already. */
    if (slot->timed_out && !pool->alone)
        innocent |=
            index != slot->held_index || item_table_item(pool->table, index)->attempt != slot->held_attempt;
    if (innocent) {
        set_pending(pool, index);
        return HELD_INNOCENT;
    }
    explain(pool, slot, pool->tries[index] + 1u, item_table_worker(pool->table, slot_number), why,
            sizeof why);
    if (slot->timed_out) { /* it would only take as long again */
        item_table_item(pool->table, index)->attempt = ++pool->tries[index];
        give_up(pool, index, item_table_item(pool->table, index), why);
        pool->deaths = pool->start_deaths = 0;
        pool->tries[index] = POOL_MAX_ATTEMPTS;
    } else {
        pool_blame(pool, index, why);
    }
    return HELD_BLAMED;
}

/* --- the slot and the run --------------------------------------------------------------------- */

static void count_start_death(struct pool *pool, uint32_t slot, const char *words)
{
    char what[96], why[256];

    snprintf(why, sizeof why, "%s, before it was ready, %d times in a row: try fewer workers", words,
             START_DEATHS_MOST);
    snprintf(what, sizeof what, "worker %u", slot);
    if (++pool->start_deaths >= START_DEATHS_MOST)
        pool_fail(pool, what, why);
}

/* Too many deaths end the run: in a row, or without anything to blame. */
static void count_death(struct pool *pool, uint32_t slot, bool was_ready, enum held held, const char *words)
{
    uint64_t done = items_done(pool), most_strays = STRAYS_MOST + pool->table->items / 4;
    char what[96];

    if (done > pool->done_seen) {
        pool->deaths = pool->start_deaths = 0;
        pool->done_seen = done;
    }
    if (held != HELD_BLAMED && ++pool->strays > most_strays) {
        snprintf(what, sizeof what, "%llu workers died while they held no item; the last one",
                 (unsigned long long)pool->strays);
        pool_fail(pool, what, words);
        return;
    }
    if (!was_ready) {
        count_start_death(pool, slot, words);
        return;
    }
    pool->start_deaths = 0;
    if (++pool->deaths > DEATHS_MOST + 2 * pool->options->workers) {
        snprintf(what, sizeof what, "%u workers died in a row without one item done; the last one",
                 pool->deaths);
        pool_fail(pool, what, words);
    }
}

static void handle_death(struct pool *pool, uint32_t slot, enum worker_state state)
{
    struct worker_record *worker = item_table_worker(pool->table, slot);
    bool left = WIFEXITED(worker->wait_status) && WEXITSTATUS(worker->wait_status) == WORKER_EXIT_FAULT;
    char words[160], what[64];
    enum held held;

    pool_wait_words(worker->wait_status, words, sizeof words);
    snprintf(what, sizeof what, "worker %u", slot);
    if (left) {
        struct fault fault = control_fault(&pool->control, slot);
        pool_fail_for(pool, state < WORKER_READY ? what : NULL, &fault);
    }
    held = judge_held_item(pool, slot, left || pool->killed);
    if (pool->failed || pool->killed)
        return;
    if (held != HELD_BLAMED || !pool->slots[slot].timed_out) /* that one is settled */
        count_death(pool, slot, state >= WORKER_READY, held, words);
    /* In its tail it holds no item. */
    if (!pool->failed && !pool->signal_number && !pool->alone && state != WORKER_TAIL)
        pool_refill_later(pool, slot);
}

static uint32_t slot_of(const struct pool *pool, pid_t pid)
{
    for (uint32_t i = 0; i < pool->options->workers; i++)
        if (pool->slots[i].pid == pid)
            return i;
    return UINT32_MAX;
}

void pool_reap(struct pool *pool)
{
    struct rusage usage;
    int status;
    pid_t pid;

    while (pool->alive && (pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
        uint32_t slot = slot_of(pool, pid);
        struct worker_record *worker;
        enum worker_state state;
        bool good;
        if (slot == UINT32_MAX)
            continue; /* a child that is not ours */
        failpoint("reap", FAILPOINT_NO_ITEM);
        worker = item_table_worker(pool->table, slot);
        /* Acquire: pairs with the release in worker.c's set_state(). */
        state = atomic_load_explicit(&worker->state, memory_order_acquire);
        /* A library that calls exit(0) in the middle of an item has killed its worker all the same. */
        good = WIFEXITED(status) && WEXITSTATUS(status) == WORKER_EXIT_GOOD && state == WORKER_TAIL;
        worker->exit_ns = clock_now_ns();
        worker->wait_status = status;
        pool->slots[slot].pid = 0; /* the number may be used again */
        worker_add_usage(worker, &usage);
        pool->alive--;
        /* Release: a process that watches the table and sees the end sees usage and exit_ns too. */
        atomic_store_explicit(&worker->state, good ? WORKER_EXITED : WORKER_DEAD, memory_order_release);
        if (!good)
            handle_death(pool, slot, state);
    }
}
