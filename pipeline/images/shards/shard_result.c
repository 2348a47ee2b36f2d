#include "pipeline/images/shards/shard_result.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/base/line_log.h"
#include "pipeline/images/output/output_order.h"
#include "pipeline/images/output/summary.h"
#include "pipeline/images/output/whole_file.h"

const char *shard_marker(const char *out, uint64_t number, char *path, size_t bytes)
{
    char name[64];

    snprintf(name, sizeof name, "%" PRIu64 ".done", number);
    return shard_path(out, name, path, bytes);
}

bool shard_is_done(const char *out, uint64_t number)
{
    char path[4096];

    return access(shard_marker(out, number, path, sizeof path), F_OK) == 0;
}

/* --- the heading ------------------------------------------------------------------------------ */

static void put_counts(FILE *file, const char *key, const uint64_t *counts, int count)
{
    for (int i = 0; i < count; i++)
        if (counts[i])
            fprintf(file, "%s\t%d\t%" PRIu64 "\n", key, i, counts[i]);
}

static void put_heading(FILE *file, const struct shard_result *result)
{
    const struct run_outcome *outcome = &result->outcome;

    fputs("knee-shard 1\n", file);
    shard_plan_put(file, &result->plan);
    fprintf(file, "shard\t%" PRIu64 "\nhost\t%s\n", result->shard, result->host);
    fprintf(file, "start_ns\t%" PRIu64 "\nwork_ns\t%" PRIu64 "\nidle_ns\t%" PRIu64 "\nend_ns\t%" PRIu64 "\n",
            result->times.start_ns, result->times.work_ns, result->times.idle_ns, result->times.end_ns);
    fprintf(file, "libraries\t%s\n", result->libraries);
    fprintf(file, "list\t%d\ndone\t%" PRIu64 "\nfailed\t%" PRIu64 "\nbytes_out\t%" PRIu64 "\n",
            (int)result->list, outcome->done, outcome->failed, outcome->bytes_out);
    put_counts(file, "left", result->left_counts, LEFT_COUNT);
    put_counts(file, "stage", outcome->failed_stages, STAGE_COUNT);
    put_counts(file, "kind", outcome->kinds, KIND_COUNT);
    put_counts(file, "note", outcome->notes, NOTE_COUNT);
    for (int i = 0; i < result->recipe.rendition_count; i++) {
        const struct rendition *rendition = &result->recipe.renditions[i];
        char name[2 * sizeof rendition->name], pattern[2 * RECIPE_NAME_BYTES];
        line_field_escape(rendition->name, name);
        line_field_escape(rendition->output, pattern);
        fprintf(file, "rendition\t%s\t%d\t%s\t%" PRIu64 "\t%" PRIu64 "\n", name, (int)rendition->format,
                pattern, outcome->rendition_files[i], outcome->rendition_bytes[i]);
    }
}

/* --- rows ------------------------------------------------------------------------------------- */

static void put_output(FILE *file, const char *path, const char *source, int rendition,
                       const struct image_output *output)
{
    static const char digits[] = "0123456789abcdef";
    char escaped[2 * OUTPUT_PATH_BYTES], from[2 * OUTPUT_PATH_BYTES], hex[65];

    for (int i = 0; i < 32; i++) {
        hex[2 * i] = digits[output->sha256[i] >> 4];
        hex[2 * i + 1] = digits[output->sha256[i] & 15];
    }
    hex[64] = '\0';
    line_field_escape(path, escaped);
    line_field_escape(source, from);
    fprintf(file, "O\t%s\t%s\t%d\t%u\t%u\t%" PRIu32 "\t%s\n", escaped, from, rendition, output->width,
            output->height, output->bytes, hex);
}

static bool is_done(const struct item_table *table, uint64_t index)
{
    /* Acquire: pairs with the release in worker_do_item. */
    return atomic_load_explicit(&item_table_item(table, index)->state, memory_order_acquire) == ITEM_DONE;
}

static void put_outputs(FILE *file, struct output_order *order, const struct item_table *table)
{
    const char *path;
    uint64_t index;
    int rendition;

    while (output_order_next(order, &path, &index, &rendition)) {
        const struct image_result *image = item_table_item_payload(table, index);
        if (is_done(table, index) && rendition < image->renditions &&
            image_output_is_made(&image->outputs[rendition]))
            put_output(file, path, order->batch->paths[index], rendition, &image->outputs[rendition]);
    }
}

static void count_outputs(struct run_outcome *outcome, const struct item_table *table)
{
    for (uint64_t i = 0; i < table->items; i++) {
        const struct image_result *image = item_table_item_payload(table, i);
        for (int r = 0; is_done(table, i) && r < image->renditions; r++) {
            if (!image_output_is_made(&image->outputs[r]))
                continue;
            outcome->outputs++;
            outcome->rendition_files[r]++;
            outcome->rendition_bytes[r] += image->outputs[r].bytes;
        }
    }
}

/* An empty shard starts no worker. */
static struct shard_times times_of(const struct item_table_header *header)
{
    uint64_t now_ns = clock_now_ns(), epoch_ns = clock_epoch_ns() - now_ns;
    bool worked = header->pool_ns && header->pool_end_ns;

    return (struct shard_times){.start_ns = epoch_ns + header->start_ns,
                                .work_ns = epoch_ns + (worked ? header->pool_ns : now_ns),
                                .idle_ns = epoch_ns + (worked ? header->pool_end_ns : now_ns),
                                .end_ns = epoch_ns + now_ns};
}

int shard_result_write(const char *out, struct shard_result *result, const struct recipe *recipe,
                       const struct batch *batch, const struct item_table *table, struct fault *fault)
{
    char folder[4096], name[64];
    struct failed_writer failures = {0};
    struct output_order order;
    struct whole_file whole;

    result->outcome = (struct run_outcome){0};
    run_output_count(table, &result->outcome);
    count_outputs(&result->outcome, table);
    memcpy(result->left_counts, batch->left_counts, sizeof result->left_counts);
    result->recipe.rendition_count = recipe->rendition_count;
    memcpy(result->recipe.renditions, recipe->renditions, sizeof result->recipe.renditions);
    shard_host(result->host, sizeof result->host);
    result->times = times_of(table->header);
    snprintf(name, sizeof name, "%" PRIu64 ".done", result->shard);
    if (output_order_begin(&order, recipe, batch, fault))
        return -1;
    if (whole_file_begin(&whole, shard_path(out, "", folder, sizeof folder), name, fault)) {
        output_order_release(&order);
        return -1;
    }
    put_heading(whole.file, result);
    failures.whole.file = whole.file;
    run_output_put_failed(table, batch, &failures, "F\t");
    summary_put_notes(whole.file, "N\t", table, batch);
    put_outputs(whole.file, &order, table);
    fputs("end\n", whole.file);
    output_order_release(&order);
    return whole_file_end_first(&whole, fault);
}
