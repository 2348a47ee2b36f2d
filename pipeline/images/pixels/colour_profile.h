/* colour_profile.h: embedded ICC profiles, by Little CMS: their effect, and conversion to sRGB, relative colorimetric.
 *
 * Most profiles in photographs are variants of sRGB. Converting with them costs as much as a second scaling,
 * and changes only roundings.
 *
 * Opening a profile and making a transform takes milliseconds, for CMYK tens of them: those of the last few profiles
 * are kept, found by all their bytes, for one thread at a time. What is kept never changes a result.
 */
#ifndef KNEE_COLOUR_PROFILE_H
#define KNEE_COLOUR_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum colour_profile_effect {
    PROFILE_NONE,     /* changes 8-bit colours by at most 2 of 255, over the whole cube */
    PROFILE_CONVERTS, /* colour_profile_convert() is needed */
    PROFILE_UNUSABLE  /* not a profile for RGB, or not one that can be read */
};

/* Channels of the colours that it is for, 1 (grey), 3 (RGB) or 4 (CMYK), when it can be used to convert them to sRGB;
 * 0: it cannot be read, is cut, or is of another kind. */
int colour_profile_channels(const void *profile, size_t bytes);

enum colour_profile_effect colour_profile_effect(const void *profile, size_t bytes);

/* RGB of a profile that converts to sRGB, in place: 8 bits, three bytes a pixel. */
void colour_profile_convert(const void *profile, size_t bytes, uint8_t *rgb, size_t pixels);

/* Any samples of the profile's channels to 8-bit sRGB. sample_bytes: 1, or 2 in native order. bands: the profile's
 * channels, or one more: alpha, which keeps its values. to: 3 bytes a pixel, with alpha 4. Eight bits are converted by
 * Little CMS's tables (RGB within 1 of 255; CMYK 0.3 off on average, single colours up to 14), 16 bits without them:
 * within rounding. Returns 0, or -1 when memory is short. */
int colour_profile_to_srgb(const void *profile, size_t bytes, const void *from, int sample_bytes, int bands,
                           size_t pixels, uint8_t *to);

/* Names an opened profile, as long as it is kept, for the rows of one picture: profiles of CMYK have half a megabyte,
 * which takes longer to compare than a row to read. 0: memory is short. */
uint64_t colour_profile_number(const void *profile, size_t bytes);

/* As colour_profile_to_srgb(), of the profile with that number; it is looked for by its bytes where another has its
 * place by now. */
int colour_profile_row(uint64_t number, const void *profile, size_t bytes, const void *from, int sample_bytes,
                       int bands, size_t pixels, uint8_t *to);

/* How many profiles are kept. */
enum { COLOUR_PROFILES_KEPT = 4 };

#endif
