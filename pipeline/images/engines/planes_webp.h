/* planes_webp.h: a lossy WebP file to the base picture in planes: simple files, and extended ones (profile, EXIF)
 * that hold one picture without alpha. */
#ifndef KNEE_PLANES_WEBP_H
#define KNEE_PLANES_WEBP_H

#include "pipeline/images/engines/engine.h"

/* As decode() of struct engine, for a file that webp_reader_open() takes. */
int planes_webp_decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct notes *notes, struct fault *fault);

#endif
