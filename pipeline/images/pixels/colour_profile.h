/* colour_profile.h: what an embedded ICC profile asks for, by Little CMS.
 *
 * Most profiles in photographs describe sRGB itself, in one of its many wordings. Converting through them
 * costs as much as a second scaling, and changes nothing but roundings.
 *
 * Both functions keep what they learned of the profile asked about last: the files of one camera all carry
 * the same one. One thread at a time; nothing is kept that depends on earlier items.
 */
#ifndef KNEE_COLOUR_PROFILE_H
#define KNEE_COLOUR_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum colour_profile_effect {
    PROFILE_NONE,     /* leaves 8-bit colours from all over the cube within 2 of 255 of where they are */
    PROFILE_CONVERTS, /* colour_profile_convert() is due */
    PROFILE_FOREIGN   /* not a profile for RGB, or not one that can be read */
};

enum colour_profile_effect colour_profile_effect(const void *profile, size_t bytes);

/* RGB of a profile that converts to sRGB, in place: 8 bits, three bytes a pixel; relative colorimetric. */
void colour_profile_convert(const void *profile, size_t bytes, uint8_t *rgb, size_t pixels);

#endif
