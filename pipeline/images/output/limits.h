/* limits.h: what an item of a recipe can need at most, as limits of the worker that does it (struct pool_options).
 *
 * They are far above what decoders and encoders were measured to need, so that no item that can be done fails by them:
 * 100 megapixels took 4 (JPEG, PNG, JPEG 2000) to 21 (lossless WebP) bytes a pixel, a clip of 8192 x 4320 with 10 bits
 * 15. What they stop is a file that makes a library ask for memory, or a worker for room on the disk, without end.
 */
#ifndef KNEE_IMAGE_LIMITS_H
#define KNEE_IMAGE_LIMITS_H

#include <stdint.h>

#include "pipeline/images/recipe/recipe.h"

/* Private, writable memory: 1 GiB, 96 bytes for each pixel of the largest input (a clip keeps 16 frames, a scan has 4
 * channels of floats), 4 times the largest file, and 64 bytes for each pixel of a rendition. */
uint64_t image_limits_memory_bytes(const struct recipe *recipe);

/* The largest file that a worker writes: one of a rendition has 8 bytes a pixel at most, and 16 MiB for what goes with
 * them; journal_bytes: what the journal can come to. */
uint64_t image_limits_file_bytes(const struct recipe *recipe, uint64_t journal_bytes);
/* All files of an item, twice over: the old ones stay until the new ones have their names. */
uint64_t image_limits_item_bytes(const struct recipe *recipe);

#endif
