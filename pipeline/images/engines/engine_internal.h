/* engine_internal.h: rules that both engines follow. */
#ifndef KNEE_ENGINE_INTERNAL_H
#define KNEE_ENGINE_INTERNAL_H

#include "pipeline/images/engines/engine.h"

/* Whether every rendition of the recipe can be made from planes: JPEG and WebP, 4:2:0, without canvas and metadata. */
bool engine_planes_makes(const struct recipe *recipe);

/* Whether the planes engine can make every rendition of the recipe from this file. */
bool engine_planes_takes(enum image_kind kind, const void *data, size_t bytes, const struct recipe *recipe);

/* Returns 0, or -1 with fault: more pixels than the recipe allows. */
int engine_check_size(const struct engine_size *size, const struct recipe *recipe, struct fault *fault);

#endif
