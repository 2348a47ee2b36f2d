/* jxl_writer.h: sRGB pixels to a JPEG XL file in memory, by libjxl, in one thread: the bytes depend on pixels and
 * options alone (jxl_setup.h).
 */
#ifndef KNEE_JXL_WRITER_H
#define KNEE_JXL_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

struct jxl_writer_options {
    int quality; /* 1 .. 100, of cjxl's scale: 90 is a Butteraugli distance of 1; 100 is without loss */
    int effort;  /* 1 .. 9: time spent on a smaller file */
    const uint8_t
        *exif; /* a TIFF structure, to be written as a box that is not compressed; NULL: a bare codestream */
    size_t exif_bytes;
};

/* rgb: three bytes a pixel, rows without gaps. data is the caller's, free() or g_free(). Returns 0, or -1 with
 * fault. */
int jxl_writer_encode(const uint8_t *rgb, int width, int height, const struct jxl_writer_options *options,
                      void **data, size_t *bytes, struct fault *fault);

/* What libjxl calls the distance of a quality. */
double jxl_writer_distance(int quality);

#endif
