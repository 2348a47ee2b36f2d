/* tiff_layout.h: which picture of a TIFF file is the full one, and what its samples are: what libvips does not say.
 * Pure; nothing outside of bytes is read; of a damaged file the part before the damage counts.
 *
 * Sources: TIFF 6.0, BigTIFF, TIFF/EP (ISO 12234-2), DNG 1.6.
 */
#ifndef KNEE_TIFF_LAYOUT_H
#define KNEE_TIFF_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tiff_extra { TIFF_EXTRA_UNSPECIFIED, TIFF_EXTRA_ASSOCIATED, TIFF_EXTRA_UNASSOCIATED };

enum { TIFF_MOST_EXTRA = 8 };

struct tiff_layout {
    int page;         /* of the full picture, from 0; pages are directories of the main chain */
    int subifd;       /* it is that one below the page, from 0; -1: it is the page itself */
    bool raw;         /* the full picture, or one as large, is of a sensor: not yet a picture */
    bool inverted;    /* white is zero */
    bool deflated;    /* its data are compressed by deflate */
    bool beyond_vips; /* libvips does not read it, or not rightly: tiff_picture.h does */
    bool ycc;         /* ... because it is YCbCr, or JPEG of TIFF 6.0 */
    /* enum tiff_extra, of the samples after the colours; as far as the file says */
    int extra_count, extra[TIFF_MOST_EXTRA];
};

/* The first page, unless it is a reduced one: then the largest that is not, among all pages and what is below them. A
 * page is reduced when NewSubfileType or SubfileType says so, and a transparency mask counts as one. The first one
 * without either is taken for a thumbnail when it has at most 512 pixels in width and height and a later picture has
 * its shape and three times its width. */
void tiff_layout_read(const uint8_t *data, size_t bytes, struct tiff_layout *layout);

#endif
