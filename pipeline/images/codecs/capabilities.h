/* capabilities.h: what this build reads and writes, asked of the loaded libraries.
 *
 * engine_vips_setup() has been called, in a process that will not fork workers.
 */
#ifndef KNEE_CAPABILITIES_H
#define KNEE_CAPABILITIES_H

#include <stddef.h>

/* Each writes a list with commas, "none" when it is empty, and returns text. */
char *capabilities_pictures(char *text, size_t bytes); /* formats that are read */
char *capabilities_clips(char *text, size_t bytes); /* containers, and the codecs that are decoded in them */
/* Of pictures, what knee would read or write if its library were installed; here empty means that all are there. */
char *capabilities_missing(char *text, size_t bytes);
char *capabilities_written(char *text, size_t bytes); /* formats of renditions, see encode_vips_try() */

#endif
