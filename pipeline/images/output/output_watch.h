/* output_watch.h: files and bytes that workers make in the output folder, held against what the items can have.
 *
 * All workers may write to the folders of all renditions, so one that a file has taken over could fill the disk. The
 * parent looks once a second how much of the file systems below the renditions' folders is in use: that costs a few
 * microseconds. When it has grown by more than the items that are done or in work can have, the parent counts what was
 * made since the run began; when that is too much, the run ends. What others write to the same disk is not blamed on
 * the workers; it makes the parent count again at twice the excess only.
 *
 * A file system that does not say how many files it has (btrfs) is watched by its bytes alone.
 *
 * Caller's sequence: output_watch_begin() before the pool, output_watch() as pool_options.watch, and once at its end.
 */
#ifndef KNEE_OUTPUT_WATCH_H
#define KNEE_OUTPUT_WATCH_H

#include <stdint.h>
#include <time.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/pool/item_table.h"

enum { OUTPUT_WATCH_SPARE_ITEMS = 64 };

/* How much of something there is. */
struct output_amount {
    uint64_t files; /* and folders */
    uint64_t bytes; /* as they are allocated on the disk */
};

struct output_watch {
    const char *out;
    const struct recipe *recipe;
    struct timespec begin;
    uint64_t workers;
    struct output_amount item;      /* that one item may have */
    struct output_amount before;    /* in use on the file systems when the run began */
    struct output_amount tolerated; /* growth beyond the items' that was others' */
    uint64_t others;                /* items that other runs may write there at the same time; default 0 */
    uint64_t final_seen;            /* items that were final when they were last counted */
};

/* For a run of the batch; the top folders of its outputs exist. */
void output_watch_begin(struct output_watch *watch, const char *out, const struct recipe *recipe,
                        const struct batch *batch, uint64_t workers);
/* The same with any amount that one item may have. */
void output_watch_begin_with(struct output_watch *watch, const char *out, const struct recipe *recipe,
                             uint64_t workers, const struct output_amount *item);

/* For pool_options.watch, context is the watch. Returns 0, or -1 with fault: the run has to end. */
int output_watch(void *context, const struct item_table *table, struct fault *fault);

#endif
