/* overlay.h: watermark and caption, prepared once per worker and blended onto a rendition.
 *
 * Caller's sequence, in a worker: overlay_init() in its initializer; overlay_watermark() and
 * overlay_caption() per rendition; overlay_release(). Only the recipe's font file is used: the machine's font
 * configuration is not read, so that the bytes do not depend on it.
 *
 * To fork many workers from one zygote: overlay_prepare() in the single-threaded parent, and in each
 * worker overlay_inherit() in the place of overlay_init(). The bytes are the same.
 */
#ifndef KNEE_OVERLAY_H
#define KNEE_OVERLAY_H

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/recipe/recipe.h"

/* The watermark scaled for renditions of one width. */
struct overlay_scaled {
    int for_width; /* of the rendition; 0: empty */
    uint8_t *rgba; /* owned, g_free() */
    int width, height;
};

enum { OVERLAY_CACHE = 16 };

struct overlay {
    const struct recipe *recipe;
    VipsImage *watermark; /* RGBA in memory, as in its file; NULL none */
    struct overlay_scaled cache[OVERLAY_CACHE];
    unsigned next; /* place of the cache to be used next */
    char *family;  /* of the font; NULL none */
    void *shared;  /* the watermark's memory when a helper made it; owned, mapped; NULL none */
    size_t shared_bytes;
};

/* Returns 0, or -1 with fault that names the file. */
int overlay_init(struct overlay *overlay, const struct recipe *recipe, struct fault *fault);
/* The parent's part of overlay_init(): it loads the font and initialises the text renderer without
 * computing pixels, and gets the watermark from a helper process. The process can be forked afterwards. A
 * failure is reported by overlay_inherit(). */
void overlay_prepare(struct overlay *overlay, const struct recipe *recipe);
/* In a worker: makes overlay from the prepared one, which fork has copied, and completes it. Returns 0, or
 * -1 with fault. */
int overlay_inherit(struct overlay *overlay, const struct overlay *prepared, struct fault *fault);
/* Both leave the pixels unchanged when the rendition is too small. Return 0, or -1 with fault.
 */
int overlay_watermark(struct overlay *overlay, struct pixels *pixels, struct fault *fault);
/* text: one line of valid UTF-8 (caption.h), in any script: Pango shapes and orders it. A character that
 * the font lacks is drawn as a box with its code point. Text that is too wide is clipped on the right; an
 * empty text draws nothing. */
int overlay_caption(struct overlay *overlay, struct pixels *pixels, const char *text, struct fault *fault);
void overlay_release(struct overlay *overlay);

#endif
