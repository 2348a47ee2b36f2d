/* sandbox_landlock.h: which files a worker can reach (Landlock, linux/landlock.h; docs: landlock(7)).
 *
 * The kernel's headers may be older than the kernel: rights that the headers do not define are defined here,
 * and rights that the kernel does not have are left out, by its ABI number. Renaming between folders, which
 * every output needs, can be allowed from ABI 2 (Linux 5.19) on; ABI 1 is therefore of no use here. ABI 3:
 * truncate; 4: TCP; 5: ioctl of devices; 6: signals to and abstract sockets of processes outside.
 */
#ifndef KNEE_SANDBOX_LANDLOCK_H
#define KNEE_SANDBOX_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* A file, or a folder and all below it, that a worker can reach. */
struct landlock_place {
    const char *path; /* the caller's */
    uint64_t rights;
    int fd; /* of the path, without any access, open in the parent; -1: each worker looks the path up */
    bool optional; /* nothing is lost where it is missing */
};

enum { LANDLOCK_LIBRARY_PLACES = 20 };

/* The ABI of this kernel, at least 2; 0 with the reason in words when Landlock cannot be used. */
int landlock_probe(char *reason, size_t bytes);

/* In the parent. A path that is read is opened at once, once for all workers; one that is written may be replaced
 * until a worker starts. */
struct landlock_place landlock_place(const char *path, bool writable);

/* Those that libraries need and that are there. Returns how many, LANDLOCK_LIBRARY_PLACES at most. */
size_t landlock_library_places(struct landlock_place *places);

void landlock_close(struct landlock_place *places, size_t count);

/* Confines the calling thread to the places, and closes their descriptors. no_new_privs must be set. Returns 0, or -1
 * with fault. */
int landlock_enter(int abi, const struct landlock_place *places, size_t count, struct fault *fault);

#endif
