/* plane_scaler.h: scales one plane of bytes to another size, some rows at a time, by the FFmpeg library's
 * Lanczos filter in its exact, processor independent mode.
 *
 * Caller's sequence: plane_scaler_start(), plane_scaler_take() until all rows are given, plane_scaler_end()
 * in any case. Several may be in use at once. Filters are cached for the next plane of the same sizes
 * (pictures of one camera), which changes no byte. One thread at a time.
 */
#ifndef KNEE_PLANE_SCALER_H
#define KNEE_PLANE_SCALER_H

#include <stdint.h>

#include "pipeline/base/fault.h"

struct plane {
    uint8_t *data; /* not owned */
    int width, height, stride;
};

struct plane_scaler {
    struct plane_filter *filter; /* private; NULL: same size, rows are copied */
    struct plane to;
    int from_width, from_height, rows_taken;
};

/* The largest reduction of a side in one step; the library refuses more. */
#define PLANES_MOST_REDUCTION 32

int plane_scaler_start(struct plane_scaler *scaler, int from_width, int from_height, const struct plane *to,
                       struct fault *fault);
/* The next count rows. After all from_height rows the plane is filled. Returns 0, or -1 with fault. */
int plane_scaler_take(struct plane_scaler *scaler, const uint8_t *rows, int stride, int count,
                      struct fault *fault);
void plane_scaler_end(struct plane_scaler *scaler);

#endif
