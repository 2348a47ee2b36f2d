/* image_workload.h: image processing as a workload for the pool (workload.h).
 *
 * Caller's sequence, in the parent: recipe_load(), batch_list(), image_workload_init(),
 * image_workload_prepare() if workers are to be forked from a zygote, image_workload_fill(), pool_run() with
 * image_result_bytes() as item payload, image_workload_release().
 *
 * An item is read, decoded and reduced once; each rendition is scaled from the next larger one; watermark and
 * caption are blended; renditions are encoded and hashed in memory, and stored when all of them are there. A
 * failed item leaves no output, old ones included. The bytes depend on the item's content, its path and place
 * in the batch (as far as the caption names them) and the recipe alone.
 */
#ifndef KNEE_IMAGE_WORKLOAD_H
#define KNEE_IMAGE_WORKLOAD_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/pool/workload.h"

struct image_workload {
    const struct recipe *recipe;
    const char *input_root, *output_root;
    const char *const *paths; /* within input_root; the caller's */
    const uint64_t *bytes;
    const uint64_t *positions; /* of each in the whole batch, for {index}; the caller's, set after
                                  image_workload_init(); NULL: as in paths */
    const char *real_root; /* input_root without links: links within it are followed; the caller's, set after
                              image_workload_init(); NULL: they are refused */
    uint64_t count;
    bool durable;             /* outputs' names are synced to the disk too; false unless the caller sets it */
    struct overlay *prepared; /* by image_workload_prepare(); owned; NULL: each worker prepares itself */
    void *sha256;             /* EVP_MD, fetched once */
    char libraries[1024];     /* the libraries that the bytes depend on, see byte_libraries.h */
};

const char *image_kind_name(int kind);
const char *image_engine_name(int engine);

/* Keeps all pointers. Starts libvips: the process must be single-threaded. Returns 0, or -1 with fault. */
int image_workload_init(struct image_workload *work, const struct recipe *recipe, const char *input_root,
                        const char *const *paths, const uint64_t *bytes, uint64_t count,
                        const char *output_root, struct fault *fault);
/* Makes the parent the zygote of its workers: it loads once what all of them need. The process can be
 * forked afterwards, and the bytes are the same. Returns 0, or -1 with fault. */
int image_workload_prepare(struct image_workload *work, struct fault *fault);
/* work must stay where it is. */
void image_workload_fill(struct image_workload *work, struct workload *workload);
void image_workload_release(struct image_workload *work);

#endif
