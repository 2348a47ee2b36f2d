/* image_result.h: the outcome of one image: the payload of its record in the item table. */
#ifndef KNEE_IMAGE_RESULT_H
#define KNEE_IMAGE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/images/input/notes.h"
#include "pipeline/images/recipe/recipe.h"

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

/* One output, as it was stored. */
struct image_output {
    uint8_t sha256[32];
    uint32_t bytes; /* UINT32_MAX and above: UINT32_MAX; 0: it was not made */
    uint16_t width, height;
};

/* Of an item's originals (recipe.h) one was not made. */
static inline bool image_output_is_made(const struct image_output *output)
{
    return output->bytes > 0;
}

/* Item payload. A table has room for only image_result_bytes() of it, as much as its recipe needs: never
 * copy or clear more than that in a table. */
struct image_result {
    uint64_t input_mtime_ns; /* image_mtime_ns() of the input as it was read; 0 unknown */
    uint8_t renditions;      /* outputs stored; 0 for a failed item */
    struct notes notes;      /* of a finished item: what its outputs do not show */
    struct image_output outputs[RECIPE_MAX_RENDITIONS]; /* in the recipe's order */
};

/* Its size in a table of this recipe. */
uint32_t image_result_bytes(const struct recipe *recipe);

/* "none", "read", "decode", "scale", "overlay", "encode", "digest", "store"; "unknown" out of range. */
const char *image_stage_name(int stage);

/* The output's path within the output folder, by the rendition's pattern: by default
 * "<rendition>/<item path>.<ext>". */
void image_output_path(const struct recipe *recipe, int rendition, const char *item_path, char *path,
                       size_t bytes);

#endif
