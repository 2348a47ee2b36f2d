#include "harness/trial/output_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 16, DEPTH_MOST = 64 };

static int fail(const char *path, struct fault *fault)
{
    return fault_set(fault,
                     "%s: the output cannot be read (%s): --output names the file or folder that the "
                     "command writes",
                     path, strerror(errno));
}

static int add_file(GChecksum *sum, const char *path, struct fault *fault)
{
    static guchar buffer[BUFFER_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t got = -1;

    while (fd >= 0 && (got = read(fd, buffer, sizeof buffer)) > 0)
        g_checksum_update(sum, buffer, got);
    if (got < 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        errno = error;
        return fail(path, fault);
    }
    close(fd);
    return 0;
}

static void add_text(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

static int add_link(GChecksum *sum, const char *path, struct fault *fault)
{
    char *target = g_file_read_link(path, NULL);

    if (!target)
        return fail(path, fault);
    add_text(sum, target);
    g_free(target);
    return 0;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *names_of(const char *folder, struct fault *fault)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    if (!dir) {
        fail(folder, fault);
        g_ptr_array_free(names, TRUE);
        return NULL;
    }
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

/* relative: the path below the folder that was asked for; "" that folder, or a single file. */
static int add(GChecksum *sum, const char *path, const char *relative, int depth, struct fault *fault)
{
    struct stat status;
    GPtrArray *names;
    char size[32];
    int result = 0;

    if (*relative ? lstat(path, &status) : stat(path, &status))
        return fail(path, fault);
    if (*relative && !S_ISDIR(status.st_mode)) {
        snprintf(size, sizeof size, "%lld", (long long)status.st_size);
        add_text(sum, relative);
        add_text(sum, size);
    }
    if (S_ISLNK(status.st_mode))
        return add_link(sum, path, fault);
    if (S_ISREG(status.st_mode))
        return add_file(sum, path, fault);
    if (!S_ISDIR(status.st_mode))
        return fault_set(
            fault, "%s: the output is no file and no folder: --output names what the command writes", path);
    errno = ELOOP;
    if (depth >= DEPTH_MOST)
        return fail(path, fault);
    names = names_of(path, fault);
    for (guint i = 0; names && i < names->len && result == 0; i++) {
        const char *name = g_ptr_array_index(names, i);
        char *below = g_build_filename(path, name, NULL), *inner = g_build_filename(relative, name, NULL);
        result = add(sum, below, inner, depth + 1, fault);
        g_free(below);
        g_free(inner);
    }
    if (names)
        g_ptr_array_free(names, TRUE);
    return names ? result : -1;
}

int output_digest(const char *path, char hex[65], struct fault *fault)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    int status = add(sum, path, "", 0, fault);

    snprintf(hex, 65, "%s", status ? "" : g_checksum_get_string(sum));
    g_checksum_free(sum);
    return status;
}
