/* poster.h: one frame of a clip, by the FFmpeg libraries, in this thread alone.
 *
 * The frame is the first one at or after the recipe's offset, counted from the clip's first whole frame, that is
 * not blank: frames that are black or of one brightness are skipped, for up to POSTER_MOST_CPU_S of CPU time. If all
 * are blank, it is the first one; a clip that is shorter than the offset gives its last frame. What comes before the
 * first keyframe is never shown: it is made of pieces. Colours come out as sRGB (poster_colour.h); orientation and
 * pixel aspect ratio are returned with the frame. Memory does not depend on the size of the file.
 */
#ifndef KNEE_POSTER_H
#define KNEE_POSTER_H

#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/recipe/recipe.h"

/* A clip that is blank for longer shows its first frame. */
#define POSTER_MOST_CPU_S 20

struct poster {
    struct pixels pixels; /* not yet turned; owned, g_free(pixels.data) */
    int orientation;      /* what makes it upright, as EXIF's orientation, 1 to 8 */
    uint64_t frames;      /* decoded to find it */
    double pixel_aspect;  /* width of a pixel over its height, before turning; 1 when square or unknown */
};

/* Once per program, before any fork: the FFmpeg libraries print nothing themselves. */
void poster_setup(void);

/* fd: of the file, at any position. The recipe's pixel limit is checked before decoding; alpha is flattened onto its
 * background. Returns 0, or -1 with fault; poster->pixels.data may be set even then. */
int poster_read(int fd, const struct recipe *recipe, struct poster *poster, struct fault *fault);

#endif
