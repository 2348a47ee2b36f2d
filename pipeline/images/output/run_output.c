#include "pipeline/images/output/run_output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "pipeline/images/output/failed_list.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/manifest.h"
#include "pipeline/images/output/output_order.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/output/summary.h"
#include "pipeline/images/recipe/output_name.h"

/* --- before ---------------------------------------------------------------------------------- */

static int make_folder(const char *out, struct fault *fault)
{
    char *target = g_file_test(out, G_FILE_TEST_EXISTS) ? NULL : g_file_read_link(out, NULL);
    struct stat status;

    if (target) {
        fault_set(
            fault,
            "output folder %s: it is a link to %s, which is not there: make that folder or remove the link",
            out, target);
        g_free(target);
        return -1;
    }
    if (g_mkdir_with_parents(out, 0777))
        return fault_set(fault, "output folder %s: %s: give a folder that can be written", out,
                         strerror(errno));
    if (stat(out, &status) || !S_ISDIR(status.st_mode))
        return fault_set(fault, "output folder %s: is not a folder: give another", out);
    if (access(out, W_OK | X_OK))
        return fault_set(fault, "output folder %s: %s: give a folder that can be written", out,
                         strerror(errno));
    return 0;
}

/* Is the folder `inner` the folder `outer` or below it, by any spelling? */
static bool is_within(const char *inner, const struct stat *outer)
{
    int fd = open(inner, O_RDONLY | O_DIRECTORY | O_CLOEXEC), above;
    struct stat here = {0}, last;
    bool within = false;

    while (fd >= 0) {
        last = here;
        if (fstat(fd, &here) || (here.st_dev == last.st_dev && here.st_ino == last.st_ino))
            break; /* the root is above itself */
        within = here.st_dev == outer->st_dev && here.st_ino == outer->st_ino;
        if (within)
            break;
        above = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(fd);
        fd = above;
    }
    if (fd >= 0)
        close(fd);
    return within;
}

/* Outputs must not land among the inputs. */
static int check_renditions(const char *out, const char *in, const struct recipe *recipe, struct fault *fault)
{
    for (int i = 0; i < recipe->rendition_count; i++) {
        char path[4096], top[RECIPE_NAME_BYTES];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", out, output_name_top_folder(recipe->renditions[i].output, top));
        if (stat(path, &status) == 0 && is_within(in, &status))
            return fault_set(fault,
                             "output folder %s: its rendition '%s' would be written among the inputs in %s: "
                             "give another output folder",
                             out, recipe->renditions[i].name, in);
    }
    return 0;
}

int run_output_make(const char *out, const char *in, const struct recipe *recipe, struct fault *fault)
{
    return make_folder(out, fault) || check_renditions(out, in, recipe, fault) ? -1 : 0;
}

/* Temporary files lie in the output folder itself and in the top folders of the renditions. */
static void clean(const struct recipe *recipe, const char *out)
{
    store_clean(out, true);
    for (int i = 0; i < recipe->rendition_count; i++) {
        char path[4096], top[RECIPE_NAME_BYTES];
        output_name_top_folder(recipe->renditions[i].output, top);
        if ((size_t)snprintf(path, sizeof path, "%s/%s", out, top) < sizeof path)
            store_clean(path, true);
    }
}

int run_output_begin(const char *out, const struct recipe *recipe, bool durable, struct fault *fault)
{
    static const char *const files[] = {"MANIFEST.sha256", "RENDITIONS.json", "RENDITIONS.csv",
                                        "SUMMARY.json"};
    static const char *const lists[] = {"FAILED.tsv",
                                        "NOTES.tsv"}; /* stay until the end writes or removes them */

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (whole_file_check(out, lists[i], fault))
            return -1;
    clean(recipe, out);
    /* From here on outputs may change, and what an earlier run said of them would be wrong. */
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (whole_file_remove(out, files[i], fault))
            return -1;
    for (int i = 0; i < recipe->rendition_count; i++) {
        char top[RECIPE_NAME_BYTES];
        if (store_make_folder(out, output_name_top_folder(recipe->renditions[i].output, top), fault))
            return -1;
    }
    return durable ? store_sync_folder(out, fault) : 0;
}

/* --- the end ---------------------------------------------------------------------------------- */

void run_output_clean(const struct recipe *recipe, const char *out)
{
    clean(recipe, out);
    if (store_is_shared())
        return; /* another run may be about to write there */
    for (int i = 0; i < recipe->rendition_count; i++) {
        char path[4096], top[RECIPE_NAME_BYTES];
        output_name_top_folder(recipe->renditions[i].output, top);
        if ((size_t)snprintf(path, sizeof path, "%s/%s", out, top) < sizeof path)
            rmdir(path); /* refused unless it is empty, and for the output folder; a link is not removed */
    }
}

/* The data from which the manifest is written. */
struct outputs {
    const struct item_table *table;
    const struct recipe *recipe;
    const struct batch *batch;
    const struct run_close *close;
    struct run_outcome *outcome;
    struct output_order order;
    struct manifest_writer writer;
    struct rendition_list list;
};

static bool is_done(const struct item_table *table, uint64_t index)
{
    /* Acquire: pairs with the release in worker_do_item. */
    return atomic_load_explicit(&item_table_item(table, index)->state, memory_order_acquire) == ITEM_DONE;
}

/* Line by line: the lines of a million items together need too much memory. Returns 0, or -1 with errno. */
static int put_outputs(struct outputs *outputs)
{
    const char *path;
    uint64_t index;
    int rendition;

    while (output_order_next(&outputs->order, &path, &index, &rendition)) {
        const struct image_result *result = item_table_item_payload(outputs->table, index);
        if (!is_done(outputs->table, index) || rendition >= result->renditions ||
            !image_output_is_made(&result->outputs[rendition]))
            continue;
        if (manifest_put(&outputs->writer, path, result->outputs[rendition].sha256))
            return -1;
        rendition_list_put(&outputs->list, path, outputs->batch->paths[index],
                           &outputs->recipe->renditions[rendition], &result->outputs[rendition]);
        outputs->outcome->outputs++;
        outputs->outcome->rendition_files[rendition]++;
        outputs->outcome->rendition_bytes[rendition] += result->outputs[rendition].bytes;
    }
    return 0;
}

static int write_manifest(struct outputs *outputs, struct fault *fault)
{
    char comment[1100];

    snprintf(comment, sizeof comment, "made with %s", outputs->close->libraries);
    if (manifest_begin(&outputs->writer, outputs->close->out, comment, fault))
        return -1;
    if (rendition_list_begin(&outputs->list, outputs->close->out, outputs->close->list, fault)) {
        manifest_abandon(&outputs->writer);
        return -1;
    }
    if (put_outputs(outputs)) {
        manifest_abandon(&outputs->writer);
        rendition_list_abandon(&outputs->list);
        return fault_sys(fault, "writing %s: %s: free space there or give another output folder",
                         outputs->writer.whole.final, strerror(errno));
    }
    if (manifest_end(&outputs->writer, outputs->outcome->manifest_sha256, fault)) {
        rendition_list_abandon(&outputs->list);
        return -1;
    }
    return rendition_list_end(&outputs->list, fault);
}

static void count_done(const struct item_record *record, const struct image_result *result,
                       struct run_outcome *outcome)
{
    outcome->done++;
    outcome->bytes_out += record->bytes_out;
    if (record->kind < KIND_COUNT)
        outcome->kinds[record->kind]++;
    for (int note = 0; note < NOTE_COUNT; note++)
        outcome->notes[note] += notes_have(&result->notes, (enum note)note);
}

uint64_t run_output_count(const struct item_table *table, struct run_outcome *outcome)
{
    for (uint64_t i = 0; i < table->items; i++) {
        const struct item_record *record = item_table_item(table, i);
        if (!record->start_ns) { /* finished by an earlier run */
            outcome->earlier++;
            outcome->earlier_bytes_in += record->bytes_in;
        }
        if (is_done(table, i)) {
            count_done(record, item_table_item_payload(table, i), outcome);
        } else {
            outcome->failed++;
            outcome->failed_stages[record->stage < STAGE_COUNT ? record->stage : STAGE_NONE]++;
        }
    }
    return outcome->failed;
}

void run_output_put_failed(const struct item_table *table, const struct batch *batch,
                           struct failed_writer *writer, const char *prefix)
{
    for (uint64_t i = 0; i < batch->count; i++) {
        const struct item_record *record = item_table_item(table, i);
        char reason[ITEM_REASON_BYTES];
        if (is_done(table, i))
            continue;
        fputs(prefix, writer->whole.file);
        failed_list_put(writer, &(struct failed_item){.path = batch->paths[i],
                                                      .stage = image_stage_name(record->stage),
                                                      .reason = item_table_reason(table, i, reason),
                                                      .attempt = record->attempt});
    }
}

static int write_failures(const struct outputs *outputs, uint64_t count, const char *out, struct fault *fault)
{
    struct failed_writer writer;

    if (!count)
        return failed_list_remove(out, fault);
    if (failed_list_begin(&writer, out, fault))
        return -1;
    run_output_put_failed(outputs->table, outputs->batch, &writer, "");
    return failed_list_end(&writer, fault);
}

int run_output_close(const struct item_table *table, const struct recipe *recipe, const struct batch *batch,
                     const struct run_close *close, struct run_outcome *outcome, struct fault *fault)
{
    struct outputs outputs = {
        .table = table, .recipe = recipe, .batch = batch, .close = close, .outcome = outcome};
    const char *out = close->out;
    char batch_hex[65];
    int failed;

    batch_sha256(batch, batch_hex);
    *outcome = (struct run_outcome){0};
    if (output_order_begin(&outputs.order, recipe, batch, fault))
        return -1;
    failed = write_failures(&outputs, run_output_count(table, outcome), out, fault) ||
             summary_write_notes(table, batch, outcome, out, fault) || write_manifest(&outputs, fault) ||
             summary_write(recipe, batch, batch_hex, outcome, out, fault) ||
             (close->durable && store_sync_folder(out, fault));
    if (!failed)
        memcpy(table->header->result, outcome->manifest_sha256, sizeof outcome->manifest_sha256);
    output_order_release(&outputs.order);
    return failed ? -1 : 0;
}
