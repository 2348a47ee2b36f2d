/* jxl_jpeg.h: a JPEG file as a JPEG XL file that has the same coefficients, and from which libjxl (djxl) makes the JPEG
 * file again, byte for byte. In one thread: the bytes depend on the file alone (jxl_setup.h).
 *
 * libjxl 0.7 compresses the Exif and xml boxes of such a file, and exiv2 0.27 does not find them then: here they are
 * written as they are. Rebuilding takes either form.
 */
#ifndef KNEE_JXL_JPEG_H
#define KNEE_JXL_JPEG_H

#include <stddef.h>

#include "pipeline/base/fault.h"

enum jxl_jpeg_result {
    JXL_JPEG_SAME,      /* data has been made, and gives the JPEG file again */
    JXL_JPEG_REFUSED,   /* libjxl does not take it: arithmetic coding, four colours, 12 bits, no end marker */
    JXL_JPEG_DIFFERENT, /* what was made from it gives another file, or none */
    JXL_JPEG_UNAVAILABLE /* no memory: fault */
};

/* data is the caller's, free() or g_free(); set for JXL_JPEG_SAME only. */
enum jxl_jpeg_result jxl_jpeg_encode(const void *jpeg, size_t jpeg_bytes, void **data, size_t *bytes,
                                     struct fault *fault);

#endif
