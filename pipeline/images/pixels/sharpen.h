/* sharpen.h: an unsharp mask: the difference between a picture and its softened version, times amount, is
 * added to it.
 *
 * Softened is the mean over the neighbours with weights 1 2 1 in both directions (a Gaussian of about 0.85
 * pixels), edges repeated: scaling down loses detail of that size. Whole numbers only, so that the bytes are
 * the same on every processor. Pure.
 */
#ifndef KNEE_SHARPEN_H
#define KNEE_SHARPEN_H

#include <stddef.h>
#include <stdint.h>

/* Sharpens width x height pixels of 1 to 4 bands in place; stride: bytes from row to row. amount 0 changes
 * nothing, 0.5 is gentle, 3 is the most that a recipe allows. Returns 0, or -1 when memory is short.
 */
int sharpen_pixels(uint8_t *data, int width, int height, int bands, size_t stride, double amount);

#endif
