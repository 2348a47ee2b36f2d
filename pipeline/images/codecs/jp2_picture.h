/* jp2_picture.h: JPEG 2000, with or without its container, by the OpenJPEG library: components of any sampling and
 * depth, palettes, alpha, luma with chroma, profiles.
 *
 * libvips has a loader too, whose release in Debian 12 writes beyond its buffers when the file has a palette, and takes
 * luma with chroma for RGB when they have the same size.
 *
 * The picture is on the grid of its first component. Others are interpolated from their own grids, whose first samples
 * are at the same place (ITU-T T.800, annex B). Luma with chroma, in the full range of ITU-T T.871: where the container
 * says so, and where a picture of three components says nothing and has chroma on coarser grids. Alpha is
 * what the container calls so, or, where it says nothing of that, a single component after grey or RGB, as ImageMagick
 * and Pillow have it; other components after the colours are dropped.
 */
#ifndef KNEE_JP2_PICTURE_H
#define KNEE_JP2_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/scale.h"

struct jp2_header {
    int width, height;  /* of the picture, on the grid of its first component */
    int most_reduction; /* a power of two; 1: only the whole picture may be decoded */
    int coarsest;       /* samples of the first component that one of the coarsest covers, along a side */
};

/* Returns 0, or -1 with fault: damage, too many pixels, too much memory. */
int jp2_picture_header(const void *data, size_t bytes, uint64_t max_pixels, struct jp2_header *header,
                       struct fault *fault);

struct jp2_picture {
    VipsImage *image;      /* grey, RGB or CMYK of 8 or 16 bits, and alpha, with its profile; read once */
    int width, height;     /* of the whole picture */
    struct scale_box part; /* that picture, in pixels of the image */
};

/* The picture, decoded in strips of rows while they are read: OpenJPEG needs 4 bytes for each sample of what it decodes
 * at once. The samples are those of the whole picture.
 *
 * It is reduced by at most `reduction`, a power of two: the decoder leaves out the finest levels of the wavelet
 * transform. The header's most_reduction is 1 of palettes, whose indices have no mean, of pictures with alpha, by which
 * their colours are multiplied first, and of streams whose code blocks are checked only where they are decoded. Where
 * the first strip of the reduced picture is no good for any reason, the full one is decoded, and if that fails, at
 * once: what is wrong with a file is the same for every recipe.
 *
 * data has to stay as long as the image. Returns 0, or -1 with fault and no image: damage (also what the decoder only
 * warns of), too many pixels, too much memory, colours that are not read. */
int jp2_picture_open(const void *data, size_t bytes, uint64_t max_pixels, int reduction,
                     struct jp2_picture *picture, struct fault *fault);

#endif
