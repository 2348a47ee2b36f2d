/* batch.h: the list of items: every regular file below a folder, sorted bytewise by its path within it.
 *
 * An item's identity is its path within the batch. The list is deterministic: the same folder gives the same
 * list on any machine. Hidden names (leading dot) and the output folder, when it is inside the batch, are
 * skipped; links are not followed.
 */
#ifndef KNEE_BATCH_H
#define KNEE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

struct batch {
    char *root;          /* as the caller gave it, without trailing slashes */
    char **paths;        /* count paths relative to root */
    uint64_t *bytes;     /* size of each */
    uint64_t *positions; /* of each, from 1, in the list of the whole batch, before any choice of items */
    uint64_t count;
    uint64_t total_bytes;
    bool closed; /* a file or folder in it denies our user access by its mode: only a capability opens it */
};

/* Lists root; exclude is a folder to skip (NULL none; need not exist). A missing folder, one that cannot
 * be read, and one without any file are faults. Returns 0, or -1 with fault and an empty batch. */
int batch_list(struct batch *batch, const char *root, const char *exclude, struct fault *fault);

/* Keeps only the paths named in the file, one a line ("-": standard input); a name that is not in the batch
 * is a fault that names it. */
int batch_keep_listed(struct batch *batch, const char *list_path, struct fault *fault);

/* Returns whether path is an item; *index its place. */
bool batch_find(const struct batch *batch, const char *path, uint64_t *index);

/* SHA-256 over "<path>\0<bytes>\n" of every item, hex: equal for two studies that can be compared. */
void batch_sha256(const struct batch *batch, char hex[65]);

void batch_release(struct batch *batch);

#endif
