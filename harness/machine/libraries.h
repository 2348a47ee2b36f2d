/* libraries.h: which libraries this program runs with, for `knee doctor` and for the facts of a study. */
#ifndef KNEE_LIBRARIES_H
#define KNEE_LIBRARIES_H

#include <stddef.h>

/* "vips 8.14.1, libavformat 59.27.100, ...": the versions that are loaded now, not those it was built with.
 * Returns text. */
char *libraries_text(char *text, size_t bytes);

#endif
