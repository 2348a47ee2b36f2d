#include "pipeline/base/plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

static const char not_regular[] = "it is not a regular file";

/* O_NONBLOCK: opening a FIFO returns, and is then refused; for a file it has no effect. */
static int open_plain(const char *path, struct stat *status, const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || fstat(fd, status)) {
        *why = errno == ENXIO ? not_regular : strerror(errno);
    } else if (S_ISDIR(status->st_mode)) {
        *why = strerror(EISDIR);
    } else if (!S_ISREG(status->st_mode)) {
        *why = not_regular;
    } else {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

int plain_file_open(const char *path, const char **why)
{
    struct stat status;

    return open_plain(path, &status, why);
}

FILE *plain_file_stream(const char *path, const char **why)
{
    int fd = plain_file_open(path, why);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");

    if (!stream && fd >= 0) {
        *why = strerror(errno);
        close(fd);
    }
    return stream;
}

/* It may grow or shrink meanwhile: what there is up to its size at the beginning is read. */
static char *read_fd(int fd, size_t size, size_t *bytes, const char **why)
{
    char *text = g_try_malloc(size + 1);
    ssize_t got = 0;

    *bytes = 0;
    if (!text) {
        *why = "no memory for it";
        return NULL;
    }
    while (*bytes < size &&
           ((got = read(fd, text + *bytes, size - *bytes)) > 0 || (got < 0 && errno == EINTR)))
        *bytes += got > 0 ? (size_t)got : 0;
    if (got < 0 && *bytes < size) {
        *why = strerror(errno);
        g_free(text);
        return NULL;
    }
    text[*bytes] = '\0';
    return text;
}

char *plain_file_read(const char *path, size_t most, size_t *bytes, const char **why)
{
    static char large[64];
    struct stat status;
    int fd = open_plain(path, &status, why);
    char *text;

    if (fd < 0)
        return NULL;
    if ((unsigned long long)status.st_size > most) {
        snprintf(large, sizeof large, "it is larger than %zu MiB", most >> 20);
        *why = large;
        close(fd);
        return NULL;
    }
    text = read_fd(fd, (size_t)status.st_size, bytes, why);
    close(fd);
    return text;
}

bool plain_file_may_be_opened(const char *path)
{
    struct stat status;

    return stat(path, &status) || S_ISREG(status.st_mode);
}
