/* vips_profile.h: a libvips image to 8-bit sRGB by its ICC profile (colour_profile.h), row by row as it is read.
 * libvips' own conversion opens the profile for each image, and is inexact for 16 bits.
 */
#ifndef KNEE_VIPS_PROFILE_H
#define KNEE_VIPS_PROFILE_H

#include <vips/vips.h>

/* The image has a profile for its channels, or is CMYK (then libvips' own is taken where it has none); alpha may follow
 * the channels. Samples are of 8 or 16 bits. Takes the image over. NULL with libvips' error. */
VipsImage *vips_profile_to_srgb(VipsImage *image);

/* Is it an image of that kind? */
gboolean vips_profile_takes(VipsImage *image);

#endif
