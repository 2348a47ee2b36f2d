/* planes_heif.h: a picture of a HEIF file (AVIF, HEIC) to the base picture in planes, where heif_item.h takes it. */
#ifndef KNEE_PLANES_HEIF_H
#define KNEE_PLANES_HEIF_H

#include "pipeline/images/engines/engine.h"

bool planes_heif_takes(const void *data, size_t bytes);

/* As decode() of struct engine, for a file that planes_heif_takes(). A picture that turns out to be coded otherwise
 * than its boxes say is left to engine_vips. */
int planes_heif_decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct notes *notes, struct fault *fault);

#endif
