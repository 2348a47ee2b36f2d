/* loaders.h: the picture loaders of libvips that knee uses, in one table. */
#ifndef KNEE_LOADERS_H
#define KNEE_LOADERS_H

#include <stddef.h>

/* Forbids every loader of libvips but those of the table, which trusted libraries back, and JPEG 2000: its
 * library is confined like all of a worker (sandbox.h). libvips has been initialised, and the process is
 * single-threaded. */
void loaders_restrict(void);

/* The formats of those that this build of libvips has, as in "JPEG, PNG"; empty when it has none. Returns text. */
char *loaders_list(char *text, size_t bytes);

#endif
