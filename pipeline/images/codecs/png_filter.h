/* png_filter.h: undoes the filters that PNG applies to rows before they are compressed. Pure, in whole numbers: the
 * same bytes on every processor. Source: PNG specification (third edition), 9.
 */
#ifndef KNEE_PNG_FILTER_H
#define KNEE_PNG_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* A row of that many bytes, whose pixels have 1, 2, 3, 4, 6 or 8 bytes each, from `row` to `to`, which are apart.
 * above: the row before as it was written, of the same length; zeros for the first. Returns 0, or -1 when there is no
 * such filter. */
int png_filter_undo(int filter, const uint8_t *row, const uint8_t *above, size_t bytes, int pixel_bytes,
                    uint8_t *to);

#endif
