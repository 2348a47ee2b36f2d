#include "pipeline/images/output/run_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "pipeline/base/one_line.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/summary.h"

void run_print_start(const struct item_table *table)
{
    double sum_ms = 0, most_ms = 0, init_ms = 0;
    int count = 0;

    for (uint32_t i = 0; i < table->workers && !table->header->serial; i++) {
        const struct worker_record *worker = item_table_worker(table, i);
        double ms = ((double)worker->init_end_ns - (double)worker->fork_ns) / 1e6;
        if (!worker->fork_ns || worker->init_end_ns < worker->fork_ns)
            continue; /* it died before it was ready */
        sum_ms += ms;
        most_ms = ms > most_ms ? ms : most_ms;
        init_ms += (double)(worker->init_end_ns - worker->init_begin_ns) / 1e6;
        count++;
    }
    if (count)
        printf("workers ready %.1f ms after fork (mean of %d; longest %.1f), %.1f of it their initializer\n",
               sum_ms / count, count, most_ms, init_ms / count);
}

void run_print_stages(const struct item_table *table)
{
    double sums[ITEM_STAGES] = {0}, total = 0, count = 0;

    for (uint64_t i = 0; i < table->items; i++) {
        const struct item_record *record = item_table_item(table, i);
        if (atomic_load_explicit(&record->state, memory_order_acquire) != ITEM_DONE || !record->start_ns)
            continue;
        for (int stage = 1; stage < ITEM_STAGES; stage++)
            sums[stage] += (double)record->stage_ns[stage];
        total += (double)(record->end_ns - record->start_ns);
        count++;
    }
    if (count <= 0)
        return;
    puts("stage      ms/item   share");
    for (int stage = 1; stage < ITEM_STAGES; stage++) {
        printf("%-10s %7.2f  %5.1f%%\n", image_stage_name(stage), sums[stage] / count / 1e6,
               100 * sums[stage] / total);
    }
    for (int stage = 1; stage < ITEM_STAGES; stage++)
        sums[0] += sums[stage];
    printf("%-10s %7.2f  %5.1f%%\n", "other", (total - sums[0]) / count / 1e6,
           100 * (total - sums[0]) / total);
    printf("%-10s %7.2f  100.0%%\n", "all", total / count / 1e6);
}

void run_print_summary(const struct item_table *table, const struct batch *batch, const char *out,
                       const struct run_outcome *outcome)
{
    double wall_s = (double)(table->header->end_ns - table->header->start_ns) / 1e9;
    double items = (double)(batch->count - outcome->earlier),
           megabytes = (double)(batch->total_bytes - outcome->earlier_bytes_in) / 1e6;
    char earlier[64] = "", left[512], notes[512];

    if (batch->left_count)
        printf("left out: %s\n", batch_left_list(batch, left, sizeof left));
    if (*summary_notes(outcome, notes, sizeof notes))
        one_line_print("notes: %s: see %s/NOTES.tsv", notes, out);
    if (outcome->earlier == batch->count) {
        if (outcome->failed)
            snprintf(earlier, sizeof earlier, ", %" PRIu64 " failed", outcome->failed);
        one_line_print("nothing to do: %" PRIu64 " items were finished before, %" PRIu64 " done%s: %" PRIu64
                       " outputs, %.1f MB, manifest %s/MANIFEST.sha256",
                       batch->count, outcome->done, earlier, outcome->outputs,
                       (double)outcome->bytes_out / 1e6, out);
        return;
    }
    if (outcome->earlier)
        snprintf(earlier, sizeof earlier, " (%" PRIu64 " finished before)", outcome->earlier);
    one_line_print("%" PRIu64 " of %" PRIu64 " items done%s in %.2f s (%.1f items/s, %.1f MB/s in): %" PRIu64
                   " outputs, %.1f MB, manifest %s/MANIFEST.sha256",
                   outcome->done, batch->count, earlier, wall_s, items / wall_s, megabytes / wall_s,
                   outcome->outputs, (double)outcome->bytes_out / 1e6, out);
}
