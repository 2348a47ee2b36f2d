/* colour_profile.h: the effect of an embedded ICC profile, by Little CMS.
 *
 * Most profiles in photographs are variants of sRGB. Converting with them costs as much as a second scaling,
 * and changes only roundings.
 *
 * All functions cache the result for the last profile: all files of one camera have the same one. One thread
 * at a time; nothing is kept that depends on earlier items.
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

/* RGB of a profile that converts to sRGB, in place: 8 bits, three bytes a pixel; relative colorimetric. */
void colour_profile_convert(const void *profile, size_t bytes, uint8_t *rgb, size_t pixels);

#endif
