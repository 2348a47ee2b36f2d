/* batch.h: the list of items: every regular file below a folder, sorted bytewise by its path within it.
 *
 * An item's identity is its path within the batch. The list is deterministic: the same folder gives the same
 * list on any machine. What is left out is listed too, with the reason: hidden names (leading dot), links unless
 * they are followed, special files, folders that cannot be read. The output folder, when it is inside the batch, is
 * skipped without a word.
 *
 * A link that is followed leads to a file or folder within the batch; what is behind it has the link's path. A folder
 * that is reached again from within itself is a loop, and left out.
 */
#ifndef KNEE_BATCH_H
#define KNEE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* Why a name is no item. */
enum left_out {
    LEFT_LINK,         /* a symbolic link, and links are not followed */
    LEFT_LINK_BROKEN,  /* followed: it leads to nothing that can be opened */
    LEFT_LINK_OUTSIDE, /* followed: it leads out of the batch */
    LEFT_LOOP,         /* followed: it leads to a folder that it is in */
    LEFT_SPECIAL,      /* a FIFO, socket or device */
    LEFT_HIDDEN,       /* its name begins with a dot; of a folder, all that is in it */
    LEFT_UNREADABLE,   /* a folder that cannot be read */
    LEFT_COUNT
};

struct batch_left {
    char *path; /* within root; owned */
    enum left_out why;
};

struct batch {
    char *root;          /* as the caller gave it, without trailing slashes; of a single file, its folder */
    char *single;        /* root/path when the caller gave a file; NULL: a folder */
    char **paths;        /* count paths relative to root */
    uint64_t *bytes;     /* size of each */
    uint64_t *positions; /* of each, from 1, in the list of the whole batch, before any choice of items */
    uint64_t count;
    uint64_t total_bytes;
    struct batch_left *left; /* left_count names that were left out, sorted by path */
    uint64_t left_count;
    uint64_t left_counts[LEFT_COUNT];
    char *real_root; /* root as an absolute path without links, when links are followed; NULL: they are not */
    bool closed; /* a file or folder in it denies our user access by its mode: only a capability opens it */
};

struct batch_options {
    const char *exclude; /* a folder to skip; NULL none; need not exist */
    bool follow_links;
};

/* Lists root, a folder or a single file. A missing one, one that cannot be read, and a folder without any file are
 * faults. Returns 0, or -1 with fault and an empty batch. */
int batch_list(struct batch *batch, const char *root, const struct batch_options *options,
               struct fault *fault);

/* Keeps only the paths named in the file ("-": standard input), one a line, or ended by zero bytes when null is set; a
 * name that is not in the batch is a fault that names it. The names are paths within root, or all of them are paths
 * that lead to root first (as `find ROOT -type f` prints them). A byte order mark, carriage returns at the ends of
 * lines, and needless "./" and "//" are ignored. What was left out of the batch is forgotten: it was not asked for. */
int batch_keep_listed(struct batch *batch, const char *list_path, bool null, struct fault *fault);

/* Keeps only count items from the place first on, and of what was left out what is listed between them and the items
 * that follow; what comes before the first item of all is kept with it. Parts that cover the batch have each name
 * once. */
void batch_keep_range(struct batch *batch, uint64_t first, uint64_t count);

/* For tables: "link", "link-broken", "link-outside", "loop", "special", "hidden", "unreadable". */
const char *left_out_name(enum left_out why);
/* For people, of one name: "a link, which was not followed". */
const char *left_out_text(enum left_out why);
/* "3 links (not followed), 1 hidden name"; empty when nothing was left out. Returns text. */
char *batch_left_list(const struct batch *batch, char *text, size_t bytes);

/* Returns whether path is an item; *index its place. */
bool batch_find(const struct batch *batch, const char *path, uint64_t *index);

/* SHA-256 over "<path>\0<bytes>\n" of every item, hex: equal for two studies that can be compared. */
void batch_sha256(const struct batch *batch, char hex[65]);

void batch_release(struct batch *batch);

#endif
