#include "pipeline/images/output/summary.h"

#include <inttypes.h>
#include <string.h>

#include "pipeline/base/version.h"
#include "pipeline/images/input/sniff.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/whole_file.h"

/* --- SUMMARY.json ----------------------------------------------------------------------------- */

/* {"name": count, ...} of the counts that are not zero, or all of them. */
static void put_counts(FILE *file, const char *key, const uint64_t *counts, int count,
                       const char *(*name)(int number), bool all)
{
    const char *between = "";

    fprintf(file, " \"%s\": {", key);
    for (int i = 0; i < count; i++)
        if (counts[i] || all) {
            fprintf(file, "%s\"%s\": %" PRIu64, between, name(i), counts[i]);
            between = ", ";
        }
    fputc('}', file);
}

static const char *kind_name(int kind)
{
    return sniff_name((enum image_kind)kind);
}

static const char *left_name(int why)
{
    return left_out_name((enum left_out)why);
}

static void put_renditions(FILE *file, const struct recipe *recipe, const struct run_outcome *outcome)
{
    fputs(" \"renditions\": [", file);
    for (int i = 0; i < recipe->rendition_count; i++) {
        fprintf(file, "%s\n  {\"name\": ", i ? "," : "");
        whole_file_put_json(file, recipe->renditions[i].name);
        fprintf(file, ", \"type\": \"%s\", \"files\": %" PRIu64 ", \"bytes\": %" PRIu64 "}",
                formats[recipe->renditions[i].format].media_type, outcome->rendition_files[i],
                outcome->rendition_bytes[i]);
    }
    fputs("],\n", file);
}

int summary_write(const struct recipe *recipe, const struct batch *batch, const char *batch_hex,
                  const struct run_outcome *outcome, const char *out, struct fault *fault)
{
    struct whole_file whole;
    FILE *file;

    if (whole_file_begin(&whole, out, "SUMMARY.json", fault))
        return -1;
    file = whole.file;
    fprintf(file,
            "{\"format\": \"knee-summary 1\",\n \"knee_version\": \"%s\",\n \"recipe_sha256\": \"%s\",\n",
            knee_version, recipe->sha256);
    fprintf(file, " \"batch\": {\"items\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"sha256\": \"%s\"},\n",
            batch->count, batch->total_bytes, batch_hex);
    put_counts(file, "left_out", batch->left_counts, LEFT_COUNT, left_name, true);
    fprintf(file, ",\n \"items\": {\"done\": %" PRIu64 ", \"failed\": %" PRIu64 "},\n", outcome->done,
            outcome->failed);
    put_counts(file, "failed_stages", outcome->failed_stages, STAGE_COUNT, image_stage_name, false);
    fputs(",\n", file);
    put_counts(file, "kinds", outcome->kinds, KIND_COUNT, kind_name, false);
    fputs(",\n", file);
    put_counts(file, "notes", outcome->notes, NOTE_COUNT, note_name, true);
    fputs(",\n", file);
    put_renditions(file, recipe, outcome);
    fprintf(file,
            " \"outputs\": {\"files\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"manifest_sha256\": \"%s\"}}\n",
            outcome->outputs, outcome->bytes_out, outcome->manifest_sha256);
    return whole_file_end(&whole, fault);
}

/* --- NOTES.tsv -------------------------------------------------------------------------------- */

const char summary_notes_heading[] = "path\tnote\tmeaning\n";

static void put_row(FILE *file, const char *prefix, const char *path, const char *name, const char *text)
{
    fputs(prefix, file);
    whole_file_put_field(file, path, '\t');
    fprintf(file, "%s\t%s\n", name, text);
}

static void put_item(FILE *file, const char *prefix, const struct item_table *table,
                     const struct batch *batch, uint64_t index)
{
    const struct image_result *result = item_table_item_payload(table, index);

    /* Acquire: pairs with the release in worker_do_item. */
    if (atomic_load_explicit(&item_table_item(table, index)->state, memory_order_acquire) != ITEM_DONE)
        return;
    for (int note = 0; note < NOTE_COUNT; note++)
        if (notes_have(&result->notes, (enum note)note))
            put_row(file, prefix, batch->paths[index], note_name(note), note_text(note));
}

void summary_put_notes(FILE *file, const char *prefix, const struct item_table *table,
                       const struct batch *batch)
{
    uint64_t item = 0, left = 0;

    while (item < batch->count || left < batch->left_count) {
        if (left == batch->left_count ||
            (item < batch->count && strcmp(batch->paths[item], batch->left[left].path) < 0)) {
            put_item(file, prefix, table, batch, item++);
        } else {
            const struct batch_left *l = &batch->left[left++];
            put_row(file, prefix, l->path, left_out_name(l->why), left_out_text(l->why));
        }
    }
}

static bool is_noted(const struct run_outcome *outcome)
{
    for (int note = 0; note < NOTE_COUNT; note++)
        if (outcome->notes[note])
            return true;
    return false;
}

int summary_write_notes(const struct item_table *table, const struct batch *batch,
                        const struct run_outcome *outcome, const char *out, struct fault *fault)
{
    struct whole_file whole;

    if (!batch->left_count && !is_noted(outcome))
        return whole_file_remove(out, "NOTES.tsv", fault);
    if (whole_file_begin(&whole, out, "NOTES.tsv", fault))
        return -1;
    fputs(summary_notes_heading, whole.file);
    summary_put_notes(whole.file, "", table, batch);
    return whole_file_end(&whole, fault);
}

/* --- for people ------------------------------------------------------------------------------- */

char *summary_notes(const struct run_outcome *outcome, char *text, size_t bytes)
{
    size_t used = 0;

    *text = '\0';
    for (int note = 0; note < NOTE_COUNT && used < bytes; note++)
        if (outcome->notes[note])
            used += (size_t)snprintf(text + used, bytes - used, "%s%" PRIu64 " %s", used ? ", " : "",
                                     outcome->notes[note], note_name(note));
    return text;
}
