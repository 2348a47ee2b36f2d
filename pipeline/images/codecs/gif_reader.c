#include "pipeline/images/codecs/gif_reader.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/codecs/gif_canvas.h"
#include "pipeline/images/codecs/lzw.h"

enum { MOST_CODE_SIZE = 8, OPAQUE = 255 };

static void take_colours(struct gif_reader *reader, const struct gif_canvas *canvas)
{
    memset(reader->colours, 0, sizeof reader->colours);
    for (int i = 0; i < canvas->colours; i++) {
        memcpy(reader->colours[i], canvas->palette + (ptrdiff_t)3 * i, 3);
        reader->colours[i][3] = OPAQUE;
    }
    if (canvas->transparent >= 0)
        memset(reader->colours[canvas->transparent], 0, sizeof reader->colours[0]);
}

bool gif_reader_open(struct gif_reader *reader, const uint8_t *data, size_t bytes, uint64_t max_pixels)
{
    struct gif_canvas canvas;
    size_t pixels;

    *reader = (struct gif_reader){.width = 0};
    if (!gif_canvas_read(data, bytes, &canvas) || !canvas.palette || !canvas.data || canvas.left ||
        canvas.top || canvas.frame_width != canvas.width || canvas.frame_height != canvas.height ||
        !canvas.data[0] || canvas.data[0] > MOST_CODE_SIZE)
        return false;
    pixels = (size_t)canvas.width * (size_t)canvas.height;
    if (!pixels || pixels > max_pixels)
        return false;
    reader->width = canvas.width;
    reader->height = canvas.height;
    reader->interlaced = canvas.interlaced;
    take_colours(reader, &canvas);
    reader->indices = picture_alloc(pixels + LZW_SPARE);
    return reader->indices && lzw_decode_gif(canvas.data + 1, (size_t)(data + bytes - canvas.data) - 1,
                                             canvas.data[0], reader->indices, pixels) == pixels;
}

/* Where in the file's order the row is: every eighth row, those between them, every fourth, every second. */
static int place_of(const struct gif_reader *reader, int row)
{
    int height = reader->height, first = (height + 7) / 8, second = (height + 3) / 8,
        third = (height + 1) / 4;

    if (!reader->interlaced)
        return row;
    if (row % 8 == 0)
        return row / 8;
    if (row % 8 == 4)
        return first + row / 8;
    return row % 4 == 2 ? first + second + row / 4 : first + second + third + row / 2;
}

static void paint(const struct gif_reader *reader, const uint8_t *from, int bands, uint8_t *to)
{
    int last = reader->width - 1;

    for (int x = 0; x < last; x++)
        memcpy(to + (ptrdiff_t)x * bands, reader->colours[from[x]],
               4); /* RGB: the next pixel covers the last byte */
    memcpy(to + (ptrdiff_t)last * bands, reader->colours[from[last]], (size_t)bands);
}

void gif_reader_rows(struct gif_reader *reader, int bands, uint8_t *to, size_t stride, int count)
{
    size_t width = (size_t)reader->width;

    for (int i = 0; i < count; i++, reader->done++)
        paint(reader, reader->indices + (size_t)place_of(reader, reader->done) * width, bands,
              to + (size_t)i * stride);
    if (!reader->interlaced)
        picture_memory_give_back(reader->indices, (size_t)reader->done * width, &reader->given);
}

void gif_reader_close(struct gif_reader *reader)
{
    free(reader->indices);
    reader->indices = NULL;
}
