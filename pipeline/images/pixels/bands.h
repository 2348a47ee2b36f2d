/* bands.h: pixels whose bands lie side by side (RGB, RGBA, grey) to planes and back, for the scaler.
 *
 * Alpha is premultiplied while pixels are split, for a transparent pixel's colour must not bleed into its neighbours,
 * and undone or mixed with a background while they are joined. Whole numbers only. Pure, except for memory.
 */
#ifndef KNEE_BANDS_H
#define KNEE_BANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/pixels/scale.h"

/* Planes of one size: grey; R, G, B; or R, G, B (premultiplied) and A. Released by bands_free(). */
struct bands {
    struct plane planes[SCALE_MOST_PLANES];
    int count; /* 1, 3 or 4 */
};

/* The content is undefined. Returns 0, or -1 with fault. */
int bands_alloc(struct bands *bands, int count, int width, int height, struct fault *fault);
void bands_free(struct bands *bands);

/* A row of width pixels of count bands to rows[band]. */
void bands_split_row(const uint8_t *row, int count, int width, uint8_t *const rows[]);

/* Turns planes stored with EXIF's orientation (1 to 8) upright; takes over their memory or frees it. */
int bands_upright(struct bands *bands, int orientation, struct fault *fault);

/* Changes the colours of count pixels of RGB in place. */
struct bands_colours {
    void (*convert)(void *context, uint8_t *rgb, size_t count);
    void *context;
};

/* To RGB. What is transparent shows the background (NULL: there is no alpha). colours, if not NULL, are converted
 * before that. pixels->data is the caller's, g_free(). */
int bands_join(const struct bands *bands, const uint8_t background[3], const struct bands_colours *colours,
               struct pixels *pixels, struct fault *fault);

/* The box of an RGB picture, in its pixels, scaled to width x height. to->data is the caller's, g_free(). */
int bands_scale_rgb(const struct pixels *from, const struct scale_box *box, int width, int height,
                    struct pixels *to, struct fault *fault);

#endif
