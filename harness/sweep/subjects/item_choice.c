#include "harness/sweep/subjects/item_choice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/sweep/subjects/even_sample.h"
#include "harness/sweep/subjects/sample.h"
#include "pipeline/images/input/sniff.h"

static int open_item(const struct batch *batch, size_t index)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", batch->root, batch->paths[index]);

    return length > 0 && (size_t)length < sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

/* --- kinds ------------------------------------------------------------------------------------ */

static uint32_t kind_of(const struct batch *batch, size_t index)
{
    uint8_t head[64];
    int fd = open_item(batch, index);
    ssize_t length = fd >= 0 ? read(fd, head, sizeof head) : -1;

    if (fd >= 0)
        close(fd);
    return length > 0 ? (uint32_t)sniff_kind(head, (size_t)length) : (uint32_t)KIND_UNKNOWN;
}

uint32_t *item_kinds_read(const struct batch *batch, struct fault *fault)
{
    uint32_t *kinds = calloc(batch->count, sizeof *kinds);

    if (!kinds)
        fault_sys(fault, "%s: no memory for its %llu items", batch->root, (unsigned long long)batch->count);
    for (size_t i = 0; kinds && i < batch->count; i++)
        kinds[i] = kind_of(batch, i);
    return kinds;
}

/* --- choice ----------------------------------------------------------------------------------- */

static void describe_sample(struct item_choice *choice, const struct sample_item *all, size_t count,
                            uint64_t seed)
{
    struct sample_quality quality = sample_judge(all, count, choice->index, choice->count);

    if (choice->count == count)
        snprintf(choice->sample, sizeof choice->sample, "all");
    else
        snprintf(choice->sample, sizeof choice->sample,
                 "%zu of %zu, stratified by kind and size, seed %llu: mean %.2f MB, batch %.2f MB",
                 choice->count, count, (unsigned long long)seed, quality.sample_mean_bytes / 1e6,
                 quality.batch_mean_bytes / 1e6);
}

int item_choice_make(struct item_choice *choice, const struct batch *batch, const uint32_t *kinds,
                     uint64_t groups, uint32_t alike, uint64_t seed, struct fault *fault)
{
    struct sample_item *all = calloc(batch->count + 1, sizeof *all);
    int result = -1;

    *choice = (struct item_choice){.index = calloc(groups * alike + 1, sizeof *choice->index),
                                   .count = groups * alike};
    for (size_t i = 0; all && i < batch->count; i++)
        all[i] = (struct sample_item){.bytes = batch->bytes[i], .kind = kinds[i]};
    if (all && choice->index)
        result = sample_choose(all, batch->count, groups, alike, seed, choice->index);
    if (result)
        fault_set(fault, "%s: choosing items: %s", batch->root, strerror(errno));
    else
        describe_sample(choice, all, batch->count, seed);
    free(all);
    return result;
}

static void describe_even(struct item_choice *choice, const struct even_item *all, size_t count,
                          unsigned workers, uint64_t seed)
{
    if (choice->count == count)
        snprintf(choice->sample, sizeof choice->sample, "all");
    else
        snprintf(choice->sample, sizeof choice->sample,
                 "%zu of %zu, drawn by kind and cost for the tail of the batch: idle with %u workers %.1f%%, "
                 "batch %.1f%%, seed %llu",
                 choice->count, count, workers,
                 100 * even_sample_tail(all, choice->index, choice->count, workers),
                 100 * even_sample_tail(all, NULL, count, workers), (unsigned long long)seed);
}

int item_choice_make_even(struct item_choice *choice, const struct batch *batch, const uint32_t *kinds,
                          const struct item_costs *costs, uint64_t want, unsigned workers, uint64_t seed,
                          struct fault *fault)
{
    struct even_item *all = calloc(batch->count + 1, sizeof *all);
    int result = -1;

    *choice = (struct item_choice){.index = calloc(want + 1, sizeof *choice->index), .count = want};
    for (size_t i = 0; all && i < batch->count; i++)
        all[i] = (struct even_item){costs->cost[i], kinds[i], costs->measured[i]};
    if (all && choice->index)
        result = even_sample_choose(all, batch->count, want, workers, seed, choice->index);
    if (result)
        fault_set(fault, "%s: choosing items: %s", batch->root, strerror(errno));
    else
        describe_even(choice, all, batch->count, workers, seed);
    free(all);
    return result;
}

static int by_path(const void *path, const void *element)
{
    return strcmp(path, *(char *const *)element);
}

/* Its index; batch->count: it is not there. */
static size_t find_path(const struct batch *batch, const char *path)
{
    char *const *found =
        bsearch(path, batch->paths, batch->count, sizeof *batch->paths, by_path); /* sorted bytewise */

    return found ? (size_t)(found - batch->paths) : batch->count;
}

int item_choice_read(struct item_choice *choice, const struct batch *batch, struct study *study,
                     struct fault *fault)
{
    size_t count = 0;
    struct study_batch_item *rows = study_read_batch(study, &count, fault);
    int result = 0;

    *choice = (struct item_choice){0};
    if (!rows)
        return -1;
    choice->index = calloc(count + 1, sizeof *choice->index);
    for (size_t i = 0; i < count && choice->index && result == 0; i++) {
        choice->index[choice->count++] = find_path(batch, rows[i].path);
        if (choice->index[i] == batch->count)
            result = fault_set(fault, "%s: %s is no longer in the batch: start again with --restart",
                               study->folder, rows[i].path);
    }
    study_free_batch(rows, count);
    return choice->index ? result : fault_sys(fault, "sweep: no memory for the items");
}

void item_choice_release(struct item_choice *choice)
{
    free(choice->index);
    choice->index = NULL;
}

int item_choice_write(const struct item_choice *choice, const struct batch *batch, const char *path,
                      struct fault *fault)
{
    FILE *file = fopen(path, "we");

    if (!file)
        return fault_set(fault, "%s: %s: give another scratch folder with --out", path, strerror(errno));
    for (size_t i = 0; i < choice->count; i++) {
        const char *name = batch->paths[choice->index[i]];
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

void item_choice_warm(const struct item_choice *choice, const struct batch *batch)
{
    static char buffer[1 << 18];

    for (size_t i = 0; i < choice->count; i++) {
        int fd = open_item(batch, choice->index[i]);
        if (fd < 0)
            continue;
        while (read(fd, buffer, sizeof buffer) > 0)
            continue;
        close(fd);
    }
}

void item_choice_drop(const struct item_choice *choice, const struct batch *batch)
{
    for (size_t i = 0; i < choice->count; i++) {
        int fd = open_item(batch, choice->index[i]);
        if (fd < 0)
            continue;
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
    }
}
