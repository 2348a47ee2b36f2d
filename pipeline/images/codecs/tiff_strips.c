#include "pipeline/images/codecs/tiff_strips.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file_memory.h"
#include "pipeline/base/picture_memory.h"

enum { BITS = 8, STEP_BYTES = 128 << 10 };

static bool takes_samples(TIFF *tiff, int *bands)
{
    uint16_t samples = 1, bits = 1, number = SAMPLEFORMAT_UINT, planar = PLANARCONFIG_CONTIG,
             meaning = 0xffff, order = FILLORDER_MSB2LSB;

    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &number);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_FILLORDER, &order);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &meaning);
    *bands = samples;
    return bits == BITS && number == SAMPLEFORMAT_UINT && planar == PLANARCONFIG_CONTIG &&
           order == FILLORDER_MSB2LSB &&
           ((meaning == PHOTOMETRIC_RGB && samples == 3) ||
            (meaning == PHOTOMETRIC_MINISBLACK && samples == 1));
}

static bool takes_compression(TIFF *tiff, bool *predictor)
{
    uint16_t compression = COMPRESSION_NONE, prediction = PREDICTOR_NONE;

    TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
    if (compression != COMPRESSION_LZW || TIFFIsTiled(tiff))
        return false;
    TIFFGetField(tiff, TIFFTAG_PREDICTOR, &prediction);
    *predictor = prediction == PREDICTOR_HORIZONTAL;
    return prediction == PREDICTOR_NONE || *predictor;
}

/* All strips lie in the file, and none is of the old kind of LZW, whose bits are in another order. */
static bool takes_strips(struct tiff_strips *s)
{
    if (!TIFFGetField(s->tiff, TIFFTAG_STRIPOFFSETS, &s->offsets) ||
        !TIFFGetField(s->tiff, TIFFTAG_STRIPBYTECOUNTS, &s->sizes))
        return false;
    s->in_order = true;
    for (uint32_t i = 0; i < s->count; i++) {
        const uint8_t *begin;
        s->in_order &= !i || s->offsets[i] >= s->offsets[i - 1] + s->sizes[i - 1];
        if (s->offsets[i] > s->file.bytes || s->sizes[i] > s->file.bytes - s->offsets[i] || s->sizes[i] < 2)
            return false;
        begin = s->file.data + s->offsets[i];
        if (begin[0] == 0 && begin[1] & 1)
            return false;
    }
    return true;
}

bool tiff_strips_open(struct tiff_strips *strips, const uint8_t *data, size_t bytes,
                      const struct tiff_layout *layout)
{
    uint32_t width = 0, height = 0;
    uint64_t row_bytes;

    *strips = (struct tiff_strips){.file = {.data = data, .bytes = bytes}};
    strips->tiff = tiff_file_open(&strips->file, layout, &strips->said);
    if (!strips->tiff || !takes_samples(strips->tiff, &strips->bands) ||
        !takes_compression(strips->tiff, &strips->predictor))
        return false;
    TIFFGetField(strips->tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(strips->tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(strips->tiff, TIFFTAG_ROWSPERSTRIP, &strips->strip_rows);
    if (!width || !height || width > INT32_MAX / 4 || height > INT32_MAX / 4 || !strips->strip_rows)
        return false;
    if (strips->strip_rows > height)
        strips->strip_rows = height;
    strips->width = (int)width;
    strips->height = (int)height;
    strips->count = TIFFNumberOfStrips(strips->tiff);
    row_bytes = (uint64_t)width * (uint64_t)strips->bands;
    if (strips->count != (height + strips->strip_rows - 1) / strips->strip_rows ||
        row_bytes * strips->strip_rows > UINT32_MAX || !takes_strips(strips))
        return false;
    strips->strip_bytes = row_bytes * strips->strip_rows;
    strips->strip = picture_alloc(strips->strip_bytes + LZW_SPARE);
    strips->lzw = malloc(sizeof *strips->lzw);
    return strips->strip && strips->lzw;
}

/* Each sample of a row is the difference to the one before it. */
static void undo_predictor(uint8_t *row, int width, int bands)
{
    if (bands == 3) {
        unsigned r = 0, g = 0, b = 0;
        for (int x = 0; x < width; x++, row += 3) {
            row[0] = (uint8_t)(r += row[0]);
            row[1] = (uint8_t)(g += row[1]);
            row[2] = (uint8_t)(b += row[2]);
        }
    } else {
        for (int x = 1; x < width; x++)
            row[x] = (uint8_t)(row[x] + row[x - 1]);
    }
}

static void begin_strip(struct tiff_strips *s)
{
    uint32_t number = (uint32_t)s->end / s->strip_rows;
    int left = s->height - s->end;

    if (s->in_order)
        file_memory_passed(s->file.data + s->offsets[number]);
    lzw_tiff_begin(s->lzw, s->file.data + s->offsets[number], s->sizes[number]);
    s->first = s->end;
    s->end += left < (int)s->strip_rows ? left : (int)s->strip_rows;
    s->given = 0;
}

/* Some more of the strip, at least up to its row. What is behind of all of it goes back. */
static int decode_more(struct tiff_strips *s, size_t row, size_t row_bytes, struct fault *fault)
{
    size_t wanted = (size_t)(s->end - s->first) * row_bytes, upto = (row + 1) * row_bytes + STEP_BYTES;
    size_t unread = row * row_bytes;

    if (upto > wanted)
        upto = wanted;
    if (lzw_tiff_decode(s->lzw, s->strip, upto, wanted) < upto)
        return fault_set(fault, "TIFF: strip %u of %u is cut or damaged",
                         (uint32_t)s->first / s->strip_rows + 1, s->count);
    if (s->in_order)
        file_memory_passed(s->lzw->in.at);
    if (s->strip_bytes >= PICTURE_MEMORY_MAPPED)
        picture_memory_give_back(s->strip, unread < s->lzw->kept ? unread : s->lzw->kept, &s->given);
    return 0;
}

int tiff_strips_rows(struct tiff_strips *strips, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    size_t row_bytes = (size_t)strips->width * (size_t)strips->bands;

    for (int i = 0; i < count; i++, strips->done++, to += stride) {
        size_t row;
        if (strips->done == strips->end)
            begin_strip(strips);
        row = (size_t)(strips->done - strips->first);
        if (strips->lzw->done < (row + 1) * row_bytes && decode_more(strips, row, row_bytes, fault))
            return -1;
        /* The differences in the strip stay: later strings repeat them. */
        memcpy(to, strips->strip + row * row_bytes, row_bytes);
        if (strips->predictor)
            undo_predictor(to, strips->width, strips->bands);
    }
    return 0;
}

void tiff_strips_close(struct tiff_strips *strips)
{
    if (strips->tiff)
        TIFFClose(strips->tiff);
    free(strips->strip);
    free(strips->lzw);
    strips->tiff = NULL;
    strips->strip = NULL;
    strips->lzw = NULL;
}
