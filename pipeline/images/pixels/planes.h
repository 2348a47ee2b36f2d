/* planes.h: pictures of layout PIXELS_PLANES (pixels.h): memory, access, scaling, rotation.
 *
 * Rows are padded: a row may be read up to its stride, and the bytes beyond the width are the row's last
 * value after planes_pad().
 */
#ifndef KNEE_PLANES_H
#define KNEE_PLANES_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/pixels/scale.h"

enum { PLANE_Y, PLANE_CB, PLANE_CR, PLANE_COUNT };

/* Memory for a picture; its content is undefined. Owned by pixels (g_free). Returns 0, or -1 with fault. */
int planes_alloc(struct pixels *pixels, int width, int height, struct fault *fault);
struct plane planes_get(const struct pixels *pixels, int index);
void planes_pad(struct pixels *pixels);

/* The part of a source plane that the plane `to` (of a picture, from planes_get()) is made of, so that both show the
 * same. The whole picture, scaled to width x height, is span_width x span_height samples of the source, which may end
 * within a sample; the picture of `to` is the part of it with the corner (left, top) in scaled pixels, which
 * may be negative. Chroma is sited in the middle of its pixels on both sides; the last sample of an odd side reaches
 * half beyond the picture. Pure. */
struct scale_box planes_box(double span_width, double span_height, double width, double height, int index,
                            double left, double top, const struct plane *to);

/* The same for all of base, a picture that planes_upright() turns afterwards, stored with that orientation: a side that
 * is turned around begins with what was its end, so where it is odd, chroma is shifted by one pixel, for its pairs to
 * begin there. Pure. */
struct scale_box planes_box_stored(double span_width, double span_height, const struct pixels *base,
                                   int index, int orientation, const struct plane *to);

/* Scales the whole picture to width x height and cuts the box out of it whose corner is (left, top). */
int planes_scale(const struct pixels *from, double width, double height, double left, double top,
                 int box_width, int box_height, struct pixels *to, struct fault *fault);

/* Turns a picture stored with EXIF's orientation (1 to 8) upright; takes over its memory or frees it. Chroma of an odd
 * side that is mirrored lies right only in a picture that was made for that: see turn_mirrored(). */
int planes_upright(struct pixels *pixels, int orientation, struct fault *fault);

/* To layout PIXELS_RGB and back; from is not changed. */
int planes_to_rgb(const struct pixels *from, struct pixels *to, struct fault *fault);
int planes_from_rgb(const struct pixels *from, struct pixels *to, struct fault *fault);

/* From planes of one size: R, G and B, or grey alone. The same as of an RGB picture of these values. */
int planes_from_bands(const struct plane *bands, int count, struct pixels *to, struct fault *fault);

#endif
