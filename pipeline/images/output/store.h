/* store.h: stores outputs so that each is complete or absent.
 *
 * Each output is written to a temporary file in its top folder (output_name.h: a rendition's folder, or the output
 * folder itself), synced to the disk (fdatasync: half a millisecond on a solid-state disk), and renamed to its final
 * name. So no incomplete output has its final name, whichever process is killed and whenever the power fails.
 *
 * Links: a top folder may be a link that the user has made, to another disk for instance. Everything below
 * it is reached component by component, and a link there is not followed. Temporary names are random, and are made only
 * where nothing has that name, so that nothing planted in the output folder is written through.
 */
#ifndef KNEE_STORE_H
#define KNEE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

enum { STORE_TEMPORARY_BYTES = 32 };

enum store_result {
    STORE_OK = 0,
    STORE_BAD_NAME = -1, /* this output cannot be stored: its name is too long, or taken by another */
    STORE_UNUSABLE = -2  /* no output can be stored: disk full, folder removed or read-only, no descriptors */
};

/* Writes bytes to FOLDER/PATH, making the folders in between. top: the length of the top folder's name at the start of
 * path, 0 for FOLDER itself. durable: the name is synced to the disk too (fsync of the folders below FOLDER). Anything
 * but STORE_OK comes with fault, and no file of that name changed. */
enum store_result store_write(const char *folder, const char *path, size_t top, const void *data,
                              size_t bytes, bool durable, struct fault *fault);

/* Removes FOLDER/PATH; a missing one is fine. The top folder may be a link. Returns 0, or -1 with fault. */
int store_remove(const char *folder, const char *path, size_t top, struct fault *fault);

/* The same for a path that was read from a file, and may be anything: only a plain path (names between single slashes,
 * none of them . or ..) is removed, only a file, and no link on the way is followed. */
void store_remove_unknown(const char *folder, const char *path);

/* Removes the folders of that path within FOLDER, from the inner one up to the first that is not empty; no link is
 * followed. */
void store_remove_emptied(const char *folder, const char *path);

/* Makes FOLDER/NAME, a top folder. A link to a folder is as good as a folder. Returns 0, or -1 with fault: a
 * link that leads nowhere, a file, no right to write there. */
int store_make_folder(const char *folder, const char *name, struct fault *fault);

/* Removes FOLDER/NAME and the folders below it as far as they are empty; a link is not followed. */
void store_remove_empty_folders(const char *folder, const char *name);

/* Syncs the names in a folder to the disk. Returns 0, or -1 with fault. */
int store_sync_folder(const char *folder, struct fault *fault);

/* Several runs that write into one folder at once: the temporary files of this process, and of those that it forks from
 * now on, carry the owner's number, and store_clean() removes no others. 0, the default: the folder is this run's
 * alone, and all are removed. */
void store_set_owner(uint32_t owner);
bool store_is_shared(void);

/* A temporary file of a random name in the folder behind the descriptor, open for writing; name gets it, for renameat()
 * or unlinkat(). Returns the file's descriptor, or -1 with errno. */
int store_open_temporary(int folder, char name[STORE_TEMPORARY_BYTES]);

/* Removes the temporary files that killed processes may have left in FOLDER itself (store_set_owner()). A link in the
 * place of FOLDER is followed if follow is set. */
void store_clean(const char *folder, bool follow);

#endif
