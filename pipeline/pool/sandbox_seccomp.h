/* sandbox_seccomp.h: which system calls a worker can make (seccomp, by libseccomp).
 *
 * Three answers:
 *   allowed   calls that decoding, threads, memory and storing need; some only with certain arguments: clone makes
 *             threads only, tgkill reaches this process only (abort), ioctl is for counters, prlimit only reads, open
 *             cuts no file off, fcntl duplicates descriptors and reads their flags. Nothing makes a file shorter
 *             (ftruncate, fallocate) or writes elsewhere than at its end where it is open for appending (pwritev2).
 *             All of this holds without the rights that newer versions of Landlock add
 *   ENOSYS    everything else, so that a library that tries it in good faith (a name service's socket, clone3, a call
 *             newer than this list) continues as on a kernel that lacks the call
 *   SIGSYS    (death) calls that no decoder makes and an attacker makes first: running programs, tracing, other
 *             processes' memory, namespaces, mounts, kernel modules, other architectures' calls
 *
 * The filter is made once in the parent (libseccomp takes a millisecond) and put in force by each worker with
 * two system calls. The worker's own process id is written into it then.
 */
#ifndef KNEE_SANDBOX_SECCOMP_H
#define KNEE_SANDBOX_SECCOMP_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

struct sock_filter;

struct seccomp_filter {
    struct sock_filter *code; /* owned; NULL: none */
    uint16_t count;
    uint16_t pid_at; /* the instruction that compares with the process id */
};

/* Returns 0, or -1 with the reason in words: this kernel or this libseccomp cannot do it. */
int seccomp_prepare(struct seccomp_filter *filter, char *reason, size_t bytes);
void seccomp_discard(struct seccomp_filter *filter);

/* For the calling thread. no_new_privs must be set. Returns 0, or -1 with fault. */
int seccomp_enter(const struct seccomp_filter *filter, struct fault *fault);

#endif
