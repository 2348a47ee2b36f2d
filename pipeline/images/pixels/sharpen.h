/* sharpen.h: an unsharp mask: what a picture has more than its softened self, added once more, amount times.
 *
 * Softened is the mean over the neighbours with weights 1 2 1 both ways (a Gaussian of about 0.85 pixels),
 * edges repeated: what scaling down loses is that fine. Whole numbers only, so that the bytes are the same on
 * every processor. Pure.
 */
#ifndef KNEE_SHARPEN_H
#define KNEE_SHARPEN_H

#include <stddef.h>
#include <stdint.h>

/* Sharpens width x height pixels of so many bands (1 to 4) in place; stride: bytes from row to row. amount 0
 * changes nothing, 0.5 is gentle, 3 is the most that a recipe takes. Returns 0, or -1 when memory is short.
 */
int sharpen_pixels(uint8_t *data, int width, int height, int bands, size_t stride, double amount);

#endif
