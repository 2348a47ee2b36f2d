/* webp_reader.h: a WebP file of one picture, and the planes that a lossy one holds (Y, Cb and Cr, 4:2:0, without
 * conversion to RGB).
 *
 * webp_reader_open() and webp_reader_planes(), or webp_reader_open_any() and webp_rows.h. Source: WebP container
 * specification (RFC 9649).
 *
 * The library holds a lossless picture whole, 4 bytes a pixel. What it allocates lies in memory of picture_memory.h:
 * WebPSafeMalloc(), which it calls for all of that and releases by free(), is replaced in the whole process. A library
 * that calls its own all the same gives the same pictures, later.
 */
#ifndef KNEE_WEBP_READER_H
#define KNEE_WEBP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/scale.h"

struct webp_picture {
    int width, height;      /* as stored */
    int orientation;        /* EXIF's, 1 to 8; 1 when unknown */
    const uint8_t *profile; /* ICC, within the file; NULL none */
    size_t profile_bytes;
    bool alpha, lossy;
};

/* Is it a file of one picture: a simple one, or an extended one with all of its chunks? One that is cut behind its
 * picture is not: its orientation may be lost. Fills in picture then. */
bool webp_reader_open_any(const void *data, size_t bytes, struct webp_picture *picture);

/* The same for a lossy one without alpha. */
bool webp_reader_open(const void *data, size_t bytes, struct webp_picture *picture);

/* Decodes such a file; BT.601 in the narrow range (16 to 235, 16 to 240), chroma in the middle of its four pixels. All
 * planes are in one piece of memory, planes[0].data, which is the caller's, free(). Returns 0, or -1 with fault. */
int webp_reader_planes(const void *data, size_t bytes, const struct webp_picture *picture,
                       struct plane planes[3], struct fault *fault);

/* What libwebp's status means, one of its VP8StatusCode. Returns -1. */
int webp_reader_fault(int status, struct fault *fault);

#define WEBP_OTHER_VERSION "libwebp is of another version than the one knee was built with"

#endif
