/* clip.h: a short film made by moving a frame over a photograph, encoded by the ffmpeg program (H.264 or
 * VP9). */
#ifndef KNEE_DATASETS_CLIP_H
#define KNEE_DATASETS_CLIP_H

#include <stdint.h>

#include "datasets/plan.h"
#include "datasets/raster.h"
#include "pipeline/base/fault.h"

#define CLIP_FRAMES_PER_SECOND 25

/* Writes the clip to the file `temporary`, with the still and a log in the same folder while it works.
 * still has three planes and is larger than the frame. One thread and fixed groups of pictures, so the
 * bytes are the same each time. Returns 0, or -1 with fault. */
int clip_make(const struct plan_item *item, const struct raster *still, const char *temporary,
              uint64_t *bytes, struct fault *fault);

/* Whether the ffmpeg program can be started: 0, or -1 with fault. */
int clip_check(struct fault *fault);

#endif
