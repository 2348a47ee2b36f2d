#include "pipeline/images/codecs/tiff_strips.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/images/codecs/lzw.h"

enum { MOST_STRIP = 4 << 20, BITS = 8 };

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
    for (uint32_t i = 0; i < s->count; i++) {
        const uint8_t *begin;
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
        row_bytes * strips->strip_rows > MOST_STRIP || !takes_strips(strips))
        return false;
    strips->strip = malloc(row_bytes * strips->strip_rows + LZW_SPARE);
    return strips->strip != NULL;
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

static int decode_strip(struct tiff_strips *s, struct fault *fault)
{
    uint32_t number = (uint32_t)s->end / s->strip_rows;
    int left = s->height - s->end, rows = left < (int)s->strip_rows ? left : (int)s->strip_rows;
    size_t row_bytes = (size_t)s->width * (size_t)s->bands, wanted = row_bytes * (size_t)rows;

    if (lzw_decode_tiff(s->file.data + s->offsets[number], s->sizes[number], s->strip, wanted) < wanted)
        return fault_set(fault, "TIFF: strip %u of %u is cut or damaged", number + 1, s->count);
    for (int i = 0; s->predictor && i < rows; i++)
        undo_predictor(s->strip + (size_t)i * row_bytes, s->width, s->bands);
    s->first = s->end;
    s->end += rows;
    return 0;
}

int tiff_strips_rows(struct tiff_strips *strips, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    size_t row_bytes = (size_t)strips->width * (size_t)strips->bands;

    for (int i = 0; i < count; i++, strips->done++, to += stride) {
        if (strips->done == strips->end && decode_strip(strips, fault))
            return -1;
        memcpy(to, strips->strip + (size_t)(strips->done - strips->first) * row_bytes, row_bytes);
    }
    return 0;
}

void tiff_strips_close(struct tiff_strips *strips)
{
    if (strips->tiff)
        TIFFClose(strips->tiff);
    free(strips->strip);
    strips->tiff = NULL;
    strips->strip = NULL;
}
