#include "pipeline/images/codecs/tiff_picture.h"

#include <stdbool.h>
#include <stdlib.h>

#include <tiffio.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/codecs/pixel_limit.h"
#include "pipeline/images/codecs/tiff_file.h"
#include "pipeline/images/codecs/tiff_sample.h"
#include "pipeline/images/codecs/tiff_ycc.h"
#include "pipeline/images/codecs/vips_owned.h"

enum { MOST_KEPT = 5 };           /* four inks and alpha */
enum { MOST_FILE_SAMPLES = 64 };  /* in a pixel: the recipe's limit counts pixels */
enum { MOST_SIDE = 1 << 24 };     /* of a picture, in pixels */
enum { MOST_PROFILE = 16 << 20 }; /* bytes */

/* --- what is in it ------------------------------------------------------------------------------- */

struct picture {
    TIFF *tiff;
    uint32_t width, height;
    uint32_t block_width, block_height; /* of a strip or tile */
    struct tiff_sample sample;
    int samples;               /* in a pixel of the file */
    int colours;               /* 1, 3 or 4 */
    int kept, keep[MOST_KEPT]; /* the colours, and alpha */
    bool planes, inverted, multiplied;
    uint8_t *block; /* decoded */
    tmsize_t block_bytes;
    uint16_t *to; /* kept samples, pixel by pixel */
};

static int colours_of(uint16_t meaning, const struct tiff_layout *layout, int samples)
{
    int inks = layout->extra_count < samples ? samples - layout->extra_count : samples;

    switch (meaning) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
        return 1;
    case PHOTOMETRIC_RGB:
        return 3;
    case PHOTOMETRIC_SEPARATED:
        return inks >= 4 ? 4 : 0;
    default:
        return 0;
    }
}

static void choose_samples(struct picture *p, const struct tiff_layout *layout)
{
    p->kept = p->colours;
    for (int i = 0; i < p->colours; i++)
        p->keep[i] = i;
    for (int i = 0; i < layout->extra_count && p->colours + i < p->samples; i++)
        if (layout->extra[i] != TIFF_EXTRA_UNSPECIFIED) {
            p->keep[p->kept++] = p->colours + i;
            p->multiplied = layout->extra[i] == TIFF_EXTRA_ASSOCIATED;
            break;
        }
}

static void read_shape(struct picture *p)
{
    TIFF *tiff = p->tiff;

    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &p->width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &p->height);
    if (TIFFIsTiled(tiff)) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &p->block_width);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &p->block_height);
        p->block_bytes = TIFFTileSize(tiff);
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &p->block_height);
        p->block_width = p->width;
        if (p->block_height > p->height)
            p->block_height = p->height;
        p->block_bytes = TIFFStripSize(tiff);
    }
}

static int describe(struct picture *p, const struct tiff_layout *layout, struct fault *fault)
{
    uint16_t samples = 1, bits = 1, number = TIFF_NUMBER_UNSIGNED, meaning = 0xffff,
             planar = PLANARCONFIG_CONTIG;

    read_shape(p);
    TIFFGetFieldDefaulted(p->tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(p->tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(p->tiff, TIFFTAG_SAMPLEFORMAT, &number);
    TIFFGetFieldDefaulted(p->tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetField(p->tiff, TIFFTAG_PHOTOMETRIC, &meaning);
    if (number != TIFF_NUMBER_SIGNED && number != TIFF_NUMBER_FLOAT && number <= SAMPLEFORMAT_VOID)
        number = TIFF_NUMBER_UNSIGNED;
    p->sample = (struct tiff_sample){(enum tiff_number)number, bits, TIFFIsBigEndian(p->tiff)};
    p->samples = samples;
    p->planes = planar == PLANARCONFIG_SEPARATE && samples > 1;
    p->inverted = meaning == PHOTOMETRIC_MINISWHITE;
    p->colours = colours_of(meaning, layout, samples);
    if (number > SAMPLEFORMAT_VOID)
        return fault_set(fault, "TIFF: complex numbers are not read: convert it to 16 bits");
    if (!tiff_sample_known(&p->sample))
        return fault_set(fault, "TIFF: %s of %d bits are not read: convert it to 16 bits",
                         number == TIFF_NUMBER_FLOAT ? "floats" : "samples", bits);
    if (!p->colours || p->colours > p->samples)
        return fault_set(fault,
                         "TIFF: colours of kind %d with %d samples of %d bits are not read: convert it "
                         "to RGB of 16 bits",
                         meaning, samples, bits);
    choose_samples(p, layout);
    return 0;
}

/* Before anything is decoded. */
static int check_size(const struct picture *p, uint64_t max_pixels, struct fault *fault)
{
    uint64_t pixels = (uint64_t)p->width * p->height;

    if (!p->width || !p->height || !p->block_width || !p->block_height || p->block_bytes <= 0)
        return fault_set(fault, "TIFF: a picture without pixels");
    if (pixel_limit_check(p->width, p->height, max_pixels, fault))
        return -1;
    if (p->width > MOST_SIDE || p->height > MOST_SIDE || p->samples > MOST_FILE_SAMPLES ||
        pixels * (uint64_t)p->kept * 2 + (uint64_t)p->block_bytes > TIFF_MOST_BYTES)
        return fault_set(fault, "TIFF: %ux%u with %d samples of %d bits needs more than %llu MiB of memory",
                         p->width, p->height, p->samples, p->sample.bits,
                         (unsigned long long)(TIFF_MOST_BYTES >> 20));
    return 0;
}

/* --- decoding ---------------------------------------------------------------------------------- */

/* The sample at `from` of each of the block's pixels becomes the kept sample k; row_bytes: of the block. */
static void take_sample(const struct picture *p, uint32_t x, uint32_t y, uint32_t rows, int from, int samples,
                        int k, size_t row_bytes)
{
    uint32_t columns = p->width - x < p->block_width ? p->width - x : p->block_width;
    bool invert = p->inverted && k < p->colours;

    for (uint32_t row = 0; row < rows; row++) {
        uint16_t *to = p->to + ((uint64_t)(y + row) * p->width + x) * (uint64_t)p->kept + k;
        for (uint32_t i = 0; i < columns; i++, to += p->kept) {
            uint16_t value = tiff_sample_read(&p->sample, p->block + row * row_bytes,
                                              (uint64_t)i * (uint64_t)samples + (uint64_t)from);
            *to = invert ? (uint16_t)(65535 - value) : value;
        }
    }
}

/* The strip or tile whose first pixel is (x, y); plane: a sample's number, when samples lie in planes. */
static bool read_block(const struct picture *p, uint32_t x, uint32_t y, int plane)
{
    uint32_t rows = p->height - y < p->block_height ? p->height - y : p->block_height;
    bool tiled = TIFFIsTiled(p->tiff);
    tmsize_t row_bytes = tiled ? TIFFTileRowSize(p->tiff) : TIFFScanlineSize(p->tiff);
    tmsize_t wanted = tiled ? p->block_bytes : row_bytes * (tmsize_t)rows, got;

    if (tiled)
        got = TIFFReadEncodedTile(p->tiff, TIFFComputeTile(p->tiff, x, y, 0, (uint16_t)plane), p->block,
                                  wanted);
    else
        got = TIFFReadEncodedStrip(p->tiff, TIFFComputeStrip(p->tiff, y, (uint16_t)plane), p->block, wanted);
    if (got < wanted)
        return false;
    for (int k = 0; k < p->kept; k++)
        if (!p->planes)
            take_sample(p, x, y, rows, p->keep[k], p->samples, k, (size_t)row_bytes);
        else if (p->keep[k] == plane)
            take_sample(p, x, y, rows, 0, 1, k, (size_t)row_bytes);
    return true;
}

static bool read_blocks(const struct picture *p)
{
    for (int k = 0; k < (p->planes ? p->kept : 1); k++)
        for (uint32_t y = 0; y < p->height; y += p->block_height)
            for (uint32_t x = 0; x < p->width; x += p->block_width)
                if (!read_block(p, x, y, p->planes ? p->keep[k] : 0))
                    return false;
    return true;
}

/* Colours that are multiplied by alpha become straight. */
static void divide_by_alpha(const struct picture *p)
{
    uint64_t pixels = (uint64_t)p->width * p->height;

    for (uint64_t i = 0; i < pixels; i++) {
        uint16_t *pixel = p->to + i * (uint64_t)p->kept;
        uint32_t alpha = pixel[p->kept - 1];
        for (int k = 0; k < p->colours && alpha; k++)
            pixel[k] =
                (uint16_t)(pixel[k] >= alpha ? 65535 : (pixel[k] * UINT32_C(65535) + alpha / 2) / alpha);
    }
}

/* --- the image --------------------------------------------------------------------------------- */

static void take_tags(VipsImage *image, TIFF *tiff)
{
    uint32_t profile_bytes;
    const void *profile;
    uint16_t orientation = 1;

    if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &profile_bytes, &profile) && profile_bytes <= MOST_PROFILE)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile, profile_bytes);
    if (TIFFGetField(tiff, TIFFTAG_ORIENTATION, &orientation) && orientation >= 1 && orientation <= 8)
        vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
}

/* Takes over the samples. */
static VipsImage *make_image(struct picture *p, struct fault *fault)
{
    VipsInterpretation type = p->colours == 1   ? VIPS_INTERPRETATION_GREY16
                              : p->colours == 3 ? VIPS_INTERPRETATION_RGB16
                                                : VIPS_INTERPRETATION_CMYK;
    VipsImage *image = vips_owned_image(
        &(struct vips_owned){p->to, (int)p->width, (int)p->height, p->kept, VIPS_FORMAT_USHORT, type}, fault);

    if (image)
        take_tags(image, p->tiff);
    return image;
}

static VipsImage *decode(struct picture *p, const struct fault *said, struct fault *fault)
{
    bool good;

    p->block = picture_alloc((size_t)p->block_bytes);
    p->to = picture_alloc((size_t)p->width * p->height * (size_t)p->kept * sizeof *p->to);
    if (!p->block || !p->to)
        fault_sys(fault, "no memory for a picture of %ux%u", p->width, p->height);
    good = p->block && p->to && read_blocks(p);
    if (!good && p->block && p->to)
        fault_set(fault, "%s", said->text[0] ? said->text : "TIFF: it ends early");
    free(p->block);
    if (!good) {
        free(p->to);
        return NULL;
    }
    if (p->multiplied && p->colours != 4)
        divide_by_alpha(p);
    return make_image(p, fault);
}

static VipsImage *open_ycc(struct picture *p, uint64_t max_pixels, const struct fault *said,
                           struct fault *fault)
{
    VipsImage *image;

    p->samples = p->colours = 3;
    p->kept = 2; /* of 16 bits: libtiff makes four bytes of a pixel */
    read_shape(p);
    if (check_size(p, max_pixels, fault))
        return NULL;
    image = tiff_ycc_open(p->tiff, p->width, p->height, said, fault);
    if (image)
        take_tags(image, p->tiff);
    return image;
}

VipsImage *tiff_picture_open(const void *data, size_t bytes, const struct tiff_layout *layout,
                             uint64_t max_pixels, struct fault *fault)
{
    struct tiff_file file = {.data = data, .bytes = bytes};
    struct fault said = {.text = ""};
    struct picture p = {.tiff = tiff_file_open(&file, layout, &said)};
    VipsImage *image = NULL;

    if (!p.tiff)
        fault_set(fault, "%s", said.text[0] ? said.text : "TIFF: it cannot be opened");
    else if (layout->ycc)
        image = open_ycc(&p, max_pixels, &said, fault);
    else if (describe(&p, layout, fault) == 0 && check_size(&p, max_pixels, fault) == 0)
        image = decode(&p, &said, fault);
    if (p.tiff)
        TIFFClose(p.tiff);
    return image;
}
