/* encode_vips.h: finished pixels to files of every format, by libvips.
 *
 * Every option that the bytes depend on is named in the code. Nothing but pixels is written, unless the
 * recipe keeps it: `copyright` writes the input's artist and copyright as EXIF; `icc` embeds libvips' own
 * sRGB profile, for pixels are sRGB always. With either come what EXIF demands: resolution, size, colour
 * space.
 */
#ifndef KNEE_ENCODE_VIPS_H
#define KNEE_ENCODE_VIPS_H

#include <stddef.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/metadata.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/recipe/recipe.h"

/* data is the caller's, g_free(). Returns 0, or -1 with fault. */
int encode_vips(const struct pixels *pixels, const struct recipe *recipe, const struct rendition *rendition,
                const struct metadata *metadata, void **data, size_t *bytes, struct fault *fault);

/* Whether this build writes the format. Where that depends on the build it is tried in a child process: a library
 * reports a missing encoder only when it encodes, and the parent must not run libvips before it forks. libvips has
 * been set up. Returns 0, or -1 with fault and the remedy. */
int encode_vips_try(enum recipe_format format, struct fault *fault);

/* The same for every format that the recipe asks for; the fault names the rendition. */
int encode_vips_check(const struct recipe *recipe, struct fault *fault);

#endif
