#include "harness/trial/spans_write.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/worker_payload.h"

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

static void write_worker(FILE *file, const struct item_table *table, uint32_t slot)
{
    const struct worker_record *worker = item_table_worker(table, slot);
    const struct worker_payload *payload =
        table->worker_stride >= sizeof(struct worker_record) + sizeof(struct worker_payload)
            ? item_table_worker_payload(table, slot)
            : NULL;

    if (!worker->begin_ns || !worker->go_ns || !worker->loop_end_ns)
        return;
    fprintf(file,
            "{\"worker\":%" PRIu32
            ",\"phase\":\"life\",\"start\":%.9f,\"end\":%.9f,\"begin\":%.9f,\"go\":%.9f",
            slot, seconds(worker->fork_ns), seconds(worker->loop_end_ns), seconds(worker->begin_ns),
            seconds(worker->go_ns));
    if (payload && payload->runqueue_known)
        fprintf(file, ",\"queued\":%.9f", seconds(payload->runqueue_ns));
    fputs("}\n", file);
    if (worker->init_end_ns)
        fprintf(file, "{\"worker\":%" PRIu32 ",\"phase\":\"init\",\"start\":%.9f,\"end\":%.9f}\n", slot,
                seconds(worker->init_begin_ns), seconds(worker->init_end_ns));
}

/* A name as JSON; one that is no UTF-8 by its number. Caller frees. */
static char *quoted(const char *name, uint64_t index)
{
    char number[32];
    json_t *text = name ? json_string(name) : NULL;
    char *made;

    snprintf(number, sizeof number, "item-%06" PRIu64, index);
    if (!text)
        text = json_string(number);
    made = json_dumps(text, JSON_ENCODE_ANY);
    json_decref(text);
    return made;
}

static void write_item(FILE *file, const struct item_table *table, uint64_t index, const char *name)
{
    const struct item_record *item = item_table_item(table, index);
    char *text;

    if (!item->start_ns || !item->end_ns ||
        atomic_load_explicit(&item->state, memory_order_acquire) < ITEM_DONE)
        return;
    text = quoted(name, index);
    fprintf(file,
            "{\"worker\":%" PRIu32
            ",\"item\":%s,\"claim\":%.9f,\"start\":%.9f,\"end\":%.9f,\"bytes\":%" PRIu64 ",\"cpu\":%.9f",
            item->worker, text ? text : "\"?\"", seconds(item->claim_ns), seconds(item->start_ns),
            seconds(item->end_ns), item->bytes_in, seconds(item->cpu_ns));
    if (item->locked_ns && item->unlocked_ns)
        fprintf(file, ",\"locked\":%.9f,\"unlocked\":%.9f", seconds(item->locked_ns),
                seconds(item->unlocked_ns));
    fputs("}\n", file);
    free(text);
}

int spans_write(const struct item_table *table, const char *(*name)(void *context, uint64_t index),
                void *context, struct fault *fault)
{
    const char *path = getenv("KNEE_SPANS");
    FILE *file = path && *path ? fopen(path, "we") : NULL;

    if (!path || !*path)
        return 0;
    for (uint32_t w = 0; file && w < table->workers; w++)
        write_worker(file, table, w);
    for (uint64_t i = 0; file && i < table->items; i++)
        write_item(file, table, i, name ? name(context, i) : NULL);
    if (!file || fclose(file))
        return fault_sys(fault, "KNEE_SPANS=%.200s: it cannot be written (%s)", path, strerror(errno));
    return 0;
}
