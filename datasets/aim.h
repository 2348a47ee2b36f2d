/* aim.h: grain and quality that bring a picture near its target size, found without encoding it whole.
 *
 * A sample of tiles from all over the picture is encoded a few times and its size scaled up. The quality
 * starts at the plan's value. Too large: the quality falls. Too small: grain is added up to the plan's value,
 * then the quality rises, and then more grain is added. Lossless kinds have only the grain.
 */
#ifndef KNEE_DATASETS_AIM_H
#define KNEE_DATASETS_AIM_H

#include "datasets/encode.h"
#include "datasets/plan.h"
#include "datasets/raster.h"
#include "pipeline/base/fault.h"

#define AIM_MAX_GRAIN      6.0 /* sigma of 255; more looks like a bad night shot */
#define AIM_LOWEST_QUALITY 60
#define AIM_BEST_QUALITY   98

struct aim {
    double grain; /* sigma of 255; 0 none */
    int quality;  /* JPEG, WebP; else as given */
};

/* Returns 0, or -1 with fault. settings->quality is not read. */
int aim_at(struct aim *aim, const struct raster *picture, const struct plan_item *item,
           const struct encode_settings *settings, struct fault *fault);

/* Target size over the estimated size of the picture as it is, without grain. Returns 0, or -1 with fault. */
int aim_ratio(double *ratio, const struct raster *picture, const struct plan_item *item,
              const struct encode_settings *settings, struct fault *fault);

#endif
