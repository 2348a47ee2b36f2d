/* planes_ycc.h: pictures of layout PIXELS_PLANES whose samples are YCbCr of another kind than pixels.h says (BT.709,
 * BT.2020, with room below black and above white, ...) to that kind.
 */
#ifndef KNEE_PLANES_YCC_H
#define KNEE_PLANES_YCC_H

#include <stdbool.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"

enum { YCC_BT601 = 6 };

struct planes_ycc {
    int matrix;  /* that makes YCbCr of RGB, by H.273's code; 2, unspecified, is BT.601 */
    bool narrow; /* luma is 16 to 235, chroma 16 to 240 */
};

/* Is it a code that can be converted: luma a sum of R, G and B, chroma its distance from B and R? */
bool planes_ycc_knows(int matrix);

/* The weights of red and blue in luma. False: planes_ycc_knows() does not know it. */
bool planes_ycc_weights(int matrix, double *red, double *blue);

/* In place, in whole numbers: the same bytes on every processor. Luma of another matrix needs chroma at its own size,
 * twice the memory of the luma. Returns 0, or -1 with fault. */
int planes_ycc_convert(const struct planes_ycc *from, struct pixels *picture, struct fault *fault);

#endif
