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

#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/manifest.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/output/summary.h"

/* --- before ---------------------------------------------------------------------------------- */

static int make_folder(const char *out, struct fault *fault)
{
    struct stat status;

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

/* Is the folder that the first `length` bytes of path name an output of some item? Returns the item. */
static const char *item_in_the_way(const struct batch *batch, const struct recipe *recipe, const char *path,
                                   size_t length)
{
    char name[4096];

    for (int i = 0; i < recipe->rendition_count && length < sizeof name; i++) {
        const char *extension = formats[recipe->renditions[i].format].extension;
        size_t ending = strlen(extension) + 1;
        uint64_t index;
        if (length <= ending || path[length - ending] != '.' ||
            strncmp(path + length - ending + 1, extension, ending - 1) != 0)
            continue;
        memcpy(name, path, length - ending);
        name[length - ending] = '\0';
        if (batch_find(batch, name, &index))
            return batch->paths[index];
    }
    return NULL;
}

int run_output_check_names(const struct batch *batch, const struct recipe *recipe, struct fault *fault)
{
    for (uint64_t i = 0; i < batch->count; i++)
        for (const char *slash = strchr(batch->paths[i], '/'); slash; slash = strchr(slash + 1, '/')) {
            const char *other =
                item_in_the_way(batch, recipe, batch->paths[i], (size_t)(slash - batch->paths[i]));
            if (other)
                return fault_set(fault,
                                 "batch %s: the output of %.150s would have the name of the folder of "
                                 "%.150s: rename one of them",
                                 batch->root, other, batch->paths[i]);
        }
    return 0;
}

/* Outputs must not land among the inputs. */
static int check_renditions(const char *out, const char *in, const struct recipe *recipe, struct fault *fault)
{
    for (int i = 0; i < recipe->rendition_count; i++) {
        char path[4096];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", out, recipe->renditions[i].name);
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

/* Temporary files lie in the output folder itself and in the renditions' folders. */
static void clean(const struct recipe *recipe, const char *out)
{
    store_clean(out, true);
    for (int i = 0; i < recipe->rendition_count; i++) {
        char path[4096];
        if ((size_t)snprintf(path, sizeof path, "%s/%s", out, recipe->renditions[i].name) < sizeof path)
            store_clean(path, true);
    }
}

int run_output_begin(const char *out, const struct recipe *recipe, bool durable, struct fault *fault)
{
    static const char *const files[] = {"MANIFEST.sha256", "RENDITIONS.json", "RENDITIONS.csv",
                                        "SUMMARY.json"};

    clean(recipe, out);
    /* From here on outputs may change, and what an earlier run said of them would be wrong. */
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (whole_file_remove(out, files[i], fault))
            return -1;
    for (int i = 0; i < recipe->rendition_count; i++)
        if (store_make_folder(out, recipe->renditions[i].name, fault))
            return -1;
    return durable ? store_sync_folder(out, fault) : 0;
}

/* --- the end ---------------------------------------------------------------------------------- */

void run_output_clean(const struct recipe *recipe, const char *out)
{
    clean(recipe, out);
    for (int i = 0; i < recipe->rendition_count; i++) {
        char path[4096];
        if ((size_t)snprintf(path, sizeof path, "%s/%s", out, recipe->renditions[i].name) < sizeof path)
            rmdir(path); /* refused unless it is empty; a link is not removed */
    }
}

/* The data from which the manifest is written. */
struct outputs {
    const struct item_table *table;
    const struct recipe *recipe;
    const struct batch *batch;
    uint64_t *order; /* of the items' paths with an ending; owned */
    char ending[16];
    const struct run_close *close;
    struct run_outcome *outcome;
    struct rendition_list list;
};

/* Bytewise comparison of the paths with the ending appended: "a" comes after "a b" when the ending is
 * ".jpg". */
static int by_output_path(const void *a, const void *b, void *context)
{
    const struct outputs *outputs = context;
    const char *x = outputs->batch->paths[*(const uint64_t *)a],
               *y = outputs->batch->paths[*(const uint64_t *)b];
    bool x_ended = false, y_ended = false;

    for (;; x++, y++) {
        if (!*x && !x_ended) {
            x = outputs->ending;
            x_ended = true;
        }
        if (!*y && !y_ended) {
            y = outputs->ending;
            y_ended = true;
        }
        if (*x != *y || !*x)
            return (unsigned char)*x - (unsigned char)*y;
    }
}

/* Paths are sorted without their ending, and nearly always with it too: sorting a million needlessly takes
 * a second. */
static void sort_outputs(struct outputs *outputs)
{
    uint64_t count = outputs->batch->count, i = 1;

    for (uint64_t n = 0; n < count; n++)
        outputs->order[n] = n;
    while (i < count && by_output_path(&outputs->order[i - 1], &outputs->order[i], outputs) <= 0)
        i++;
    if (i < count)
        qsort_r(outputs->order, count, sizeof *outputs->order, by_output_path, outputs);
}

/* The rendition whose folder comes next after `last` (NULL: the first); -1 none. */
static int next_rendition(const struct recipe *recipe, const char *last)
{
    char folder[80], best_folder[80] = "";
    int best = -1;

    for (int i = 0; i < recipe->rendition_count; i++) {
        snprintf(folder, sizeof folder, "%s/", recipe->renditions[i].name);
        if ((!last || strcmp(folder, last) > 0) && (best < 0 || strcmp(folder, best_folder) < 0)) {
            best = i;
            snprintf(best_folder, sizeof best_folder, "%s", folder);
        }
    }
    return best;
}

static bool is_done(const struct item_table *table, uint64_t index)
{
    /* Acquire: pairs with the release in worker_do_item. */
    return atomic_load_explicit(&item_table_item(table, index)->state, memory_order_acquire) == ITEM_DONE;
}

static int put_rendition(struct manifest_writer *writer, struct outputs *outputs, int rendition)
{
    char path[4096];

    snprintf(outputs->ending, sizeof outputs->ending, ".%s",
             formats[outputs->recipe->renditions[rendition].format].extension);
    sort_outputs(outputs);
    for (uint64_t n = 0; n < outputs->batch->count; n++) {
        uint64_t index = outputs->order[n];
        const struct image_result *result = item_table_item_payload(outputs->table, index);
        if (!is_done(outputs->table, index) || rendition >= result->renditions)
            continue;
        image_output_path(outputs->recipe, rendition, outputs->batch->paths[index], path, sizeof path);
        if (manifest_put(writer, path, result->outputs[rendition].sha256))
            return -1;
        rendition_list_put(&outputs->list, path, outputs->batch->paths[index],
                           &outputs->recipe->renditions[rendition], &result->outputs[rendition]);
        outputs->outcome->outputs++;
        outputs->outcome->rendition_files[rendition]++;
        outputs->outcome->rendition_bytes[rendition] += result->outputs[rendition].bytes;
    }
    return 0;
}

/* Line by line: the lines of a million items together need too much memory. */
static int write_manifest(struct outputs *outputs, struct fault *fault)
{
    struct manifest_writer writer;
    char folder[80], comment[1100];

    snprintf(comment, sizeof comment, "made with %s", outputs->close->libraries);
    if (manifest_begin(&writer, outputs->close->out, comment, fault))
        return -1;
    if (rendition_list_begin(&outputs->list, outputs->close->out, outputs->close->list, fault)) {
        manifest_abandon(&writer);
        return -1;
    }
    for (int r = next_rendition(outputs->recipe, NULL); r >= 0; r = next_rendition(outputs->recipe, folder)) {
        snprintf(folder, sizeof folder, "%s/", outputs->recipe->renditions[r].name);
        if (put_rendition(&writer, outputs, r)) {
            manifest_abandon(&writer);
            rendition_list_abandon(&outputs->list);
            return fault_sys(fault, "writing %s: %s: free space there or give another output folder",
                             writer.whole.final, strerror(errno));
        }
    }
    if (manifest_end(&writer, outputs->outcome->manifest_sha256, fault)) {
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

static uint64_t count_items(const struct item_table *table, struct run_outcome *outcome)
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

static int write_failures(const struct outputs *outputs, uint64_t count, const char *out, struct fault *fault)
{
    struct failed_item *failures = calloc(count ? count : 1, sizeof *failures);
    uint64_t filled = 0;
    int failed;

    if (!failures)
        return fault_sys(fault, "output folder %s: no memory for its list of failures", out);
    for (uint64_t i = 0; i < outputs->batch->count && filled < count; i++) {
        const struct item_record *record = item_table_item(outputs->table, i);
        struct image_result *result = item_table_item_payload(outputs->table, i);
        if (!is_done(outputs->table, i)) {
            result->reason[sizeof result->reason - 1] = '\0'; /* its worker may not have terminated it */
            failures[filled++] = (struct failed_item){.path = outputs->batch->paths[i],
                                                      .stage = image_stage_name(record->stage),
                                                      .reason = result->reason,
                                                      .attempt = record->attempt};
        }
    }
    failed = failed_write(failures, filled, out, fault);
    free(failures);
    return failed;
}

int run_output_close(const struct item_table *table, const struct recipe *recipe, const struct batch *batch,
                     const struct run_close *close, struct run_outcome *outcome, struct fault *fault)
{
    struct outputs outputs = {.table = table,
                              .recipe = recipe,
                              .batch = batch,
                              .close = close,
                              .outcome = outcome,
                              .order = malloc((batch->count ? batch->count : 1) * sizeof *outputs.order)};
    const char *out = close->out;
    int failed;

    *outcome = (struct run_outcome){0};
    if (!outputs.order)
        return fault_sys(fault, "output folder %s: no memory for its manifest", out);
    failed = write_failures(&outputs, count_items(table, outcome), out, fault) ||
             summary_write_notes(table, batch, outcome, out, fault) || write_manifest(&outputs, fault) ||
             summary_write(recipe, batch, outcome, out, fault) ||
             (close->durable && store_sync_folder(out, fault));
    if (!failed)
        memcpy(table->header->result, outcome->manifest_sha256, sizeof outcome->manifest_sha256);
    free(outputs.order);
    return failed ? -1 : 0;
}
