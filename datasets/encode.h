/* encode.h: a raster into the bytes of a file. Same raster, same settings, same bytes. */
#ifndef KNEE_DATASETS_ENCODE_H
#define KNEE_DATASETS_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "datasets/plan.h"
#include "datasets/raster.h"
#include "pipeline/base/fault.h"

struct encode_settings {
    enum plan_kind kind; /* not a clip */
    int quality;         /* JPEG, WebP */
    enum plan_subsampling subsampling;
    bool progressive;
    enum plan_tiff tiff;
    const uint8_t *exif; /* "Exif\0\0..."; NULL none; JPEG only */
    size_t exif_bytes;
    const uint8_t *icc; /* profile; NULL none */
    size_t icc_bytes;
};

struct encoded {
    uint8_t *data; /* NULL when released */
    size_t bytes;
};

/* Returns 0, or -1 with fault. */
int encode(struct encoded *encoded, const struct raster *raster, const struct encode_settings *settings,
           struct fault *fault);
void encoded_release(struct encoded *encoded);

/* libvips's own profile of that kind; lives as long as the process. Returns 0, or -1 with fault. */
int encode_profile(enum plan_profile profile, const uint8_t **icc, size_t *icc_bytes, struct fault *fault);

#endif
