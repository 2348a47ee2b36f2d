#include "harness/trial/spans_table.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/trial/run_hooks.h"

static int by_name(const void *a, const void *b)
{
    const struct spans_item *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static int take_item(struct spans_item *item, const struct span *span)
{
    item->name = strdup(span->item);
    item->bytes = span->bytes;
    memcpy(item->kind, span->kind, sizeof item->kind);
    return item->name ? 0 : -1;
}

int spans_items_take(struct spans_items *items, const struct spans *spans, struct fault *fault)
{
    int result = 0;

    *items = (struct spans_items){.item = calloc(spans->count + 1, sizeof *items->item)};
    if (!items->item)
        result = -1;
    for (size_t i = 0; i < spans->count && result == 0; i++) {
        if (!spans->span[i].item)
            continue;
        result = take_item(&items->item[items->count], &spans->span[i]);
        if (result == 0)
            items->count++;
    }
    if (result) {
        spans_items_release(items);
        return fault_sys(fault, "spans: no memory for the items");
    }
    if (items->count)
        qsort(items->item, items->count, sizeof *items->item, by_name);
    return 0;
}

void spans_items_release(struct spans_items *items)
{
    for (size_t i = 0; items->item && i < items->count; i++)
        free(items->item[i].name);
    free(items->item);
    *items = (struct spans_items){0};
}

/* --- the table --- */

static void fill_item(const struct item_table *table, uint64_t index, const struct span *span)
{
    struct item_record *record = item_table_item(table, index);

    record->worker = span->worker;
    record->attempt = 1;
    record->claim_ns = span->claim_ns > 0 ? (uint64_t)span->claim_ns : 0;
    record->start_ns = span->start_ns;
    record->locked_ns = span->locked_ns > 0 ? (uint64_t)span->locked_ns : 0;
    record->unlocked_ns = span->locked_ns > 0 ? (uint64_t)span->unlocked_ns : 0;
    record->end_ns = span->end_ns;
    record->cpu_ns = span->cpu_ns > 0 ? (uint64_t)span->cpu_ns : 0;
    record->bytes_in = span->bytes > 0 ? (uint64_t)span->bytes : 0;
    atomic_store_explicit(&record->state, ITEM_DONE, memory_order_release);
}

/* The first of its worker's spans. */
static void fill_life(struct worker_record *worker, struct worker_payload *payload, const struct span *span)
{
    worker->processes = 1;
    worker->fork_ns = span->start_ns;
    worker->begin_ns = span->begin_ns >= 0 ? (uint64_t)span->begin_ns : span->start_ns;
    worker->go_ns = span->go_ns >= 0 ? (uint64_t)span->go_ns : worker->begin_ns;
    worker->loop_end_ns = span->end_ns;
    payload->runqueue_known = span->queued_ns >= 0;
    payload->runqueue_ns = span->queued_ns >= 0 ? (uint64_t)span->queued_ns : 0;
}

static void fill_worker(struct worker_record *worker, const struct span *span, const struct span *life)
{
    if (worker->processes == 0) {
        worker->processes = 1;
        worker->fork_ns = worker->begin_ns = worker->go_ns = span->start_ns;
    }
    if (span->item) {
        worker->items++;
    } else {
        worker->init_begin_ns = span->start_ns;
        worker->init_end_ns = span->end_ns;
        if (!life || life->go_ns < 0)
            worker->go_ns = span->end_ns;
    }
    if (!life)
        worker->loop_end_ns = span->end_ns;
}

static void fill_idle(const struct item_table *table)
{
    uint64_t first_ns = UINT64_MAX;

    for (uint32_t slot = 0; slot < table->workers; slot++) {
        const struct worker_record *worker = item_table_worker(table, slot);
        if (worker->processes && worker->begin_ns < first_ns)
            first_ns = worker->begin_ns;
    }
    for (uint32_t slot = 0; slot < table->workers; slot++) {
        struct worker_record *worker = item_table_worker(table, slot);
        if (!worker->processes)
            worker->fork_ns = worker->begin_ns = worker->go_ns = worker->loop_end_ns = first_ns;
    }
}

/* The gate, when every worker has a life with the instant of its go. */
static void fill_gate(struct item_table *table, const struct spans *spans)
{
    uint64_t gate_ns = UINT64_MAX;
    uint32_t known = 0;

    for (size_t i = 0; i < spans->count; i++) {
        const struct span *span = &spans->span[i];
        if (span->phase != SPAN_LIFE || span->go_ns < 0)
            continue;
        known++;
        gate_ns = (uint64_t)span->go_ns < gate_ns ? (uint64_t)span->go_ns : gate_ns;
    }
    if (known == table->workers)
        table->header->go_ns = gate_ns;
}

static int fill_all(struct item_table *table, const struct spans *spans, const struct spans_items *items,
                    struct fault *fault)
{
    const struct span *life = NULL;
    size_t found = 0;

    for (size_t i = 0; i < spans->count; i++) {
        const struct span *span = &spans->span[i];
        const struct spans_item key = {.name = span->item}, *item;
        struct worker_record *worker = item_table_worker(table, span->worker);
        if (span->phase == SPAN_LIFE) {
            life = span;
            fill_life(worker, item_table_worker_payload(table, span->worker), span);
            continue;
        }
        fill_worker(worker, span, life && life->worker == span->worker ? life : NULL);
        if (span->phase == SPAN_INIT)
            continue;
        item = items->count ? bsearch(&key, items->item, items->count, sizeof key, by_name) : NULL;
        if (!item)
            return fault_set(fault,
                             "spans: line %u: item %.100s was not in the first run: items must be the "
                             "same in every run",
                             span->line, span->item);
        fill_item(table, (uint64_t)(item - items->item), span);
        found++;
    }
    if (found != items->count)
        return fault_set(fault, "spans: %zu items, in the first run %zu: items must be the same in every run",
                         found, items->count);
    return 0;
}

int spans_table(struct item_table *table, const struct spans *spans, const struct spans_items *items,
                uint32_t workers, uint64_t begin_ns, uint64_t end_ns, struct fault *fault)
{
    if (item_table_create(table, -1, items->count, 0, workers, sizeof(struct worker_payload), fault))
        return -1;
    for (uint32_t slot = 0; slot < workers; slot++) {
        struct worker_payload *payload = item_table_worker_payload(table, slot);
        payload->cpu_wanted = payload->cpu_seen_begin = payload->cpu_seen_last = -1;
    }
    table->header->start_ns = begin_ns;
    table->header->end_ns = end_ns;
    if (fill_all(table, spans, items, fault)) {
        item_table_close(table);
        return -1;
    }
    fill_idle(table);
    fill_gate(table, spans);
    return 0;
}
