/* renditions.h: all renditions of an item from its base picture, each from the next larger one. */
#ifndef KNEE_RENDITIONS_H
#define KNEE_RENDITIONS_H

#include "pipeline/images/engines/engine.h"

/* Makes scaled[i] for every rendition i of the recipe, scaled, placed and sharpened. base is large enough for
 * all; its memory is taken over or freed. scaled has room for all, begins empty, and is the caller's to free,
 * after a failure too. Returns 0, or -1 with fault. */
int renditions_make(const struct engine *engine, const struct recipe *recipe, const struct engine_size *size,
                    struct pixels *base, struct pixels scaled[], struct fault *fault);

#endif
