#include "pipeline/images/input/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool links_is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    if (length == 1) /* "/" */
        return true;
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

int links_resolve(const char *root, const char *path, const char *real_root, char real[PATH_MAX],
                  const char **within, struct fault *fault)
{
    char full[PATH_MAX];

    if ((size_t)snprintf(full, sizeof full, "%s/%s", root, path) >= sizeof full)
        return fault_set(fault, "the path is longer than %zu bytes", sizeof full - 1);
    if (!realpath(full, real))
        return fault_set(fault, "%s", strerror(errno));
    if (!links_is_below(real, real_root))
        return fault_set(fault, "leads out of the batch");
    *within = real + strlen(real_root);
    while (**within == '/')
        ++*within;
    return 0;
}
