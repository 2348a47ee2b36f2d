/* item_choice.h: the items of a study: which items of the batch its trials process, and the state of the page cache
 * for their files.
 *
 * Sequence: item_kinds_read(); item_choice_make() for a new study or item_choice_read() for an existing one;
 * item_choice_write() for `knee run --list`; item_choice_warm() or item_choice_drop(); item_choice_release().
 */
#ifndef KNEE_ITEM_CHOICE_H
#define KNEE_ITEM_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/study/study.h"
#include "harness/sweep/subjects/item_costs.h"
#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"

struct item_choice {
    size_t *index; /* into the batch, ascending; owned */
    size_t count;
    char sample[200]; /* "all", or how they were chosen */
};

/* enum image_kind of each item of the batch, by its first bytes; KIND_UNKNOWN for one that cannot be read (it fails
 * in the trials, with its reason). Caller frees with free(). NULL with fault when memory is short. */
uint32_t *item_kinds_read(const struct batch *batch, struct fault *fault);

/* Chooses `groups` groups of `alike` similar items (sample.h). Returns 0, or -1 with fault. */
int item_choice_make(struct item_choice *choice, const struct batch *batch, const uint32_t *kinds,
                     uint64_t groups, uint32_t alike, uint64_t seed, struct fault *fault);
/* Chooses `want` items for emulated trials with `workers` workers (even_sample.h). Returns 0, or -1 with fault. */
int item_choice_make_even(struct item_choice *choice, const struct batch *batch, const uint32_t *kinds,
                          const struct item_costs *costs, uint64_t want, unsigned workers, uint64_t seed,
                          struct fault *fault);
/* The items that the study has. Returns 0, or -1 with fault: one of them is no longer in the batch. */
int item_choice_read(struct item_choice *choice, const struct batch *batch, struct study *study,
                     struct fault *fault);
/* Safe on a zeroed struct. */
void item_choice_release(struct item_choice *choice);

/* Writes their paths, one a line. Returns 0, or -1 with fault. */
int item_choice_write(const struct item_choice *choice, const struct batch *batch, const char *path,
                      struct fault *fault);

/* Reads all files once, so that the page cache holds them. */
void item_choice_warm(const struct item_choice *choice, const struct batch *batch);
/* Asks the kernel to drop them from the page cache; pages that are mapped or being written stay, and so do
 * the disk's own caches. */
void item_choice_drop(const struct item_choice *choice, const struct batch *batch);

#endif
