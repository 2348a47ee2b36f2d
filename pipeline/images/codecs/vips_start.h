/* vips_start.h: starts libvips without the modules that are not needed.
 *
 * vips_init() loads every module that is installed, and Debian's bring Poppler, ImageMagick and OpenSlide with what
 * these need: 13 ms of CPU time at each start, mappings that every fork copies, and code that no worker may use
 * (loaders.h). Here only the module for HEIC and AVIF is loaded, from the folder of modules next to libvips itself.
 */
#ifndef KNEE_VIPS_START_H
#define KNEE_VIPS_START_H

/* Once per process, instead of vips_init(). Returns 0, or -1 with libvips' error. A module that is not there is no
 * error: loaders_list() says what is missing. The environment has no VIPSHOME afterwards. */
int vips_start(void);

#endif
