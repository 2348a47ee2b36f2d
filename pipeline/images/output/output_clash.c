#include "pipeline/images/output/output_clash.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/output/output_order.h"
#include "pipeline/images/recipe/output_name.h"

static int complain_of_folder(const struct batch *batch, const char *file, const char *below,
                              struct fault *fault)
{
    return fault_set(
        fault,
        "batch %s: the output of %.150s would have the name of the folder of %.150s: rename one of "
        "them",
        batch->root, file, below);
}

/* --- names by patterns ------------------------------------------------------------------------ */

/* Outputs by the hashes of their paths, which are made again to compare them: a table of the paths themselves would
 * need ten times the memory. Open addressing, at most half full. */
struct entry {
    uint64_t hash;
    uint32_t item;
    uint32_t rendition; /* + 1; 0: empty */
};

struct table {
    const struct batch *batch;
    const struct recipe *recipe;
    struct entry *entries; /* owned */
    uint64_t mask;
};

/* FNV-1a. */
static uint64_t hash_of(const char *path, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)path[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The entry whose path is the first length bytes of path, or the empty one where it belongs. */
static struct entry *find(const struct table *table, const char *path, size_t length, uint64_t hash)
{
    char other[OUTPUT_PATH_BYTES];

    for (uint64_t at = hash & table->mask;; at = (at + 1) & table->mask) {
        struct entry *entry = &table->entries[at];
        if (!entry->rendition)
            return entry;
        if (entry->hash != hash)
            continue;
        output_name_fill(table->recipe->renditions[entry->rendition - 1].output,
                         table->batch->paths[entry->item], other, sizeof other);
        if (strlen(other) == length && memcmp(other, path, length) == 0)
            return entry;
    }
}

/* Returns 0, or -1 with fault. */
static int fill_path(const struct table *table, uint32_t item, int rendition, char *path, struct fault *fault)
{
    const char *why = NULL;

    if (output_name_fill(table->recipe->renditions[rendition].output, table->batch->paths[item], path,
                         OUTPUT_PATH_BYTES) >= OUTPUT_PATH_BYTES)
        why = "is longer than 4095 bytes";
    else
        why = output_name_fault(path);
    return why ? fault_set(fault,
                           "batch %s: the output of %.150s in rendition '%s' %s: change name= in the recipe",
                           table->batch->root, table->batch->paths[item],
                           table->recipe->renditions[rendition].name, why)
               : 0;
}

static int add_output(const struct table *table, uint32_t item, int rendition, struct fault *fault)
{
    char path[OUTPUT_PATH_BYTES];
    struct entry *entry;
    uint64_t hash;

    if (fill_path(table, item, rendition, path, fault))
        return -1;
    hash = hash_of(path, strlen(path));
    entry = find(table, path, strlen(path), hash);
    if (entry->rendition)
        return fault_set(
            fault,
            "batch %s: %.120s and %.120s would both have the output %.120s: use {path}, {folder}, "
            "{width} or {rendition} in name= of the recipe",
            table->batch->root, table->batch->paths[entry->item], table->batch->paths[item], path);
    *entry = (struct entry){.hash = hash, .item = item, .rendition = (uint32_t)rendition + 1};
    return 0;
}

/* Is a folder of the output's path the path of another output? */
static int check_folders(const struct table *table, uint32_t item, int rendition, struct fault *fault)
{
    char path[OUTPUT_PATH_BYTES];

    output_name_fill(table->recipe->renditions[rendition].output, table->batch->paths[item], path,
                     sizeof path);
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path);
        const struct entry *entry = find(table, path, length, hash_of(path, length));
        if (entry->rendition)
            return complain_of_folder(table->batch, table->batch->paths[entry->item],
                                      table->batch->paths[item], fault);
    }
    return 0;
}

static int check_all(const struct table *table, struct fault *fault)
{
    int failed = 0;

    for (uint64_t i = 0; i < table->batch->count; i++)
        for (int r = 0; r < table->recipe->rendition_count && !failed; r++)
            failed = add_output(table, (uint32_t)i, r, fault);
    for (uint64_t i = 0; i < table->batch->count && !failed; i++)
        for (int r = 0; r < table->recipe->rendition_count && !failed; r++)
            failed = check_folders(table, (uint32_t)i, r, fault);
    return failed;
}

static int check_patterns(const struct batch *batch, const struct recipe *recipe, struct fault *fault)
{
    struct table table = {.batch = batch, .recipe = recipe};
    uint64_t outputs = batch->count * (uint64_t)recipe->rendition_count, size = 64;
    int failed;

    while (size < 2 * outputs)
        size *= 2;
    table.mask = size - 1;
    table.entries = calloc(size, sizeof *table.entries);
    if (!table.entries || batch->count > UINT32_MAX) {
        free(table.entries);
        return fault_sys(fault, "batch %s: no memory for the names of its outputs", batch->root);
    }
    failed = check_all(&table, fault);
    free(table.entries);
    return failed;
}

/* --- names without a pattern ------------------------------------------------------------------ */

/* Has every rendition a folder of its own, in which outputs have the whole paths of their items? */
static bool all_by_default(const struct recipe *recipe)
{
    char resolved[RECIPE_NAME_BYTES], what[256];
    bool all = true;

    for (int i = 0; i < recipe->rendition_count && all; i++)
        all = output_name_resolve(NULL, &recipe->renditions[i], resolved, what, sizeof what) == 0 &&
              strcmp(resolved, recipe->renditions[i].output) == 0;
    return all;
}

/* Is the folder that the first `length` bytes of path name an output of some item? Returns the item. */
static const char *item_in_the_way(const struct batch *batch, const struct recipe *recipe, const char *path,
                                   size_t length)
{
    char name[OUTPUT_PATH_BYTES];

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

/* No two outputs have one name, but one may have that of a folder. Takes a tenth of the time of the table, and no
 * memory. */
static int check_default(const struct batch *batch, const struct recipe *recipe, struct fault *fault)
{
    for (uint64_t i = 0; i < batch->count; i++)
        for (const char *slash = strchr(batch->paths[i], '/'); slash; slash = strchr(slash + 1, '/')) {
            const char *other =
                item_in_the_way(batch, recipe, batch->paths[i], (size_t)(slash - batch->paths[i]));
            if (other)
                return complain_of_folder(batch, other, batch->paths[i], fault);
        }
    return 0;
}

int output_clash_check(const struct batch *batch, const struct recipe *recipe, struct fault *fault)
{
    return all_by_default(recipe) ? check_default(batch, recipe, fault)
                                  : check_patterns(batch, recipe, fault);
}
