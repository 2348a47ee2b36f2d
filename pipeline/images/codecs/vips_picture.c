#include "pipeline/images/codecs/vips_picture.h"

#include <string.h>

#include "pipeline/images/codecs/gif_canvas.h"
#include "pipeline/images/codecs/gif_vips.h"
#include "pipeline/images/codecs/heif_boxes.h"
#include "pipeline/images/codecs/png_chunks.h"
#include "pipeline/images/codecs/png_source.h"
#include "pipeline/images/codecs/png_vips.h"
#include "pipeline/images/codecs/tiff_deflate.h"
#include "pipeline/images/codecs/tiff_layout.h"
#include "pipeline/images/codecs/tiff_picture.h"
#include "pipeline/images/codecs/tiff_vips.h"
#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/codecs/vips_rows.h"
#include "pipeline/images/input/metadata.h"
#include "pipeline/images/pixels/colour_profile.h"

/* Colours of the image, without alpha and other samples; 0: none of those that are handled here. */
static int colours_of(const VipsImage *image)
{
    switch (image->Type) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
        return 1;
    case VIPS_INTERPRETATION_CMYK:
        return 4;
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_scRGB:
        return 3;
    default:
        return 0;
    }
}

/* The operation has made to from *image, unless failed: it takes its place. */
static int replace(VipsImage **image, VipsImage *to, int failed)
{
    g_object_unref(*image);
    *image = failed ? NULL : to;
    return failed;
}

/* --- samples ----------------------------------------------------------------------------------- */

/* Samples after the colours are kept only when they are alpha: the first that the file calls so. */
static int drop_extra(VipsImage **image, const struct tiff_layout *layout)
{
    int colours = colours_of(*image), extra = (*image)->Bands - colours, alpha = -1;
    VipsImage *kept = NULL, *band = NULL, *joined = NULL;
    int failed;

    if (!colours || extra <= 0)
        return 0;
    for (int i = 0; i < extra && i < layout->extra_count && alpha < 0; i++)
        if (layout->extra[i] == TIFF_EXTRA_ASSOCIATED || layout->extra[i] == TIFF_EXTRA_UNASSOCIATED)
            alpha = i;
    if (alpha == 0 && extra == 1)
        return 0;
    failed = vips_extract_band(*image, &kept, 0, "n", colours, NULL);
    if (!failed && alpha >= 0) {
        failed = vips_extract_band(*image, &band, colours + alpha, NULL) ||
                 vips_bandjoin2(kept, band, &joined, NULL);
        VIPS_UNREF(kept);
        VIPS_UNREF(band);
        kept = joined;
    }
    return replace(image, kept, failed);
}

/* Factor and format that make samples of this format whole numbers of 8 or 16 bits; 0: they are that. */
static double factor_of(VipsBandFormat format, VipsBandFormat *to)
{
    *to = format == VIPS_FORMAT_CHAR ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT;
    switch (format) {
    case VIPS_FORMAT_CHAR:
    case VIPS_FORMAT_SHORT:
        return 1;
    case VIPS_FORMAT_INT:
    case VIPS_FORMAT_UINT:
        return 1 / 65537.0;
    case VIPS_FORMAT_FLOAT:
    case VIPS_FORMAT_DOUBLE:
        return 65535;
    default:
        return 0;
    }
}

/* Casts clip: what is below zero becomes black. */
static int make_whole(VipsImage **image)
{
    VipsBandFormat format;
    double factor = factor_of((*image)->BandFmt, &format);
    int colours = colours_of(*image);
    VipsInterpretation type = colours == 4 ? VIPS_INTERPRETATION_CMYK
                              : format == VIPS_FORMAT_UCHAR
                                  ? (colours == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB)
                              : colours == 1 ? VIPS_INTERPRETATION_GREY16
                                             : VIPS_INTERPRETATION_RGB16;
    VipsImage *scaled = NULL, *rounded = NULL, *cast = NULL, *to = NULL;
    int failed;

    if (factor <= 0 || !colours)
        return 0;
    failed = vips_linear1(*image, &scaled, factor, 0, NULL) ||
             vips_round(scaled, &rounded, VIPS_OPERATION_ROUND_RINT, NULL) ||
             vips_cast(rounded, &cast, format, NULL) || vips_copy(cast, &to, "interpretation", type, NULL);
    VIPS_UNREF(scaled);
    VIPS_UNREF(rounded);
    VIPS_UNREF(cast);
    return replace(image, to, failed);
}

/* Floats that are multiplied by alpha: libvips divides them by it, but takes 255 for the largest alpha. */
static int take_alpha_out(VipsImage **image, const struct tiff_layout *layout)
{
    static const double factors[2][4] = {{1 / 255.0, 1, 0, 0}, {1 / 255.0, 1 / 255.0, 1 / 255.0, 1}};
    static const double none[4] = {0};
    int colours = colours_of(*image), failed;
    VipsImage *to = NULL;

    if ((colours != 1 && colours != 3) || (*image)->Bands != colours + 1 || layout->extra_count < 1 ||
        layout->extra[0] != TIFF_EXTRA_ASSOCIATED || (*image)->BandFmt != VIPS_FORMAT_FLOAT)
        return 0;
    failed = vips_linear(*image, &to, factors[colours == 3], none, colours + 1, NULL);
    return replace(image, to, failed);
}

/* libvips inverts whole numbers. */
static int invert_floats(VipsImage **image, const struct tiff_layout *layout)
{
    static const double factors[2] = {-1, 1}, offsets[2] = {1, 0};
    VipsImage *to = NULL;
    int failed;

    if (!layout->inverted || (*image)->BandFmt != VIPS_FORMAT_FLOAT || (*image)->Bands > 2)
        return 0;
    failed = vips_linear(*image, &to, factors, offsets, (*image)->Bands, NULL);
    return replace(image, to, failed);
}

/* --- profiles ---------------------------------------------------------------------------------- */

static int without_profile(VipsImage **image)
{
    VipsImage *to = NULL;
    int failed = vips_copy(*image, &to, NULL);

    if (!failed)
        vips_image_remove(to, VIPS_META_ICC_NAME);
    return replace(image, to, failed);
}

/* Removes a profile that is not for these channels, or cannot be read, or does not count. */
static int fit_profile(VipsImage **image, bool ignored, struct notes *notes)
{
    const void *profile;
    size_t bytes;
    int colours = colours_of(*image), channels;

    if (!vips_image_get_typeof(*image, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(*image, VIPS_META_ICC_NAME, &profile, &bytes))
        return 0;
    if (ignored)
        return without_profile(image);
    channels = colour_profile_channels(profile, bytes);
    if (channels && (!colours || channels == colours))
        return 0;
    notes_add(notes, channels ? NOTE_PROFILE_UNFIT : NOTE_PROFILE_DAMAGED);
    return without_profile(image);
}

/* --- colour given without a profile --------------------------------------------------------------------- */

static int convert_row(const void *context, const void *from, int sample_bytes, int bands, size_t pixels,
                       uint8_t *to)
{
    return colour_space_convert(context, from, sample_bytes, bands, pixels, to);
}

static int convert_space(VipsImage **image, const struct colour_space *space)
{
    VipsImage *to;

    if (colours_of(*image) == 4 || !colours_of(*image) || (*image)->Bands > 4 ||
        colour_space_is_srgb(space) ||
        ((*image)->BandFmt != VIPS_FORMAT_UCHAR && (*image)->BandFmt != VIPS_FORMAT_USHORT))
        return 0;
    to = vips_rows_make(*image, (*image)->Bands,
                        (*image)->Bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, convert_row,
                        space, sizeof *space);
    return replace(image, to, to == NULL);
}

VipsImage *vips_picture_fit(VipsImage *image, const struct colour_tags *tags, struct notes *notes,
                            struct fault *fault)
{
    if (make_whole(&image) || fit_profile(&image, tags->over_profile, notes) ||
        (!vips_image_get_typeof(image, VIPS_META_ICC_NAME) && convert_space(&image, &tags->space))) {
        vips_fault(fault);
        return NULL;
    }
    return image;
}

/* --- files ------------------------------------------------------------------------------------- */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The first picture alone, on the whole canvas, which is clear around it. */
static int place_on_canvas(VipsImage **image, const uint8_t *data, size_t bytes)
{
    struct gif_canvas canvas;
    VipsImage *frame = NULL, *clear = NULL, *to = NULL;
    int failed, width, height;

    if (!gif_canvas_read(data, bytes, &canvas))
        return 0;
    width = least(canvas.frame_width, (*image)->Xsize - canvas.left);
    height = least(canvas.frame_height, (*image)->Ysize - canvas.top);
    if ((width >= canvas.width && height >= canvas.height) || width <= 0 || height <= 0)
        return 0;
    failed = vips_extract_area(*image, &frame, canvas.left, canvas.top, width, height, NULL);
    if (!failed)
        failed =
            vips_image_hasalpha(frame) ? vips_copy(frame, &clear, NULL) : vips_addalpha(frame, &clear, NULL);
    if (!failed)
        failed = vips_embed(clear, &to, canvas.left, canvas.top,
                            canvas.width > (*image)->Xsize ? canvas.width : (*image)->Xsize,
                            canvas.height > (*image)->Ysize ? canvas.height : (*image)->Ysize, "extend",
                            VIPS_EXTEND_BLACK, NULL);
    VIPS_UNREF(frame);
    VIPS_UNREF(clear);
    return replace(image, to, failed);
}

/* AVIF and HEIC whose colours are multiplied by alpha, which the loader does not look at. */
static int divide_by_alpha(VipsImage **image, const uint8_t *data, size_t bytes)
{
    struct heif_said said;
    VipsBandFormat format = (*image)->BandFmt;
    VipsImage *straight = NULL, *rounded = NULL, *to = NULL;
    int failed;

    heif_boxes_read(data, bytes, &said);
    if (!said.premultiplied || !vips_image_hasalpha(*image))
        return 0;
    failed = vips_unpremultiply(*image, &straight, "max_alpha", format == VIPS_FORMAT_UCHAR ? 255.0 : 65535.0,
                                NULL) ||
             vips_round(straight, &rounded, VIPS_OPERATION_ROUND_RINT, NULL) ||
             vips_cast(rounded, &to, format, NULL);
    VIPS_UNREF(straight);
    VIPS_UNREF(rounded);
    return replace(image, to, failed);
}

/* The decoder sees EXIF before the pixels only, where the specification allows it behind them too; and it passes over a
 * profile that it cannot read, or that has an sRGB chunk in front of it. */
static int take_chunks(VipsImage **image, const uint8_t *data, size_t bytes, struct notes *notes)
{
    struct metadata metadata = {0};
    size_t exif_bytes;
    const uint8_t *exif = metadata_find(KIND_PNG, data, bytes, &exif_bytes);
    VipsImage *to = NULL;
    int failed;

    if (exif)
        metadata_read(exif, exif_bytes, &metadata);
    if (!vips_image_get_typeof(*image, VIPS_META_ICC_NAME) && png_chunks_find(data, bytes, "iCCP", 0) &&
        !png_chunks_find(data, bytes, "sRGB", 0))
        notes_add(notes, NOTE_PROFILE_DAMAGED);
    if (!metadata.orientation || vips_image_get_typeof(*image, VIPS_META_ORIENTATION))
        return 0;
    failed = vips_copy(*image, &to, NULL);
    if (!failed)
        vips_image_set_int(to, VIPS_META_ORIENTATION, metadata.orientation);
    return replace(image, to, failed);
}

/* The limit of a recipe counts pixels, whatever they consist of. */
static int check_bands(VipsImage **image, struct fault *fault)
{
    int bands = (*image)->Bands;

    if (bands <= VIPS_PICTURE_MOST_BANDS)
        return 0;
    g_object_unref(*image);
    *image = NULL;
    return fault_set(fault, "%d samples in each pixel are more than the %d that are read", bands,
                     VIPS_PICTURE_MOST_BANDS);
}

/* No loader takes the bytes for its own, although they begin as a file of that kind. */
static int open_fault(enum image_kind kind, struct fault *fault)
{
    const char *text = vips_error_buffer();
    bool nobody = strstr(text, "operation is blocked") || strstr(text, "not in a known format");

    vips_fault(fault);
    return nobody ? fault_set(fault, "%s: it is cut or damaged: it begins as such a file, and has no header",
                              sniff_name(kind))
                  : -1;
}

static VipsImage *open_tiff(const void *data, size_t bytes, uint64_t max_pixels, struct fault *fault)
{
    struct tiff_layout layout;
    VipsImage *image;

    tiff_layout_read(data, bytes, &layout);
    if (layout.raw) {
        fault_set(fault, "a camera's raw file: its pixels are those of a sensor; develop it to TIFF or JPEG");
        return NULL;
    }
    if (tiff_deflate_check(data, bytes, &layout, max_pixels, fault))
        return NULL;
    if (layout.beyond_vips)
        return tiff_picture_open(data, bytes, &layout, max_pixels, fault);
    image = layout.subifd < 0 ? vips_image_new_from_buffer(data, bytes, "[fail_on=warning]", "access",
                                                           VIPS_ACCESS_SEQUENTIAL, "page", layout.page, NULL)
                              : vips_image_new_from_buffer(data, bytes, "[fail_on=warning]", "access",
                                                           VIPS_ACCESS_SEQUENTIAL, "page", layout.page,
                                                           "subifd", layout.subifd, NULL);
    if (image && check_bands(&image, fault))
        return NULL;
    if (!image)
        open_fault(KIND_TIFF, fault);
    else if (!(image = tiff_vips_image(image, data, bytes, &layout)) || drop_extra(&image, &layout) ||
             take_alpha_out(&image, &layout) || invert_floats(&image, &layout))
        vips_fault(fault);
    return image;
}

static VipsImage *open_any(enum image_kind kind, const void *data, size_t bytes, struct fault *fault)
{
    VipsImage *image = kind == KIND_PNG && png_source_takes(data, bytes)
                           ? png_source_open(data, bytes)
                           : vips_image_new_from_buffer(data, bytes, "[fail_on=warning]", "access",
                                                        VIPS_ACCESS_SEQUENTIAL, NULL);

    if (!image)
        open_fault(kind, fault);
    return image && check_bands(&image, fault) ? NULL : image;
}

VipsImage *vips_picture_open(const void *data, size_t bytes, uint64_t max_pixels, struct notes *notes,
                             struct fault *fault)
{
    enum image_kind kind = sniff_kind(data, bytes);
    struct colour_tags tags;
    VipsImage *image =
        kind == KIND_TIFF ? open_tiff(data, bytes, max_pixels, fault) : open_any(kind, data, bytes, fault);

    if (!image)
        return NULL;
    if ((kind == KIND_GIF && (!(image = gif_vips_image(image, data, bytes, max_pixels)) ||
                              place_on_canvas(&image, data, bytes))) ||
        (kind == KIND_HEIF && divide_by_alpha(&image, data, bytes)) ||
        (kind == KIND_PNG &&
         (take_chunks(&image, data, bytes, notes) || !(image = png_vips_image(image, data, bytes))))) {
        vips_fault(fault);
        return NULL;
    }
    colour_tags_read(kind, data, bytes, &tags);
    return vips_picture_fit(image, &tags, notes, fault);
}
