#include "pipeline/images/codecs/jp2_picture.h"

#include <stdbool.h>
#include <string.h>

#include <openjpeg.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/base/iso_box.h"
#include "pipeline/images/codecs/jp2_samples.h"
#include "pipeline/images/codecs/pixel_limit.h"
#include "pipeline/images/codecs/vips_owned.h"

/* --- the file in memory ----------------------------------------------------------------------- */

struct file {
    const uint8_t *data;
    size_t bytes, at;
};

static OPJ_SIZE_T read_some(void *to, OPJ_SIZE_T most, void *context)
{
    struct file *file = context;
    size_t rest = file->bytes - file->at, count = most < rest ? most : rest;

    if (!count)
        return (OPJ_SIZE_T)-1; /* the end, in this library's words */
    memcpy(to, file->data + file->at, count);
    file->at += count;
    return count;
}

static OPJ_BOOL seek_to(OPJ_OFF_T at, void *context)
{
    struct file *file = context;

    if (at < 0 || (uint64_t)at > file->bytes)
        return OPJ_FALSE;
    file->at = (size_t)at;
    return OPJ_TRUE;
}

static OPJ_OFF_T skip(OPJ_OFF_T count, void *context)
{
    struct file *file = context;

    return seek_to((OPJ_OFF_T)file->at + count, context) ? count : -1;
}

static opj_stream_t *open_stream(struct file *file)
{
    opj_stream_t *stream = opj_stream_default_create(OPJ_TRUE);

    if (!stream)
        return NULL;
    opj_stream_set_user_data(stream, file, NULL);
    opj_stream_set_user_data_length(stream, file->bytes);
    opj_stream_set_read_function(stream, read_some);
    opj_stream_set_seek_function(stream, seek_to);
    opj_stream_set_skip_function(stream, skip);
    return stream;
}

/* --- the palette ------------------------------------------------------------------------------ */

/* The library makes as many components of a palette's indices as the palette has columns. */
static uint64_t palette_columns(const struct file *file)
{
    struct iso_span header = iso_box_find((struct iso_span){file->data, file->bytes}, "jp2h");
    struct iso_span palette = iso_box_find(header, "pclr");

    return palette.bytes >= 3 ? palette.at[2] : 0;
}

/* --- decoding --------------------------------------------------------------------------------- */

static void take_error(const char *text, void *context)
{
    struct fault *fault = context;

    if (!fault->text[0])
        fault_set(fault, "JPEG 2000: %.*s", (int)strcspn(text, "\n"), text);
}

/* After these the library continues, and what is missing becomes grey or coarse. Its other warnings are of boxes that
 * it does not read. */
static void take_warning(const char *text, void *context)
{
    static const char *const damage[] = {"too long",     "PTERM check",  "Not enough space",
                                         "Expected SOP", "Expected EPH", "Missing packets",
                                         "Malformed",    "Corrupted",    "EOC is also missing"};

    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++)
        if (strstr(text, damage[i])) {
            take_error(text, context);
            break;
        }
}

/* Before any sample is decoded. Four bytes for each sample, in the decoder and in its picture, and two in ours. */
static int check_size(const opj_image_t *image, const struct file *file, uint64_t max_pixels,
                      struct fault *fault)
{
    uint64_t width = image->x1 - (uint64_t)image->x0, height = image->y1 - (uint64_t)image->y0;
    uint64_t samples = width * height * (image->numcomps + palette_columns(file));

    if (image->x1 <= image->x0 || image->y1 <= image->y0 || !image->numcomps)
        return fault_set(fault, "JPEG 2000: a picture without pixels");
    if (pixel_limit_check(width, height, max_pixels, fault))
        return -1;
    if (samples > JP2_MOST_BYTES / 10)
        return fault_set(fault, "JPEG 2000: %llux%llu with %u components needs more than %llu MiB of memory",
                         (unsigned long long)width, (unsigned long long)height, image->numcomps,
                         (unsigned long long)(JP2_MOST_BYTES >> 20));
    return 0;
}

/* The decoded components, freed with opj_image_destroy(); NULL with fault. */
static opj_image_t *decode(struct file *file, uint64_t max_pixels, struct fault *fault)
{
    bool contained = file->bytes > 4 && big_endian(file->data, 4) == 12;
    opj_codec_t *codec = opj_create_decompress(contained ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
    opj_stream_t *stream = open_stream(file);
    opj_dparameters_t parameters;
    opj_image_t *image = NULL;
    struct fault said = {.text = ""};
    bool good = codec && stream, refused = false;

    if (good) {
        opj_set_default_decoder_parameters(&parameters);
        opj_set_error_handler(codec, take_error, &said);
        opj_set_warning_handler(codec, take_warning, &said);
        good = opj_setup_decoder(codec, &parameters) && opj_read_header(stream, codec, &image);
    }
    if (good)
        refused = check_size(image, file, max_pixels, fault);
    good = good && !refused && opj_decode(codec, stream, image) && opj_end_decompress(codec, stream) &&
           !said.text[0];
    if (!good && !refused)
        fault_set(fault, "%s", said.text[0] ? said.text : "JPEG 2000: it cannot be decoded");
    if (!good && image) {
        opj_image_destroy(image);
        image = NULL;
    }
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    return image;
}

VipsImage *jp2_picture_open(const void *data, size_t bytes, uint64_t max_pixels, struct fault *fault)
{
    struct file file = {.data = data, .bytes = bytes};
    opj_image_t *components = decode(&file, max_pixels, fault);
    struct jp2_samples samples;
    VipsImage *image = NULL;

    if (!components)
        return NULL;
    if (jp2_samples_make(components, &samples, fault) == 0) {
        image = vips_owned_image(&(struct vips_owned){samples.data, samples.width, samples.height,
                                                      samples.bands, samples.format, samples.type},
                                 fault);
        if (image && components->icc_profile_buf && components->icc_profile_len)
            vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, components->icc_profile_buf,
                                     components->icc_profile_len);
    }
    opj_image_destroy(components);
    return image;
}
