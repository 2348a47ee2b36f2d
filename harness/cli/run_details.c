#include "harness/cli/run_details.h"

#include <glib.h>
#include <inttypes.h>

#include "harness/console/message.h"

static void say(const struct item_table *table, uint64_t index, uint32_t state, const char *path)
{
    const struct item_record *item = item_table_item(table, index);
    char reason[ITEM_REASON_BYTES];

    if (state == ITEM_FAILED)
        message_detail("%s: failed: %s", path, item_table_reason(table, index, reason));
    else if (item->start_ns) /* else an earlier run did it */
        message_detail("%s: %.3f s, %" PRIu64 " bytes, worker %" PRIu32, path,
                       (double)(item->end_ns - item->start_ns) / 1e9, item->bytes_out, item->worker);
}

void run_details_say(struct run_details *details, const struct item_table *table, const struct batch *batch)
{
    if (!message_verbose)
        return;
    if (!details->said)
        details->said = g_new0(bool, table->items + 1);
    for (uint64_t i = 0; i < table->items; i++) {
        /* Acquire: pairs with the release of the worker, whose times and reason are then there. */
        uint32_t state = atomic_load_explicit(&item_table_item(table, i)->state, memory_order_acquire);
        if (state < ITEM_DONE || details->said[i])
            continue;
        say(table, i, state, batch->paths[i]);
        details->said[i] = true;
    }
}

void run_details_release(struct run_details *details)
{
    g_free(details->said);
    details->said = NULL;
}
