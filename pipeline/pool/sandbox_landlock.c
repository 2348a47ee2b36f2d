#include "pipeline/pool/sandbox_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LEAST_ABI = 2 };

/* Rights by the ABI that brought them; the headers of Debian 12 end at 2. */
#define FS_ABI_1    ((UINT64_C(1) << 13) - 1)
#define FS_REFER    (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL    (UINT64_C(1) << 15)
#define NET_TCP     UINT64_C(3) /* bind, connect */
#define SCOPE_ALL   UINT64_C(3) /* abstract sockets, signals */

#define FS_READ (UINT64_C(0) | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Of devices, sockets, FIFOs and links nothing is ever made. */
#define FS_WRITE                                                                                             \
    (FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                              \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | FS_REFER |  \
     FS_TRUNCATE)
/* What means something for a file that is not a folder. */
#define FS_OF_FILE                                                                                           \
    (UINT64_C(0) | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
     LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL)

/* struct landlock_ruleset_attr of ABI 6. */
struct ruleset_rights {
    uint64_t fs, net, scoped;
};

/* What libraries read while they decode: parts of themselves that they load late, character tables, how many
 * processors there are, and their own threads (/proc/self is this process, whatever it is called). */
static const char own_process[] = "/proc/self";
static const char *const library_paths[] = {
    "/usr/lib",      "/usr/lib64",          "/usr/local/lib", "/lib",
    "/lib64",        "/etc/ld.so.cache",    "/usr/share",     "/usr/local/share",
    "/etc/fonts",    own_process,           "/proc/cpuinfo",  "/proc/meminfo",
    "/proc/stat",    "/sys/devices/system", "/dev/zero",      "/dev/urandom",
    "/etc/localtime"};
enum { LIBRARY_PATHS = sizeof library_paths / sizeof library_paths[0] };
_Static_assert(LIBRARY_PATHS + 1 <= LANDLOCK_LIBRARY_PLACES, "with /dev/null");

static uint64_t fs_rights_of(int abi)
{
    return FS_ABI_1 | FS_REFER | (abi >= 3 ? FS_TRUNCATE : 0) | (abi >= 5 ? FS_IOCTL : 0);
}

int landlock_probe(char *reason, size_t bytes)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);

    if (abi >= LEAST_ABI) {
        reason[0] = '\0';
        return (int)abi;
    }
    if (abi > 0)
        snprintf(reason, bytes,
                 "this kernel's Landlock, ABI %ld, forbids the renames that outputs need: "
                 "Linux 5.19 allows them",
                 abi);
    else
        snprintf(reason, bytes, "%s",
                 errno == EOPNOTSUPP
                     ? "Landlock is built into this kernel but not started: add landlock to lsm= at boot"
                     : "this kernel has no Landlock: Linux 5.19 or later has it");
    return 0;
}

/* --- in the parent ------------------------------------------------------------------------------ */

static int open_place(const char *path)
{
    return open(path, O_PATH | O_CLOEXEC);
}

struct landlock_place landlock_place(const char *path, bool writable)
{
    return (struct landlock_place){
        .path = path, .rights = writable ? FS_WRITE : FS_READ, .fd = writable ? -1 : open_place(path)};
}

size_t landlock_library_places(struct landlock_place *places)
{
    size_t count = 0;

    for (size_t i = 0; i < LIBRARY_PATHS; i++) {
        bool own = library_paths[i] == own_process;
        int fd = own ? -1 : open_place(library_paths[i]);
        if (own || fd >= 0)
            places[count++] = (struct landlock_place){library_paths[i], FS_READ, fd, .optional = true};
    }
    places[count++] = (struct landlock_place){.path = "/dev/null",
                                              .rights = FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE,
                                              .fd = open_place("/dev/null"),
                                              .optional = true};
    return count;
}

void landlock_close(struct landlock_place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (places[i].fd >= 0) {
            close(places[i].fd);
            places[i].fd = -1;
        }
}

/* --- in the worker ------------------------------------------------------------------------------ */

/* Returns 0, or -1 with errno. */
static int add_rule(int ruleset, int fd, uint64_t rights)
{
    struct landlock_path_beneath_attr beneath = {.allowed_access = rights, .parent_fd = fd};
    struct stat status;

    if (fstat(fd, &status))
        return -1;
    if (!S_ISDIR(status.st_mode))
        beneath.allowed_access &= FS_OF_FILE;
    return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

static int add_place(int ruleset, const struct landlock_place *place, uint64_t known, struct fault *fault)
{
    int fd = place->fd >= 0 ? place->fd : open_place(place->path), failed, error;

    if (fd < 0)
        return place->optional && (errno == ENOENT || errno == EACCES)
                   ? 0
                   : fault_set(fault, "sandbox: %s: %s: is it still there?", place->path, strerror(errno));
    failed = add_rule(ruleset, fd, place->rights & known);
    error = errno;
    close(fd);
    if (!failed)
        return 0;
    fault_sys(fault, "sandbox: Landlock refuses %s: %s", place->path, strerror(error));
    return fault_advise(fault, ADVICE_NO_SANDBOX);
}

int landlock_enter(int abi, const struct landlock_place *places, size_t count, struct fault *fault)
{
    struct ruleset_rights rights = {
        .fs = fs_rights_of(abi), .net = abi >= 4 ? NET_TCP : 0, .scoped = abi >= 6 ? SCOPE_ALL : 0};
    /* A kernel takes a longer struct than its own as long as the rest is zero. */
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0), failed = 0;

    if (ruleset < 0) {
        fault_sys(fault, "sandbox: Landlock: %s", strerror(errno));
        return fault_advise(fault, ADVICE_NO_SANDBOX);
    }
    for (size_t i = 0; i < count && !failed; i++)
        failed = add_place(ruleset, &places[i], rights.fs, fault);
    if (!failed && syscall(SYS_landlock_restrict_self, ruleset, 0)) {
        fault_sys(fault, "sandbox: Landlock: %s", strerror(errno));
        failed = fault_advise(fault, ADVICE_NO_SANDBOX);
    }
    close(ruleset);
    return failed;
}
