#include "pipeline/images/codecs/gif_canvas.h"

enum { HEADER_BYTES = 13, EXTENSION = 0x21, IMAGE = 0x2c, TABLE_FOLLOWS = 0x80 };

static int number(const uint8_t *at)
{
    return at[0] | at[1] << 8;
}

bool gif_canvas_next(const uint8_t *data, size_t bytes, struct gif_canvas *canvas)
{
    size_t at = 0;

    while (at + 2 < bytes && data[at] == EXTENSION) {
        at += 2; /* and its label */
        while (at < bytes && data[at])
            at += (size_t)data[at] + 1;
        at++;
    }
    if (at + 9 > bytes || data[at] != IMAGE)
        return false;
    canvas->left = number(data + at + 1);
    canvas->top = number(data + at + 3);
    canvas->frame_width = number(data + at + 5);
    canvas->frame_height = number(data + at + 7);
    return true;
}

bool gif_canvas_read(const uint8_t *data, size_t bytes, struct gif_canvas *canvas)
{
    size_t at = HEADER_BYTES;

    if (bytes < HEADER_BYTES)
        return false;
    canvas->width = number(data + 6);
    canvas->height = number(data + 8);
    if (data[10] & TABLE_FOLLOWS)
        at += (size_t)3 << ((data[10] & 7) + 1);
    return at < bytes && gif_canvas_next(data + at, bytes - at, canvas);
}
