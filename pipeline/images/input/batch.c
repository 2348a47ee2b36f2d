#include "pipeline/images/input/batch_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>

/* --- names of what is left out ---------------------------------------------------------------- */

static const struct {
    const char *name, *text, *one, *many;
} reasons[LEFT_COUNT] = {
    [LEFT_LINK] = {"link", "a link, which was not followed", "link (not followed)", "links (not followed)"},
    [LEFT_LINK_BROKEN] = {"link-broken", "a link that leads nowhere", "broken link", "broken links"},
    [LEFT_LINK_OUTSIDE] = {"link-outside", "a link that leads out of the batch", "link out of the batch",
                           "links out of the batch"},
    [LEFT_LOOP] = {"loop", "a link to a folder that it is in", "link in a loop", "links in a loop"},
    [LEFT_SPECIAL] = {"special", "a FIFO, socket or device", "special file", "special files"},
    [LEFT_HIDDEN] = {"hidden", "its name begins with a dot", "hidden name", "hidden names"},
    [LEFT_UNREADABLE] = {"unreadable", "a folder that cannot be read", "unreadable folder",
                         "unreadable folders"},
};

const char *left_out_name(enum left_out why)
{
    return reasons[why].name;
}

const char *left_out_text(enum left_out why)
{
    return reasons[why].text;
}

char *batch_left_list(const struct batch *batch, char *text, size_t bytes)
{
    size_t used = 0;

    *text = '\0';
    for (int why = 0; why < LEFT_COUNT && used < bytes; why++)
        if (batch->left_counts[why])
            used += (size_t)snprintf(text + used, bytes - used, "%s%" PRIu64 " %s", used ? ", " : "",
                                     batch->left_counts[why],
                                     batch->left_counts[why] == 1 ? reasons[why].one : reasons[why].many);
    return text;
}

/* --- listing ---------------------------------------------------------------------------------- */

static int no_memory(const char *root, struct fault *fault)
{
    return fault_sys(fault, "batch %s: no memory for its list of files", root);
}

/* A file given by its own name is an item whatever its name is. A link to it is resolved: what is read later is a
 * regular file. */
static int list_single(struct batch *batch, const char *given, struct fault *fault)
{
    struct stat status;
    char resolved[PATH_MAX];
    const char *path = given, *slash;

    if (lstat(given, &status) == 0 && S_ISLNK(status.st_mode)) {
        if (!realpath(given, resolved))
            return fault_set(fault, "batch %s: %s: give a folder or a file", given, strerror(errno));
        path = resolved;
    }
    if (stat(path, &status) || !S_ISREG(status.st_mode))
        return fault_set(
            fault, "batch %s: is neither a folder nor a regular file: give a folder that holds the images",
            given);
    slash = strrchr(path, '/');
    batch->root = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    batch->single = strdup(path);
    batch->paths = calloc(1, sizeof *batch->paths);
    batch->bytes = calloc(1, sizeof *batch->bytes);
    batch->positions = calloc(1, sizeof *batch->positions);
    if (!batch->root || !batch->single || !batch->paths || !batch->bytes || !batch->positions)
        return no_memory(given, fault);
    batch->paths[0] = strdup(slash ? slash + 1 : path);
    if (!batch->paths[0])
        return no_memory(given, fault);
    batch->count = 1;
    batch->positions[0] = 1;
    batch->bytes[0] = batch->total_bytes = (uint64_t)status.st_size;
    batch->closed = batch_is_closed(&status, 4);
    return 0;
}

int batch_list(struct batch *batch, const char *root, const struct batch_options *options,
               struct fault *fault)
{
    static const struct batch_options none = {0};
    struct stat status;
    size_t length = strlen(root);
    int failed;

    *batch = (struct batch){0};
    if (stat(root, &status) == 0 && !S_ISDIR(status.st_mode)) {
        failed = list_single(batch, root, fault);
    } else {
        while (length > 1 && root[length - 1] == '/')
            length--;
        batch->root = strndup(root, length);
        failed = batch->root ? batch_walk(batch, options ? options : &none, fault) : no_memory(root, fault);
    }
    if (failed)
        batch_release(batch);
    return failed;
}

/* --- a part of it ----------------------------------------------------------------------------- */

/* from, to: paths of items; NULL: no bound. */
static void keep_left(struct batch *batch, const char *from, const char *to)
{
    uint64_t kept = 0;

    memset(batch->left_counts, 0, sizeof batch->left_counts);
    for (uint64_t i = 0; i < batch->left_count; i++) {
        struct batch_left left = batch->left[i];
        if ((from && strcmp(left.path, from) < 0) || (to && strcmp(left.path, to) >= 0)) {
            free(left.path);
            continue;
        }
        batch->left_counts[left.why]++;
        batch->left[kept++] = left;
    }
    batch->left_count = kept;
}

void batch_keep_range(struct batch *batch, uint64_t first, uint64_t count)
{
    uint64_t end = first + count;

    if (count)
        keep_left(batch, first ? batch->paths[first] : NULL, end < batch->count ? batch->paths[end] : NULL);
    else
        batch_forget_left(batch);
    batch->total_bytes = 0;
    for (uint64_t i = 0; i < batch->count; i++) {
        if (i < first || i >= end) {
            free(batch->paths[i]);
            continue;
        }
        batch->paths[i - first] = batch->paths[i];
        batch->bytes[i - first] = batch->bytes[i];
        batch->positions[i - first] = batch->positions[i];
        batch->total_bytes += batch->bytes[i - first];
    }
    batch->count = count;
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

void batch_forget_left(struct batch *batch)
{
    for (uint64_t i = 0; i < batch->left_count; i++)
        free(batch->left[i].path);
    free(batch->left);
    batch->left = NULL;
    batch->left_count = 0;
    memset(batch->left_counts, 0, sizeof batch->left_counts);
}

void batch_release(struct batch *batch)
{
    batch_forget_left(batch);
    for (uint64_t i = 0; i < batch->count && batch->paths; i++)
        free(batch->paths[i]);
    free(batch->paths);
    free(batch->bytes);
    free(batch->positions);
    free(batch->single);
    free(batch->real_root);
    free(batch->root);
    *batch = (struct batch){0};
}
