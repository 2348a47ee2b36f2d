/* jp2_samples.h: the decoded components of a JPEG 2000 picture (jp2_picture.h) as rows of samples. Pure. */
#ifndef KNEE_JP2_SAMPLES_H
#define KNEE_JP2_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include <openjpeg.h>
#include <vips/vips.h>

#include "pipeline/base/fault.h"

enum { JP2_MOST_CHANNELS = 5 };

/* A place on the full grid of a component, on the grid of its picture that is reduced by 2^levels: the low-pass samples
 * are the even ones (ITU-T T.800, annex F). */
OPJ_UINT32 jp2_reduced(OPJ_UINT32 at, OPJ_UINT32 levels);

/* Samples of a pixel together, unsigned, over the whole range of their format. */
struct jp2_samples {
    int width, height, bands; /* 1, 3 or 4 colours, and alpha, straight */
    VipsBandFormat format;    /* of 8 bits, or of 16 when a component has more than 8 */
    VipsInterpretation type;
    bool straight; /* has alpha by which the colours are not multiplied */
    /* Which components become which samples. */
    const opj_image_comp_t *channels[JP2_MOST_CHANNELS]; /* colours, then alpha */
    int colours;
    bool alpha, premultiplied;
    bool chroma;   /* the colours are luma and two colour differences */
    float *memory; /* owned: a row of each channel */
};

/* Of an image that may be reduced, or a part of its picture; it has to stay. Returns 0, or -1 with fault; released by
 * jp2_samples_close() in any case. */
int jp2_samples_open(const opj_image_t *image, struct jp2_samples *samples, struct fault *fault);
/* y: from the image's first row. */
void jp2_samples_row(const struct jp2_samples *samples, int y, void *to);
void jp2_samples_close(struct jp2_samples *samples);

#endif
