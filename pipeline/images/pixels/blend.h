/* blend.h: mixes a small picture or a coloured mask onto a picture of either layout (pixels.h).
 *
 * On planes, a chroma sample gets the mean of its four pixels.
 */
#ifndef KNEE_BLEND_H
#define KNEE_BLEND_H

#include <stdint.h>

#include "pipeline/images/pixels/pixels.h"

/* The place of the ink, with its top left corner at (left, top); parts outside of the picture are left
 * out. */
struct blend_box {
    int left, top, width, height;
};

/* rgba: width * height * 4 bytes, not premultiplied; opacity 0 .. 1 scales its alpha. */
void blend_rgba(struct pixels *pixels, const struct blend_box *box, const uint8_t *rgba, double opacity);

/* mask: width * height bytes, the coverage by the grey; opacity 0 .. 255 scales it. */
void blend_mask(struct pixels *pixels, const struct blend_box *box, const uint8_t *mask, uint8_t grey,
                unsigned opacity);

#endif
