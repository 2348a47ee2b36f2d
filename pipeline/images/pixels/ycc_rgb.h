/* ycc_rgb.h: a picture in planes of YCbCr, of any matrix, range and size of chroma, to rows of RGBA.
 *
 * Chroma that is coarser than luma is interpolated between its four nearest samples, and repeated beyond the edges.
 * Whole numbers only: the same bytes on every processor. Pure, except for memory.
 */
#ifndef KNEE_YCC_RGB_H
#define KNEE_YCC_RGB_H

#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/planes_ycc.h"
#include "pipeline/images/pixels/scale.h"

struct ycc_picture {
    struct plane planes[3]; /* Y, Cb and Cr, or Y alone; their memory may begin anywhere */
    int count;              /* 1 or 3 */
    int chroma_x, chroma_y; /* pixels that a sample of chroma covers: 1, 1; 2, 1; or 2, 2 */
    /* How far its centre is from theirs, in samples of chroma: 0 or 1/4. */
    double chroma_left, chroma_above;
    struct planes_ycc ycc;
};

struct ycc_rgb;

/* The planes stay the caller's, and must stay. NULL with fault. */
struct ycc_rgb *ycc_rgb_open(const struct ycc_picture *picture, struct fault *fault);

/* Row y, with that alpha for each pixel. */
void ycc_rgb_row(struct ycc_rgb *rgb, int y, const uint8_t *alpha, uint8_t *rgba);

void ycc_rgb_close(struct ycc_rgb *rgb);

#endif
