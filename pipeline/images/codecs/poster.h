/* poster.h: one frame of a clip, by the FFmpeg libraries, in this thread alone.
 *
 * The frame is the first one at or after the recipe's offset that is not blank: frames that are black or of
 * one brightness are skipped, up to 250 of them. If all are blank, it is the first one; a clip that is
 * shorter than the offset gives its last frame. Colours come out as sRGB (poster_colour.h); rotation and
 * pixel aspect ratio are returned with the frame.
 */
#ifndef KNEE_POSTER_H
#define KNEE_POSTER_H

#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/recipe/recipe.h"

struct poster {
    struct pixels pixels; /* not yet turned; owned, g_free(pixels.data) */
    int quarter_turns;    /* clockwise turns that make it upright, 0 .. 3 */
    double pixel_aspect;  /* width of a pixel over its height, before turning; 1 when square or unknown */
};

/* Once per program, before any fork: the FFmpeg libraries print nothing themselves. */
void poster_setup(void);

/* path: of the file itself. The recipe's pixel limit is checked before decoding; alpha is flattened onto its
 * background. Returns 0, or -1 with fault; poster->pixels.data may be set even then. */
int poster_read(const char *path, const struct recipe *recipe, struct poster *poster, struct fault *fault);

#endif
