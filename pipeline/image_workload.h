/* image_workload.h: the work on images, as a workload for the pool (workload.h).
 *
 * Caller's sequence, in the parent: recipe_load(), batch_list(), image_workload_init(),
 * image_workload_prepare() if workers are to start from a template, image_workload_fill(), pool_run() with
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

#include "fault.h"
#include "recipe.h"
#include "workload.h"

enum image_stage {
    STAGE_NONE,
    STAGE_READ,
    STAGE_DECODE, /* with the first reduction, see engine_vips.h */
    STAGE_SCALE,
    STAGE_OVERLAY,
    STAGE_ENCODE,
    STAGE_DIGEST,
    STAGE_STORE,
    STAGE_COUNT
};

/* Item payload. A table has room for image_result_bytes() of it only, which its recipe needs: never copy or
 * clear more than that in a table. */
struct image_result {
    uint64_t input_mtime_ns; /* image_mtime_ns() of the input as it was read; 0 unknown */
    uint8_t renditions;      /* outputs stored; 0 for a failed item */
    union {                  /* an item has outputs or a reason: a million of them share the room */
        char reason[119];    /* of a failure, NUL-terminated; renditions is 0 */
        uint8_t sha256[RECIPE_MAX_RENDITIONS][32]; /* of the outputs, in the recipe's order */
    };
};

/* How much of it a table of this recipe holds. */
uint32_t image_result_bytes(const struct recipe *recipe);

struct image_workload {
    const struct recipe *recipe;
    const char *input_root, *output_root;
    const char *const *paths; /* within input_root; the caller's */
    const uint64_t *bytes;
    const uint64_t *positions; /* of each in the whole batch, for {index}; the caller's, set after
                                  image_workload_init(); NULL: as in paths */
    uint64_t count;
    bool durable; /* outputs' names are brought to the disk too; false unless the caller sets it */
    struct overlay *prepared; /* by image_workload_prepare(); owned; NULL: each worker prepares itself */
    void *sha256;             /* EVP_MD, fetched once */
    char libraries[1024];     /* what the bytes depend on, see byte_libraries.h */
};

/* "none", "read", "decode", "scale", "overlay", "encode", "digest", "store" */
const char *image_stage_name(int stage);
const char *image_kind_name(int kind);
const char *image_engine_name(int engine);

/* Keeps all pointers. Starts libvips: the process must be single-threaded. Returns 0, or -1 with fault. */
int image_workload_init(struct image_workload *work, const struct recipe *recipe, const char *input_root,
                        const char *const *paths, const uint64_t *bytes, uint64_t count,
                        const char *output_root, struct fault *fault);
/* Makes the parent the template of its workers: what they all need is loaded once, here. The process can be
 * forked afterwards, and the bytes are the same. Returns 0, or -1 with fault. */
int image_workload_prepare(struct image_workload *work, struct fault *fault);
/* work must stay where it is. */
void image_workload_fill(struct image_workload *work, struct workload *workload);
void image_workload_release(struct image_workload *work);

/* "<rendition>/<item path>.<ext>" */
void image_output_path(const struct recipe *recipe, int rendition, const char *item_path, char *path,
                       size_t bytes);

#endif
