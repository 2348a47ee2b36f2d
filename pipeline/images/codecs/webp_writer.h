/* webp_writer.h: planes to a WebP file in memory. */
#ifndef KNEE_WEBP_WRITER_H
#define KNEE_WEBP_WRITER_H

#include <stddef.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"

/* Lossy, no metadata; quality is 1 .. 100. data is the caller's, free() or g_free(). Returns 0, or -1 with fault. */
int webp_writer_encode(const struct pixels *planes, int quality, void **data, size_t *bytes,
                       struct fault *fault);

#endif
