/* gif_canvas.h: the canvas of a GIF file and the place of its first picture on it: libnsgif replaces some common sizes
 * of canvas by what the pictures cover, and paints the rest black. Pure. Source: GIF89a specification.
 */
#ifndef KNEE_GIF_CANVAS_H
#define KNEE_GIF_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gif_canvas {
    int width, height;
    int left, top, frame_width, frame_height; /* of the first picture */
    bool interlaced;
    const uint8_t *palette; /* RGB, within the file; NULL none */
    int colours;            /* of the palette */
    int transparent;        /* the colour that is; -1 none */
    const uint8_t *data; /* of the picture, within the file: the size of its codes, then blocks; NULL cut */
};

/* False when the file ends before its first picture. */
bool gif_canvas_read(const uint8_t *data, size_t bytes, struct gif_canvas *canvas);

/* The picture in a part of the file that begins with its extensions; width and height of the canvas are left as they
 * are. */
bool gif_canvas_next(const uint8_t *data, size_t bytes, struct gif_canvas *canvas);

#endif
