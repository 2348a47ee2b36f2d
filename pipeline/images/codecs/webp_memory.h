/* webp_memory.h: the pixels that libwebp keeps of a lossless picture, 4 bytes each, given back while it decodes.
 *
 * The decoder holds the whole picture, but refers back by 2^20 pixels at most. It allocates by its exported function
 * WebPSafeMalloc(), in whose place this module puts one that does the same and notes where the picture lies: so the
 * older pixels can be given back. Where the replacement does not take effect, nothing is given back.
 *
 * Caller's sequence: webp_memory_watch(), which concerns the calling thread; the decoder's calls, after each
 * webp_memory_done(); webp_memory_forget() before the decoder is deleted.
 *
 * Source of the distance: RFC 9649, section 3.6.2.2 (40 prefix codes: at most 2^20 - 120 pixels).
 */
#ifndef KNEE_WEBP_MEMORY_H
#define KNEE_WEBP_MEMORY_H

#include <stddef.h>

struct webp_memory {
    size_t width, height;
    void *pixels; /* NULL: not (yet) known */
    size_t given; /* bytes */
};

/* memory stays at its place until it is forgotten. */
void webp_memory_watch(struct webp_memory *memory, int width, int height);

/* So many rows have been delivered. */
void webp_memory_done(struct webp_memory *memory, int rows);

void webp_memory_forget(struct webp_memory *memory);

#endif
