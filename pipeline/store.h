/* store.h: an output is there whole, or not at all.
 *
 * Each output is written to a file of the worker's own in the output folder, brought to the disk (fdatasync:
 * half a millisecond on a solid-state disk), and given its name by rename. So a name never stands for half an
 * output, whatever is killed and wherever the power fails.
 */
#ifndef KNEE_STORE_H
#define KNEE_STORE_H

#include <stddef.h>

#include "fault.h"

/* Writes bytes to FOLDER/PATH, making the folders in between. Returns 0, or -1 with fault and no file of that
 * name changed. */
int store_write(const char *folder, const char *path, const void *data, size_t bytes, struct fault *fault);

/* Removes FOLDER/PATH; a missing one is fine. Returns 0, or -1 with fault. */
int store_remove(const char *folder, const char *path, struct fault *fault);

/* Removes what killed workers may have left in FOLDER itself: the half-written files of store_write. */
void store_clean(const char *folder);

#endif
