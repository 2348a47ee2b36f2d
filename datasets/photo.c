/* photo.c: libvips loads, turns upright, brings to sRGB, drops alpha. */
#include "datasets/photo.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <vips/vips.h>

static int failed(struct fault *fault, const char *name)
{
    char text[300];
    snprintf(text, sizeof text, "%s", vips_error_buffer());
    vips_error_clear();
    text[strcspn(text, "\n")] = '\0';
    return fault_set(fault, "photograph %s cannot be decoded: %s: take it out of its folder", name, text);
}

/* One step of a chain: the next image takes the place of the one it was made from. */
static int step(VipsImage **image, VipsImage *next, int result)
{
    g_object_unref(*image);
    *image = result == 0 ? next : NULL;
    return result;
}

/* vips_thumbnail turns upright and converts to sRGB by the profile; at full size it resamples nothing. */
static VipsImage *load(const char *name, const struct source *source)
{
    double pixels = (double)source->width * source->height;
    double shrink = fmin(1, sqrt(PHOTO_MAX_PIXELS / pixels));
    int width = (int)fmin(ceil(source->width * shrink), PHOTO_LARGEST_SIDE);
    int height = (int)fmin(ceil(source->height * shrink), PHOTO_LARGEST_SIDE);
    VipsImage *image = NULL;
    VipsImage *next = NULL;
    if (vips_thumbnail(name, &image, width, "height", height, "size", VIPS_SIZE_DOWN, "export_profile",
                       "srgb", "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL) != 0)
        return NULL;
    if (!vips_image_hasalpha(image))
        return image;
    int result = vips_flatten(image, &next, NULL);
    return step(&image, next, result) == 0 ? image : NULL;
}

static VipsImage *to_samples(VipsImage *image)
{
    VipsImage *next = NULL;
    int result = vips_colourspace(image, &next, VIPS_INTERPRETATION_sRGB, NULL);
    if (step(&image, next, result) != 0)
        return NULL;
    next = NULL;
    result = vips_cast_uchar(image, &next, NULL);
    return step(&image, next, result) == 0 ? image : NULL;
}

const struct raster *photo_get(struct photo_cache *cache, const struct sources *sources, uint32_t source,
                               struct fault *fault)
{
    if (cache->raster.plane[0] != NULL && cache->source == source)
        return &cache->raster;
    photo_release(cache);
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", sources->folder, sources->items[source].path);
    VipsImage *image = load(name, &sources->items[source]);
    if (image != NULL)
        image = to_samples(image);
    size_t bytes = 0;
    uint8_t *samples = image == NULL ? NULL : vips_image_write_to_memory(image, &bytes);
    if (samples == NULL || image->Bands != 3) {
        failed(fault, name);
    } else if (raster_from_interleaved(&cache->raster, samples, (uint32_t)image->Xsize,
                                       (uint32_t)image->Ysize, 3, fault) == 0) {
        cache->source = source;
    }
    g_free(samples);
    if (image != NULL)
        g_object_unref(image);
    return cache->raster.plane[0] == NULL ? NULL : &cache->raster;
}

void photo_release(struct photo_cache *cache)
{
    raster_release(&cache->raster);
}
