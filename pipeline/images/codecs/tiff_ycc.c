#include "pipeline/images/codecs/tiff_ycc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/codecs/vips_owned.h"

/* Four bytes of a pixel become three, in place. */
static void drop_alpha(uint32_t *raster, size_t count)
{
    uint8_t *to = (uint8_t *)raster;

    for (size_t i = 0; i < count; i++, to += 3) {
        uint32_t pixel = raster[i];
        to[0] = (uint8_t)TIFFGetR(pixel);
        to[1] = (uint8_t)TIFFGetG(pixel);
        to[2] = (uint8_t)TIFFGetB(pixel);
    }
}

/* Rows from the stored first one on: the image's orientation is applied later. */
static bool convert(TIFF *tiff, uint32_t width, uint32_t height, uint32_t *raster, char why[1024])
{
    TIFFRGBAImage picture;
    bool good;

    if (!TIFFRGBAImageBegin(&picture, tiff, 1, why))
        return false;
    picture.req_orientation = picture.orientation;
    good = TIFFRGBAImageGet(&picture, raster, width, height);
    TIFFRGBAImageEnd(&picture);
    return good;
}

VipsImage *tiff_ycc_open(TIFF *tiff, uint32_t width, uint32_t height, const struct fault *said,
                         struct fault *fault)
{
    size_t count = (size_t)width * height;
    uint32_t *raster = picture_alloc(count * sizeof *raster);
    const struct vips_owned owned = {raster, (int)width,        (int)height,
                                     3,      VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB};
    char why[1024] = "it ends early";

    if (!raster) {
        fault_sys(fault, "no memory for a picture of %ux%u", width, height);
        return NULL;
    }
    if (!convert(tiff, width, height, raster, why) || said->text[0]) {
        free(raster);
        if (said->text[0])
            fault_set(fault, "%s", said->text);
        else
            fault_set(fault, "TIFF: %s", why);
        return NULL;
    }
    drop_alpha(raster, count);
    return vips_owned_image(&owned, fault);
}
