/* scale.h: the one scaler of all engines: planes of bytes to another size, by the zimg library's Lanczos filter
 * (three lobes), in integers.
 *
 * The result is the same byte for byte on every processor: zimg's integer resizing is the same in C, SSE2, AVX2 and
 * AVX-512, while its conversions of colour, range and alpha are not and are never asked for. Planes are scaled as they
 * are; what they mean (and alpha that is premultiplied) is the caller's.
 *
 * What is scaled is a box of the source, in units of its samples: sample k covers k to k + 1, and a side of the box
 * may lie anywhere, also within a sample or outside of the plane, where the plane is reflected. So a plane whose last
 * sample is only partly picture, or whose samples lie elsewhere than those of the target, is scaled without offset.
 *
 * Rows that are too wide for the processor's cache are scaled by the library in passes, of some columns each, which
 * need every row again. How wide that is depends on the processor; the bytes do not. A feed gives each row once all the
 * same: its planes are then scaled side by side, each by itself, and only where one alone is too wide, they are kept
 * whole until they are scaled.
 *
 * Filters are kept for the next plane of the same sizes (pictures of one camera), which changes no byte: building one
 * takes as long as applying it. Memory that is kept: filters, and one buffer for intermediate rows. One thread at a
 * time, and a fetch function must not scale.
 */
#ifndef KNEE_SCALE_H
#define KNEE_SCALE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/base/picture_memory.h"

/* data begins at a multiple of SCALE_ALIGN (picture_alloc_aligned()), and stride is one. */
enum { SCALE_ALIGN = PICTURE_MEMORY_ALIGN, SCALE_MOST_PLANES = 4 };

struct plane {
    uint8_t *data; /* not owned */
    int width, height, stride;
};

struct scale_box {
    double left, top, width, height;
};

/* Rows of a source that is not in memory. */
struct scale_feed {
    /* Writes row y of every plane to rows[plane]; called once for each row that is needed, in ascending order.
     * Returns 0, or -1 with fault, which ends the scaling. */
    int (*fetch)(void *context, int y, uint8_t *const rows[], struct fault *fault);
    void *context;
};

/* Fills the planes to[] from the box of the planes from[], count of them (1, 3 or 4), all of one size on either side.
 * feed NULL: the source is in memory; else its rows come from there, and data and stride of from[] are ignored.
 * Returns 0, or -1 with fault. */
int scale_planes(const struct plane from[], const struct plane to[], int count, const struct scale_box *box,
                 const struct scale_feed *feed, struct fault *fault);

/* Bytes to the next multiple of SCALE_ALIGN. */
int scale_stride(int bytes);

#endif
