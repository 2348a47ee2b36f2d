/* jpeg_writer.h: planes to a JPEG file in memory. */
#ifndef KNEE_JPEG_WRITER_H
#define KNEE_JPEG_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"

struct jpeg_writer_options {
    int quality; /* 1 .. 100 */
    bool progressive, optimise;
};

/* 4:2:0, JFIF, no metadata. Pads the planes. data is the caller's, free() or g_free(). */
int jpeg_writer_encode(struct pixels *planes, const struct jpeg_writer_options *options, void **data,
                       size_t *bytes, struct fault *fault);

#endif
