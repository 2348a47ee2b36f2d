/* webp_chunks.h: takes the metadata out of a WebP file: libvips 8.14 writes an EXIF block even with its
 * option to strip. Pure. Source: WebP container specification.
 */
#ifndef KNEE_WEBP_CHUNKS_H
#define KNEE_WEBP_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

/* Turns an extended still picture without alpha in place into a simple one: the VP8 or VP8L chunk alone;
 * *bytes becomes its new length. Anything else stays as it is. */
void webp_drop_metadata(uint8_t *data, size_t *bytes);

#endif
