/* encode.c: JPEG through libjpeg itself (libvips offers no 4:2:2), everything else through libvips. */
#include "datasets/encode.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <vips/vips.h>

struct jpeg_failure {
    struct jpeg_error_mgr manager; /* first, so that libjpeg's pointer to it is a pointer to this */
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

static void jpeg_failed(j_common_ptr common)
{
    struct jpeg_failure *failure = (struct jpeg_failure *)common->err;
    failure->manager.format_message(common, failure->text);
    longjmp(failure->back, 1);
}

static void jpeg_set_up(struct jpeg_compress_struct *jpeg, const struct raster *raster,
                        const struct encode_settings *settings)
{
    jpeg->image_width = raster->width;
    jpeg->image_height = raster->height;
    jpeg->input_components = raster->planes;
    jpeg->in_color_space = raster->planes == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, settings->quality, TRUE);
    if (raster->planes == 3) {
        jpeg->comp_info[0].h_samp_factor = settings->subsampling == PLAN_444 ? 1 : 2;
        jpeg->comp_info[0].v_samp_factor = settings->subsampling == PLAN_420 ? 2 : 1;
    }
    if (settings->progressive)
        jpeg_simple_progression(jpeg);
    jpeg->write_JFIF_header = settings->exif == NULL; /* cameras write one of the two */
}

static int encode_jpeg(struct encoded *encoded, const struct raster *raster,
                       const struct encode_settings *settings, struct fault *fault)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_failure failure;
    JSAMPLE *row = malloc((size_t)raster->width * (size_t)raster->planes);
    if (row == NULL)
        return fault_set(fault, "memory for a row of %u pixels is short", raster->width);
    jpeg.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = jpeg_failed;
    if (setjmp(failure.back) != 0) {
        jpeg_destroy_compress(&jpeg);
        free(row);
        encoded_release(encoded);
        return fault_set(fault, "libjpeg cannot encode %ux%u pixels: %s", raster->width, raster->height,
                         failure.text);
    }
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &encoded->data, &encoded->bytes);
    jpeg_set_up(&jpeg, raster, settings);
    jpeg_start_compress(&jpeg, TRUE);
    if (settings->exif != NULL)
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, settings->exif, (unsigned)settings->exif_bytes);
    if (settings->icc != NULL)
        jpeg_write_icc_profile(&jpeg, settings->icc, (unsigned)settings->icc_bytes);
    while (jpeg.next_scanline < jpeg.image_height) {
        raster_row(raster, jpeg.next_scanline, row);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(row);
    return 0;
}

static int save(VipsImage *image, void **data, size_t *bytes, const struct encode_settings *settings)
{
    switch (settings->kind) {
    case PLAN_PNG:
        return vips_pngsave_buffer(image, data, bytes, "compression", 5, "filter",
                                   VIPS_FOREIGN_PNG_FILTER_PAETH, "interlace", settings->progressive, NULL);
    case PLAN_WEBP:
        return vips_webpsave_buffer(image, data, bytes, "Q", settings->quality, "effort", 2, "strip",
                                    settings->icc == NULL, NULL);
    default:
        return vips_tiffsave_buffer(image, data, bytes, "compression",
                                    settings->tiff == PLAN_TIFF_LZW ? VIPS_FOREIGN_TIFF_COMPRESSION_LZW
                                    : settings->tiff == PLAN_TIFF_DEFLATE
                                        ? VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE
                                        : VIPS_FOREIGN_TIFF_COMPRESSION_NONE,
                                    "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, NULL);
    }
}

/* libvips keeps one error text for the process; it is taken out, on one line. */
static int vips_failed(struct fault *fault, const char *what)
{
    char text[300];
    snprintf(text, sizeof text, "%s", vips_error_buffer());
    vips_error_clear();
    text[strcspn(text, "\n")] = '\0';
    return fault_set(fault, "libvips cannot %s: %s", what, text);
}

static int encode_by_vips(struct encoded *encoded, const struct raster *raster,
                          const struct encode_settings *settings, struct fault *fault)
{
    size_t row = (size_t)raster->width * (size_t)raster->planes;
    uint8_t *samples = malloc(row * raster->height);
    if (samples == NULL)
        return fault_set(fault, "memory for a picture of %ux%u pixels is short", raster->width,
                         raster->height);
    for (uint32_t y = 0; y < raster->height; y++)
        raster_row(raster, y, samples + y * row);
    VipsImage *bare = vips_image_new_from_memory(samples, row * raster->height, (int)raster->width,
                                                 (int)raster->height, raster->planes, VIPS_FORMAT_UCHAR);
    VipsImage *image = NULL;
    void *data = NULL;
    int result = -1;
    if (bare == NULL ||
        vips_copy(bare, &image, "interpretation",
                  raster->planes == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL) != 0) {
        vips_failed(fault, "take a picture from memory");
        goto done;
    }
    if (settings->icc != NULL)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, settings->icc, settings->icc_bytes);
    if (save(image, &data, &encoded->bytes, settings) != 0) {
        vips_failed(fault, "encode a picture");
        goto done;
    }
    encoded->data = data;
    result = 0;
done:
    if (image != NULL)
        g_object_unref(image);
    if (bare != NULL)
        g_object_unref(bare);
    free(samples);
    return result;
}

int encode(struct encoded *encoded, const struct raster *raster, const struct encode_settings *settings,
           struct fault *fault)
{
    *encoded = (struct encoded){0};
    return settings->kind == PLAN_JPEG ? encode_jpeg(encoded, raster, settings, fault)
                                       : encode_by_vips(encoded, raster, settings, fault);
}

void encoded_release(struct encoded *encoded)
{
    g_free(encoded->data); /* the same as free(), and what libvips asks for */
    *encoded = (struct encoded){0};
}

int encode_profile(enum plan_profile profile, const uint8_t **icc, size_t *icc_bytes, struct fault *fault)
{
    static VipsBlob *blobs[3];
    static const char *const names[3] = {[PLAN_SRGB] = "srgb", [PLAN_P3] = "p3"};
    *icc = NULL;
    *icc_bytes = 0;
    if (profile == PLAN_NO_PROFILE)
        return 0;
    if (blobs[profile] == NULL && vips_profile_load(names[profile], &blobs[profile], NULL) != 0)
        return vips_failed(fault, "load its built-in colour profile");
    *icc = vips_blob_get(blobs[profile], icc_bytes);
    return 0;
}
