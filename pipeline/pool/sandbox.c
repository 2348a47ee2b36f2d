#include "pipeline/pool/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    MOST_PLACES = LANDLOCK_LIBRARY_PLACES + SANDBOX_MOST_PATHS,
    MOST_KEPT = MOST_PLACES + SANDBOX_MOST_DESCRIPTORS + 8
};

/* --- what there is ---------------------------------------------------------------------------- */

static void look(struct sandbox *sandbox)
{
    static const char why[] = "built with a sanitizer, whose reports need more than a worker may do";

    if (SANDBOX_SANITIZED) {
        snprintf(sandbox->landlock_reason, sizeof sandbox->landlock_reason, "%s", why);
        snprintf(sandbox->seccomp_reason, sizeof sandbox->seccomp_reason, "%s", why);
        return;
    }
    sandbox->landlock_abi = landlock_probe(sandbox->landlock_reason, sizeof sandbox->landlock_reason);
    if (sandbox->landlock_abi)
        sandbox->place_count = landlock_library_places(sandbox->places);
    sandbox->seccomp =
        seccomp_prepare(&sandbox->filter, sandbox->seccomp_reason, sizeof sandbox->seccomp_reason) == 0;
}

int sandbox_prepare(struct sandbox *sandbox, enum sandbox_mode mode, struct fault *fault)
{
    *sandbox = (struct sandbox){.mode = mode};
    if (mode == SANDBOX_OFF)
        return 0;
    look(sandbox);
    if (mode == SANDBOX_REQUIRE && !sandbox_is_whole(sandbox)) {
        fault_sys(fault, "a whole sandbox is required, and this kernel has none: %s",
                  sandbox->landlock_abi ? sandbox->seccomp_reason : sandbox->landlock_reason);
        sandbox_release(sandbox);
        return fault_advise(fault, ADVICE_PARTIAL_SANDBOX);
    }
    return 0;
}

void sandbox_release(struct sandbox *sandbox)
{
    landlock_close(sandbox->places, sandbox->place_count);
    sandbox->place_count = 0;
    seccomp_discard(&sandbox->filter);
    sandbox->seccomp = false;
}

/* Whether only the capability opens the path: asked of the kernel, without it. Capabilities are the thread's
 * own, and the parent has one thread. */
static bool closed_without_override(const char *path, int access_mode)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3], less[_LINUX_CAPABILITY_U32S_3];
    bool closed;

    if (syscall(SYS_capget, &header, data) || !(data[0].effective & 1U << CAP_DAC_OVERRIDE))
        return false;
    memcpy(less, data, sizeof less);
    less[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH);
    if (syscall(SYS_capset, &header, less))
        return false;
    closed = faccessat(AT_FDCWD, path, access_mode, AT_EACCESS) && errno == EACCES;
    syscall(SYS_capset, &header, data); /* restoring them is never refused */
    return closed;
}

static void allow(struct sandbox *sandbox, const char *path, bool writable)
{
    if (!*path || sandbox->mode == SANDBOX_OFF)
        return;
    if (closed_without_override(path, writable ? R_OK | W_OK : R_OK))
        sandbox->keep_override = true;
    if (!sandbox->landlock_abi)
        return;
    if (sandbox->place_count == MOST_PLACES)
        abort(); /* our own mistake: callers allow a handful */
    sandbox->places[sandbox->place_count++] = landlock_place(path, writable);
}

void sandbox_allow_read(struct sandbox *sandbox, const char *path)
{
    allow(sandbox, path, false);
}

void sandbox_allow_write(struct sandbox *sandbox, const char *path)
{
    allow(sandbox, path, true);
}

void sandbox_keep_descriptor(struct sandbox *sandbox, int descriptor)
{
    if (sandbox->descriptor_count == SANDBOX_MOST_DESCRIPTORS)
        abort(); /* our own mistake */
    if (descriptor >= 0)
        sandbox->descriptors[sandbox->descriptor_count++] = descriptor;
}

void sandbox_keep_override(struct sandbox *sandbox)
{
    sandbox->keep_override = true;
}

bool sandbox_is_whole(const struct sandbox *sandbox)
{
    return sandbox->landlock_abi && sandbox->seccomp;
}

const char *sandbox_describe(const struct sandbox *sandbox, char *text, size_t bytes)
{
    char landlock[200], filter[200];

    if (sandbox->mode == SANDBOX_OFF) {
        snprintf(text, bytes, "none (switched off)");
        return text;
    }
    if (SANDBOX_SANITIZED) {
        snprintf(text, bytes, "none (%s)", sandbox->landlock_reason);
        return text;
    }
    if (sandbox->landlock_abi)
        snprintf(landlock, sizeof landlock, "Landlock ABI %d", sandbox->landlock_abi);
    else
        snprintf(landlock, sizeof landlock, "no Landlock (%s)", sandbox->landlock_reason);
    if (sandbox->seccomp)
        snprintf(filter, sizeof filter, "seccomp");
    else
        snprintf(filter, sizeof filter, "no seccomp (%s)", sandbox->seccomp_reason);
    snprintf(text, bytes, "%s, %s, no_new_privs, %s", landlock, filter,
             sandbox->keep_override && sandbox->landlock_abi ? "no capability but DAC_OVERRIDE"
                                                             : "no capabilities");
    return text;
}

/* --- in the worker ---------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void close_between(unsigned first, unsigned last)
{
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
        return;
    /* Linux before 5.9: close every number up to the limit. */
    for (unsigned fd = first; fd <= last && fd < 65536; fd++)
        close((int)fd);
}

/* Those of places are closed when the sandbox is entered. Returns how many. */
static size_t descriptors_to_keep(const struct sandbox *sandbox, const int *keep, size_t count,
                                  int kept[MOST_KEPT])
{
    size_t kept_count = 0;

    if (count > MOST_KEPT - MOST_PLACES - SANDBOX_MOST_DESCRIPTORS)
        abort(); /* our own mistake */
    for (size_t i = 0; i < count; i++)
        kept[kept_count++] = keep[i];
    for (size_t i = 0; i < sandbox->descriptor_count; i++)
        kept[kept_count++] = sandbox->descriptors[i];
    for (size_t i = 0; i < sandbox->place_count; i++)
        if (sandbox->places[i].fd >= 0)
            kept[kept_count++] = sandbox->places[i].fd;
    qsort(kept, kept_count, sizeof *kept, ascending);
    return kept_count;
}

void sandbox_close_descriptors(const struct sandbox *sandbox, const int *keep, size_t count)
{
    int kept[MOST_KEPT], null;
    size_t kept_count;
    unsigned from = 3;

    if (sandbox->mode == SANDBOX_OFF)
        return;
    kept_count = descriptors_to_keep(sandbox, keep, count, kept);
    for (size_t i = 0; i < kept_count; i++)
        if (kept[i] >= (int)from) {
            close_between(from, (unsigned)kept[i] - 1);
            from = (unsigned)kept[i] + 1;
        }
    close_between(from, UINT32_MAX);
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return; /* there is no /dev: they stay as they are */
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    close(null);
}

/* The bounding set first: it can be lowered only while there are capabilities. */
static int drop_capabilities(const struct sandbox *sandbox, struct fault *fault)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    uint32_t kept = sandbox->keep_override && sandbox->landlock_abi ? 1U << CAP_DAC_OVERRIDE : 0;

    for (unsigned long capability = 0; capability <= 63; capability++)
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
            break; /* the first unknown one, or there is nothing to drop with */
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capget, &header, data)) {
        fault_sys(fault, "sandbox: capabilities: %s", strerror(errno));
        return fault_advise(fault, ADVICE_NO_SANDBOX);
    }
    data[0].effective &= kept;
    data[0].permitted &= kept;
    data[1].effective = data[1].permitted = data[0].inheritable = data[1].inheritable = 0;
    if (syscall(SYS_capset, &header, data)) {
        fault_sys(fault, "sandbox: capabilities: %s", strerror(errno));
        return fault_advise(fault, ADVICE_NO_SANDBOX);
    }
    return 0;
}

int sandbox_enter(const struct sandbox *sandbox, struct fault *fault)
{
    const struct rlimit none = {0, 0};

    if (sandbox->mode == SANDBOX_OFF || SANDBOX_SANITIZED)
        return 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
        fault_sys(fault, "sandbox: no_new_privs: %s", strerror(errno));
        return fault_advise(fault, ADVICE_NO_SANDBOX);
    }
    setrlimit(RLIMIT_CORE, &none); /* lowering is never refused */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (sandbox->landlock_abi &&
        landlock_enter(sandbox->landlock_abi, sandbox->places, sandbox->place_count, fault))
        return -1;
    if (drop_capabilities(sandbox, fault))
        return -1;
    return sandbox->seccomp ? seccomp_enter(&sandbox->filter, fault) : 0;
}
