#include "pipeline/images/output/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/failpoint.h"

#define TEMPORARY_PREFIX ".knee-tmp-"
enum { TRIES = 8, OWNER_DIGITS = 8 };

static uint32_t store_owner;

void store_set_owner(uint32_t owner)
{
    store_owner = owner;
}

bool store_is_shared(void)
{
    return store_owner != 0;
}

/* --- folders ---------------------------------------------------------------------------------- */

/* Is name, which ends at a slash or NUL, neither empty nor . nor ..? */
static bool is_plain_name(const char *name, size_t length)
{
    return length && !(name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')));
}

static bool is_plain_path(const char *path)
{
    for (;;) {
        size_t length = strcspn(path, "/");
        if (!is_plain_name(path, length))
            return false;
        if (!path[length])
            return true;
        path += length + 1;
    }
}

/* The folder of one name in another one; a link is not followed. Returns its descriptor, or -1 with errno. */
static int open_below(int folder, const char *name, bool make)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(folder, name, flags);

    if (fd >= 0 || errno != ENOENT || !make || (mkdirat(folder, name, 0777) && errno != EEXIST))
        return fd;
    return openat(folder, name, flags);
}

/* Where an output is. */
struct place {
    int top;                /* of temporary files; may be a link */
    int folder;             /* the one that holds it; may be top */
    char path[4096], *rest; /* below top */
    const char *name;       /* within folder; points into path */
    bool follow;            /* top may be a link */
};

static void close_place(struct place *place)
{
    int saved = errno;

    if (place->folder >= 0 && place->folder != place->top)
        close(place->folder);
    if (place->top >= 0)
        close(place->top);
    place->top = place->folder = -1;
    errno = saved;
}

/* Opens the folder that the first `length` bytes of path name, or folder itself. Returns 0, or -1 with errno. */
static int open_top(struct place *place, const char *folder, const char *path, size_t length, bool make)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (place->follow ? 0 : O_NOFOLLOW);
    char top[4096];

    if ((size_t)snprintf(top, sizeof top, "%s%s%.*s", folder, length ? "/" : "", (int)length, path) >=
            sizeof top ||
        (size_t)snprintf(place->path, sizeof place->path, "%s", length ? path + length + 1 : path) >=
            sizeof place->path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    place->rest = place->path;
    place->top = open(top, flags);
    if (place->top < 0 && errno == ENOENT && make && length && mkdir(top, 0777) == 0)
        place->top = open(top, flags);
    return place->top < 0 ? -1 : 0;
}

/* From the top to the folder that holds the output. Returns 0, or -1 with errno. */
static int open_folder(struct place *place, bool make)
{
    char *slash;

    place->folder = place->top;
    for (place->name = place->rest; (slash = strchr(place->rest, '/')) != NULL; place->name = place->rest) {
        int next;
        *slash = '\0';
        next = open_below(place->folder, place->rest, make);
        *slash = '/';
        if (next < 0)
            return -1;
        if (place->folder != place->top)
            close(place->folder);
        place->folder = next;
        place->rest = slash + 1;
    }
    return 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

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

int store_open_temporary(int folder, char name[STORE_TEMPORARY_BYTES])
{
    int fd = -1;

    for (int tries = 0; fd < 0 && tries < TRIES; tries++) {
        uint64_t random;
        if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
            random = clock_now_ns() ^ (uint64_t)getpid() << 40; /* O_EXCL keeps it safe */
        if (store_owner)
            random = (uint64_t)store_owner << 32 | (random & UINT32_MAX);
        snprintf(name, STORE_TEMPORARY_BYTES, TEMPORARY_PREFIX "%016" PRIx64, random);
        fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

/* Returns 0, or -1 with errno. */
static int fill_and_close(int fd, const void *data, size_t bytes)
{
    int failed = write_all(fd, data, bytes) || fdatasync(fd), saved = errno;

    if (close(fd) && !failed) {
        failed = -1;
        saved = errno;
    }
    errno = saved;
    return failed ? -1 : 0;
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
           : error == EFBIG                        ? "raise 'ulimit -f', then run the same command again"
           : error == EISDIR || error == ENOTEMPTY ? "a folder has that name: give another output folder"
           : error == ENOTDIR || error == EEXIST   ? "there is a file in the place of a folder: remove it"
           : error == ELOOP                        ? "there is a link in the place of a folder: remove it"
           : error == ENAMETOOLONG                 ? "shorten the name of the input"
           : error == ENOENT                       ? "the output folder is gone: run the same command again"
           : error == EMFILE || error == ENFILE    ? "raise 'ulimit -n'"
                                                   : "give an output folder that can be written";
}

static int sync_descriptor(int fd)
{
    return fsync(fd) && errno != EINVAL ? -1 : 0; /* EINVAL: a file system without fsync of folders */
}

/* Every folder from the output's own up to the rendition's: each may hold a new name. Changes place->path. */
static int sync_folders(struct place *place)
{
    int failed = sync_descriptor(place->top);

    for (char *slash; !failed && (slash = strrchr(place->path, '/')) != NULL;) {
        int fd;
        *slash = '\0';
        fd = openat(place->top, place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        failed = fd < 0 || sync_descriptor(fd);
        if (fd >= 0)
            close(fd);
    }
    return failed ? -1 : 0;
}

/* *writing: the error is one of writing, not of the output's name. Returns 0, or -1 with errno. */
static int write_and_name(struct place *place, const void *data, size_t bytes, bool *writing)
{
    char temporary[STORE_TEMPORARY_BYTES];
    int fd = store_open_temporary(place->top, temporary), failed = fd < 0, saved;

    *writing = true;
    if (failed)
        return -1;
    failed = fill_and_close(fd, data, bytes);
    if (!failed) {
        *writing = false;
        failpoint("rename", FAILPOINT_NO_ITEM);
        failed = open_folder(place, true) || renameat(place->top, temporary, place->folder, place->name);
    }
    saved = errno;
    if (failed)
        unlinkat(place->top, temporary, 0);
    errno = saved;
    return failed ? -1 : 0;
}

enum store_result store_write(const char *folder, const char *path, size_t top, const void *data,
                              size_t bytes, bool durable, struct fault *fault)
{
    struct place place = {.top = -1, .folder = -1, .follow = true};
    bool writing = false;
    int failed;

    if (strlen(folder) + strlen(path) + 2 > sizeof place.path)
        return fault_set(fault, "%.100s...: the path of the output is longer than %zu bytes", path,
                         sizeof place.path - 2);
    failed = open_top(&place, folder, path, top, true) || write_and_name(&place, data, bytes, &writing);
    if (failed) {
        int saved = errno;
        close_place(&place);
        if (!writing && is_bad_name(saved)) /* the cause first: a long reason is cut at its end */
            return fault_sys(fault, "%s: %s (writing %s/%s)", strerror(saved), remedy(saved), folder, path);
        fault_sys(fault, "writing %s/%s: %s: %s", folder, path, strerror(saved), remedy(saved));
        return STORE_UNUSABLE;
    }
    failpoint("named", FAILPOINT_NO_ITEM);
    failed = durable && sync_folders(&place);
    close_place(&place);
    if (failed) {
        fault_set(fault, "bringing %s/%s to the disk: %s", folder, path, strerror(errno));
        return STORE_UNUSABLE;
    }
    return STORE_OK;
}

/* --- removing --------------------------------------------------------------------------------- */

/* Returns 0, or -1 with errno. */
static int remove_at(const char *folder, const char *path, size_t top, bool follow)
{
    struct place place = {.top = -1, .folder = -1, .follow = follow};
    int failed = open_top(&place, folder, path, top, false) || open_folder(&place, false) ||
                 unlinkat(place.folder, place.name, 0);

    close_place(&place);
    return failed ? -1 : 0;
}

int store_remove(const char *folder, const char *path, size_t top, struct fault *fault)
{
    if (remove_at(folder, path, top, true) == 0 || errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
        errno == ENAMETOOLONG) /* store_write() has made none */
        return 0;
    return fault_set(fault, "removing %s/%s: %s", folder, path, strerror(errno));
}

void store_remove_unknown(const char *folder, const char *path)
{
    if (is_plain_path(path))
        remove_at(folder, path, 0, false);
}

void store_remove_emptied(const char *folder, const char *path)
{
    char rest[4096], *slash;
    int failed = strlen(path) >= sizeof rest || !is_plain_path(path);

    if (!failed)
        memcpy(rest, path, strlen(path) + 1);
    while (!failed && (slash = strrchr(rest, '/')) != NULL) {
        struct place place = {.top = -1, .folder = -1};
        *slash = '\0';
        failed = open_top(&place, folder, rest, 0, false) || open_folder(&place, false) ||
                 unlinkat(place.folder, place.name, AT_REMOVEDIR);
        close_place(&place);
    }
}

/* --- the folders of a run --------------------------------------------------------------------- */

int store_make_folder(const char *folder, const char *name, struct fault *fault)
{
    char path[4096], target[256];
    struct stat status;
    ssize_t length;

    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return fault_set(fault, "output folder %.100s...: its path is too long", folder);
    if (mkdir(path, 0777) && errno != EEXIST)
        return fault_set(fault, "output folder %s: %s: %s", path, strerror(errno), remedy(errno));
    if (stat(path, &status)) {
        length = readlink(path, target, sizeof target - 1);
        if (length < 0)
            return fault_set(fault, "output folder %s: %s", path, strerror(errno));
        target[length] = '\0';
        return fault_set(
            fault,
            "output folder %s: it is a link to %s, which is not there: make that folder or remove the link",
            path, target);
    }
    if (!S_ISDIR(status.st_mode))
        return fault_set(fault, "output folder %s: there is a file in the place of a folder: remove it",
                         path);
    if (access(path, W_OK | X_OK))
        return fault_set(fault, "output folder %s: %s: give an output folder that can be written", path,
                         strerror(errno));
    return 0;
}

static int remove_if_empty(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)walk;
    if (type == FTW_DP)
        rmdir(path);
    return 0;
}

void store_remove_empty_folders(const char *folder, const char *name)
{
    char path[4096];

    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path)
        nftw(path, remove_if_empty, 16, FTW_DEPTH | FTW_PHYS);
}

int store_sync_folder(const char *folder, struct fault *fault)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed = fd < 0 || sync_descriptor(fd);

    if (failed)
        fault_set(fault, "bringing %s to the disk: %s", folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    return failed ? -1 : 0;
}

/* Is it a temporary file that this run may remove? */
static bool is_ours(const char *name)
{
    const size_t length = strlen(TEMPORARY_PREFIX);
    char owner[OWNER_DIGITS + 1];

    if (strncmp(name, TEMPORARY_PREFIX, length) != 0)
        return false;
    snprintf(owner, sizeof owner, "%08" PRIx32, store_owner);
    return !store_owner || strncmp(name + length, owner, OWNER_DIGITS) == 0;
}

void store_clean(const char *folder, bool follow)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!list) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(list)) != NULL)
        if (is_ours(entry->d_name))
            unlinkat(dirfd(list), entry->d_name, 0);
    closedir(list);
}
