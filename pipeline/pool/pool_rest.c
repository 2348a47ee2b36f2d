#include "pipeline/pool/pool_internal.h"

bool pool_is_pending(const struct pool *pool, uint64_t index)
{
    /* Acquire: pairs with the release in worker.c's do_item. */
    uint32_t state = atomic_load_explicit(&item_table_item(pool->table, index)->state, memory_order_acquire);

    return state != ITEM_DONE && state != ITEM_FAILED;
}

uint64_t pool_count_pending(const struct pool *pool)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < pool->table->items; i++)
        count += pool_is_pending(pool, i);
    return count;
}

static bool goes_on(const struct pool *pool)
{
    return !pool->failed && !pool->signal_number;
}

/* The successor of slot 0 does the positions [begin, end), as if it had claimed them. */
static void do_positions(struct pool *pool, uint64_t begin, uint64_t end)
{
    struct worker_record *worker = item_table_worker(pool->table, 0);

    atomic_store_explicit(&worker->claim_next, begin, memory_order_relaxed);
    atomic_store_explicit(&worker->claim_end, end, memory_order_relaxed);
    if (pool_spawn(pool, 0) == 0 || pool->refills)
        pool_watch(pool);
}

/* Here the parent knows which item a process has, and blames it for any end but a final state. */
static void do_alone(struct pool *pool, uint64_t position)
{
    uint64_t index = pool->order[position];

    pool->alone = true;
    pool->alone_index = index;
    while (goes_on(pool) && pool_is_pending(pool, index)) {
        uint8_t tries = pool->tries[index];
        if (tries < POOL_MAX_ATTEMPTS)
            do_positions(pool, position, position + 1);
        if (goes_on(pool) && pool_is_pending(pool, index) && pool->tries[index] == tries)
            pool_blame(pool, index, "its worker ended in good order without finishing it");
    }
    pool->alone = false;
}

/* Positions claimed by a worker that died before it recorded them are lost to all others. This is rare and cheap to
 * correct: one worker goes through all positions again and does what is pending. When that has not made fewer of them
 * pending, somebody undoes what is done, or ends before its time: then each is done alone, which ends in any case. */
void pool_finish_rest(struct pool *pool)
{
    uint64_t least = UINT64_MAX, pending;

    while (goes_on(pool) && (pending = pool_count_pending(pool)) > 0) {
        if (pending < least) {
            least = pending;
            do_positions(pool, 0, pool->table->items);
            continue;
        }
        for (uint64_t position = 0; position < pool->table->items; position++)
            do_alone(pool, position);
    }
}
