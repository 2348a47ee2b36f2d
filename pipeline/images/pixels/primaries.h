/* primaries.h: colours of a film, whose red, green and blue are not those of sRGB, to sRGB.
 *
 * Values are made linear, mixed by a 3x3 matrix, and encoded again; what sRGB cannot show is cut. Greys stay
 * what they are: films are graded for displays whose curve is close to sRGB's, so sRGB's curve is used both
 * ways, as players do. The exception is PQ (SMPTE ST 2084), whose values mean absolute light: 203 cd/m2, the
 * white that ITU-R BT.2408 gives to graphics, becomes white, and what is brighter is cut. HLG was made to be
 * shown as it is on an ordinary display, and is.
 *
 * Matrices from the chromaticities in ITU-R BT.601, BT.709, BT.2020 and SMPTE EG 432-1; all have white D65.
 * Pure.
 */
#ifndef KNEE_PRIMARIES_H
#define KNEE_PRIMARIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum primaries {
    PRIMARIES_BT709, /* those of sRGB */
    PRIMARIES_BT601_525,
    PRIMARIES_BT601_625,
    PRIMARIES_BT2020,
    PRIMARIES_P3,
    PRIMARIES_COUNT
};

/* count pixels of three 16-bit values, native byte order, to three bytes each. Returns 0, or -1 when memory
 * is short. */
int primaries_to_srgb(const uint16_t *from, size_t count, enum primaries primaries, bool pq, uint8_t *to);

#endif
