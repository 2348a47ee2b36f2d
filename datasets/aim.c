/* aim.c: two one-dimensional searches on a sample. */
#include "datasets/aim.h"

#include <math.h>

#define TILES      72   /* 0.3 megapixels: a few ms per JPEG */
#define TILES_SLOW 36   /* WebP costs ten times as much per pixel */
#define NEAR       0.02 /* near enough, in ln(bytes) */

struct sampler {
    const struct raster *sample;
    struct encode_settings settings;
    uint64_t seed;
    double scale; /* bytes of the whole over bytes of the sample */
    double fixed; /* bytes that do not grow with the picture: headers, tables, profile */
    double target_ln;
};

/* Corrects the bias of the sample: tiles break the runs that coders exploit. Medians of real over scaled
 * size of 200 items. */
static double correction(const struct plan_item *item)
{
    switch (item->kind) {
    case PLAN_JPEG:
        return (item->progressive ? 0.988 : 1.003) * (item->subsampling == PLAN_420 ? 1 : 0.988);
    case PLAN_PNG:
    case PLAN_WEBP:
        return 0.98;
    default:
        return 1;
    }
}

/* ln of the estimated size over the target. */
static int measure(const struct sampler *s, double grain, int quality, double *over, struct fault *fault)
{
    struct raster grainy;
    struct encoded encoded;
    struct encode_settings settings = s->settings;
    settings.quality = quality;
    if (raster_copy(&grainy, s->sample, fault) != 0)
        return -1;
    raster_add_grain(&grainy, grain, s->seed);
    int result = encode(&encoded, &grainy, &settings, fault);
    raster_release(&grainy);
    if (result != 0)
        return -1;
    double bytes = fmax((double)encoded.bytes - s->fixed, 1) * s->scale + s->fixed;
    encoded_release(&encoded);
    *over = log(bytes) - s->target_ln;
    return 0;
}

/* The quality whose size is nearest the target, by regula falsi between two measured ones; ln(bytes) is
 * nearly straight in -ln(102 - quality). */
static int search_quality(const struct sampler *s, double grain, int low, double low_over, int high,
                          double high_over, int *quality, struct fault *fault)
{
    for (int round = 0; round < 4 && high - low > 1; round++) {
        double a = -log(102 - low);
        double b = -log(102 - high);
        double at = a + (b - a) * (0 - low_over) / (high_over - low_over);
        int middle = (int)lrint(102 - exp(-at));
        middle = middle <= low ? low + 1 : middle >= high ? high - 1 : middle;
        double over;
        if (measure(s, grain, middle, &over, fault) != 0)
            return -1;
        if (over > 0) {
            high = middle;
            high_over = over;
        } else {
            low = middle;
            low_over = over;
        }
        if (fabs(over) < NEAR)
            break;
    }
    *quality = fabs(low_over) < fabs(high_over) ? low : high;
    return 0;
}

/* The grain between low (too small) and high (too large) that meets the target. */
static int search_grain(const struct sampler *s, int quality, double low, double low_over, double high,
                        double high_over, double *grain, struct fault *fault)
{
    for (int round = 0; round < 4; round++) {
        double at = low + (high - low) * (0 - low_over) / (high_over - low_over);
        /* Small sigmas vanish in the quantiser: the curve starts flat, so the first steps lean towards the
         * middle. */
        at = round < 2 ? 0.7 * at + 0.3 * (low + high) / 2 : at;
        double over;
        if (measure(s, at, quality, &over, fault) != 0)
            return -1;
        *grain = at;
        if (fabs(over) < NEAR)
            return 0;
        if (over > 0) {
            high = at;
            high_over = over;
        } else {
            low = at;
            low_over = over;
        }
    }
    *grain = low + (high - low) * (0 - low_over) / (high_over - low_over);
    return 0;
}

/* Too large without any grain: the quality falls as far as it may. */
static int search_down(const struct sampler *s, const struct plan_item *item, double over, struct aim *aim,
                       struct fault *fault)
{
    double lowest;
    if (measure(s, 0, AIM_LOWEST_QUALITY, &lowest, fault) != 0)
        return -1;
    if (lowest < 0)
        return search_quality(s, 0, AIM_LOWEST_QUALITY, lowest, item->quality, over, &aim->quality, fault);
    aim->quality = AIM_LOWEST_QUALITY;
    return 0;
}

/* More grain than planned, up to the most; under is the value measured at `low`. */
static int search_beyond(const struct sampler *s, double low, double under, struct aim *aim,
                         struct fault *fault)
{
    double most;
    aim->grain = AIM_MAX_GRAIN;
    if (measure(s, AIM_MAX_GRAIN, aim->quality, &most, fault) != 0)
        return -1;
    return most <= 0 ? 0 : search_grain(s, aim->quality, low, under, AIM_MAX_GRAIN, most, &aim->grain, fault);
}

static int search(const struct sampler *s, const struct plan_item *item, struct aim *aim, struct fault *fault)
{
    bool lossy = item->kind == PLAN_JPEG || item->kind == PLAN_WEBP;
    double none, wanted, best;
    *aim = (struct aim){.grain = 0, .quality = item->quality};
    if (measure(s, 0, item->quality, &none, fault) != 0)
        return -1;
    if (none >= -NEAR)
        return lossy && none > NEAR ? search_down(s, item, none, aim, fault) : 0;
    if (measure(s, item->grain, item->quality, &wanted, fault) != 0)
        return -1;
    if (wanted > 0)
        return search_grain(s, item->quality, 0, none, item->grain, wanted, &aim->grain, fault);
    aim->grain = item->grain;
    if (!lossy || item->quality >= AIM_BEST_QUALITY)
        return search_beyond(s, item->grain, wanted, aim, fault);
    if (measure(s, item->grain, AIM_BEST_QUALITY, &best, fault) != 0)
        return -1;
    if (best > 0)
        return search_quality(s, item->grain, item->quality, wanted, AIM_BEST_QUALITY, best, &aim->quality,
                              fault);
    aim->quality = AIM_BEST_QUALITY;
    return search_beyond(s, item->grain, best, aim, fault);
}

/* sample keeps what s points to. */
static int sampler_init(struct sampler *s, struct raster *sample, const struct raster *picture,
                        const struct plan_item *item, const struct encode_settings *settings,
                        struct fault *fault)
{
    double share;
    uint32_t tiles = item->kind == PLAN_WEBP ? TILES_SLOW : TILES;
    if (raster_sample(sample, picture, tiles, item->seed, &share, fault) != 0)
        return -1;
    double fixed = item->kind == PLAN_JPEG ? 620 : 100;
    *s = (struct sampler){.sample = sample,
                          .settings = *settings,
                          .seed = ~item->seed,
                          .scale = correction(item) / share,
                          .fixed = fixed + (double)(settings->exif_bytes + settings->icc_bytes),
                          .target_ln = log((double)item->target_bytes)};
    return 0;
}

int aim_at(struct aim *aim, const struct raster *picture, const struct plan_item *item,
           const struct encode_settings *settings, struct fault *fault)
{
    if (item->kind == PLAN_TIFF && item->style == PLAN_TIFF_NONE) {
        *aim = (struct aim){.grain = 0, .quality = item->quality}; /* its size is that of its pixels */
        return 0;
    }
    struct raster sample;
    struct sampler s;
    if (sampler_init(&s, &sample, picture, item, settings, fault) != 0)
        return -1;
    int result = search(&s, item, aim, fault);
    raster_release(&sample);
    return result;
}

int aim_ratio(double *ratio, const struct raster *picture, const struct plan_item *item,
              const struct encode_settings *settings, struct fault *fault)
{
    struct raster sample;
    struct sampler s;
    double over;
    if (sampler_init(&s, &sample, picture, item, settings, fault) != 0)
        return -1;
    int result = measure(&s, 0, item->quality, &over, fault);
    raster_release(&sample);
    if (result != 0)
        return -1;
    *ratio = exp(-over);
    return 0;
}
