/* colour_profile.h: whether an embedded ICC profile changes anything.
 *
 * Most profiles in photographs describe sRGB itself, in one of its many wordings. Converting through them
 * costs as much as a second scaling, and changes nothing but roundings.
 */
#ifndef KNEE_COLOUR_PROFILE_H
#define KNEE_COLOUR_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

/* True when the profile leaves 8-bit colours from all over the cube within 2 of 255 of where they are. For a
 * worker only: it runs libvips, and keeps the answer for the profile asked about last. */
bool colour_profile_is_srgb(const void *profile, size_t bytes);

#endif
