#include "run_output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "pipeline/image_workload.h"
#include "pipeline/manifest.h"
#include "pipeline/store.h"

/* --- whose folder ----------------------------------------------------------------------------- */

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

static int check_owner(GKeyFile *owner, const char *key, const char *wanted, const char *what,
                       const char *out, struct fault *fault)
{
    gchar *found = g_key_file_get_string(owner, "run", key, NULL);
    int differs = !found || strcmp(found, wanted) != 0;

    g_free(found);
    return differs
               ? fault_set(
                     fault,
                     "output folder %s holds the outputs of another %s: give another folder, or --restart",
                     out, what)
               : 0;
}

static int write_owner(const char *path, const char *recipe_sha256, const char *batch_sha256,
                       struct fault *fault)
{
    GKeyFile *owner = g_key_file_new();
    GError *error = NULL;
    int failed = 0;

    g_key_file_set_comment(owner, NULL, NULL, " what the outputs in this folder were made of", NULL);
    g_key_file_set_string(owner, "run", "recipe_sha256", recipe_sha256);
    g_key_file_set_string(owner, "run", "batch_sha256", batch_sha256);
    if (!g_key_file_save_to_file(owner, path, &error)) {
        failed = fault_set(fault, "writing %s: %s", path, error->message);
        g_error_free(error);
    }
    g_key_file_free(owner);
    return failed;
}

/* Within the output folder whatever the manifest says? */
static bool stays_inside(const char *path)
{
    return path[0] != '/' && strcmp(path, "..") != 0 && strncmp(path, "../", 3) != 0 &&
           !strstr(path, "/../") && !(strlen(path) >= 3 && strcmp(path + strlen(path) - 3, "/..") == 0);
}

/* The outputs of the run before, by its manifest: they would stay beside ours and be taken for them. */
static void remove_outputs(const char *out)
{
    struct manifest manifest;

    if (manifest_read(&manifest, out, NULL))
        return;
    for (uint64_t i = 0; i < manifest.count; i++)
        if (stays_inside(manifest.lines[i].path))
            store_remove(out, manifest.lines[i].path, NULL);
    manifest_release(&manifest);
}

int run_output_open(const char *out, const char *recipe_sha256, const char *batch_sha256, bool restart,
                    struct fault *fault)
{
    char path[4096], manifest[4096];
    GKeyFile *owner;
    int failed = 0;
    bool owned;

    if (make_folder(out, fault))
        return -1;
    snprintf(path, sizeof path, "%s/.knee-run", out);
    owner = g_key_file_new();
    owned = g_key_file_load_from_file(owner, path, G_KEY_FILE_NONE, NULL);
    if (owned && !restart)
        failed = check_owner(owner, "recipe_sha256", recipe_sha256, "recipe", out, fault) ||
                 check_owner(owner, "batch_sha256", batch_sha256, "batch", out, fault);
    g_key_file_free(owner);
    if (failed)
        return -1;
    if (owned && restart) /* never by a manifest that is not ours */
        remove_outputs(out);
    store_clean(out);
    /* From here on the folder is being worked on: an old manifest would speak of files that may change. */
    snprintf(manifest, sizeof manifest, "%s/MANIFEST.sha256", out);
    if (unlink(manifest) && errno != ENOENT)
        return fault_set(fault, "removing the old %s: %s", manifest, strerror(errno));
    return write_owner(path, recipe_sha256, batch_sha256, fault);
}

/* --- the end ---------------------------------------------------------------------------------- */

static int add_outputs(struct manifest *manifest, const struct item_table *table, const struct recipe *recipe,
                       const char *item_path, uint64_t index, struct run_outcome *outcome)
{
    const struct image_result *result = item_table_item_payload(table, index);

    for (int i = 0; i < result->renditions; i++) {
        char path[4096];
        image_output_path(recipe, i, item_path, path, sizeof path);
        if (manifest_add(manifest, path, result->sha256[i]))
            return -1;
        outcome->outputs++;
    }
    outcome->bytes_out += item_table_item(table, index)->bytes_out;
    return 0;
}

void run_output_clean(const struct item_table *table, const char *out)
{
    for (uint32_t i = 0; i < table->header->workers; i++)
        if (item_table_worker(table, i)->processes > 1 ||
            atomic_load_explicit(&item_table_worker(table, i)->state, memory_order_relaxed) == WORKER_DEAD) {
            store_clean(out);
            return;
        }
}

/* Fills manifest and failures; both are released by the caller. */
static int collect(const struct item_table *table, const struct recipe *recipe, const struct batch *batch,
                   struct manifest *manifest, struct failed_item *failures, struct run_outcome *outcome)
{
    for (uint64_t i = 0; i < batch->count; i++) {
        const struct item_record *record = item_table_item(table, i);
        if (atomic_load_explicit(&record->state, memory_order_acquire) == ITEM_DONE) {
            outcome->done++;
            if (add_outputs(manifest, table, recipe, batch->paths[i], i, outcome))
                return -1;
        } else {
            const struct image_result *result = item_table_item_payload(table, i);
            failures[outcome->failed++] = (struct failed_item){.path = batch->paths[i],
                                                               .stage = image_stage_name(record->stage),
                                                               .reason = result->reason,
                                                               .attempt = record->attempt};
        }
    }
    return 0;
}

int run_output_close(const struct item_table *table, const struct recipe *recipe, const struct batch *batch,
                     const char *out, struct run_outcome *outcome, struct fault *fault)
{
    struct manifest manifest = {0};
    struct failed_item *failures = calloc(batch->count, sizeof *failures);
    int failed = -1;

    *outcome = (struct run_outcome){0};
    if (!failures || collect(table, recipe, batch, &manifest, failures, outcome))
        fault_set(fault, "output folder %s: no memory for its manifest", out);
    else
        failed = failed_write(failures, outcome->failed, out, fault) ||
                 manifest_write(&manifest, out, outcome->manifest_sha256, fault);
    if (!failed)
        memcpy(table->header->result, outcome->manifest_sha256, sizeof outcome->manifest_sha256);
    manifest_release(&manifest);
    free(failures);
    return failed ? -1 : 0;
}

/* --- telling ---------------------------------------------------------------------------------- */

void run_output_print_stages(const struct item_table *table)
{
    double sums[ITEM_STAGES] = {0}, total = 0, count = 0;

    for (uint64_t i = 0; i < table->header->items; i++) {
        const struct item_record *record = item_table_item(table, i);
        if (atomic_load_explicit(&record->state, memory_order_acquire) != ITEM_DONE)
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

void run_output_print_summary(const struct item_table *table, const struct batch *batch, const char *out,
                              const struct run_outcome *outcome)
{
    double wall_s = (double)(table->header->end_ns - table->header->start_ns) / 1e9;

    printf("%" PRIu64 " of %" PRIu64 " items done in %.2f s (%.1f items/s, %.1f MB/s in): %" PRIu64
           " outputs, %.1f MB, manifest %s/MANIFEST.sha256\n",
           outcome->done, batch->count, wall_s, (double)outcome->done / wall_s,
           (double)batch->total_bytes / 1e6 / wall_s, outcome->outputs, (double)outcome->bytes_out / 1e6,
           out);
}
