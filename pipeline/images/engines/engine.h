/* engine.h: turns an input into renditions. There are two engines:
 *
 * - planes (engine_planes.c): JPEG, lossy WebP without alpha, and plain AVIF and HEIC (heif_item.h) in, JPEG and WebP
 *   out, on the Y, Cb and Cr planes of the files: without conversion to RGB and back, and with chroma at half its size;
 * - vips (engine_vips.c): everything else. Where the recipe's renditions can be made from planes, its base picture
 *   becomes planes too, and the rest of the way is the same.
 *
 * Which one an item gets depends on its content and the recipe alone (engine_choose()), never on workers or
 * earlier items, and is recorded with the item.
 *
 * For workers only, except for engine_vips_setup().
 */
#ifndef KNEE_ENGINE_H
#define KNEE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/metadata.h"
#include "pipeline/images/input/notes.h"
#include "pipeline/images/input/sniff.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/recipe/recipe.h"

/* What decoding an input was, for the record of what items cost. */
struct engine_work {
    uint64_t
        decoded_samples; /* delivered by the decoder, after its own reduction, of all colours; of a clip those of
                                  all frames up to the poster; 0 unknown */
    uint64_t converted_pixels; /* whose colours went through a profile; 0 none */
    bool progressive;          /* a JPEG file of several passes over the picture */
};

/* Size of an input as displayed: after orientation, with square pixels. stored_*: as in the file. */
struct engine_size {
    int width, height;
    int stored_width, stored_height;
    struct engine_work work;
};

/* As recorded with an item. */
enum engine_id {
    ENGINE_UNKNOWN,
    ENGINE_VIPS,
    ENGINE_CLIP, /* a poster frame, decoded by the FFmpeg libraries; then as ENGINE_VIPS */
    ENGINE_PLANES,
    ENGINE_COUNT
};

struct engine {
    enum engine_id id;

    /* Decodes an image file held in memory, upright, in sRGB, flattened onto the recipe's background, and
     * as large as the largest of the recipe's renditions needs, never enlarged. What was passed over is added to
     * notes. Returns 0, or -1 with fault. */
    int (*decode)(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                  struct engine_size *size, struct notes *notes, struct fault *fault);

    /* Makes the rendition's pixels (geometry.h) from a whole picture of any scale that this engine made,
     * at least as large as the rendition. The rendition's size depends on the size of the input only. */
    int (*scale)(const struct pixels *from, const struct recipe *recipe, const struct rendition *rendition,
                 const struct engine_size *size, struct pixels *to, struct fault *fault);

    /* data is the caller's, g_free(). Pixels are sRGB; of the input's metadata those that the recipe keeps
     * are written. The engine may pad the pixels, but does not change the picture. */
    int (*encode)(struct pixels *pixels, const struct recipe *recipe, const struct rendition *rendition,
                  const struct metadata *metadata, void **data, size_t *bytes, struct fault *fault);
};

extern const struct engine engine_vips, engine_planes;

/* The engine for an image (not a clip) of that content. */
const struct engine *engine_choose(enum image_kind kind, const void *data, size_t bytes,
                                   const struct recipe *recipe);

/* "vips", "ffmpeg+vips", "planes"; "unknown", also out of range. */
const char *engine_name(int id);

#endif
