#include "pipeline/images/engines/vips_profile.h"

#include <stdint.h>

#include "pipeline/images/codecs/vips_rows.h"
#include "pipeline/images/pixels/colour_profile.h"

/* Bytes of the image's own, which lives as long as the converted one. */
struct profile {
    const void *data;
    size_t bytes;
    uint64_t number;
};

/* The image's profile; of CMYK without one, libvips' own becomes it. Takes the image over; NULL: there is none. */
static VipsImage *with_profile(VipsImage *image)
{
    VipsImage *copy = NULL;
    VipsBlob *blob = NULL;
    const void *profile;
    size_t bytes;

    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME))
        return image;
    if (image->Type == VIPS_INTERPRETATION_CMYK && vips_profile_load("cmyk", &blob, NULL) == 0 &&
        vips_copy(image, &copy, NULL) == 0) {
        profile = vips_blob_get(blob, &bytes);
        vips_image_set_blob_copy(copy, VIPS_META_ICC_NAME, profile, bytes);
    }
    if (blob)
        vips_area_unref(VIPS_AREA(blob));
    g_object_unref(image);
    return copy;
}

gboolean vips_profile_takes(VipsImage *image)
{
    const void *profile;
    size_t bytes;
    int channels = 4;

    if (image->BandFmt != VIPS_FORMAT_UCHAR && image->BandFmt != VIPS_FORMAT_USHORT)
        return FALSE;
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) &&
        vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, &bytes) == 0)
        channels = colour_profile_channels(profile, bytes);
    else if (image->Type != VIPS_INTERPRETATION_CMYK)
        return FALSE;
    return channels && (image->Bands == channels || image->Bands == channels + 1);
}

static int convert_row(const void *context, const void *from, int sample_bytes, int bands, size_t pixels,
                       uint8_t *to)
{
    const struct profile *profile = context;

    return colour_profile_row(profile->number, profile->data, profile->bytes, from, sample_bytes, bands,
                              pixels, to);
}

VipsImage *vips_profile_to_srgb(VipsImage *image)
{
    VipsImage *from = with_profile(image), *to = NULL;
    struct profile profile;

    if (!from)
        return NULL;
    if (vips_image_get_blob(from, VIPS_META_ICC_NAME, &profile.data, &profile.bytes) == 0) {
        profile.number = colour_profile_number(profile.data, profile.bytes);
        to = vips_rows_make(from, from->Bands - colour_profile_channels(profile.data, profile.bytes) + 3,
                            VIPS_INTERPRETATION_sRGB, convert_row, &profile, sizeof profile);
    }
    g_object_unref(from);
    return to;
}
