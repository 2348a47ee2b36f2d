#include "pipeline/images/codecs/jp2_decoder.h"

#include <stdbool.h>
#include <string.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/base/iso_box.h"
#include "pipeline/images/codecs/pixel_limit.h"

/* --- the file in memory ----------------------------------------------------------------------- */

static OPJ_SIZE_T read_some(void *to, OPJ_SIZE_T most, void *context)
{
    struct jp2_file *file = context;
    size_t rest = file->bytes - file->at, count = most < rest ? most : rest;

    if (!count)
        return (OPJ_SIZE_T)-1; /* the end, in this library's words */
    memcpy(to, file->data + file->at, count);
    file->at += count;
    return count;
}

static OPJ_BOOL seek_to(OPJ_OFF_T at, void *context)
{
    struct jp2_file *file = context;

    if (at < 0 || (uint64_t)at > file->bytes)
        return OPJ_FALSE;
    file->at = (size_t)at;
    return OPJ_TRUE;
}

static OPJ_OFF_T skip(OPJ_OFF_T count, void *context)
{
    struct jp2_file *file = context;

    return seek_to((OPJ_OFF_T)file->at + count, context) ? count : -1;
}

static opj_stream_t *open_stream(struct jp2_file *file)
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

uint64_t jp2_palette_columns(const struct jp2_file *file)
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

/* Before any sample is decoded. Four bytes for each sample, in the decoder and in its picture, and two for the rest,
 * where a picture has to be decoded at once. */
static int check_size(const opj_image_t *image, const struct jp2_file *file, uint64_t max_pixels,
                      struct fault *fault)
{
    uint64_t width = image->x1 - (uint64_t)image->x0, height = image->y1 - (uint64_t)image->y0;
    uint64_t samples = width * height * (image->numcomps + jp2_palette_columns(file));

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

int jp2_decoder_fault(const struct jp2_decoder *d, struct fault *fault)
{
    return fault_set(fault, "%s", d->said.text[0] ? d->said.text : "JPEG 2000: it cannot be decoded");
}

void jp2_decoder_close(struct jp2_decoder *d)
{
    opj_image_destroy(d->image);
    opj_stream_destroy(d->stream);
    opj_destroy_codec(d->codec);
}

int jp2_decoder_open(struct jp2_decoder *d, const void *data, size_t bytes, uint64_t max_pixels,
                     struct fault *fault)
{
    bool contained = bytes > 4 && big_endian(data, 4) == 12;
    opj_dparameters_t parameters;

    *d = (struct jp2_decoder){.file = {.data = data, .bytes = bytes}};
    d->codec = opj_create_decompress(contained ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
    d->stream = open_stream(&d->file);
    if (!d->codec || !d->stream)
        return jp2_decoder_fault(d, fault);
    opj_set_default_decoder_parameters(&parameters);
    opj_set_error_handler(d->codec, take_error, &d->said);
    opj_set_warning_handler(d->codec, take_warning, &d->said);
    if (!opj_setup_decoder(d->codec, &parameters) || !opj_read_header(d->stream, d->codec, &d->image))
        return jp2_decoder_fault(d, fault);
    return check_size(d->image, &d->file, max_pixels, fault);
}
