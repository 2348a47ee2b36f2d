/* What a sweep measures: recipe, batch, machine, and the items of its trials. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/sweep/sample.h"
#include "harness/sweep/sweep_command.h"
#include "harness/sweep/sweep_synthetic.h"
#include "harness/sweep/sweep_setup.h"
#include "pipeline/images/input/sniff.h"

static int open_item(const struct batch *batch, size_t index)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", batch->root, batch->paths[index]);

    return length > 0 && (size_t)length < sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

/* By the first bytes; one that cannot be read is unknown here and fails in the trials, with its reason. */
static uint32_t kind_of(const struct batch *batch, size_t index)
{
    uint8_t head[64];
    int fd = open_item(batch, index);
    ssize_t length = fd >= 0 ? read(fd, head, sizeof head) : -1;

    if (fd >= 0)
        close(fd);
    return length > 0 ? (uint32_t)sniff_kind(head, (size_t)length) : (uint32_t)KIND_UNKNOWN;
}

static int read_kinds(struct sweep_inputs *inputs, struct fault *fault)
{
    inputs->kinds = calloc(inputs->batch.count, sizeof *inputs->kinds);
    if (!inputs->kinds)
        return fault_sys(fault, "%s: no memory for its %llu items", inputs->batch.root,
                         (unsigned long long)inputs->batch.count);
    for (size_t i = 0; i < inputs->batch.count; i++)
        inputs->kinds[i] = kind_of(&inputs->batch, i);
    return 0;
}

static int read_request(struct sweep_inputs *inputs, const struct sweep_options *options, struct fault *fault)
{
    struct plan_request *request = &inputs->request;

    if (plan_request_parse_workers(request, options->workers, fault) ||
        plan_request_parse_chunks(request, options->chunks, fault) ||
        plan_request_parse_policies(request, options->policies, fault))
        return -1;
    request->items = options->items;
    request->blocks = (uint32_t)options->blocks;
    request->weak = options->weak && !options->command.words;
    if (options->command.words)
        sweep_command_request(request, &options->command);
    return 0;
}

int sweep_inputs_read(struct sweep_inputs *inputs, const struct sweep_options *options, struct fault *fault)
{
    *inputs = (struct sweep_inputs){0};
    if (read_request(inputs, options, fault))
        return fault_is_usage(fault);
    inputs->cache = (enum sweep_cache)options->cache;
    inputs->placement = (enum pin_placement)options->placement;
    if (options->emulate && options->command.words)
        return fault_usage(fault,
                           "--emulate: the workers of a command are not known: only for the pipeline on IN");
    if (options->command.words) {
        if (topology_load(&inputs->topology, NULL, fault))
            return -1;
        inputs->request.cores =
            sweep_synthetic_cores(options, &inputs->request, inputs->topology.usable_cores);
        return 0;
    }
    if (recipe_load(options->recipe, &inputs->recipe, fault) ||
        (options->counters && counter_group_load(options->counters, &inputs->group, fault)) ||
        batch_list(&inputs->batch, options->in, options->study, fault) ||
        topology_load(&inputs->topology, NULL, fault) || read_kinds(inputs, fault)) {
        sweep_inputs_release(inputs);
        return -1;
    }
    batch_sha256(&inputs->batch, inputs->batch_sha256);
    inputs->emulated_cores = (uint32_t)options->emulate;
    inputs->request.cores = options->emulate ? (uint32_t)options->emulate : inputs->topology.usable_cores;
    inputs->request.batch_items = inputs->batch.count;
    return 0;
}

void sweep_inputs_release(struct sweep_inputs *inputs)
{
    recipe_release(&inputs->recipe);
    counter_group_release(&inputs->group);
    batch_release(&inputs->batch);
    topology_release(&inputs->topology);
    free(inputs->kinds);
    inputs->kinds = NULL;
}

/* --- items ------------------------------------------------------------------------------------ */

static void describe_sample(struct sweep_items *items, const struct sample_item *all, size_t count,
                            uint64_t seed)
{
    struct sample_quality quality = sample_judge(all, count, items->index, items->count);

    if (items->count == count)
        snprintf(items->sample, sizeof items->sample, "all");
    else
        snprintf(items->sample, sizeof items->sample,
                 "%zu of %zu, stratified by kind and size, seed %llu: mean %.2f MB, batch %.2f MB",
                 items->count, count, (unsigned long long)seed, quality.sample_mean_bytes / 1e6,
                 quality.batch_mean_bytes / 1e6);
}

int sweep_items_choose(struct sweep_items *items, const struct sweep_inputs *inputs, uint64_t count,
                       uint32_t alike, uint64_t seed, struct fault *fault)
{
    size_t all_count = inputs->batch.count;
    if (all_count == 0) { /* a command */
        *items = (struct sweep_items){0};
        return 0;
    }
    struct sample_item *all = calloc(all_count, sizeof *all);
    int result = -1;

    *items =
        (struct sweep_items){.index = calloc(count * alike, sizeof *items->index), .count = count * alike};
    for (size_t i = 0; all && i < all_count; i++)
        all[i] = (struct sample_item){.bytes = inputs->batch.bytes[i], .kind = inputs->kinds[i]};
    if (all && items->index)
        result = sample_choose(all, all_count, count, alike, seed, items->index);
    if (result)
        fault_set(fault, "%s: choosing items: %s", inputs->batch.root, strerror(errno));
    else
        describe_sample(items, all, all_count, seed);
    free(all);
    return result;
}

static size_t find_path(const struct batch *batch, const char *path)
{
    size_t low = 0, high = batch->count;

    while (low < high) { /* the list is sorted bytewise */
        size_t middle = low + (high - low) / 2;
        int order = strcmp(batch->paths[middle], path);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return batch->count;
}

int sweep_items_from_study(struct sweep_items *items, const struct sweep_inputs *inputs, struct study *study,
                           struct fault *fault)
{
    size_t count = 0;
    struct study_batch_item *rows = study_read_batch(study, &count, fault);
    int result = 0;

    *items = (struct sweep_items){0};
    if (!rows)
        return -1;
    items->index = calloc(count + 1, sizeof *items->index);
    for (size_t i = 0; i < count && items->index && result == 0; i++) {
        items->index[items->count++] = find_path(&inputs->batch, rows[i].path);
        if (items->index[i] == inputs->batch.count)
            result = fault_set(fault, "%s: %s is no longer in the batch: start anew with --restart",
                               study->folder, rows[i].path);
    }
    study_free_batch(rows, count);
    return items->index ? result : fault_sys(fault, "sweep: no memory for the items");
}

void sweep_items_release(struct sweep_items *items)
{
    free(items->index);
    items->index = NULL;
}

int sweep_items_write(const struct sweep_items *items, const struct sweep_inputs *inputs, const char *path,
                      struct fault *fault)
{
    FILE *file = fopen(path, "we");

    if (!file)
        return fault_set(fault, "%s: %s: give another scratch folder with --out", path, strerror(errno));
    for (size_t i = 0; i < items->count; i++) {
        const char *name = inputs->batch.paths[items->index[i]];
        if (strchr(name, '\n')) {
            fclose(file);
            return fault_set(fault, "%s: a name with a line break cannot be in a study: rename the file",
                             name);
        }
        fprintf(file, "%s\n", name);
    }
    if (ferror(file) | fclose(file))
        return fault_sys(fault, "%s: %s: free space there, or give another folder with --out", path,
                         strerror(errno));
    return 0;
}

void sweep_items_prepare_cache(const struct sweep_items *items, const struct sweep_inputs *inputs, bool first)
{
    static char buffer[1 << 18];
    bool cold = inputs->cache == CACHE_COLD;

    if (!cold && !first)
        return; /* a warm cache stays warm */

    for (size_t i = 0; i < items->count; i++) {
        int fd = open_item(&inputs->batch, items->index[i]);
        if (fd < 0)
            continue;
        while (!cold && read(fd, buffer, sizeof buffer) > 0)
            continue;
        if (cold)
            posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
    }
}
