/* engine_vips.h: decode, scale and encode by libvips.
 *
 * engine_vips_setup() runs in the parent, single-threaded and before any fork: it initialises the library
 * (types, modules), forbids every loader but those listed there, switches the operation cache off and sets
 * one thread for computing. It builds no image operation: libvips' vector code lives in memory that forked
 * processes would share and overwrite. All else runs in workers.
 *
 * Decoding, conversion to sRGB and the first reduction run strip by strip as one pipeline inside libvips, so
 * they are one stage here too, "decode".
 *
 * What a reader of the pixels should know:
 * - a JPEG is reduced by 2, 4 or 8 by its decoder, as long as it stays at least as large as the largest
 *   rendition; Lanczos does the rest. Other formats are decoded whole; of a TIFF with several pages or
 *   levels, and of an animation, the first picture counts.
 * - scaling works on gamma-encoded values, as most tools do; alpha is weighed in.
 * - a picture without a profile is taken as sRGB (CMYK: through libvips' own profile) and its colours are
 *   left alone; a profile that is sRGB in other words is dropped (colour_profile.h); any other is converted.
 * - a decoder's warning is an error here; of the TIFF library, whose warnings are mostly about odd tags,
 *   those that mean lost pixels.
 */
#ifndef KNEE_ENGINE_VIPS_H
#define KNEE_ENGINE_VIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "pixels.h"
#include "recipe.h"
#include "sniff.h"

int engine_vips_setup(struct fault *fault);

/* Size of an input as it will be seen: after orientation, square pixels. stored_*: as in the file. */
struct engine_size {
    int width, height;
    int stored_width, stored_height;
};

/* Decodes an image file held in memory, upright, in sRGB, flattened onto the recipe's background, and as
 * large as the most that any of the recipe's renditions needs, never enlarged. Returns 0, or -1 with fault.
 */
int engine_vips_decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct fault *fault);

/* The same for the poster frame of the clip at path. */
int engine_vips_decode_clip(const char *path, const struct recipe *recipe, struct pixels *base,
                            struct engine_size *size, struct fault *fault);

/* Are these pixels of a whole picture the rendition's already? */
bool engine_vips_is_exact(const struct pixels *pixels, const struct rendition *rendition,
                          const struct engine_size *size);

/* Makes the rendition's pixels (geometry.h) from a whole picture of any scale; wanted is one at least as
 * large. The rendition's size follows from the size of the input alone. */
int engine_vips_scale(const struct pixels *from, const struct recipe *recipe,
                      const struct rendition *rendition, const struct engine_size *size, struct pixels *to,
                      struct fault *fault);

/* data is the caller's, g_free(). No metadata is written; pixels are sRGB. */
int engine_vips_encode(const struct pixels *pixels, const struct rendition *rendition, void **data,
                       size_t *bytes, struct fault *fault);

#endif
