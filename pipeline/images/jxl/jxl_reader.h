/* jxl_reader.h: the rows of a JPEG XL file (bare codestream or container), by libjxl.
 *
 * Caller's sequence: jxl_reader_open(), which reads the header only; the caller checks the size; jxl_reader_start();
 * jxl_reader_rows() until all are read; jxl_reader_close(). libjxl decodes squares of 256 pixels, in the order of the
 * file, in a coroutine that is continued while rows are missing: usually a part of the picture is in memory.
 *
 * - Of an animation the first frame is decoded, on the whole canvas; of layers, the picture that they make together.
 * - Samples of more than 8 bits, floats, and those of linear light or PQ become 16-bit ones. Alpha that is
 *   premultiplied is divided out. Spot colours are rendered; other extra channels are left out.
 * - Colours: a picture whose colours libjxl stores in its own space (XYB) is asked for in sRGB; any other, and any with
 *   a curve of video (BT.709, PQ, HLG), comes in the file's own space: an ICC profile, or chromaticities and a curve.
 * - CMYK is refused.
 *
 * Source: ISO/IEC 18181-1 and -2; jxl/decode.h of libjxl 0.7.
 */
#ifndef KNEE_JXL_READER_H
#define KNEE_JXL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/colour_space.h"

struct jxl_reader {
    int width, height; /* as stored */
    int orientation;   /* as EXIF's, 1 to 8, of the codestream: an EXIF block's own does not count */
    int bands;         /* 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha */
    bool wide;         /* 16-bit samples, in the processor's order; else 8-bit ones */

    /* Known after jxl_reader_start(). */
    bool animation; /* frames follow the one that is decoded */
    void *profile;  /* ICC, of the decoded samples; owned; NULL none */
    size_t profile_bytes;
    struct colour_space space; /* of the decoded samples, where there is no profile; sRGB otherwise */

    /* Private. */
    void *decoder;
    bool own_colours;
    struct jxl_work *work;
};

/* data must stay in memory until the reader is closed. Returns 0, or -1 with fault; to be closed in either case. */
int jxl_reader_open(struct jxl_reader *reader, const void *data, size_t bytes, struct fault *fault);

/* Reads the colours, and up to the picture's data. reader stays at its place from here on. Returns 0, or -1 with
 * fault. */
int jxl_reader_start(struct jxl_reader *reader, struct fault *fault);

/* The next count rows, at `to` and every stride bytes; the last ones with the end of the picture's data. Returns 0, or
 * -1 with fault. */
int jxl_reader_rows(struct jxl_reader *reader, uint8_t *to, size_t stride, int count, struct fault *fault);

void jxl_reader_close(struct jxl_reader *reader);

#endif
