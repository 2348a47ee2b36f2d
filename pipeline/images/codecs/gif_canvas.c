#include "pipeline/images/codecs/gif_canvas.h"

enum {
    HEADER_BYTES = 13,
    EXTENSION = 0x21,
    CONTROL = 0xf9,
    IMAGE = 0x2c,
    TABLE_FOLLOWS = 0x80,
    INTERLACED = 0x40,
    TRANSPARENT = 1
};

static int number(const uint8_t *at)
{
    return at[0] | at[1] << 8;
}

/* The table that the flags announce, at the beginning of the `left` bytes. Returns the bytes behind it, or SIZE_MAX: it
 * is cut. */
static size_t take_palette(int flags, const uint8_t *at, size_t left, struct gif_canvas *canvas)
{
    int colours = 2 << (flags & 7);

    if (!(flags & TABLE_FOLLOWS))
        return left;
    if ((size_t)colours * 3 > left)
        return SIZE_MAX;
    canvas->palette = at;
    canvas->colours = colours;
    return left - (size_t)colours * 3;
}

/* From the flags of its descriptor on. */
static void take_picture(const uint8_t *at, size_t left, struct gif_canvas *canvas)
{
    size_t behind;

    canvas->data = NULL;
    if (!left)
        return;
    canvas->interlaced = at[0] & INTERLACED;
    behind = take_palette(at[0], at + 1, left - 1, canvas);
    if (behind != SIZE_MAX && behind)
        canvas->data = at + left - behind;
}

bool gif_canvas_next(const uint8_t *data, size_t bytes, struct gif_canvas *canvas)
{
    size_t at = 0;

    canvas->transparent = -1;
    while (at + 2 < bytes && data[at] == EXTENSION) {
        if (data[at + 1] == CONTROL && at + 6 < bytes && data[at + 3] & TRANSPARENT)
            canvas->transparent = data[at + 6];
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
    take_picture(data + at + 9, bytes - at - 9, canvas);
    return true;
}

bool gif_canvas_read(const uint8_t *data, size_t bytes, struct gif_canvas *canvas)
{
    size_t behind;

    if (bytes < HEADER_BYTES)
        return false;
    canvas->width = number(data + 6);
    canvas->height = number(data + 8);
    canvas->palette = NULL;
    canvas->colours = 0;
    behind = take_palette(data[10], data + HEADER_BYTES, bytes - HEADER_BYTES, canvas);
    return behind != SIZE_MAX && behind && gif_canvas_next(data + bytes - behind, behind, canvas);
}
