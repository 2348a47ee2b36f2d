#include "pipeline/images/byte_libraries.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "pipeline/images/engines/engine_vips.h"

/* Names between "lib" and ".so", with those versions that are part of the name. */
static const char *const wanted[] = {
    "aom",      "avcodec",   "avformat",     "avutil", "cairo",   "dav1d", "de265", "exif",
    "freetype", "harfbuzz",  "heif",         "hwy",    "jpeg",    "jxl",   "lcms2", "openjp2",
    "orc-0.4",  "pango-1.0", "pangoft2-1.0", "png16",  "swscale", "tiff",  "vips",  "vpx",
    "webp",     "webpdemux", "webpmux",      "x265",   "zimg"};

static bool is_wanted(const char *name)
{
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t length = strlen(wanted[i]);
        if (strncmp(name, "lib", 3) == 0 && strncmp(name + 3, wanted[i], length) == 0 &&
            strncmp(name + 3 + length, ".so", 3) == 0)
            return true;
    }
    return false;
}

static int take(struct dl_phdr_info *info, size_t bytes, void *found)
{
    char path[PATH_MAX];
    const char *name;

    (void)bytes;
    if (!*info->dlpi_name || !realpath(info->dlpi_name, path))
        return 0;
    name = strrchr(path, '/') + 1;
    if (is_wanted(name))
        g_ptr_array_add(found, g_strdup(name));
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *byte_libraries(char *text, size_t bytes)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    size_t used = 0;

    *text = '\0';
    dl_iterate_phdr(take, found);
    g_ptr_array_sort(found, by_name);
    for (guint i = 0; i < found->len; i++) {
        const char *name = g_ptr_array_index(found, i);
        if (used + strlen(name) + 2 > bytes)
            break;
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? " " : "", name);
    }
    g_ptr_array_free(found, TRUE);
    return text;
}

char *byte_libraries_of_child(char *text, size_t bytes)
{
    int ends[2];
    size_t used = 0;
    ssize_t got;
    pid_t child;

    *text = '\0';
    if (pipe(ends))
        return text;
    child = fork();
    if (child == 0) {
        struct fault ignored;
        if (engine_vips_setup(&ignored))
            _exit(1);
        byte_libraries(text, bytes);
        _exit(write(ends[1], text, strlen(text)) < 0);
    }
    close(ends[1]);
    while (child > 0 && used + 1 < bytes &&
           ((got = read(ends[0], text + used, bytes - used - 1)) > 0 || (got < 0 && errno == EINTR)))
        used += got > 0 ? (size_t)got : 0;
    text[used] = '\0';
    close(ends[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return text;
}
