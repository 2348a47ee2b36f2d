/* reduction.h: by how much a JPEG decoder reduces a picture while it decodes. Pure.
 *
 * A reduced picture is that of ceil(side / reduction) samples a side, of which the last may be partly picture only: it
 * is scaled from the true side / reduction (jpeg_reader.h), so nothing is displaced.
 */
#ifndef KNEE_REDUCTION_H
#define KNEE_REDUCTION_H

/* The largest of 1, 2, 4 and 8 at which a picture of width x height pixels is still at least as large as the
 * picture of that scale (0 to 1) that is made from it, and no side below one whole sample. */
int reduction_jpeg(int width, int height, double scale);

#endif
