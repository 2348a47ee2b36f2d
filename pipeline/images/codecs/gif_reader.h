/* gif_reader.h: the rows of the first picture of a GIF file, which is decoded to its indices, one byte a pixel:
 * libvips' decoder makes four.
 *
 * It takes the files that are common: the picture covers the canvas, and its data are complete. All others are left to
 * libvips, which also has to check what lies around the data.
 *
 * Source: GIF89a specification.
 */
#ifndef KNEE_GIF_READER_H
#define KNEE_GIF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gif_reader {
    int width, height;

    /* Private. */
    bool interlaced;
    uint8_t colours[256][4]; /* RGBA */
    uint8_t *indices;        /* in the order of the file */
    size_t given;            /* bytes of them that were given back */
    int done;                /* rows that were read */
};

/* Returns whether it is such a file, of at most max_pixels; close it in either case. */
bool gif_reader_open(struct gif_reader *reader, const uint8_t *data, size_t bytes, uint64_t max_pixels);

/* The next count rows, of RGB or (4 bands) RGBA, where a transparent pixel is black; at `to` and every stride bytes. */
void gif_reader_rows(struct gif_reader *reader, int bands, uint8_t *to, size_t stride, int count);

void gif_reader_close(struct gif_reader *reader);

#endif
