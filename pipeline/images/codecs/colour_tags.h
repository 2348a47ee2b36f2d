/* colour_tags.h: what a file says of its colours, other than by an ICC profile. Pure: bytes in, struct out; of a
 * damaged file the part before the damage is read.
 *
 * - PNG, in the order of the specification (third edition, 13.2): cICP, then an ICC profile, then sRGB, then cHRM and
 *   gAMA. With the primaries of sRGB, a gAMA within 5% of 1/2.2 is taken as sRGB's curve, for which it is written (as
 *   libpng does).
 * - HEIF (AVIF, HEIC): colr of type nclx of the primary item, where there is no ICC profile. Matrix and range are the
 *   decoder's business, but for the range of grey, which libheif passes over.
 * - JPEG, TIFF, WebP: EXIF with ColorSpace 65535 and interoperability index R03 is Adobe RGB (DCF 2.0), where there is
 *   no ICC profile.
 */
#ifndef KNEE_COLOUR_TAGS_H
#define KNEE_COLOUR_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/images/input/sniff.h"
#include "pipeline/images/pixels/colour_space.h"

struct colour_tags {
    struct colour_space space; /* that of sRGB when the file says nothing */
    bool over_profile;         /* it counts even when the file has an ICC profile */
};

void colour_tags_read(enum image_kind kind, const void *data, size_t bytes, struct colour_tags *tags);

#endif
