/* plan_internal.h: the parts of making a plan; each is a pure function of its arguments. */
#ifndef KNEE_DATASETS_PLAN_INTERNAL_H
#define KNEE_DATASETS_PLAN_INTERNAL_H

#include "datasets/plan.h"
#include "analysis/statistics/random.h"

#define PLAN_CAMERAS 8

/* Purposes of random streams; a new one goes to the end, so that old plans do not change. */
enum purpose {
    FOR_KIND = 1,
    FOR_RANK,
    FOR_PLACE,
    FOR_ORIENTATION,
    FOR_SUBSAMPLING,
    FOR_PROGRESSIVE,
    FOR_PROFILE,
    FOR_GREY,
    FOR_CAMERA,
    FOR_STYLE,
    FOR_SHAPE,
    FOR_SOURCE,
    FOR_ITEM,
    FOR_PIXELS
};

/* An item by its place in some order: rising keys, then rising indices. */
struct plan_rank {
    uint64_t key, index;
};

/* Size in pixels, for kind, style, target size and traits as they are; seconds of a clip. Pictures stay
 * within the limit. */
void plan_shape_item(struct plan_item *item, double limit_megapixels, struct random_stream *stream);

/* Gives every item a source: largest items choose first; among the sources that need not be enlarged too
 * much they take the one least used so far (or, if there is none, among the four that need the least
 * enlargement). used: source_count zeros. */
void plan_choose_sources(struct dataset_plan *plan, const struct plan_rank *largest_first, uint64_t *used,
                         const struct plan_source *sources, uint32_t source_count, uint64_t seed);

/* Place and size of the crop, mirroring, tone and quality. */
void plan_choose_crop(struct plan_item *item, const struct plan_source *source, struct random_stream *stream);

/* Items are named in the order of the time they were taken, which rises with the index: number and time are
 * unique. */
void plan_name_item(struct plan_item *item, uint64_t index, uint64_t count, struct random_stream *stream);

#endif
