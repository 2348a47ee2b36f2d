#include "pipeline/base/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *paths_self(char *buffer, size_t bytes)
{
    ssize_t length = readlink("/proc/self/exe", buffer, bytes);
    if (length < 0 || (size_t)length >= bytes)
        return NULL;
    buffer[length] = '\0';
    return buffer;
}

/* Writes base/middle/relative; true when that exists. */
static int try_place(const char *base, const char *middle, const char *relative, char *buffer, size_t bytes)
{
    int length = snprintf(buffer, bytes, "%s%s/%s", base, middle, relative);
    return length > 0 && (size_t)length < bytes && access(buffer, R_OK) == 0;
}

static void cut_last(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash)
        *slash = '\0';
}

const char *paths_data(const char *relative, char *buffer, size_t bytes)
{
    const char *chosen = getenv("KNEE_DATA");
    char self[PATH_MAX];

    if (chosen && *chosen) {
        try_place(chosen, "", relative, buffer, bytes);
        return buffer;
    }
    if (!paths_self(self, sizeof self)) {
        snprintf(buffer, bytes, "%s", relative);
        return buffer;
    }
    cut_last(self); /* the folder of the program */
    cut_last(self); /* and the one around it */
    if (try_place(self, "/share/knee", relative, buffer, bytes))
        return buffer;
    try_place(self, "", relative, buffer, bytes);
    return buffer;
}
