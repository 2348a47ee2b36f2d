/* sandbox_landlock.h: which files a worker can reach (Landlock, linux/landlock.h; docs: landlock(7)).
 *
 * The kernel's headers may be older than the kernel: rights that the headers do not define are defined here,
 * and rights that the kernel does not have are left out, by its ABI number. Renaming between folders, which
 * every output needs, can be allowed from ABI 2 (Linux 5.19) on; ABI 1 is therefore of no use here. ABI 3:
 * truncate; 4: TCP; 5: ioctl of devices; 6: signals to and abstract sockets of processes outside.
 */
#ifndef KNEE_SANDBOX_LANDLOCK_H
#define KNEE_SANDBOX_LANDLOCK_H

#include <stddef.h>

#include "pipeline/base/fault.h"

struct sandbox_path;

/* The ABI of this kernel, at least 2; 0 with the reason in words when Landlock cannot be used. */
int landlock_probe(char *reason, size_t bytes);

/* Confines the calling thread to the paths and to what the libraries need. no_new_privs must be set. Returns
 * 0, or -1 with fault. */
int landlock_enter(int abi, const struct sandbox_path *paths, size_t count, struct fault *fault);

#endif
