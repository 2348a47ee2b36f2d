/* plan_shape.c: how large an item is in pixels, and which part of which source it shows. */
#include "datasets/plan_internal.h"

#include <math.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>

#define SCALE_WANTED  1.6  /* enlarging a source by more than this shows */
#define CROP_SMALLEST 0.55 /* side of the crop; less shows a corner of nothing */

static double bits_per_pixel(const struct plan_item *item, struct random_stream *stream)
{
    double normal = gsl_cdf_ugaussian_Pinv(random_between(stream, 0.001, 0.999));
    switch (item->kind) {
    case PLAN_JPEG:
        return fmin(fmax(2.35 + 0.6 * normal, 1.3), 4.6) * (item->grey ? 0.8 : 1);
    case PLAN_WEBP:
        return fmin(fmax(1.9 + 0.4 * normal, 1.0), 3.2);
    case PLAN_PNG:
        return item->style == PLAN_PNG_PHOTOGRAPH ? 12.5 : item->style == PLAN_PNG_CUT_OUT ? 10.5 : 8.5;
    case PLAN_TIFF:
        return item->style == PLAN_TIFF_NONE ? 24.0 : item->style == PLAN_TIFF_LZW ? 15.5 : 13.5;
    default:
        return 1;
    }
}

static uint32_t rounded_side(double side, bool camera_like)
{
    double step = camera_like ? 8 : 1; /* sides of camera files are whole blocks, those of crops are not */
    return (uint32_t)fmax(step, floor(side / step + 0.5) * step);
}

static void shape_clip(struct plan_item *item, struct random_stream *stream)
{
    /* The frame goes with the bit rate: 1080 lines from about 6 Mbit/s on. */
    item->seconds = 2 + 0.5 * (double)random_below(stream, 5);
    double megabits = 8e-6 * (double)item->target_bytes / item->seconds;
    bool large = megabits > 6;
    bool upright = random_unit(stream) < 0.25;
    item->width = large ? 1920 : megabits > 2 ? 1280 : 854;
    item->height = large ? 1080 : megabits > 2 ? 720 : 480;
    if (upright) {
        uint32_t width = item->width;
        item->width = item->height;
        item->height = width;
    }
}

static void shape_picture(struct plan_item *item, double limit, struct random_stream *stream)
{
    static const struct shape {
        double share, ratio;
    } shapes[] = {{0.30, 3.0 / 2}, {0.28, 4.0 / 3}, {0.12, 16.0 / 9}, {0.05, 1},
                  {0.10, 2.0 / 3}, {0.12, 3.0 / 4}, {0.03, 9.0 / 16}};
    double draw = random_unit(stream);
    size_t s = 0;
    while (s + 1 < sizeof shapes / sizeof *shapes && draw >= shapes[s].share)
        draw -= shapes[s++].share;
    double ratio = item->kind == PLAN_PNG && item->style == PLAN_PNG_SCREEN ? 16.0 / 9 : shapes[s].ratio;
    double pixels = 8 * (double)item->target_bytes / bits_per_pixel(item, stream);
    pixels = fmin(fmax(pixels, 64 * 64), limit * 1e6);
    bool camera_like = item->kind == PLAN_JPEG && random_unit(stream) < 0.8;
    double width = sqrt(pixels * ratio);
    item->width = rounded_side(width, camera_like);
    item->height = rounded_side(width / ratio, camera_like);
    if (item->kind == PLAN_TIFF && item->style == PLAN_TIFF_NONE)
        item->height = (uint32_t)fmax(1, floor((double)item->target_bytes / 3 / item->width + 0.5));
}

void plan_shape_item(struct plan_item *item, double limit_megapixels, struct random_stream *stream)
{
    if (plan_kind_is_clip(item->kind))
        shape_clip(item, stream);
    else
        shape_picture(item, limit_megapixels, stream);
}

/* Enlargement when the largest crop of the item's shape is taken from the source. */
static double least_scale(const struct plan_item *item, const struct plan_source *source)
{
    return fmax((double)item->width / source->width, (double)item->height / source->height);
}

void plan_choose_sources(struct dataset_plan *plan, const struct plan_rank *largest_first, uint64_t *used,
                         const struct plan_source *sources, uint32_t source_count, uint64_t seed)
{
    for (uint64_t k = 0; k < plan->count; k++) {
        struct plan_item *item = &plan->items[largest_first[k].index];
        double bound = SCALE_WANTED;
        double least[4] = {INFINITY, INFINITY, INFINITY, INFINITY};
        for (uint32_t s = 0; s < source_count; s++) {
            double scale = least_scale(item, &sources[s]);
            for (int l = 0; l < 4; l++)
                if (scale < least[l]) {
                    double pushed = least[l];
                    least[l] = scale;
                    scale = pushed;
                }
        }
        double fourth = isinf(least[3]) ? INFINITY : least[3];
        bound = least[0] <= bound ? bound : fourth;
        struct random_stream stream = random_stream_of(seed, FOR_SOURCE, largest_first[k].index);
        uint64_t start = random_below(&stream, source_count); /* ties go round */
        uint32_t best = UINT32_MAX;
        for (uint32_t n = 0; n < source_count; n++) {
            uint32_t s = (uint32_t)((start + n) % source_count);
            if (least_scale(item, &sources[s]) <= bound && (best == UINT32_MAX || used[s] < used[best]))
                best = s;
        }
        item->source = best;
        used[best]++;
    }
}

/* A crop that would be enlarged too much is taken larger. */
void plan_choose_crop(struct plan_item *item, const struct plan_source *source, struct random_stream *stream)
{
    double least = least_scale(item, source);
    double smallest = fmin(1, fmax(CROP_SMALLEST, least / SCALE_WANTED));
    item->crop_share = random_between(stream, smallest, 1);
    item->crop_x = random_unit(stream);
    item->crop_y = random_unit(stream);
    item->mirrored = random_unit(stream) < 0.5;
    item->gamma = random_between(stream, 0.87, 1.16);
    item->grain = random_between(stream, 2.2, 4.0);
    item->quality = (int)(86 + 6 * (random_unit(stream) + random_unit(stream)));
}
