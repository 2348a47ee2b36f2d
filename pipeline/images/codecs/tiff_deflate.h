/* tiff_deflate.h: are the deflate data of a TIFF picture whole?
 *
 * libtiff does not look at the checksum of data that hold more than their strip, as data do in which a bit is wrong: it
 * takes what fits, and other pixels come out without a word. Here each strip (or tile) is decompressed to its end and
 * compared with its checksum (zlib's, RFC 1950) before libtiff sees it. A last strip that holds all rows of a strip,
 * of which some lie below the picture, is no damage.
 */
#ifndef KNEE_TIFF_DEFLATE_H
#define KNEE_TIFF_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/tiff_layout.h"

/* Of the picture that layout points at, unless it has too many pixels to be decoded. Returns 0 when its data are whole
 * or compressed otherwise, or -1 with fault. */
int tiff_deflate_check(const uint8_t *data, size_t bytes, const struct tiff_layout *layout,
                       uint64_t max_pixels, struct fault *fault);

#endif
