#include "pipeline/images/output/output_watch.h"

#include <fts.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "pipeline/images/output/limits.h"
#include "pipeline/images/recipe/output_name.h"

static void folder_of(const struct output_watch *watch, int rendition, char *path, size_t bytes)
{
    char top[RECIPE_NAME_BYTES];

    snprintf(path, bytes, "%s/%s", watch->out,
             output_name_top_folder(watch->recipe->renditions[rendition].output, top));
}

/* Has an earlier rendition the same top folder? */
static bool is_counted(const struct output_watch *watch, int rendition)
{
    char top[RECIPE_NAME_BYTES], other[RECIPE_NAME_BYTES];

    output_name_top_folder(watch->recipe->renditions[rendition].output, top);
    for (int i = 0; i < rendition; i++)
        if (strcmp(output_name_top_folder(watch->recipe->renditions[i].output, other), top) == 0)
            return true;
    return false;
}

/* In use on the file systems of the renditions' folders, each counted once. */
static struct output_amount in_use(const struct output_watch *watch)
{
    struct output_amount sum = {0};
    unsigned long seen[RECIPE_MAX_RENDITIONS];
    int count = 0;

    for (int i = 0; i < watch->recipe->rendition_count; i++) {
        char path[4096];
        struct statvfs status;
        bool known = false;
        folder_of(watch, i, path, sizeof path);
        if (statvfs(path, &status))
            continue;
        for (int s = 0; s < count; s++)
            known |= seen[s] == status.f_fsid;
        if (known)
            continue;
        seen[count++] = status.f_fsid;
        sum.files += status.f_files - status.f_ffree;
        sum.bytes += (uint64_t)(status.f_blocks - status.f_bfree) * status.f_frsize;
    }
    return sum;
}

static uint64_t beyond(uint64_t value, uint64_t from)
{
    return value > from ? value - from : 0;
}

static bool exceeds(const struct output_amount *amount, const struct output_amount *most)
{
    return amount->files > most->files || amount->bytes > most->bytes;
}

/* What the items that are final or in work may have. */
static struct output_amount allowed(const struct output_watch *watch)
{
    uint64_t items = watch->final_seen + watch->others + watch->workers + OUTPUT_WATCH_SPARE_ITEMS;

    return (struct output_amount){.files = items * watch->item.files, .bytes = items * watch->item.bytes};
}

static uint64_t count_final(const struct item_table *table)
{
    uint64_t final = 0;

    for (uint64_t i = 0; i < table->items; i++)
        final += atomic_load_explicit(&item_table_item(table, i)->state, memory_order_relaxed) >= ITEM_DONE;
    return final;
}

static bool is_newer(const struct timespec *time, const struct timespec *begin)
{
    return time->tv_sec > begin->tv_sec || (time->tv_sec == begin->tv_sec && time->tv_nsec >= begin->tv_nsec);
}

/* Files and folders below the rendition's folder that were made or changed since the run began. */
static void count_new(const struct output_watch *watch, int rendition, struct output_amount *made)
{
    char folder[4096];
    char *const roots[] = {folder, NULL};
    const FTSENT *entry;
    FTS *walk;

    folder_of(watch, rendition, folder, sizeof folder);
    walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
    while (walk && (entry = fts_read(walk)) != NULL)
        if (entry->fts_info != FTS_DP && entry->fts_info != FTS_NS && entry->fts_level > 0 &&
            is_newer(&entry->fts_statp->st_ctim, &watch->begin)) {
            made->files++;
            made->bytes += (uint64_t)entry->fts_statp->st_blocks * 512;
        }
    if (walk)
        fts_close(walk);
}

void output_watch_begin_with(struct output_watch *watch, const char *out, const struct recipe *recipe,
                             uint64_t workers, const struct output_amount *item)
{
    *watch = (struct output_watch){.out = out, .recipe = recipe, .workers = workers, .item = *item};
    /* The file system's own clock is behind by a tick; what is counted needlessly is within the spare items. */
    clock_gettime(CLOCK_REALTIME_COARSE, &watch->begin);
    watch->before = in_use(watch);
}

static uint64_t slashes(const char *path)
{
    uint64_t count = 0;

    for (; *path; path++)
        count += *path == '/';
    return count;
}

void output_watch_begin(struct output_watch *watch, const char *out, const struct recipe *recipe,
                        const struct batch *batch, uint64_t workers)
{
    struct output_amount item = {.bytes = image_limits_item_bytes(recipe)};
    uint64_t deepest = 0;

    for (uint64_t i = 0; i < batch->count; i++)
        if (slashes(batch->paths[i]) > deepest)
            deepest = slashes(batch->paths[i]);
    /* A temporary file, a final one, and the folders that the pattern and the item's path name. */
    for (int i = 0; i < recipe->rendition_count; i++)
        item.files += 2 + slashes(recipe->renditions[i].output) + deepest;
    output_watch_begin_with(watch, out, recipe, workers, &item);
}

int output_watch(void *context, const struct item_table *table, struct fault *fault)
{
    struct output_watch *watch = context;
    struct output_amount now = in_use(watch), most = allowed(watch), made = {0};
    struct output_amount grown = {.files = beyond(now.files, watch->before.files),
                                  .bytes = beyond(now.bytes, watch->before.bytes)};
    struct output_amount excess = {.files = beyond(grown.files, watch->tolerated.files),
                                   .bytes = beyond(grown.bytes, watch->tolerated.bytes)};

    if (!exceeds(&excess, &most))
        return 0;
    watch->final_seen = count_final(table);
    most = allowed(watch);
    if (!exceeds(&excess, &most))
        return 0;
    for (int i = 0; i < watch->recipe->rendition_count; i++)
        if (!is_counted(watch, i))
            count_new(watch, i, &made);
    if (!exceeds(&made, &most)) {
        watch->tolerated = (struct output_amount){.files = 2 * grown.files, .bytes = 2 * grown.bytes};
        return 0;
    }
    return fault_sys(fault,
                     "output folder %s: workers have made %" PRIu64 " files of %" PRIu64
                     " MB there, more than %" PRIu64
                     " items can have: an input may have taken over its worker: "
                     "look for it among the last ones, and check the outputs with 'knee verify --recompute'",
                     watch->out, made.files, made.bytes / 1000000,
                     watch->final_seen + watch->others + watch->workers + OUTPUT_WATCH_SPARE_ITEMS);
}
