/* planes_colour.h: the colours of a base picture in planes to sRGB, where the file says that they are others. */
#ifndef KNEE_PLANES_COLOUR_H
#define KNEE_PLANES_COLOUR_H

#include "pipeline/images/engines/engine.h"
#include "pipeline/images/pixels/colour_space.h"

/* What a file says of its colours. */
struct planes_colour {
    const void *profile; /* ICC, the file's memory; NULL none */
    size_t profile_bytes;
    struct colour_space space; /* where no profile can be used */
    int components;            /* 1 grey, 3 colours */
};

/* Converts base in place (its memory may change) and counts the pixels in work. A profile that is not for RGB, or
 * cannot be read, is passed over with a note. Returns 0, or -1 with fault: base is still the caller's. */
int planes_colour_to_srgb(const struct planes_colour *colour, struct pixels *base, struct engine_work *work,
                          struct notes *notes, struct fault *fault);

#endif
