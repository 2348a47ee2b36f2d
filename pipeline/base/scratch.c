#include "pipeline/base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    remove(path); /* what cannot be removed is left, with the folders that it is in */
    return 0;
}

void scratch_remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return folder && *folder ? folder : "/tmp";
}

/* Is it PREFIX.XXXXXX, as mkdtemp() makes it? */
static bool is_ours(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(name, prefix, length) == 0 && name[length] == '.' && strlen(name) == length + 7;
}

/* One folder that may have been left: the lock says whether somebody still has it. */
static void remove_if_left(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0)
        scratch_remove_tree(path);
    close(fd);
}

static void remove_left(const char *folder, const char *prefix)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;
    char path[1024];

    if (!list)
        return;
    while ((entry = readdir(list)) != NULL)
        if (is_ours(entry->d_name, prefix) &&
            (size_t)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < sizeof path)
            remove_if_left(path);
    closedir(list);
}

int scratch_make(struct scratch *scratch, const char *prefix, struct fault *fault)
{
    const char *folder = temporary_folder();

    *scratch = (struct scratch){.fd = -1};
    remove_left(folder, prefix);
    if ((size_t)snprintf(scratch->path, sizeof scratch->path, "%s/%s.XXXXXX", folder, prefix) >=
        sizeof scratch->path) {
        scratch->path[0] = '\0';
        return fault_sys(fault, "folder for temporary files %.100s...: its path is too long: set TMPDIR",
                         folder);
    }
    if (!mkdtemp(scratch->path)) {
        scratch->path[0] = '\0';
        return fault_sys(fault, "folder for temporary files %s: %s: set TMPDIR to one that can be written",
                         folder, strerror(errno));
    }
    /* An instant ago another process may have taken it for one that was left. */
    scratch->fd = open(scratch->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (scratch->fd >= 0 && flock(scratch->fd, LOCK_EX) == 0 && access(scratch->path, W_OK) == 0)
        return 0;
    fault_sys(fault, "folder for temporary files %s: %s: set TMPDIR to one that can be written", folder,
              strerror(errno));
    scratch_remove(scratch);
    return -1;
}

void scratch_remove(struct scratch *scratch)
{
    if (!scratch->path[0])
        return;
    scratch_remove_tree(scratch->path);
    if (scratch->fd >= 0)
        close(scratch->fd);
    *scratch = (struct scratch){.fd = -1};
}
