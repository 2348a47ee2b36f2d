#include "pipeline/images/input/batch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

struct entry {
    char *path;
    uint64_t bytes;
};

/* One walk: the entries collected, and the folder to skip, by device and inode so that its spelling does
 * not matter. */
struct walk {
    struct entry *entries;
    size_t count, capacity;
    bool closed; /* as in struct batch */
    bool has_excluded;
    dev_t excluded_device;
    ino_t excluded_inode;
    const char *root;
    struct fault *fault;
};

static int add_entry(struct walk *walk, const char *path, off_t bytes)
{
    if (walk->count == walk->capacity) {
        size_t capacity = walk->capacity ? walk->capacity * 2 : 256;
        struct entry *grown = realloc(walk->entries, capacity * sizeof *grown);
        if (!grown)
            return fault_sys(walk->fault, "batch %s: no memory for its list of files", walk->root);
        walk->entries = grown;
        walk->capacity = capacity;
    }
    walk->entries[walk->count].path = strdup(path);
    if (!walk->entries[walk->count].path)
        return fault_sys(walk->fault, "batch %s: no memory for its list of files", walk->root);
    walk->entries[walk->count++].bytes = (uint64_t)bytes;
    return 0;
}

/* By the mode alone; wanted: 4 to read, 1 to pass through. */
static bool is_closed(const struct stat *status, mode_t wanted)
{
    mode_t mode = status->st_uid == geteuid()   ? status->st_mode >> 6
                  : status->st_gid == getegid() ? status->st_mode >> 3
                                                : status->st_mode;
    return (mode & wanted) != wanted;
}

static int walk_folder(struct walk *walk, int folder_fd, const char *prefix);

static int walk_entry(struct walk *walk, int folder_fd, const char *prefix, const char *name)
{
    char path[4096];
    struct stat status;
    int fd;

    if ((size_t)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "/" : "", name) >= sizeof path)
        return fault_set(walk->fault, "batch %s: a path below %s is longer than %zu bytes: shorten it",
                         walk->root, prefix, sizeof path - 1);
    if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT
                   ? 0
                   : fault_set(walk->fault, "batch %s: %s: %s", walk->root, path, strerror(errno));
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        walk->closed |= is_closed(&status, S_ISREG(status.st_mode) ? 4 : 5);
    if (S_ISREG(status.st_mode))
        return add_entry(walk, path, status.st_size);
    if (!S_ISDIR(status.st_mode))
        return 0;
    if (walk->has_excluded && status.st_dev == walk->excluded_device && status.st_ino == walk->excluded_inode)
        return 0;
    fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fault_set(walk->fault, "batch %s: folder %s: %s", walk->root, path, strerror(errno));
    return walk_folder(walk, fd, path);
}

/* Takes over folder_fd. */
static int walk_folder(struct walk *walk, int folder_fd, const char *prefix)
{
    DIR *folder = fdopendir(folder_fd);
    const struct dirent *entry;
    int failed = 0;

    if (!folder) {
        close(folder_fd);
        return fault_set(walk->fault, "batch %s: folder %s: %s", walk->root, prefix, strerror(errno));
    }
    while (!failed && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            failed = walk_entry(walk, dirfd(folder), prefix, entry->d_name);
    closedir(folder);
    return failed;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

/* Turns the walk's entries into the batch's arrays; the paths change owner. */
static int take_entries(struct batch *batch, struct walk *walk)
{
    batch->paths = calloc(walk->count, sizeof *batch->paths);
    batch->bytes = calloc(walk->count, sizeof *batch->bytes);
    batch->positions = calloc(walk->count, sizeof *batch->positions);
    if (!batch->paths || !batch->bytes || !batch->positions)
        return fault_sys(walk->fault, "batch %s: no memory for its list of files", walk->root);
    qsort(walk->entries, walk->count, sizeof *walk->entries, by_path);
    for (size_t i = 0; i < walk->count; i++) {
        batch->paths[i] = walk->entries[i].path;
        batch->bytes[i] = walk->entries[i].bytes;
        batch->positions[i] = i + 1;
        batch->total_bytes += walk->entries[i].bytes;
    }
    batch->count = walk->count;
    batch->closed = walk->closed;
    walk->count = 0;
    return 0;
}

static int list_root(struct batch *batch, struct walk *walk)
{
    int fd = open(batch->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return fault_set(walk->fault, "batch %s: %s: give a folder that holds the images", batch->root,
                         strerror(errno));
    if (walk_folder(walk, fd, ""))
        return -1;
    if (!walk->count)
        return fault_set(walk->fault, "batch %s: no file in it: give a folder that holds the images",
                         batch->root);
    return take_entries(batch, walk);
}

int batch_list(struct batch *batch, const char *root, const char *exclude, struct fault *fault)
{
    struct walk walk = {.root = root, .fault = fault};
    struct stat status;
    size_t length = strlen(root);
    int failed;

    *batch = (struct batch){0};
    while (length > 1 && root[length - 1] == '/')
        length--;
    batch->root = strndup(root, length);
    if (!batch->root)
        return fault_sys(fault, "batch %s: no memory", root);
    if (exclude && stat(exclude, &status) == 0) {
        walk.has_excluded = true;
        walk.excluded_device = status.st_dev;
        walk.excluded_inode = status.st_ino;
    }
    failed = list_root(batch, &walk);
    for (size_t i = 0; i < walk.count; i++)
        free(walk.entries[i].path);
    free(walk.entries);
    if (failed)
        batch_release(batch);
    return failed;
}

/* --- finding an item ------------------------------------------------------------------------ */

static int path_order(const void *key, const void *element)
{
    return strcmp(key, *(char *const *)element);
}

bool batch_find(const struct batch *batch, const char *path, uint64_t *index)
{
    char **found =
        batch->count ? bsearch(path, batch->paths, batch->count, sizeof *batch->paths, path_order) : NULL;

    if (found)
        *index = (uint64_t)(found - batch->paths);
    return found != NULL;
}

/* --- a sample --------------------------------------------------------------------------------- */

/* Marks every listed path; keep has one flag per item. */
static int mark_listed(const struct batch *batch, FILE *list, const char *list_path, bool *keep,
                       struct fault *fault)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int failed = 0;

    while (!failed && (length = getline(&line, &capacity, list)) > 0) {
        uint64_t index;
        if (line[length - 1] == '\n')
            line[--length] = '\0';
        if (!length)
            continue;
        if (!batch_find(batch, line, &index))
            failed = fault_set(fault, "list %s: %.200s is not in batch %s", list_path, line, batch->root);
        else
            keep[index] = true;
    }
    free(line);
    return failed;
}

static void keep_marked(struct batch *batch, const bool *keep)
{
    uint64_t kept = 0;

    batch->total_bytes = 0;
    for (uint64_t i = 0; i < batch->count; i++) {
        if (!keep[i]) {
            free(batch->paths[i]);
            continue;
        }
        batch->paths[kept] = batch->paths[i];
        batch->bytes[kept] = batch->bytes[i];
        batch->positions[kept] = batch->positions[i];
        batch->total_bytes += batch->bytes[kept++];
    }
    batch->count = kept;
}

int batch_keep_listed(struct batch *batch, const char *list_path, struct fault *fault)
{
    bool from_stdin = strcmp(list_path, "-") == 0;
    FILE *list = from_stdin ? stdin : fopen(list_path, "re");
    bool *keep = calloc(batch->count ? batch->count : 1, sizeof *keep);
    int failed = -1;

    if (!list)
        fault_set(fault, "list %s: %s", list_path, strerror(errno));
    else if (!keep)
        fault_sys(fault, "list %s: no memory", list_path);
    else
        failed = mark_listed(batch, list, list_path, keep, fault);
    if (list && !from_stdin)
        fclose(list);
    if (!failed) {
        keep_marked(batch, keep);
        if (!batch->count)
            failed = fault_set(fault, "list %s: no item in it", list_path);
    }
    free(keep);
    return failed;
}

/* --- identity --------------------------------------------------------------------------------- */

void batch_sha256(const struct batch *batch, char hex[65])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;

    if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
        abort();
    for (uint64_t i = 0; i < batch->count; i++) {
        char size[32];
        int digits = snprintf(size, sizeof size, "%" PRIu64 "\n", batch->bytes[i]);
        EVP_DigestUpdate(context, batch->paths[i], strlen(batch->paths[i]) + 1);
        EVP_DigestUpdate(context, size, (size_t)digits);
    }
    EVP_DigestFinal_ex(context, digest, &length);
    EVP_MD_CTX_free(context);
    for (unsigned int i = 0; i < 32; i++)
        snprintf(hex + (size_t)2 * i, 3, "%02x", digest[i]);
}

void batch_release(struct batch *batch)
{
    for (uint64_t i = 0; i < batch->count; i++)
        free(batch->paths[i]);
    free(batch->paths);
    free(batch->bytes);
    free(batch->positions);
    free(batch->root);
    *batch = (struct batch){0};
}
