#include "pipeline/images/input/batch_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/images/input/links.h"

struct entry {
    char *path;
    uint64_t bytes;
};

/* A folder on the way from the root to the one that is being read. */
struct folder {
    const struct folder *above; /* NULL: the root */
    dev_t device;
    ino_t inode;
};

/* One walk: what was collected, and the folder to skip, by device and inode so that its spelling does not matter. */
struct walk {
    struct batch *batch;
    struct entry *entries;
    size_t count, capacity, left_capacity;
    bool has_excluded;
    dev_t excluded_device;
    ino_t excluded_inode;
    char *real_excluded; /* without links; owned; NULL: there is none */
    const char *root;
    struct fault *fault;
};

bool batch_is_closed(const struct stat *status, mode_t wanted)
{
    mode_t mode = status->st_uid == geteuid()   ? status->st_mode >> 6
                  : status->st_gid == getegid() ? status->st_mode >> 3
                                                : status->st_mode;
    return (mode & wanted) != wanted;
}

/* --- collecting ------------------------------------------------------------------------------- */

static int no_memory(const struct walk *walk)
{
    return fault_sys(walk->fault, "batch %s: no memory for its list of files", walk->root);
}

/* Makes room for one element more. Returns the array, or NULL. */
static void *grow(void *array, size_t count, size_t *capacity, size_t bytes)
{
    size_t wanted = *capacity ? *capacity * 2 : 256;
    void *grown;

    if (count < *capacity)
        return array;
    grown = realloc(array, wanted * bytes);
    if (grown)
        *capacity = wanted;
    return grown;
}

static int add_entry(struct walk *walk, const char *path, off_t bytes)
{
    struct entry *entries = grow(walk->entries, walk->count, &walk->capacity, sizeof *entries);

    if (!entries)
        return no_memory(walk);
    walk->entries = entries;
    entries[walk->count].path = strdup(path);
    if (!entries[walk->count].path)
        return no_memory(walk);
    entries[walk->count++].bytes = (uint64_t)bytes;
    return 0;
}

static int leave_out(struct walk *walk, const char *path, enum left_out why)
{
    struct batch *batch = walk->batch;
    struct batch_left *left = grow(batch->left, batch->left_count, &walk->left_capacity, sizeof *left);

    if (!left)
        return no_memory(walk);
    batch->left = left;
    left[batch->left_count] = (struct batch_left){.path = strdup(path), .why = why};
    if (!left[batch->left_count].path)
        return no_memory(walk);
    batch->left_count++;
    batch->left_counts[why]++;
    return 0;
}

/* --- walking ---------------------------------------------------------------------------------- */

static int walk_folder(struct walk *walk, const struct folder *folder, int folder_fd, const char *prefix);

static bool is_excluded(const struct walk *walk, const struct stat *status)
{
    return walk->has_excluded && status->st_dev == walk->excluded_device &&
           status->st_ino == walk->excluded_inode;
}

static bool is_loop(const struct folder *folder, const struct stat *status)
{
    for (; folder; folder = folder->above)
        if (folder->device == status->st_dev && folder->inode == status->st_ino)
            return true;
    return false;
}

static int enter_folder(struct walk *walk, const struct folder *above, int above_fd, const char *name,
                        const char *path, const struct stat *status, int flags)
{
    struct folder folder = {.above = above, .device = status->st_dev, .inode = status->st_ino};
    int fd = openat(above_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);

    if (fd >= 0)
        return walk_folder(walk, &folder, fd, path);
    if (errno == ENOENT)
        return 0; /* it was there a moment ago */
    if (errno == EACCES || errno == EPERM)
        return leave_out(walk, path, LEFT_UNREADABLE);
    return fault_set(walk->fault, "batch %s: folder %s: %s", walk->root, path, strerror(errno));
}

/* A link that is followed. */
static int walk_link(struct walk *walk, const struct folder *folder, int folder_fd, const char *name,
                     const char *path)
{
    char full[2 * PATH_MAX], real[PATH_MAX];
    struct stat status;

    snprintf(full, sizeof full, "%s/%s", walk->root, path);
    if (fstatat(folder_fd, name, &status, 0) || !realpath(full, real))
        return leave_out(walk, path, LEFT_LINK_BROKEN);
    if (!links_is_below(real, walk->batch->real_root) ||
        (walk->real_excluded && links_is_below(real, walk->real_excluded)))
        return leave_out(walk, path, LEFT_LINK_OUTSIDE);
    if (S_ISREG(status.st_mode)) {
        walk->batch->closed |= batch_is_closed(&status, 4);
        return add_entry(walk, path, status.st_size);
    }
    if (!S_ISDIR(status.st_mode))
        return leave_out(walk, path, LEFT_SPECIAL);
    if (is_loop(folder, &status))
        return leave_out(walk, path, LEFT_LOOP);
    walk->batch->closed |= batch_is_closed(&status, 5);
    return enter_folder(walk, folder, folder_fd, name, path, &status, 0);
}

static int walk_entry(struct walk *walk, const struct folder *folder, int folder_fd, const char *prefix,
                      const char *name)
{
    char path[4096];
    struct stat status;

    if ((size_t)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "/" : "", name) >= sizeof path)
        return fault_set(walk->fault, "batch %s: a path below %s is longer than %zu bytes: shorten it",
                         walk->root, prefix, sizeof path - 1);
    if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW)) {
        if (errno == ENOENT)
            return 0;
        if (errno == EACCES) /* its folder can be listed and not entered */
            return leave_out(walk, path, LEFT_UNREADABLE);
        return fault_set(walk->fault, "batch %s: %s: %s", walk->root, path, strerror(errno));
    }
    if (S_ISDIR(status.st_mode) && is_excluded(walk, &status))
        return 0;
    if (*name == '.')
        return leave_out(walk, path, LEFT_HIDDEN);
    if (S_ISLNK(status.st_mode))
        return walk->batch->real_root ? walk_link(walk, folder, folder_fd, name, path)
                                      : leave_out(walk, path, LEFT_LINK);
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        walk->batch->closed |= batch_is_closed(&status, S_ISREG(status.st_mode) ? 4 : 5);
    if (S_ISREG(status.st_mode))
        return add_entry(walk, path, status.st_size);
    if (!S_ISDIR(status.st_mode))
        return leave_out(walk, path, LEFT_SPECIAL);
    if (is_loop(folder, &status)) /* a folder mounted within itself */
        return leave_out(walk, path, LEFT_LOOP);
    return enter_folder(walk, folder, folder_fd, name, path, &status, O_NOFOLLOW);
}

/* Takes over folder_fd. */
static int walk_folder(struct walk *walk, const struct folder *folder, int folder_fd, const char *prefix)
{
    DIR *list = fdopendir(folder_fd);
    const struct dirent *entry;
    int failed = 0;

    if (!list) {
        close(folder_fd);
        return fault_set(walk->fault, "batch %s: folder %s: %s", walk->root, prefix, strerror(errno));
    }
    while (!failed && (entry = readdir(list)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            failed = walk_entry(walk, folder, dirfd(list), prefix, entry->d_name);
    closedir(list);
    return failed;
}

/* --- from entries to a batch ------------------------------------------------------------------ */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static int by_left_path(const void *a, const void *b)
{
    return strcmp(((const struct batch_left *)a)->path, ((const struct batch_left *)b)->path);
}

/* Turns the walk's entries into the batch's arrays; the paths change owner. */
static int take_entries(struct walk *walk)
{
    struct batch *batch = walk->batch;

    batch->paths = calloc(walk->count, sizeof *batch->paths);
    batch->bytes = calloc(walk->count, sizeof *batch->bytes);
    batch->positions = calloc(walk->count, sizeof *batch->positions);
    if (!batch->paths || !batch->bytes || !batch->positions)
        return no_memory(walk);
    qsort(walk->entries, walk->count, sizeof *walk->entries, by_path);
    if (batch->left_count)
        qsort(batch->left, batch->left_count, sizeof *batch->left, by_left_path);
    for (size_t i = 0; i < walk->count; i++) {
        batch->paths[i] = walk->entries[i].path;
        batch->bytes[i] = walk->entries[i].bytes;
        batch->positions[i] = i + 1;
        batch->total_bytes += walk->entries[i].bytes;
    }
    batch->count = walk->count;
    walk->count = 0;
    return 0;
}

static int walk_root(struct walk *walk)
{
    struct batch *batch = walk->batch;
    struct folder folder = {0};
    struct stat status;
    char left[512];
    int fd = open(walk->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status)) {
        if (fd >= 0)
            close(fd);
        return fault_set(walk->fault, "batch %s: %s: give a folder that holds the images", walk->root,
                         strerror(errno));
    }
    folder.device = status.st_dev;
    folder.inode = status.st_ino;
    if (walk_folder(walk, &folder, fd, ""))
        return -1;
    if (!walk->count && batch->left_count)
        return fault_set(
            walk->fault,
            "batch %s: no file in it but what is left out: %s: give a folder that holds the images",
            walk->root, batch_left_list(batch, left, sizeof left));
    if (!walk->count)
        return fault_set(walk->fault, "batch %s: no file in it: give a folder that holds the images",
                         walk->root);
    return take_entries(walk);
}

static int prepare(struct walk *walk, const struct batch_options *options)
{
    struct stat status;

    if (options->exclude && stat(options->exclude, &status) == 0) {
        walk->has_excluded = true;
        walk->excluded_device = status.st_dev;
        walk->excluded_inode = status.st_ino;
        walk->real_excluded = realpath(options->exclude, NULL);
    }
    if (options->follow_links) {
        walk->batch->real_root = realpath(walk->root, NULL);
        if (!walk->batch->real_root)
            return fault_set(walk->fault, "batch %s: %s: give a folder that holds the images", walk->root,
                             strerror(errno));
    }
    return 0;
}

int batch_walk(struct batch *batch, const struct batch_options *options, struct fault *fault)
{
    struct walk walk = {.batch = batch, .root = batch->root, .fault = fault};
    int failed = prepare(&walk, options) || walk_root(&walk) ? -1 : 0;

    for (size_t i = 0; i < walk.count; i++)
        free(walk.entries[i].path);
    free(walk.entries);
    free(walk.real_excluded);
    return failed;
}
