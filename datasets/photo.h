/* photo.h: a source photograph as a raster, in a worker; the last one is cached, so that items of one source
 * cost one decode.
 *
 * Only in workers: libvips must not compute in a process that forks later.
 */
#ifndef KNEE_DATASETS_PHOTO_H
#define KNEE_DATASETS_PHOTO_H

#include "datasets/raster.h"
#include "datasets/sources.h"
#include "pipeline/base/fault.h"

/* A source larger than this is shrunk while it is loaded, which bounds what one worker keeps to 120 MB. */
#define PHOTO_LARGEST_SIDE 8192
#define PHOTO_MAX_PIXELS   40e6

struct photo_cache {
    uint32_t source;      /* held; meaningless while raster is empty */
    struct raster raster; /* red, green, blue, upright, sRGB */
};

/* The raster belongs to the cache, until the next call. NULL with fault. */
const struct raster *photo_get(struct photo_cache *cache, const struct sources *sources, uint32_t source,
                               struct fault *fault);
void photo_release(struct photo_cache *cache);

#endif
