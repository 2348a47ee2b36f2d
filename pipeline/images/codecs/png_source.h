/* png_source.h: an interlaced PNG file in memory for libvips' loader, which decodes it whole, by libpng, when its first
 * row is asked for. The file goes back (file_memory.h) while the picture is made.
 */
#ifndef KNEE_PNG_SOURCE_H
#define KNEE_PNG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include <vips/vips.h>

/* Is it an interlaced PNG file with data? */
bool png_source_takes(const void *data, size_t bytes);

/* Such a file's image. What lies in front of the picture's data may be read until the first row is asked for. NULL,
 * with libvips' own message. data must stay in memory. */
VipsImage *png_source_open(const void *data, size_t bytes);

#endif
