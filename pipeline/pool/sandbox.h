/* sandbox.h: confines a worker, which decodes files that may be hostile, to what decoding needs.
 *
 * The mechanisms, each where the kernel has it:
 * - no_new_privs: no program that it starts could gain privileges;
 * - Landlock: reads the batch, the recipe's assets and what its libraries load; writes the output folder
 *   (sandbox_landlock.h);
 * - seccomp: a list of allowed system calls, with no sockets, programs, processes, tracing, namespaces
 *   (sandbox_seccomp.h);
 * - capabilities are dropped, those of the bounding set included;
 * - core dumps are off, and other processes of the same user cannot inspect it;
 * - descriptors are closed but for standard error and those named; input and output are /dev/null.
 *
 * When: in the worker, before the workload's initializer. All of this binds the calling thread and the
 * threads that it starts, and the libraries start theirs in the initializer already (libvips keeps them for
 * later), so entering after the initializer would leave decoding threads outside. The hook that pins and
 * opens counters runs before; its descriptors stay usable.
 *
 * Capabilities: root that works on files of others needs CAP_DAC_OVERRIDE. It is kept, as the only one, when
 * an allowed path cannot be reached without it, or the caller asks for it (sandbox_keep_override), and only
 * where Landlock limits the worker to those files; otherwise all are dropped.
 *
 * Sanitizers (AddressSanitizer and its like) need calls of their own for their reports: in such a build there
 * is no sandbox, and sandbox_prepare() says so. Under valgrind use SANDBOX_OFF for the same reason.
 *
 * Caller's sequence: sandbox_prepare(), sandbox_allow_*() in the parent, before any fork; in the worker
 * sandbox_close_descriptors() at its first instant, sandbox_enter(); in the parent sandbox_release().
 */
#ifndef KNEE_SANDBOX_H
#define KNEE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/fault.h"
#include "pipeline/pool/sandbox_landlock.h"
#include "pipeline/pool/sandbox_seccomp.h"

enum { SANDBOX_MOST_PATHS = 40, SANDBOX_MOST_DESCRIPTORS = 8 };

/* 1 in a build whose sanitizer forbids a sandbox. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANDBOX_SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

enum sandbox_mode {
    SANDBOX_AUTO,    /* what this kernel has; sandbox_describe() names what is missing */
    SANDBOX_REQUIRE, /* refused unless all of it is available */
    SANDBOX_OFF
};

struct sandbox {
    enum sandbox_mode mode;
    int landlock_abi;          /* 0: not used */
    char landlock_reason[160]; /* why not; empty when used */
    struct seccomp_filter filter;
    bool seccomp;             /* filter is made, and this kernel takes it */
    char seccomp_reason[160]; /* why not; empty when used */
    bool keep_override;
    struct landlock_place places[LANDLOCK_LIBRARY_PLACES + SANDBOX_MOST_PATHS];
    size_t place_count;
    int descriptors[SANDBOX_MOST_DESCRIPTORS]; /* that stay open in workers */
    size_t descriptor_count;
};

/* Finds out what the kernel has and makes the filter. Returns 0, or -1 with a fault that names what is
 * missing: only for SANDBOX_REQUIRE. */
int sandbox_prepare(struct sandbox *sandbox, enum sandbox_mode mode, struct fault *fault);
void sandbox_release(struct sandbox *sandbox);

/* Allows a file, or a folder and all below it; to read, or to read, make, change and remove. path is kept, and has to
 * exist: to read when it is allowed, to write when the sandbox is entered. An empty path is ignored. */
void sandbox_allow_read(struct sandbox *sandbox, const char *path);
void sandbox_allow_write(struct sandbox *sandbox, const char *path);

/* A descriptor of the parent's that workers use. -1 is ignored. */
void sandbox_keep_descriptor(struct sandbox *sandbox, int descriptor);

/* The mode bits of a file in the batch deny its user access, and only CAP_DAC_OVERRIDE allows it. */
void sandbox_keep_override(struct sandbox *sandbox);

/* In words: "Landlock ABI 7, seccomp, no capabilities", "no Landlock (reason), ..." or "none
 * (switched off)". Returns text. */
const char *sandbox_describe(const struct sandbox *sandbox, char *text, size_t bytes);
/* Whether every mechanism of this version is in force once entered. */
bool sandbox_is_whole(const struct sandbox *sandbox);

/* In the worker: closes every descriptor above 2 but those in keep and those kept for all workers, and points
 * 0 and 1 at /dev/null. Nothing is done in mode off. */
void sandbox_close_descriptors(const struct sandbox *sandbox, const int *keep, size_t count);

/* In the worker, for good; the process must have one thread. Returns 0, or -1 with fault. */
int sandbox_enter(const struct sandbox *sandbox, struct fault *fault);

#endif
