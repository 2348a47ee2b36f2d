/* libraries.h: which libraries this program runs with, for `knee doctor` and for the facts of a study. */
#ifndef KNEE_LIBRARIES_H
#define KNEE_LIBRARIES_H

#include <stddef.h>

enum { LIBRARIES_BYTES = 800 }; /* room for all */

/* "vips 8.14.1, libavformat 59.27.100, ...": the versions that are loaded now, not those it was built with (libjpeg,
 * which has no function for it, excepted). The libraries that these load are in a run's manifest, and in
 * `knee doctor`. Returns text. */
char *libraries_text(char *text, size_t bytes);

/* Append ", name version" to text. */
void libraries_add(char *text, size_t bytes, const char *name, const char *version);
void libraries_add_number(char *text, size_t bytes, const char *name, unsigned major, unsigned minor,
                          unsigned micro);

/* Appends the libraries of the image pipeline; the program decides what that is (harness/cli/). */
void libraries_add_images(char *text, size_t bytes);

#endif
