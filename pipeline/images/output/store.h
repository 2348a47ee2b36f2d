/* store.h: an output is there whole, or not at all.
 *
 * Each output is written to a file of the worker's own in the output folder, brought to the disk (fdatasync:
 * half a millisecond on a solid-state disk), and given its name by rename. So a name never stands for half an
 * output, whatever is killed and wherever the power fails.
 */
#ifndef KNEE_STORE_H
#define KNEE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/fault.h"

enum store_result {
    STORE_OK = 0,
    STORE_BAD_NAME = -1, /* this output cannot be: its name is too long, or is in another's way */
    STORE_UNUSABLE = -2  /* no output can be: disk full, folder gone or read-only, no descriptors */
};

/* Writes bytes to FOLDER/PATH, making the folders in between. durable: the name too is brought to the disk
 * (fsync of the folders). Anything but STORE_OK comes with fault, and no file of that name changed. */
enum store_result store_write(const char *folder, const char *path, const void *data, size_t bytes,
                              bool durable, struct fault *fault);

/* Removes FOLDER/PATH; a missing one is fine. Returns 0, or -1 with fault. */
int store_remove(const char *folder, const char *path, struct fault *fault);

/* Brings the names in a folder to the disk. Returns 0, or -1 with fault. */
int store_sync_folder(const char *folder, struct fault *fault);

/* Removes what killed workers may have left in FOLDER itself: the half-written files of store_write. */
void store_clean(const char *folder);

#endif
