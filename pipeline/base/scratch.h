/* scratch.h: a private folder for files that nobody needs afterwards, in TMPDIR or /tmp.
 *
 * It is locked while its owner or a child of it lives, so that scratch_make() can remove what a killed process has left
 * there, and nothing that is in use. Only folders of this user are removed; links in them are not followed.
 *
 * Caller's sequence: scratch_make() before the first fork, scratch_remove() in the process that made it.
 */
#ifndef KNEE_SCRATCH_H
#define KNEE_SCRATCH_H

#include "pipeline/base/fault.h"

struct scratch {
    char path[1024]; /* empty: none */
    int fd;          /* of the folder, holds the lock; -1: none */
};

/* Makes TMPDIR/PREFIX.XXXXXX and removes what earlier processes have left under that prefix. Returns 0, or -1 with
 * fault and nothing to remove. */
int scratch_make(struct scratch *scratch, const char *prefix, struct fault *fault);
/* Removes it with all that is in it; a zeroed or removed one is left alone. */
void scratch_remove(struct scratch *scratch);

/* Removes a folder and all below it, as far as that is allowed; links are removed, not followed. */
void scratch_remove_tree(const char *path);

#endif
