/* jxl_reader.h: a JPEG XL file (bare codestream or container) as a libvips image, by libjxl.
 *
 * Caller's sequence: jxl_reader_open(), which reads the header only; the caller checks the size; jxl_reader_image(),
 * which decodes the whole picture; jxl_reader_close(), when the image is no longer read.
 *
 * - Of an animation the first frame is decoded, on the whole canvas; of layers, the picture that they make together.
 * - Samples of more than 8 bits, floats, and those of linear light or PQ become 16-bit ones. Alpha that is
 *   premultiplied is divided out. Spot colours are rendered; other extra channels are left out.
 * - Colours: a picture whose colours libjxl stores in its own space (XYB) is asked for in sRGB; any other, and any with
 *   a curve of video (BT.709, PQ, HLG), comes in the file's own space: an ICC profile, attached to the image, or
 *   chromaticities and a curve.
 * - CMYK is refused.
 *
 * Source: ISO/IEC 18181-1 and -2; jxl/decode.h of libjxl 0.7.
 */
#ifndef KNEE_JXL_READER_H
#define KNEE_JXL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/colour_space.h"

struct jxl_reader {
    int width, height; /* as stored */
    int orientation;   /* as EXIF's, 1 to 8, of the codestream: an EXIF block's own does not count */
    int bands;         /* 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha */
    bool animation;    /* frames follow the one that was decoded; known after jxl_reader_image() */
    /* Of the decoded samples, where the image has no profile; sRGB otherwise. Known after jxl_reader_image(). */
    struct colour_space space;

    /* Private. */
    void *decoder;
    uint8_t *pixels;
    bool wide; /* 16-bit samples */
    bool own_colours;
};

/* data must stay in memory until the reader is closed. Returns 0, or -1 with fault; to be closed in either case. */
int jxl_reader_open(struct jxl_reader *reader, const void *data, size_t bytes, struct fault *fault);

/* The image, with its orientation and profile as libvips' metadata; NULL with fault. The reader owns its pixels. */
VipsImage *jxl_reader_image(struct jxl_reader *reader, struct fault *fault);

void jxl_reader_close(struct jxl_reader *reader);

#endif
