#include "pipeline/images/codecs/tiff_deflate.h"

#include <stdbool.h>
#include <stdlib.h>

#include <isa-l/igzip_lib.h>
#include <tiffio.h>

#include "pipeline/images/codecs/tiff_file.h"

enum { OUTPUT_BYTES = 1 << 16 };
enum { MOST_BELOW = 1024 }; /* rows of the last strip that lie below the picture */

struct work {
    struct inflate_state inflate;
    uint8_t output[OUTPUT_BYTES];
};

/* NULL, or what is wrong. most: as many bytes as a strip can hold. */
static const char *damage_of(struct work *work, const uint8_t *at, uint64_t bytes, uint64_t most)
{
    struct inflate_state *inflate = &work->inflate;
    uint64_t made = 0;

    if (bytes > UINT32_MAX)
        return NULL; /* libtiff's own limit is lower */
    isal_inflate_init(inflate);
    inflate->crc_flag = ISAL_ZLIB;
    inflate->next_in = (uint8_t *)at; /* is only read */
    inflate->avail_in = (uint32_t)bytes;
    while (inflate->block_state != ISAL_BLOCK_FINISH) {
        uint32_t in = inflate->avail_in;
        int error;
        inflate->next_out = work->output;
        inflate->avail_out = OUTPUT_BYTES;
        error = isal_inflate(inflate);
        made += OUTPUT_BYTES - inflate->avail_out;
        if (error == ISAL_INCORRECT_CHECKSUM)
            return "incorrect data check";
        if (error < 0 || error == ISAL_NEED_DICT)
            return "invalid code";
        if (made > most)
            return "more data than a strip has";
        if (inflate->avail_out == OUTPUT_BYTES && inflate->avail_in == in &&
            inflate->block_state != ISAL_BLOCK_FINISH)
            return "the data end early";
    }
    return NULL;
}

/* Bytes that a strip or tile can hold. */
static uint64_t capacity(TIFF *tiff)
{
    uint32_t rows = UINT32_MAX, height = 0;

    if (TIFFIsTiled(tiff))
        return TIFFTileSize64(tiff);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetField(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    return TIFFVStripSize64(tiff, rows < height || rows - height <= MOST_BELOW ? rows : height);
}

static int check_strips(TIFF *tiff, struct work *work, const uint8_t *data, size_t bytes, struct fault *fault)
{
    bool tiled = TIFFIsTiled(tiff);
    uint32_t count = tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    uint64_t most = capacity(tiff);

    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = TIFFGetStrileOffset(tiff, i), length = TIFFGetStrileByteCount(tiff, i);
        const char *damage;
        if (!length && !at)
            continue; /* a tile that was left out */
        if (at > bytes || length > bytes - at)
            return fault_set(fault, "TIFF: %s %u: the file is cut", tiled ? "tile" : "strip", i);
        damage = damage_of(work, data + at, length, most);
        if (damage)
            return fault_set(fault, "TIFF: %s %u: %s", tiled ? "tile" : "strip", i, damage);
    }
    return 0;
}

static int check_data(TIFF *tiff, const uint8_t *data, size_t bytes, struct fault *fault)
{
    uint16_t order = FILLORDER_MSB2LSB;
    struct work *work;
    int result;

    TIFFGetField(tiff, TIFFTAG_FILLORDER, &order);
    if (order != FILLORDER_MSB2LSB) /* the bits of each byte are mirrored: nobody writes that */
        return 0;
    work = malloc(sizeof *work);
    if (!work)
        return fault_sys(fault, "no memory to decompress TIFF");
    result = check_strips(tiff, work, data, bytes, fault);
    free(work);
    return result;
}

int tiff_deflate_check(const uint8_t *data, size_t bytes, const struct tiff_layout *layout,
                       uint64_t max_pixels, struct fault *fault)
{
    struct tiff_file file = {.data = data, .bytes = bytes};
    struct fault said = {.text = ""};
    TIFF *tiff = layout->deflated ? tiff_file_open(&file, layout, &said) : NULL;
    uint32_t width, height;
    int failed = 0;

    if (tiff && TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width) &&
        TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height) && (uint64_t)width * height <= max_pixels)
        failed = check_data(tiff, data, bytes, fault);
    if (tiff)
        TIFFClose(tiff);
    return failed;
}
