#include "pipeline/images/codecs/png_reader.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/base/picture_memory.h"
#include "pipeline/images/codecs/png_chunks.h"
#include "pipeline/images/codecs/png_data.h"
#include "pipeline/images/codecs/png_filter.h"

enum { HEADER_AT = 16, HEADER_BYTES = 13, COLOURS = 256 };
enum { TYPE_GREY = 0, TYPE_RGB = 2, TYPE_PALETTE = 3, TYPE_GREY_ALPHA = 4, TYPE_RGBA = 6 };

/* Of filtered rows that are in memory, at least one of them. */
enum { BLOCK_BYTES = 256 << 10 };

/* ISA-L counts bytes in 32 bits. */
static const uint64_t most_bytes = 1u << 31;

struct png_reader_private {
    struct png_data data;
    int pixel_bytes; /* in the file */
    bool palette;
    uint8_t colours[COLOURS][4];
    size_t row_bytes; /* in the file, without the filter's number */
    uint8_t *block;   /* filtered rows, each behind its filter's number */
    int block_rows;   /* for which there is room */
    int rows, used;   /* in the block, and of these done */
    uint8_t *above;   /* the row before */
    uint8_t *row;     /* a row of the file that is converted then */
};

/* --- opening ----------------------------------------------------------------------------------- */

/* Of a palette; false: there is none, or one that cannot be. What it lacks is black. */
static bool read_palette(const uint8_t *data, size_t bytes, struct png_reader *reader)
{
    size_t count, clear_count;
    const uint8_t *colours = png_chunks_get(data, bytes, "PLTE", &count);
    const uint8_t *clear = png_chunks_get(data, bytes, "tRNS", &clear_count);
    struct png_reader_private *own = reader->own;

    if (!colours || !count || count % 3 || count > 3 * COLOURS || (clear && clear_count > count / 3))
        return false;
    for (size_t i = 0; i < COLOURS; i++) {
        if (i < count / 3)
            memcpy(own->colours[i], colours + 3 * i, 3);
        own->colours[i][3] = clear && i < clear_count ? clear[i] : 255;
    }
    reader->bands = clear ? 4 : 3;
    return true;
}

/* Size and samples. false: not for this reader. */
static bool read_header(const uint8_t *data, size_t bytes, struct png_reader *reader)
{
    static const int samples[] = {
        [TYPE_GREY] = 1, [TYPE_RGB] = 3, [TYPE_PALETTE] = 1, [TYPE_GREY_ALPHA] = 2, [TYPE_RGBA] = 4};
    const uint8_t *header = data + HEADER_AT;
    int depth = header[8], type = header[9];
    uint32_t width = big_endian(header, 4), height = big_endian(header + 4, 4);

    if (type > TYPE_RGBA || !samples[type] || header[10] || header[11] || header[12] || !width || !height ||
        (depth != 8 && (depth != 16 || type == TYPE_PALETTE)))
        return false;
    reader->bands = samples[type];
    reader->sample_bytes = depth / 8;
    reader->own->pixel_bytes = samples[type] * depth / 8;
    reader->own->palette = type == TYPE_PALETTE;
    if ((1 + (uint64_t)width * (uint64_t)reader->own->pixel_bytes) * height > most_bytes)
        return false;
    reader->width = (int)width;
    reader->height = (int)height;
    reader->own->row_bytes = width * (size_t)reader->own->pixel_bytes;
    return reader->own->palette ? read_palette(data, bytes, reader)
                                : !png_chunks_find(data, bytes, "tRNS", 0);
}

bool png_reader_open(struct png_reader *reader, const void *data, size_t bytes)
{
    *reader = (struct png_reader){.own = calloc(1, sizeof *reader->own)};
    return reader->own && bytes > HEADER_AT + HEADER_BYTES && read_header(data, bytes, reader) &&
           png_data_open(&reader->own->data, data, bytes);
}

void png_reader_close(struct png_reader *reader)
{
    struct png_reader_private *own = reader->own;

    if (own) {
        png_data_close(&own->data);
        free(own->block);
        free(own->above);
        free(own->row);
    }
    free(own);
    *reader = (struct png_reader){0};
}

/* --- rows -------------------------------------------------------------------------------------- */

static void swap_samples(const uint8_t *from, size_t bytes, uint8_t *to)
{
    for (size_t i = 0; i < bytes; i += 2) {
        uint16_t sample = (uint16_t)(from[i] << 8 | from[i + 1]);
        memcpy(to + i, &sample, sizeof sample);
    }
}

/* Four bytes at once, of which the next pixel overwrites the last; the caller does the last pixel. */
static void take_rgb(const uint8_t (*restrict colours)[4], const uint8_t *restrict from, int count,
                     uint8_t *restrict to)
{
    for (int x = 0; x < count; x++, to += 3)
        memcpy(to, colours[from[x]], 4);
}

static void take_rgba(const uint8_t (*restrict colours)[4], const uint8_t *restrict from, int count,
                      uint8_t *restrict to)
{
    for (int x = 0; x < count; x++, to += 4)
        memcpy(to, colours[from[x]], 4);
}

static void take_colours(const struct png_reader *reader, const uint8_t *from, uint8_t *to)
{
    const uint8_t(*colours)[4] = (const void *)reader->own->colours;
    int last = reader->width - 1;

    if (reader->bands == 4) {
        take_rgba(colours, from, reader->width, to);
        return;
    }
    take_rgb(colours, from, last, to);
    memcpy(to + 3 * (size_t)last, colours[from[last]], 3);
}

static void convert(const struct png_reader *reader, const uint8_t *from, uint8_t *to)
{
    if (reader->own->palette)
        take_colours(reader, from, to);
    else
        swap_samples(from, reader->own->row_bytes, to);
}

/* At the first row: by then the caller has accepted the size. */
static int make_room(struct png_reader *reader, struct fault *fault)
{
    struct png_reader_private *own = reader->own;
    size_t rows = BLOCK_BYTES / (own->row_bytes + 1) + 1;

    own->block_rows = rows < (size_t)reader->height ? (int)rows : reader->height;
    own->block = malloc((size_t)own->block_rows * (own->row_bytes + 1));
    own->above = calloc(1, own->row_bytes);
    own->row = malloc(own->row_bytes);
    return own->block && own->above && own->row
               ? 0
               : fault_sys(fault, "no memory to decode %dx%d", reader->width, reader->height);
}

/* The next filtered row, behind its filter's number; NULL with fault. */
static const uint8_t *next_row(struct png_reader *reader, struct fault *fault)
{
    struct png_reader_private *own = reader->own;
    size_t row_bytes = own->row_bytes + 1;

    if (own->used == own->rows) {
        int left = reader->height - reader->done;
        own->rows = left < own->block_rows ? left : own->block_rows;
        own->used = 0;
        if (png_data_read(&own->data, own->block, (size_t)own->rows * row_bytes, fault))
            return NULL;
    }
    reader->done++;
    return own->block + (size_t)own->used++ * row_bytes;
}

int png_reader_rows(struct png_reader *reader, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    struct png_reader_private *own = reader->own;
    bool direct = !own->palette && reader->sample_bytes == 1;
    const uint8_t *above;

    if (!own->block && make_room(reader, fault))
        return -1;
    above = own->above;
    for (int y = 0; y < count; y++, to += stride) {
        const uint8_t *filtered = next_row(reader, fault);
        uint8_t *row = direct ? to : own->row;
        if (!filtered)
            return -1;
        if (png_filter_undo(filtered[0], filtered + 1, above, own->row_bytes, own->pixel_bytes, row))
            return fault_set(fault, "PNG: a row with filter %d, which does not exist", filtered[0]);
        if (direct) {
            above = row;
            continue;
        }
        convert(reader, row, to);
        own->row = own->above;
        above = own->above = row;
    }
    if (direct && count)
        memcpy(own->above, above, own->row_bytes);
    return reader->done < reader->height ? 0 : png_data_finish(&own->data, fault);
}
