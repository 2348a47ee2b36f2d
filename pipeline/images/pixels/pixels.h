/* pixels.h: a picture in memory, in one of two layouts.
 *
 * PIXELS_RGB: 8-bit sRGB, three bytes a pixel, rows without gaps.
 * PIXELS_PLANES: Y, Cb, Cr as JPEG files hold them: BT.601, full range, chroma at half the width and height
 * (rounded up), sited in the middle of its four pixels; see planes.h for where the rows are.
 */
#ifndef KNEE_PIXELS_H
#define KNEE_PIXELS_H

#include <stdint.h>

enum pixel_layout { PIXELS_RGB, PIXELS_PLANES };

struct pixels {
    uint8_t *data; /* owned; freed with g_free(); NULL for none */
    int width, height;
    enum pixel_layout layout;
};

#endif
