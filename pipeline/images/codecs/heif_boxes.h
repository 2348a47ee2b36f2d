/* heif_boxes.h: properties of the primary item of a HEIF file (ISO/IEC 23008-12, on ISO/IEC 14496-12) that the decoder
 * does not hand out. Pure; nothing outside of bytes is read; a damaged file has none.
 */
#ifndef KNEE_HEIF_BOXES_H
#define KNEE_HEIF_BOXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The codes of colour primaries and transfer characteristics in colr (nclx) of the primary item; of the first such
 * property where the associations cannot be read. False when there is none. */
bool heif_boxes_nclx(const uint8_t *data, size_t bytes, int *primaries, int *transfer);

#endif
