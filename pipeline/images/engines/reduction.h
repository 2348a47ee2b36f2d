/* reduction.h: by how much a decoder of JPEG or JPEG 2000 reduces a picture while it decodes. Pure.
 *
 * A reduced picture is that of ceil(side / reduction) samples a side, of which the last may be partly picture only: it
 * is scaled from the true side / reduction (jpeg_reader.h, jp2_picture.h), so nothing is displaced.
 */
#ifndef KNEE_REDUCTION_H
#define KNEE_REDUCTION_H

/* The largest of 1, 2, 4 and 8 at which a picture of width x height pixels is still at least 1.25 times as large as the
 * picture of that scale (0 to 1) that is made from it, and no side below one whole sample.
 *
 * The decoder reduces each block by itself, less well than the scaler. Where it does all of the work, a detailed
 * picture is 5 to 10 dB further from one Lanczos reduction than where it leaves twice the size; no margin removes that
 * step, which is 4 dB for photographs at twice the size. 1.25 keeps it away from the sizes at which cameras and boxes
 * meet (whole multiples). */
int reduction_jpeg(int width, int height, double scale);

/* The same of JPEG 2000: 1, or 2 where most allows it and the picture is still twice as large. The coarser levels of a
 * wavelet transform hold finer detail folded into them, and are rounded to samples: of four photographs the renditions
 * are within 0.003 SSIM of those of the full picture at twice the size, and up to 0.011 off at 1.25 times; with a
 * second level they are not. */
int reduction_jp2(int most, int width, int height, double scale);

#endif
