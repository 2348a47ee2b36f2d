#include "pipeline/pool/chunk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const chunk_policy_names[] = {"static", "dynamic", "guided", "largest-first", NULL};

const char *chunk_policy_name(enum chunk_policy policy)
{
    return (unsigned)policy <= POLICY_LARGEST_FIRST ? chunk_policy_names[policy] : NULL;
}

const char *chunk_policy_list(char *text, size_t bytes)
{
    size_t used = 0;

    for (int i = 0; chunk_policy_names[i] && used < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? "," : "", chunk_policy_names[i]);
    return text;
}

int chunk_policy_parse(const char *name, enum chunk_policy *policy)
{
    for (size_t i = 0; chunk_policy_names[i]; i++)
        if (strcmp(name, chunk_policy_names[i]) == 0) {
            *policy = (enum chunk_policy)i;
            return 0;
        }
    return -1;
}

/* --- order ------------------------------------------------------------------------------------ */

struct weighted {
    uint64_t weight, index;
};

/* Falling weight; equal weights keep their order. */
static int heavier_first(const void *a, const void *b)
{
    const struct weighted *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

uint64_t *chunk_order(const struct workload *workload, enum chunk_policy policy)
{
    uint64_t count = workload->items;
    uint64_t *order = malloc((count ? count : 1) * sizeof *order);
    struct weighted *sorted;

    if (!order)
        return NULL;
    for (uint64_t i = 0; i < count; i++)
        order[i] = i;
    if (policy != POLICY_LARGEST_FIRST || !workload->weight || count < 2)
        return order;
    sorted = malloc(count * sizeof *sorted);
    if (!sorted) {
        free(order);
        return NULL;
    }
    for (uint64_t i = 0; i < count; i++)
        sorted[i] = (struct weighted){.weight = workload->weight(workload->context, i), .index = i};
    qsort(sorted, count, sizeof *sorted, heavier_first);
    for (uint64_t i = 0; i < count; i++)
        order[i] = sorted[i].index;
    free(sorted);
    return order;
}

/* --- claims ----------------------------------------------------------------------------------- */

/* Worker slot's own share of the order, `chunk` at a time. claim_end is where its previous process or claim
 * stopped. */
static bool claim_static(struct item_table *table, uint64_t chunk, uint32_t slot, uint64_t *begin,
                         uint64_t *end)
{
    const struct item_table_header *header = table->header;
    struct worker_record *worker = item_table_worker(table, slot);
    unsigned __int128 items = header->items;
    uint64_t first = (uint64_t)(items * slot / header->workers),
             past = (uint64_t)(items * (slot + 1) / header->workers);

    *begin = worker->claims ? atomic_load_explicit(&worker->claim_end, memory_order_relaxed) : first;
    if (*begin >= past)
        return false;
    *end = past - *begin < chunk ? past : *begin + chunk;
    return true;
}

static bool claim_dynamic(struct item_table *table, uint64_t chunk, uint64_t *begin, uint64_t *end)
{
    struct item_table_header *header = table->header;

    /* Reading first stops `next` from growing without limit when many workers find nothing. */
    if (atomic_load_explicit(&header->next, memory_order_relaxed) >= header->items)
        return false;
    /* Relaxed: only the positions are passed on; the order and the items were written before fork.
     */
    *begin = atomic_fetch_add_explicit(&header->next, chunk, memory_order_relaxed);
    if (*begin >= header->items)
        return false;
    *end = header->items - *begin < chunk ? header->items : *begin + chunk;
    return true;
}

static bool claim_guided(struct item_table *table, uint64_t chunk, uint64_t *begin, uint64_t *end)
{
    struct item_table_header *header = table->header;
    uint64_t next = atomic_load_explicit(&header->next, memory_order_relaxed), size;

    do {
        if (next >= header->items)
            return false;
        size = (header->items - next) / (2 * (uint64_t)header->workers);
        if (size < chunk)
            size = chunk;
        if (size > header->items - next)
            size = header->items - next;
        /* Relaxed, as in claim_dynamic; a failed exchange loads the newer value. */
    } while (!atomic_compare_exchange_weak_explicit(&header->next, &next, next + size, memory_order_relaxed,
                                                    memory_order_relaxed));
    *begin = next;
    *end = next + size;
    return true;
}

bool chunk_claim(struct item_table *table, enum chunk_policy policy, uint64_t chunk, uint32_t slot,
                 uint64_t *begin, uint64_t *end)
{
    switch (policy) {
    case POLICY_STATIC:
        return claim_static(table, chunk, slot, begin, end);
    case POLICY_GUIDED:
        return claim_guided(table, chunk, begin, end);
    case POLICY_DYNAMIC:
    case POLICY_LARGEST_FIRST:
        return claim_dynamic(table, chunk, begin, end);
    }
    abort();
}
