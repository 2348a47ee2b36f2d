/* capabilities.h: what this build reads and writes, as the loaded libraries tell. engine_vips_setup() has been
 * called, in a process that will not fork for work. */
#ifndef KNEE_CAPABILITIES_H
#define KNEE_CAPABILITIES_H

#include <stddef.h>

/* Each writes a list with commas, "none" when there is nothing, and returns text. */
char *capabilities_pictures(char *text, size_t bytes); /* read; trusted loaders only */
char *capabilities_clips(char *text, size_t bytes);    /* containers, and what is decoded of what they hold */
char *capabilities_written(char *text, size_t bytes);  /* tried */

#endif
