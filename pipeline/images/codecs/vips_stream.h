/* vips_stream.h: an image of libvips whose rows a decoder of knee gives while they are asked for, so that the picture
 * is never whole in memory.
 */
#ifndef KNEE_VIPS_STREAM_H
#define KNEE_VIPS_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"

struct vips_stream {
    const char *name; /* of the format; faults of the decoder begin with it: "PNG: ..." */
    int width, height, bands;
    VipsBandFormat format;
    VipsInterpretation type;
    void *decoder; /* owned */
    /* The next count rows, at `to` and every stride bytes. Returns 0, or -1 with fault. */
    int (*rows)(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault);
    void (*close)(void *decoder); /* frees it */
};

/* Takes over the decoder, which is closed with the image, and when it fails. header: gives metadata; NULL none; a
 * reference to it is kept. Rows are read from top to bottom, by one thread at a time; each once, or in two bands of
 * libvips' operations that run side by side. NULL, with libvips' own message. */
VipsImage *vips_stream_image(const struct vips_stream *stream, VipsImage *header);

#endif
