/* version.h: which knee this is, as `git describe` named it when it was built. */
#ifndef KNEE_VERSION_H
#define KNEE_VERSION_H

extern const char knee_version[];

#endif
