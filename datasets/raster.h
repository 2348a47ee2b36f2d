/* raster.h: a picture in memory as separate 8-bit planes, and what the builder does to it.
 *
 * Planes are grey; or red, green, blue; or red, green, blue, alpha. Rows lie without gaps. Everything here
 * gives the same bytes on every machine: integer arithmetic, and swscale held to its bit-exact paths.
 */
#ifndef KNEE_DATASETS_RASTER_H
#define KNEE_DATASETS_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define RASTER_MAX_PLANES 4
#define RASTER_MAX_GRAIN  8.0 /* of 255 */

struct raster {
    uint32_t width, height;
    int planes;                        /* 1, 3 or 4 */
    uint8_t *plane[RASTER_MAX_PLANES]; /* all within one block, which plane[0] owns; NULL when released */
};

struct raster_crop {
    uint32_t x, y, width, height;
};

/* Returns 0, or -1 with fault when memory is short. The content is undefined. */
int raster_init(struct raster *raster, uint32_t width, uint32_t height, int planes, struct fault *fault);
void raster_release(struct raster *raster);

/* Fills a fresh raster from rows of interleaved samples, and the other way round. */
int raster_from_interleaved(struct raster *raster, const uint8_t *samples, uint32_t width, uint32_t height,
                            int planes, struct fault *fault);
void raster_row(const struct raster *raster, uint32_t y, uint8_t *samples);

/* The crop of source, resampled (Lanczos) to width x height. to is allocated. Plane by plane, so colours
 * do not mix. */
int raster_scale(struct raster *to, const struct raster *source, struct raster_crop crop, uint32_t width,
                 uint32_t height, struct fault *fault);

/* Keeps only luma. */
void raster_to_grey(struct raster *raster);

/* Tone curve: every sample v of the colour planes becomes 255 (v/255)^gamma. */
void raster_apply_gamma(struct raster *raster, double gamma);

/* Turns the upright raster so that a viewer which obeys the EXIF orientation (1 .. 8) sees it upright again;
 * mirrored first swaps left and right. Returns 0, or -1 with fault when memory is short. */
int raster_orient(struct raster *raster, int orientation, bool mirrored, struct fault *fault);

/* Grain like a sensor's: nearly Gaussian, sigma (of 255) at full brightness, less in the dark, slightly
 * correlated between neighbours, common to the colours, with another 0.4 sigma for each colour. Alpha is left
 * alone. */
void raster_add_grain(struct raster *raster, double sigma, uint64_t seed);

/* A small sample of a raster: tiles from all parts of it, next to one another (the whole raster when it is
 * small). *share is its part of the area, 0 .. 1. */
int raster_sample(struct raster *sample, const struct raster *whole, uint32_t tiles, uint64_t seed,
                  double *share, struct fault *fault);

int raster_copy(struct raster *to, const struct raster *from, struct fault *fault);

#endif
