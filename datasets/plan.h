/* plan.h: decides every property of every item of a data set. Pure: no files, no clock, no global state.
 *
 * A plan is a function of (request, sizes of the sources): the same on any machine, in any order of work.
 * Sizes are the quantiles of a clipped log-normal, kinds and traits come in fixed shares that are dealt out
 * at random, so that a batch of 60 holds the same mix as one of 1,000.
 *
 * Caller's sequence: dataset_plan_make(), plan->items[i], dataset_plan_order(), dataset_plan_release().
 */
#ifndef KNEE_DATASETS_PLAN_H
#define KNEE_DATASETS_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define PLAN_VERSION 1 /* raised whenever the same request gives other bytes */

#define PLAN_MAX_COUNT 1000000
#define PLAN_MEGAPIXELS_LIMIT                                                                                \
    24.2 /* largest picture at a mean of up to 3 MB; grows with the mean above that */

enum plan_kind { PLAN_JPEG, PLAN_PNG, PLAN_WEBP, PLAN_TIFF, PLAN_MP4, PLAN_WEBM, PLAN_KINDS };
enum plan_subsampling { PLAN_420, PLAN_422, PLAN_444 };
enum plan_profile { PLAN_NO_PROFILE, PLAN_SRGB, PLAN_P3 };
/* How a PNG looks, and how a TIFF is packed; other kinds have style 0. */
enum plan_png { PLAN_PNG_PHOTOGRAPH, PLAN_PNG_CUT_OUT, PLAN_PNG_SCREEN };
enum plan_tiff { PLAN_TIFF_NONE, PLAN_TIFF_LZW, PLAN_TIFF_DEFLATE };

struct dataset_plan_request {
    uint64_t count;    /* 1 .. PLAN_MAX_COUNT */
    double mean_bytes; /* of all items */
    uint64_t seed;
};

struct plan_source {
    uint32_t width, height; /* pixels, upright */
};

struct plan_time {
    int year, month, day, hour, minute, second;
};

struct plan_item {
    enum plan_kind kind;
    char path[64]; /* below the output folder; the name without its ending is unique in the batch */
    uint64_t seed; /* of everything drawn while its pixels are made */
    uint64_t target_bytes;
    uint32_t source;        /* index into the sources */
    uint32_t width, height; /* pixels, upright (as it is to be seen) */
    double crop_share;      /* side of the crop over the side of the largest crop of that shape, 0 .. 1 */
    double crop_x, crop_y;  /* place of the crop in the room left, 0 .. 1 */
    bool mirrored;          /* left and right swapped */
    double gamma;           /* of the tone curve; 1 leaves it */
    int quality;            /* JPEG, WebP: the quality to aim at before grain is added */
    double grain;           /* sigma of 255 up to which grain is added before the quality rises */
    int orientation;        /* EXIF, 1 .. 8; 1 where the kind does not carry one */
    enum plan_subsampling subsampling;
    bool progressive, grey;
    enum plan_profile profile;
    int camera; /* index into plan_camera; -1: no camera, no EXIF */
    struct plan_time taken;
    int style;      /* enum plan_png, enum plan_tiff */
    double seconds; /* clips; 0 otherwise */
};

struct dataset_plan {
    uint64_t count;
    struct plan_item *items;
};

struct plan_camera {
    const char *make, *model;
    const char *pattern; /* of the file name: %N number, %D date, %T time */
};

/* Fills plan. Returns 0, or -1 with fault (no sources, count or mean out of range, memory short). */
int dataset_plan_make(struct dataset_plan *plan, const struct dataset_plan_request *request,
                      const struct plan_source *sources, uint32_t source_count, struct fault *fault);
void dataset_plan_release(struct dataset_plan *plan);

/* The order of work: items of one source are consecutive, so that a worker decodes it once. plan->count
 * indices; NULL with errno when memory is short. Caller frees. */
uint64_t *dataset_plan_order(const struct dataset_plan *plan);

const struct plan_camera *plan_camera(int index);
const char *plan_kind_name(enum plan_kind kind); /* "jpeg", "png", "webp", "tiff", "mp4", "webm" */
bool plan_kind_is_clip(enum plan_kind kind);

#endif
