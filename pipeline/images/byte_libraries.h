/* byte_libraries.h: the libraries that the outputs' bytes depend on, for the manifest's first line. */
#ifndef KNEE_BYTE_LIBRARIES_H
#define KNEE_BYTE_LIBRARIES_H

#include <stddef.h>

/* "libaom.so.3.6.0 libavcodec.so.59.37.100 ...": the files behind the loaded libraries that decode, convert,
 * draw and encode, sorted by name; the same for every run of one program on one machine. engine_vips_setup()
 * has been called: it loads libvips' modules. Returns text, cut at a name when there is no room for all. */
char *byte_libraries(char *text, size_t bytes);

/* The same for a process that has not called it and must not: a child does. Empty when there is no child, or libvips
 * does not start. */
char *byte_libraries_of_child(char *text, size_t bytes);

#endif
