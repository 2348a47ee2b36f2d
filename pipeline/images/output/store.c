#include "pipeline/images/output/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/pool/failpoint.h"

#define TEMPORARY_PREFIX ".knee-tmp-"

/* Makes the folders above path, which is changed meanwhile and restored. */
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

/* Is the error caused by the name of this output? */
static bool is_bad_name(int error)
{
    return error == ENAMETOOLONG || error == EISDIR || error == ENOTDIR || error == EEXIST ||
           error == ENOTEMPTY || error == ELOOP || error == EILSEQ || error == EINVAL;
}

static const char *remedy(int error)
{
    return error == ENOSPC || error == EDQUOT      ? "free space there, then run the same command again"
           : error == EISDIR || error == ENOTEMPTY ? "a folder has that name: give another output folder"
           : error == ENOTDIR || error == EEXIST   ? "there is a file in the place of a folder: remove it"
           : error == ENAMETOOLONG                 ? "shorten the name of the input"
           : error == ENOENT                       ? "the output folder is gone: run the same command again"
           : error == EMFILE || error == ENFILE    ? "raise 'ulimit -n'"
                                                   : "give an output folder that can be written";
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed;

    if (fd < 0)
        return -1;
    failed = fsync(fd) && errno != EINVAL; /* EINVAL: a file system without fsync of folders */
    close(fd);
    return failed ? -1 : 0;
}

/* Every folder from the output's own up to the output folder: each may hold a new name. */
static int sync_folders(char *path, size_t root_length)
{
    for (char *slash = strrchr(path, '/'); slash && (size_t)(slash - path) >= root_length;
         slash = strrchr(path, '/')) {
        *slash = '\0';
        if (sync_folder(path))
            return -1;
    }
    return 0;
}

static int give_name(const char *temporary, char *final, size_t root_length)
{
    if (rename(temporary, final) == 0)
        return 0;
    if (errno != ENOENT)
        return -1;
    /* the first output in its folder */
    return make_parents(final, root_length + 1) || rename(temporary, final) ? -1 : 0;
}

enum store_result store_write(const char *folder, const char *path, const void *data, size_t bytes,
                              bool durable, struct fault *fault)
{
    char final[4096], temporary[4096];
    bool writing = true;
    int failed;

    if ((size_t)snprintf(final, sizeof final, "%s/%s", folder, path) >= sizeof final)
        return fault_set(fault, "%.100s...: the path of the output is longer than %zu bytes", path,
                         sizeof final - 1);
    if ((size_t)snprintf(temporary, sizeof temporary, "%s/" TEMPORARY_PREFIX "%d", folder, (int)getpid()) >=
        sizeof temporary)
        return fault_set(fault, "%.100s...: the output folder's path is too long", folder);
    failed = write_temporary(temporary, data, bytes);
    if (!failed) {
        writing = false;
        failpoint("rename", FAILPOINT_NO_ITEM);
        failed = give_name(temporary, final, strlen(folder));
    }
    if (failed) {
        int saved = errno;
        unlink(temporary);
        if (!writing && is_bad_name(saved)) /* the cause first: a long reason is cut at its end */
            return fault_sys(fault, "%s: %s (writing %s)", strerror(saved), remedy(saved), final);
        fault_sys(fault, "writing %s: %s: %s", final, strerror(saved), remedy(saved));
        return STORE_UNUSABLE;
    }
    failpoint("named", FAILPOINT_NO_ITEM);
    if (durable && sync_folders(final, strlen(folder))) {
        fault_set(fault, "bringing %s/%s to the disk: %s", folder, path, strerror(errno));
        return STORE_UNUSABLE;
    }
    return STORE_OK;
}

int store_remove(const char *folder, const char *path, struct fault *fault)
{
    char final[4096];

    if ((size_t)snprintf(final, sizeof final, "%s/%s", folder, path) >= sizeof final)
        return 0; /* store_write has made none */
    if (unlink(final) == 0 || errno == ENOENT || errno == ENOTDIR)
        return 0;
    return fault_set(fault, "removing %s: %s", final, strerror(errno));
}

int store_sync_folder(const char *folder, struct fault *fault)
{
    return sync_folder(folder) ? fault_set(fault, "bringing %s to the disk: %s", folder, strerror(errno)) : 0;
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
