/* poster.h: one frame of a clip, by the FFmpeg libraries, in this thread alone.
 *
 * The frame is the first one at or after the offset; a clip that is shorter gives its last frame. It is
 * turned as the display matrix says and made square-pixelled. Colours: the stream's own matrix and range to
 * full-range RGB.
 */
#ifndef KNEE_POSTER_H
#define KNEE_POSTER_H

#include <stdint.h>

#include "fault.h"
#include "pixels.h"

struct poster {
    struct pixels pixels; /* not yet turned; owned, g_free(pixels.data) */
    int quarter_turns;    /* clockwise turns that make it upright, 0 .. 3 */
    double pixel_aspect;  /* width of a pixel over its height, before turning; 1 when square or unknown */
};

/* Once per program, before any fork: the FFmpeg libraries print nothing themselves. */
void poster_setup(void);

/* path: of the file itself. max_pixels is checked before decoding. Returns 0, or -1 with fault. */
int poster_read(const char *path, double offset_s, uint64_t max_pixels, struct poster *poster,
                struct fault *fault);

#endif
