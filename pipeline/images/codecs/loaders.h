/* loaders.h: the picture loaders of libvips that knee uses, in one table. */
#ifndef KNEE_LOADERS_H
#define KNEE_LOADERS_H

#include <stdbool.h>
#include <stddef.h>

/* Forbids every loader of libvips but those of the table, which trusted libraries back. libvips has been initialised,
 * and the process is single-threaded. */
void loaders_restrict(void);

/* The formats of those that the installed libvips has, or lacks, as in "JPEG, PNG"; empty when there are none. Returns
 * text. */
char *loaders_list(bool there, char *text, size_t bytes);

#endif
