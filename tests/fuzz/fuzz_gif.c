/* A GIF file's first picture, as knee reads it itself; and the same bytes as LZW of TIFF. */
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/codecs/gif_reader.h"
#include "pipeline/images/codecs/lzw.h"
#include "tests/fuzz/fuzz.h"

enum { MOST_PIXELS = 1 << 16 };

static void read_rows(struct gif_reader *reader, int bands)
{
    size_t stride = (size_t)reader->width * (size_t)bands;
    uint8_t *rows = malloc(stride * (size_t)reader->height);

    gif_reader_rows(reader, bands, rows, stride, reader->height);
    free(rows);
}

/* In steps, whose size is in the data. */
static void decode_strip(const uint8_t *data, size_t size, uint8_t *strip)
{
    struct lzw lzw;
    size_t upto = 0, step = size ? 1 + (size_t)data[size - 1] * 256 : 1;

    lzw_tiff_begin(&lzw, data, size);
    do {
        upto = MOST_PIXELS - upto > step ? upto + step : MOST_PIXELS;
        if (lzw_tiff_decode(&lzw, strip, upto, MOST_PIXELS) < upto)
            break;
    } while (upto < MOST_PIXELS);
    if (lzw.done > MOST_PIXELS || lzw.kept > lzw.done || lzw.in.at > data + size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1), *strip = malloc(MOST_PIXELS + LZW_SPARE);

    memcpy(copy, data, size);
    for (int bands = 3; bands <= 4; bands++) {
        struct gif_reader reader;
        if (gif_reader_open(&reader, copy, size, MOST_PIXELS))
            read_rows(&reader, bands);
        gif_reader_close(&reader);
    }
    decode_strip(copy, size, strip);
    free(strip);
    free(copy);
    return 0;
}
