/* png_chunks.h: the chunks of a PNG file: one by its name, and whether the file can hold what they announce, looked at
 * before a decoder makes room for it: the PNG library allocates a chunk's announced length, up to 2 GiB, before it
 * reads the first byte. Pure. Source: PNG specification (third edition), 5.3.
 */
#ifndef KNEE_PNG_CHUNKS_H
#define KNEE_PNG_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* Walks the chunks before the picture's data. Returns 0, also for what is no PNG at all, or -1 with a fault that names
 * the first chunk that is longer than the rest of the file. */
int png_chunks_check(const uint8_t *data, size_t bytes, struct fault *fault);

/* The content of the first chunk of that name before the picture's data, or of the first of these (IDAT), and how long
 * it is; NULL when there is none, or the file is cut before its end. */
const uint8_t *png_chunks_get(const uint8_t *data, size_t bytes, const char *name, size_t *length);

/* The same; NULL also when it is shorter than `least` bytes. */
const uint8_t *png_chunks_find(const uint8_t *data, size_t bytes, const char *name, size_t least);

#endif
