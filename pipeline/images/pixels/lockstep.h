/* lockstep.h: planes whose rows come together, each scaled by itself, so that a few rows of all are in memory. zimg
 * asks for rows until all of a plane is scaled, so each plane is scaled in a coroutine. Private to scale.c.
 */
#ifndef KNEE_LOCKSTEP_H
#define KNEE_LOCKSTEP_H

#include <stddef.h>

#include <zimg.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/scale.h"

struct lockstep_plan {
    const zimg_filter_graph *graph; /* of one plane, which it reads in one pass */
    void *scratch;                  /* count times that many bytes */
    size_t scratch_bytes;           /* what the graph needs, a multiple of SCALE_ALIGN */
    int width, height;              /* of the source */
    const struct plane *to;
    int count;
};

/* Returns 0, -1 with fault: of the feed, or no memory; or 1: zimg's, which zimg_get_last_error() has. */
int lockstep_scale(const struct lockstep_plan *plan, const struct scale_feed *feed, struct fault *fault);

#endif
