#include "pipeline/images/engines/vips_base.h"

#include <stdbool.h>

#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/engines/vips_profile.h"
#include "pipeline/images/pixels/bands.h"
#include "pipeline/images/pixels/colour_profile.h"
#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/turn.h"

enum { STRIP_ROWS = 32 };

/* --- to bytes ---------------------------------------------------------------------------------- */

static bool is_plain_rgb(const VipsImage *image)
{
    return image->BandFmt == VIPS_FORMAT_UCHAR && (image->Bands == 3 || image->Bands == 4) &&
           (image->Type == VIPS_INTERPRETATION_sRGB || image->Type == VIPS_INTERPRETATION_RGB);
}

static bool is_plain_grey(const VipsImage *image)
{
    return image->BandFmt == VIPS_FORMAT_UCHAR && image->Bands == 1 && image->Type == VIPS_INTERPRETATION_B_W;
}

/* The colours of an image that has a profile, or inks. Takes over image. */
static VipsImage *to_srgb(VipsImage *image, bool inks)
{
    VipsImage *coloured = NULL;

    if (vips_profile_takes(image))
        return vips_profile_to_srgb(image);
    vips_icc_transform(image, &coloured, "srgb", "embedded", TRUE, "input_profile", inks ? "cmyk" : "srgb",
                       "intent", VIPS_INTENT_RELATIVE, NULL);
    g_object_unref(image);
    return coloured;
}

/* Bytes of grey, RGB or RGBA, in sRGB, but for the profile of plain RGB: that is cheaper to apply when the picture is
 * small. *convert becomes false where it has been applied. Takes over image. */
static VipsImage *to_bytes(VipsImage *image, bool *convert)
{
    bool inks = image->Type == VIPS_INTERPRETATION_CMYK;
    VipsImage *plain = NULL, *bytes = NULL;

    if (is_plain_rgb(image) || (is_plain_grey(image) && !*convert))
        return image;
    if (inks || *convert)
        image = to_srgb(image, inks);
    *convert = false;
    if (image && vips_colourspace(image, &plain, VIPS_INTERPRETATION_sRGB, NULL) == 0)
        vips_cast_uchar(plain, &bytes, NULL);
    VIPS_UNREF(image);
    VIPS_UNREF(plain);
    return bytes;
}

/* --- rows -------------------------------------------------------------------------------------- */

struct rows {
    VipsImage *image;
    VipsRegion *region;
};

/* The strip after those that were read. */
static int read_strip(struct rows *rows, struct fault *fault)
{
    const VipsRect *valid = &rows->region->valid;
    VipsRect strip = {0, valid->top + valid->height, rows->image->Xsize, STRIP_ROWS};

    if (strip.top + strip.height > rows->image->Ysize)
        strip.height = rows->image->Ysize - strip.top;
    return vips_region_prepare(rows->region, &strip) ? vips_fault(fault) : 0;
}

static int fetch(void *context, int y, uint8_t *const to[], struct fault *fault)
{
    struct rows *rows = context;
    const VipsRect *valid = &rows->region->valid;

    while (y >= valid->top + valid->height)
        if (read_strip(rows, fault))
            return -1;
    bands_split_row(rows->region->data + (ptrdiff_t)(y - valid->top) * rows->region->bpl, rows->image->Bands,
                    rows->image->Xsize, to);
    return 0;
}

/* Rows that the scaler had no need of may be damaged too. */
static int read_to_the_end(struct rows *rows, struct fault *fault)
{
    while (rows->region->valid.top + rows->region->valid.height < rows->image->Ysize)
        if (read_strip(rows, fault))
            return -1;
    return 0;
}

/* --- the base ---------------------------------------------------------------------------------- */

static void convert(void *context, uint8_t *rgb, size_t count)
{
    VipsImage *image = context;
    const void *profile;
    size_t bytes;

    if (vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, &bytes) == 0)
        colour_profile_convert(profile, bytes, rgb, count);
}

static int scale(VipsImage *image, const struct vips_base *how, struct bands *bands, struct fault *fault)
{
    struct rows rows = {image, vips_region_new(image)};
    const struct scale_feed feed = {fetch, &rows};
    const struct plane shape = {.width = image->Xsize, .height = image->Ysize};
    const struct plane shapes[SCALE_MOST_PLANES] = {shape, shape, shape, shape};
    const struct scale_box whole = {0, 0, image->Xsize, image->Ysize};
    const struct scale_box *box = how->part.width > 0 ? &how->part : &whole;
    bool swap = turn_swaps(how->orientation);
    int failed = bands_alloc(bands, image->Bands, swap ? how->height : how->width,
                             swap ? how->width : how->height, fault);

    rows.region->valid = (VipsRect){0};
    if (!failed)
        failed = scale_planes(shapes, bands->planes, bands->count, box, &feed, fault);
    if (!failed)
        failed = read_to_the_end(&rows, fault);
    g_object_unref(rows.region);
    return failed;
}

/* Scaled and upright bands to the base. colours: to be converted; NULL none. */
static int join(const struct bands *bands, const struct vips_base *how, const struct bands_colours *colours,
                struct pixels *base, struct fault *fault)
{
    struct pixels rgb;
    int failed;

    if (how->planes && !colours && bands->count != 4)
        return planes_from_bands(bands->planes, bands->count, base, fault);
    if (!how->planes)
        return bands_join(bands, how->background, colours, base, fault);
    failed = bands_join(bands, how->background, colours, &rgb, fault);
    if (!failed)
        failed = planes_from_rgb(&rgb, base, fault);
    g_free(rgb.data);
    return failed;
}

int vips_base_make(VipsImage *image, const struct vips_base *how, struct pixels *base, struct fault *fault)
{
    bool convert_late = how->convert;
    VipsImage *bytes = to_bytes(image, &convert_late);
    const struct bands_colours colours = {convert, bytes};
    struct bands bands = {.count = 0};
    int failed;

    if (!bytes)
        return vips_fault(fault);
    if (bytes->Bands != 1 && bytes->Bands != 3 && bytes->Bands != 4)
        failed = fault_set(fault, "%d colour bands after conversion to sRGB, 3 or 4 expected", bytes->Bands);
    else
        failed = scale(bytes, how, &bands, fault) || bands_upright(&bands, how->orientation, fault) ||
                 join(&bands, how, convert_late ? &colours : NULL, base, fault);
    bands_free(&bands);
    g_object_unref(bytes);
    return failed ? -1 : 0;
}
