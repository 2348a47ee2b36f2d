#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/pool_internal.h"

/* Time in which the parent was stopped (Ctrl-Z) or got no CPU does not count for the time limit. */
static const uint64_t longest_look_ns = 1000000000;

/* An encoder may start one for each processor, a decoder too. */
enum { THREADS_MOST = 1024 };
static const uint64_t threads_every_ns = 1000000000;

/* --- one item --------------------------------------------------------------------------------- */

/* The item that the slot's worker is working on; NULL when none. */
static const struct item_record *item_held(const struct pool *pool, uint32_t slot, uint64_t *index)
{
    const struct worker_record *worker = item_table_worker(pool->table, slot);
    /* Relaxed: the worker moves on while we look; a wrong guess is corrected by the item's own state. */
    uint64_t position = atomic_load_explicit(&worker->claim_next, memory_order_relaxed);
    const struct item_record *record;

    if (!pool->slots[slot].pid ||
        position >= atomic_load_explicit(&worker->claim_end, memory_order_relaxed) ||
        position >= pool->table->items)
        return NULL;
    *index = pool->order[position];
    record = item_table_item(pool->table, *index);
    /* Acquire: pairs with the release in worker.c's do_item, so that the attempt is this one's. */
    return atomic_load_explicit(&record->state, memory_order_acquire) == ITEM_RUNNING ? record : NULL;
}

/* passed_ns: of this process's own running time. */
static void check_items(struct pool *pool, uint64_t passed_ns)
{
    for (uint32_t i = 0; i < pool->options->workers; i++) {
        struct pool_slot *slot = &pool->slots[i];
        uint64_t index = 0;
        const struct item_record *record = item_held(pool, i, &index);
        if (!record || slot->held_attempt != record->attempt || slot->held_index != index) {
            slot->held_attempt = record ? record->attempt : 0;
            slot->held_index = index;
            slot->held_ns = 0;
        } else {
            slot->held_ns += passed_ns;
        }
        if (slot->held_ns > pool->options->item_timeout_ns && !slot->timed_out) {
            slot->timed_out = true;
            kill(slot->pid, SIGKILL);
        }
    }
}

/* --- the run ---------------------------------------------------------------------------------- */

/* In twice the limit some item must become final: done, or given up for its time. If none does, a worker only seems to
 * move from item to item, or hangs outside of any. Counting a million items takes a while, so it is done rarely. */
static void check_progress(struct pool *pool, uint64_t passed_ns)
{
    uint64_t final;

    pool->still_ns += passed_ns;
    if (pool->still_ns < 2 * pool->options->item_timeout_ns + longest_look_ns)
        return;
    pool->still_ns = 0;
    final = pool->table->items - pool_count_pending(pool);
    if (final > pool->final_seen) {
        pool->final_seen = final;
        return;
    }
    for (uint32_t i = 0; i < pool->options->workers; i++)
        if (pool->slots[i].pid && !pool->slots[i].timed_out) {
            pool->slots[i].timed_out = true;
            kill(pool->slots[i].pid, SIGKILL);
        }
}

/* --- threads ---------------------------------------------------------------------------------- */

/* 0 when the kernel does not say. */
static long threads_of(pid_t pid)
{
    char path[64], text[1024], *after;
    long threads = 0;
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    got = read(fd, text, sizeof text - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    after = strrchr(text, ')'); /* the name before it may hold anything */
    if (!after || sscanf(after, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld",
                         &threads) != 1)
        return 0;
    return threads;
}

static void check_threads(struct pool *pool, uint64_t now)
{
    if (now - pool->threads_ns < threads_every_ns)
        return;
    pool->threads_ns = now;
    for (uint32_t i = 0; i < pool->options->workers; i++)
        if (pool->slots[i].pid && !pool->slots[i].crowded && threads_of(pool->slots[i].pid) > THREADS_MOST) {
            pool->slots[i].crowded = true;
            kill(pool->slots[i].pid, SIGKILL);
        }
}

void pool_check_time(struct pool *pool)
{
    uint64_t now = clock_now_ns(), passed_ns = now - pool->looked_ns;

    pool->looked_ns = now;
    check_threads(pool, now);
    if (!pool->options->item_timeout_ns)
        return;
    if (passed_ns > longest_look_ns)
        passed_ns = longest_look_ns;
    check_items(pool, passed_ns);
    check_progress(pool, passed_ns);
}
