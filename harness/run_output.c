#include "run_output.h"

#include <errno.h>
#include <fcntl.h>
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

static int path_order(const void *key, const void *element)
{
    return strcmp(key, *(char *const *)element);
}

/* Is the folder that the first `length` bytes of path name an output of some item? Returns the item. */
static const char *item_in_the_way(const struct batch *batch, const struct recipe *recipe, const char *path,
                                   size_t length)
{
    char name[4096];

    for (int i = 0; i < recipe->rendition_count && length < sizeof name; i++) {
        const char *extension = recipe_extension(recipe->renditions[i].format);
        size_t ending = strlen(extension) + 1;
        char **found;
        if (length <= ending || path[length - ending] != '.' ||
            strncmp(path + length - ending + 1, extension, ending - 1) != 0)
            continue;
        memcpy(name, path, length - ending);
        name[length - ending] = '\0';
        found = bsearch(name, batch->paths, batch->count, sizeof *found, path_order);
        if (found)
            return *found;
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

int run_output_begin(const char *out, struct fault *fault)
{
    char manifest[4096];

    store_clean(out);
    /* From here on the folder is being worked on: an old manifest would speak of files that may change. */
    snprintf(manifest, sizeof manifest, "%s/MANIFEST.sha256", out);
    if (unlink(manifest) && errno != ENOENT)
        return fault_set(fault, "removing the old %s: %s", manifest, strerror(errno));
    return 0;
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
        if (!record->start_ns) { /* nobody worked on it in this run */
            outcome->earlier++;
            outcome->earlier_bytes_in += record->bytes_in;
        }
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
                     const char *out, bool durable, struct run_outcome *outcome, struct fault *fault)
{
    struct manifest manifest = {0};
    struct failed_item *failures = calloc(batch->count, sizeof *failures);
    int failed = -1;

    *outcome = (struct run_outcome){0};
    if (!failures || collect(table, recipe, batch, &manifest, failures, outcome))
        fault_set(fault, "output folder %s: no memory for its manifest", out);
    else
        failed = failed_write(failures, outcome->failed, out, fault) ||
                 manifest_write(&manifest, out, outcome->manifest_sha256, fault) ||
                 (durable && store_sync_folder(out, fault));
    if (!failed)
        memcpy(table->header->result, outcome->manifest_sha256, sizeof outcome->manifest_sha256);
    manifest_release(&manifest);
    free(failures);
    return failed ? -1 : 0;
}

/* --- telling ---------------------------------------------------------------------------------- */

void run_output_print_start(const struct item_table *table)
{
    double sum_ms = 0, most_ms = 0, init_ms = 0;
    int count = 0;

    for (uint32_t i = 0; i < table->header->workers && !table->header->serial; i++) {
        const struct worker_record *worker = item_table_worker(table, i);
        double ms = ((double)worker->init_end_ns - (double)worker->fork_ns) / 1e6;
        if (!worker->fork_ns || worker->init_end_ns < worker->fork_ns)
            continue; /* it died on its way */
        sum_ms += ms;
        most_ms = ms > most_ms ? ms : most_ms;
        init_ms += (double)(worker->init_end_ns - worker->init_begin_ns) / 1e6;
        count++;
    }
    if (count)
        printf("workers ready %.1f ms after fork (mean of %d; longest %.1f), %.1f of it their initializer\n",
               sum_ms / count, count, most_ms, init_ms / count);
}

void run_output_print_stages(const struct item_table *table)
{
    double sums[ITEM_STAGES] = {0}, total = 0, count = 0;

    for (uint64_t i = 0; i < table->header->items; i++) {
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

void run_output_print_summary(const struct item_table *table, const struct batch *batch, const char *out,
                              const struct run_outcome *outcome)
{
    double wall_s = (double)(table->header->end_ns - table->header->start_ns) / 1e9;
    double items = (double)(batch->count - outcome->earlier),
           megabytes = (double)(batch->total_bytes - outcome->earlier_bytes_in) / 1e6;
    char earlier[64] = "";

    if (outcome->earlier)
        snprintf(earlier, sizeof earlier, " (%" PRIu64 " finished before)", outcome->earlier);
    printf("%" PRIu64 " of %" PRIu64 " items done%s in %.2f s (%.1f items/s, %.1f MB/s in): %" PRIu64
           " outputs, %.1f MB, manifest %s/MANIFEST.sha256\n",
           outcome->done, batch->count, earlier, wall_s, items / wall_s, megabytes / wall_s, outcome->outputs,
           (double)outcome->bytes_out / 1e6, out);
}
