/* jp2_samples.h: the decoded components of a JPEG 2000 picture (jp2_picture.h) as rows of samples. Pure. */
#ifndef KNEE_JP2_SAMPLES_H
#define KNEE_JP2_SAMPLES_H

#include <stddef.h>

#include <openjpeg.h>
#include <vips/vips.h>

#include "pipeline/base/fault.h"

/* Samples of a pixel together, unsigned, over the whole range of their format. */
struct jp2_samples {
    void *data; /* g_free() */
    size_t bytes;
    int width, height, bands; /* 1, 3 or 4 colours, and alpha, straight */
    VipsBandFormat format;    /* of 8 bits, or of 16 when a component has more than 8 */
    VipsInterpretation type;
};

/* Returns 0, or -1 with fault and no data. */
int jp2_samples_make(const opj_image_t *image, struct jp2_samples *samples, struct fault *fault);

#endif
