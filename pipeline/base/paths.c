#include "pipeline/base/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static void cut_last(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash)
        *slash = '\0';
}

/* The name that the kernel was given, for where /proc is not mounted. It is relative to the folder that was the current
 * one then, which knee never leaves. */
static const char *as_started(char *buffer, size_t bytes)
{
    unsigned long address = getauxval(AT_EXECFN);
    const char *name;
    char real[PATH_MAX];

    memcpy(&name, &address, sizeof name);
    if (!name || !realpath(name, real))
        return NULL;
    return (size_t)snprintf(buffer, bytes, "%s", real) < bytes ? buffer : NULL;
}

static const char *executable(char *buffer, size_t bytes)
{
    ssize_t length = readlink("/proc/self/exe", buffer, bytes);

    if (length < 0)
        return as_started(buffer, bytes);
    if ((size_t)length >= bytes)
        return NULL;
    buffer[length] = '\0';
    return buffer;
}

/* In a bundle (packaging/launcher.c) the kernel was given the bundle's own loader to run, BUNDLE/lib/ld-linux... */
const char *paths_bundle(char *buffer, size_t bytes)
{
    char *name;

    if (!executable(buffer, bytes))
        return NULL;
    name = strrchr(buffer, '/');
    if (!name || strncmp(name, "/ld-linux", strlen("/ld-linux")) != 0)
        return NULL;
    cut_last(buffer);
    cut_last(buffer);
    return buffer;
}

const char *paths_self(char *buffer, size_t bytes)
{
    size_t length;

    if (!paths_bundle(buffer, bytes))
        return executable(buffer, bytes);
    length = strlen(buffer);
    return (size_t)snprintf(buffer + length, bytes - length, "/bin/knee") < bytes - length ? buffer : NULL;
}

int paths_program(char *buffer, size_t bytes, struct fault *fault)
{
    return paths_self(buffer, bytes)
               ? 0
               : fault_sys(fault, "the path of this program is not known: is /proc mounted?");
}

/* Writes base/middle/relative; true when that exists. */
static int try_place(const char *base, const char *middle, const char *relative, char *buffer, size_t bytes)
{
    int length = snprintf(buffer, bytes, "%s%s/%s", base, middle, relative);
    return length > 0 && (size_t)length < bytes && access(buffer, R_OK) == 0;
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
