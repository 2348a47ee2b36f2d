/* item.h: one item of the plan, made from its source and stored under a temporary name. Only in workers. */
#ifndef KNEE_DATASETS_ITEM_H
#define KNEE_DATASETS_ITEM_H

#include <stdint.h>

#include "datasets/photo.h"
#include "datasets/plan.h"
#include "datasets/sources.h"
#include "pipeline/base/fault.h"

/* Properties of the item made that the plan does not fix. */
struct item_made {
    uint32_t width, height; /* as stored, before orientation */
    uint64_t bytes;
    double grain; /* sigma of 255; 0 none */
    int quality;  /* JPEG, WebP; -1 where there is none */
};

/* Makes the item and writes it to the file `temporary`; files in the same folder whose names begin with it
 * may exist meanwhile. The bytes depend on the item and its source alone. Returns 0, or -1 with fault. */
int item_make(const struct plan_item *item, struct photo_cache *cache, const struct sources *sources,
              const char *temporary, struct item_made *made, struct fault *fault);

#endif
