#include "pipeline/images/engines/vips_open.h"

#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/codecs/heif_vips.h"
#include "pipeline/images/codecs/vips_picture.h"
#include "pipeline/images/codecs/webp_vips.h"

static VipsImage *open_webp(const void *data, size_t bytes, const struct webp_picture *webp,
                            uint64_t max_pixels, struct notes *notes, struct fault *fault)
{
    struct colour_tags tags;
    VipsImage *image = webp_vips_image(data, bytes, webp, max_pixels, fault);

    colour_tags_read(KIND_WEBP, data, bytes, &tags);
    return image ? vips_picture_fit(image, &tags, notes, fault) : NULL;
}

static VipsImage *open_heif(const void *data, size_t bytes, uint64_t max_pixels, struct notes *notes,
                            struct fault *fault)
{
    struct colour_tags tags;
    VipsImage *image;

    switch (heif_vips_image(data, bytes, max_pixels, &tags, &image, fault)) {
    case HEIF_READER_OK:
        return vips_picture_fit(image, &tags, notes, fault);
    case HEIF_READER_OTHER:
        return vips_picture_open(data, bytes, max_pixels, notes, fault);
    default:
        return NULL;
    }
}

VipsImage *vips_open(const void *data, size_t bytes, uint64_t max_pixels, struct notes *notes,
                     struct fault *fault)
{
    enum image_kind kind = sniff_kind(data, bytes);
    struct webp_picture webp;

    if (kind == KIND_HEIF)
        return open_heif(data, bytes, max_pixels, notes, fault);
    if (kind == KIND_WEBP && webp_reader_open_any(data, bytes, &webp))
        return open_webp(data, bytes, &webp, max_pixels, notes, fault);
    return vips_picture_open(data, bytes, max_pixels, notes, fault);
}
