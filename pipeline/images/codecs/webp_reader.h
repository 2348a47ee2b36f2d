/* webp_reader.h: a lossy WebP file as the planes that it holds: Y, Cb and Cr, 4:2:0, without conversion to RGB. */
#ifndef KNEE_WEBP_READER_H
#define KNEE_WEBP_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/scale.h"

/* Is it a simple lossy file (one VP8 chunk: no alpha, animation, profile or EXIF)? Fills in its size then. */
bool webp_reader_takes(const void *data, size_t bytes, int *width, int *height);

/* Decodes such a file of that size; BT.601 in the narrow range (16 to 235, 16 to 240), chroma in the middle of its four
 * pixels. All planes are in one piece of memory, planes[0].data, which is the caller's, free(). Returns 0, or -1 with
 * fault. */
int webp_reader_planes(const void *data, size_t bytes, int width, int height, struct plane planes[3],
                       struct fault *fault);

#endif
