/* colour_space.h: colours of another space than sRGB, given by chromaticities and a curve, to sRGB: of clips, and of
 * pictures without an ICC profile.
 *
 * Values are made linear, mixed by a 3x3 matrix, and encoded again; colours outside of sRGB are clipped. A white other
 * than D65 is adapted (Bradford). Curves of video (BT.709, BT.601, BT.2020) are taken as sRGB's, in both directions,
 * as in players: films are graded for displays whose curve is close to it; so greys do not change. PQ (SMPTE ST 2084)
 * means absolute light: 203 cd/m2, the white that ITU-R BT.2408 gives to graphics, becomes white, and brighter values
 * are clipped. HLG is designed to be shown without conversion on an ordinary display: its curve is taken as sRGB's.
 *
 * Codes are those of ITU-T H.273 (CICP), which AVIF, HEIF, PNG, MP4 and Matroska share; Adobe RGB (1998) is that of the
 * Adobe RGB (1998) colour image encoding, 2005-05.
 */
#ifndef KNEE_COLOUR_SPACE_H
#define KNEE_COLOUR_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum colour_curve {
    CURVE_SRGB,
    CURVE_POWER, /* light = value ^ power */
    CURVE_PQ
};

struct colour_space {
    double xy[4][2]; /* x and y of red, green, blue, white */
    enum colour_curve curve;
    double power; /* of CURVE_POWER; otherwise 0 */
    bool narrow;  /* black is 16/255 and white 235/255 of the range */
};

extern const struct colour_space colour_space_srgb, colour_space_adobe_rgb;

/* The space of a pair of codes; a code that is unspecified or not known is that of sRGB. */
struct colour_space colour_space_of(int primaries, int transfer);

/* Would colour_space_convert() change next to nothing? */
bool colour_space_is_srgb(const struct colour_space *space);

/* To bytes of sRGB. bytes: of a value, 1 or 2 (native order). bands: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha,
 * the same in from and to; alpha keeps its values. from and to may be the same. The tables of the last
 * space are kept, for one thread at a time. Returns 0, or -1 when memory is short. */
int colour_space_convert(const struct colour_space *space, const void *from, int bytes, int bands,
                         size_t count, uint8_t *to);

#endif
