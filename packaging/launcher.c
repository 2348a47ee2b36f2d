/* The program that a bundle's bin/ holds in place of each program (packaging/bundle.sh): starts the true one, in
 * libexec/, by the bundle's own loader and with its own libraries. Linked statically, so that it needs nothing of the
 * machine but a kernel and /proc. It changes no environment: what knee measures sees the user's own.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOADER "ld-linux-x86-64.so.2"

enum { OWN_ARGUMENTS = 7 };

static void cut_last(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash)
        *slash = '\0';
}

/* The folder of the bundle, and the name of the program in it. Returns 0, or -1. */
static int find_bundle(char *folder, size_t bytes, char *name, size_t name_bytes)
{
    ssize_t length = readlink("/proc/self/exe", folder, bytes - 1);
    const char *slash;

    if (length < 0)
        return -1;
    folder[length] = '\0';
    slash = strrchr(folder, '/');
    snprintf(name, name_bytes, "%s", slash ? slash + 1 : folder);
    cut_last(folder);
    cut_last(folder);
    return 0;
}

int main(int count, char **arguments)
{
    char folder[PATH_MAX], name[PATH_MAX], loader[PATH_MAX + 64], libraries[PATH_MAX + 64];
    char program[2 * PATH_MAX + 64];
    char *own[OWN_ARGUMENTS] = {loader,    (char *)"--inhibit-cache", (char *)"--library-path",
                                libraries, (char *)"--argv0",         arguments[0],
                                program};
    char **passed;

    if (find_bundle(folder, sizeof folder, name, sizeof name)) {
        fputs("knee: /proc/self/exe cannot be read: mount /proc\n", stderr);
        return 1;
    }
    snprintf(loader, sizeof loader, "%s/lib/" LOADER, folder);
    snprintf(libraries, sizeof libraries, "%s/lib", folder);
    snprintf(program, sizeof program, "%s/libexec/%s", folder, name);
    passed =
        calloc((size_t)count + OWN_ARGUMENTS, sizeof *passed); /* ends with NULL in place of arguments[0] */
    if (!passed)
        return 1;
    memcpy(passed, own, sizeof own);
    memcpy(passed + OWN_ARGUMENTS, arguments + 1, (size_t)(count - 1) * sizeof *passed);
    execv(loader, passed);
    perror(loader);
    free(passed);
    return 127;
}
