/* primaries.h: converts colours of films with other primaries than sRGB's to sRGB.
 *
 * Values are made linear, mixed by a 3x3 matrix, and encoded again; colours outside of sRGB are clipped.
 * Greys do not change: films are graded for displays whose transfer curve is close to sRGB's, so sRGB's curve
 * is used in both directions, as in players. The exception is PQ (SMPTE ST 2084), whose values mean absolute
 * light: 203 cd/m2, the white that ITU-R BT.2408 gives to graphics, becomes white, and brighter values are
 * clipped. HLG is designed to be shown without conversion on an ordinary display, and is not converted.
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
