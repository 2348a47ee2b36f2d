/* draw.h: turns a photograph into the graphics of a media library. */
#ifndef KNEE_DATASETS_DRAW_H
#define KNEE_DATASETS_DRAW_H

#include <stdint.h>

#include "datasets/raster.h"
#include "pipeline/base/fault.h"

/* A window around the photograph: a bar above, a column of lines at the left, all in flat colours. Three
 * planes. */
void draw_screen(struct raster *raster, uint64_t seed);

/* Cuts the photograph out in a rounded shape with a soft edge; outside it is transparent and black. Three
 * planes become four. Returns 0, or -1 with fault when memory is short. */
int draw_cut_out(struct raster *raster, uint64_t seed, struct fault *fault);

#endif
