/* poster_colour.h: a decoded frame to 8-bit sRGB; private to poster.c. */
#ifndef KNEE_POSTER_COLOUR_H
#define KNEE_POSTER_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/frame.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"

/* Any pixel format that libswscale reads. Matrix and range are the stream's; where it does not say, BT.709
 * from 1280 columns or 577 lines on and BT.601 below, limited range. Primaries are converted where the stream names
 * them (colour_space.h). Alpha is flattened onto background. pixels.data is the caller's, g_free(). */
int poster_to_rgb(const AVFrame *frame, const uint8_t background[3], struct pixels *pixels,
                  struct fault *fault);

/* Blank: nearly every pixel is black, or nearly all have one brightness. */
bool poster_is_blank(const AVFrame *frame);

#endif
