/* store.h: stores outputs so that each is complete or absent.
 *
 * Each output is written to a file of the worker's own in the output folder, synced to the disk (fdatasync:
 * half a millisecond on a solid-state disk), and renamed to its final name. So no incomplete output has its
 * final name, whichever process is killed and whenever the power fails.
 */
#ifndef KNEE_STORE_H
#define KNEE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/fault.h"

enum store_result {
    STORE_OK = 0,
    STORE_BAD_NAME = -1, /* this output cannot be stored: its name is too long, or taken by another */
    STORE_UNUSABLE = -2  /* no output can be stored: disk full, folder removed or read-only, no descriptors */
};

/* Writes bytes to FOLDER/PATH, making the folders in between. durable: the name is synced to the disk too
 * (fsync of the folders). Anything but STORE_OK comes with fault, and no file of that name changed. */
enum store_result store_write(const char *folder, const char *path, const void *data, size_t bytes,
                              bool durable, struct fault *fault);

/* Removes FOLDER/PATH; a missing one is fine. Returns 0, or -1 with fault. */
int store_remove(const char *folder, const char *path, struct fault *fault);

/* Syncs the names in a folder to the disk. Returns 0, or -1 with fault. */
int store_sync_folder(const char *folder, struct fault *fault);

/* Removes the half-written files of store_write() that killed workers may have left in FOLDER itself. */
void store_clean(const char *folder);

#endif
