/* heif_item.h: the primary item of a HEIF file (AVIF, HEIC) where that is one coded picture, or a grid of them, that
 * can be decoded to its planes: 8 bits, each of one piece in the file; and its alpha, which is another such item. Pure;
 * nothing outside of the file's bytes is read.
 *
 * Sources: ISO/IEC 14496-12 (iloc), ISO/IEC 23008-12 (iref, clap, irot, imir), ISO/IEC 23000-22 (their order),
 * ISO/IEC 14496-15 (hvcC), AV1-ISOBMFF 1.2 (av1C), AV1-AVIF 1.1, ITU-T H.273 (matrix).
 */
#ifndef KNEE_HEIF_ITEM_H
#define KNEE_HEIF_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/images/codecs/heif_tree.h"

enum heif_coding { HEIF_AV1, HEIF_HEVC };

/* HEIF_MOST_PADDING: pixels that a coder adds to a side to fill its last block, at most. */
enum { HEIF_MOST_TILES = 1024, HEIF_MOST_PADDING = 128 };

struct heif_item {
    enum heif_coding coding;
    struct heif_tree tree;            /* the file, which has to stay in memory */
    uint32_t id, alpha;               /* the item, and the one that is its alpha; 0: it has none */
    int columns, rows;                /* of a grid; both 0: it is coded itself: */
    struct iso_span data;             /* the coded picture; none of a grid */
    struct iso_span config;           /* av1C or hvcC; none of a grid */
    int width, height;                /* as coded */
    int left, top;                    /* of the part that is shown, in the coded picture */
    int shown_width, shown_height;    /* its size, before it is turned */
    int orientation;                  /* what makes that upright, as EXIF's, 1 to 8 */
    int chroma_x, chroma_y;           /* pixels that a sample of chroma covers, 1 or 2; both 0: grey */
    double chroma_left, chroma_above; /* how far its centre is from theirs, in samples of chroma: 0 or 1/4 */
    struct iso_span profile;          /* ICC; of a grid without one that of its first tile */
    bool nclx;                        /* the file says, in H.273's codes: */
    int primaries, transfer;          /* of a grid, its first tile's where it says nothing itself */
    int matrix;                       /* without nclx what the coded picture says counts */
    bool narrow;                      /* luma is 16 to 235 */
};

/* False: it is something else (overlays, an alpha of another size or turned otherwise, more than 8 bits, a crop at an
 * odd place of coarser chroma, layers, turned before it is cropped, a matrix that is not that of YCbCr, ...), or its
 * boxes are cut or damaged. */
bool heif_item_read(const uint8_t *data, size_t bytes, struct heif_item *item);

/* A tile of a grid, by rows, from 0: an item of its own, all of one size and kind; the last ones may reach beyond the
 * picture. False: index is not one of them. */
bool heif_item_tile(const struct heif_item *item, int index, struct heif_item *tile);

/* The alpha of a picture: its luma, of the picture's size, crop and turn. False: the picture has none. */
bool heif_item_alpha(const struct heif_item *item, struct heif_item *alpha);

#endif
