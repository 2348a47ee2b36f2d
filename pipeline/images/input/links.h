/* links.h: where a path within the batch really is, when links are followed: always within the batch. */
#ifndef KNEE_LINKS_H
#define KNEE_LINKS_H

#include <limits.h>
#include <stdbool.h>

#include "pipeline/base/fault.h"

/* Is path the folder or below it? Both are absolute and without links. */
bool links_is_below(const char *path, const char *folder);

/* real gets the path of ROOT/PATH without links, which is below real_root; *within is its part below it. Returns 0, or
 * -1 with fault when it leads nowhere or out of the batch. */
int links_resolve(const char *root, const char *path, const char *real_root, char real[PATH_MAX],
                  const char **within, struct fault *fault);

#endif
