#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY_PREFIX ".knee-tmp-"

/* Makes the folders above path, which is changed in between and given back as it was. */
static int make_parents(char *path, size_t from)
{
    for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
        int failed;
        *slash = '\0';
        failed = mkdir(path, 0777) && errno != EEXIST;
        *slash = '/';
        if (failed)
            return -1;
    }
    return 0;
}

static int write_all(int fd, const char *data, size_t bytes)
{
    while (bytes) {
        ssize_t done = write(fd, data, bytes);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        data += done;
        bytes -= (size_t)done;
    }
    return 0;
}

static int write_temporary(const char *temporary, const void *data, size_t bytes)
{
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), failed, saved;

    if (fd < 0)
        return -1;
    failed = write_all(fd, data, bytes) || fdatasync(fd);
    saved = errno;
    if (close(fd) && !failed) {
        failed = -1;
        saved = errno;
    }
    errno = saved;
    return failed;
}

static const char *remedy(int error)
{
    return error == ENOSPC || error == EDQUOT         ? "free space there, or give another output folder"
           : error == EISDIR                          ? "a folder has that name: give another output folder"
           : error == ENOTDIR || error == EEXIST      ? "a file stands where a folder has to be: remove it"
           : error == ENAMETOOLONG || error == ENOENT ? "give another output folder, with a shorter path"
                                                      : "give an output folder that can be written";
}

int store_write(const char *folder, const char *path, const void *data, size_t bytes, struct fault *fault)
{
    char final[4096], temporary[4096];
    int failed;

    if ((size_t)snprintf(final, sizeof final, "%s/%s", folder, path) >= sizeof final)
        return fault_set(fault, "%.100s...: the path of the output is longer than %zu bytes", path,
                         sizeof final - 1);
    if ((size_t)snprintf(temporary, sizeof temporary, "%s/" TEMPORARY_PREFIX "%d", folder, (int)getpid()) >=
        sizeof temporary)
        return fault_set(fault, "%.100s...: the output folder's path is too long", folder);
    failed = write_temporary(temporary, data, bytes);
    if (!failed) {
        failed = rename(temporary, final);
        if (failed && errno == ENOENT) { /* the first output in its folder */
            failed = make_parents(final, strlen(folder) + 1) || rename(temporary, final);
        }
    }
    if (failed) {
        int saved = errno;
        unlink(temporary);
        return fault_set(fault, "writing %s: %s: %s", final, strerror(saved), remedy(saved));
    }
    return 0;
}

int store_remove(const char *folder, const char *path, struct fault *fault)
{
    char final[4096];

    snprintf(final, sizeof final, "%s/%s", folder, path);
    if (unlink(final) == 0 || errno == ENOENT || errno == ENOTDIR)
        return 0;
    return fault_set(fault, "removing %s: %s", final, strerror(errno));
}

void store_clean(const char *folder)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;

    if (!list)
        return;
    while ((entry = readdir(list)) != NULL)
        if (strncmp(entry->d_name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) == 0)
            unlinkat(dirfd(list), entry->d_name, 0);
    closedir(list);
}
