/* vips_rows.h: a libvips image whose rows a function converts when they are asked for. */
#ifndef KNEE_VIPS_ROWS_H
#define KNEE_VIPS_ROWS_H

#include <stdint.h>
#include <vips/vips.h>

/* Converts pixels of `bands` samples, each of 1 or 2 bytes, to bytes. context: the caller's. Returns 0, or -1 when
 * memory is short. */
typedef int (*vips_rows_convert)(const void *context, const void *from, int sample_bytes, int bands,
                                 size_t pixels, uint8_t *to);

/* An 8-bit image of that many bands and that type, made of `from`, which it keeps a reference to; context is copied,
 * for as long as the image. NULL, with libvips' own message. */
VipsImage *vips_rows_make(VipsImage *from, int bands, VipsInterpretation type, vips_rows_convert convert,
                          const void *context, size_t context_bytes);

#endif
