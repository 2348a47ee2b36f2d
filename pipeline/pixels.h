/* pixels.h: a picture in memory: 8-bit sRGB, three bytes a pixel, rows without gaps. */
#ifndef KNEE_PIXELS_H
#define KNEE_PIXELS_H

#include <stdint.h>

struct pixels {
    uint8_t *data; /* width * height * 3 bytes; owned; freed with g_free(); NULL for none */
    int width, height;
};

#endif
