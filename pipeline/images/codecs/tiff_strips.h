/* tiff_strips.h: the rows of a TIFF file whose strips are compressed by LZW (lzw.h). A strip is in memory at a
 * time, of a large one (the picture may be one) what its decoder needs.
 *
 * It takes the files that are common: grey or RGB of 8 bits without further samples, which lie side by side, in strips
 * of at most 4 GiB, with the horizontal predictor or none. All others are left to libtiff. Damage is an error, and so
 * is a strip that holds too little.
 *
 * Caller's sequence: tiff_strips_open(); tiff_strips_rows() until all rows are read; tiff_strips_close() in any case.
 *
 * Source: TIFF 6.0, sections 13 and 14.
 */
#ifndef KNEE_TIFF_STRIPS_H
#define KNEE_TIFF_STRIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/lzw.h"
#include "pipeline/images/codecs/tiff_file.h"

struct tiff_strips {
    int width, height;
    int bands; /* 1 or 3 */

    /* Private. */
    struct tiff_file file;
    struct fault said;
    TIFF *tiff;
    uint64_t *offsets, *sizes; /* of the strips; libtiff's */
    uint32_t count, strip_rows;
    bool predictor;
    bool in_order;      /* each strip lies behind the end of the one before it */
    struct lzw *lzw;    /* of the strip */
    uint8_t *strip;     /* decoded */
    size_t strip_bytes; /* of one that has all its rows */
    size_t given;       /* bytes of it that were given back */
    int first, end;     /* its rows */
    int done;           /* rows that were read */
};

/* data must stay in memory, and strips at its place. Returns whether it is such a file; close it in either case. */
bool tiff_strips_open(struct tiff_strips *strips, const uint8_t *data, size_t bytes,
                      const struct tiff_layout *layout);

/* The next count rows, at `to` and every stride bytes. Returns 0, or -1 with fault. */
int tiff_strips_rows(struct tiff_strips *strips, uint8_t *to, size_t stride, int count, struct fault *fault);

void tiff_strips_close(struct tiff_strips *strips);

#endif
