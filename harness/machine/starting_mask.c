#include "harness/machine/starting_mask.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* For 8,192 CPUs, the most that Linux can be built for on x86-64. */
static unsigned long start[128];
static long start_bytes; /* 0 or below: not known */

/* No instrumentation: a sanitizer may be initialised after this. */
__attribute__((no_sanitize("address", "undefined"))) static void remember(void)
{
    start_bytes = syscall(SYS_sched_getaffinity, 0, sizeof start, start);
}

/* What .preinit_array of the program names runs before the initialisers of its libraries. */
__attribute__((section(".preinit_array"), used)) static void (*remember_first)(void) = remember;

bool starting_mask_restore(void)
{
    unsigned long now[128];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof now, now);

    if (start_bytes <= 0 || bytes != start_bytes || memcmp(start, now, (size_t)bytes) == 0)
        return false;
    return syscall(SYS_sched_setaffinity, 0, (size_t)start_bytes, start) == 0;
}
