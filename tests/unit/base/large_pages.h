/* large_pages.h: is memory in a range for which large pages were asked? Of the kernel's list of this process. */
#ifndef KNEE_TEST_LARGE_PAGES_H
#define KNEE_TEST_LARGE_PAGES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Has the kernel large pages at all? */
static inline bool large_pages_exist(void)
{
    FILE *there = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");

    if (there)
        fclose(there);
    return there != NULL;
}

/* Is the address in a range for which large pages were asked ("hg")? */
static inline bool large_pages_asked(const void *address)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    uintptr_t begin = 0, end = 0, low, high, at = (uintptr_t)address;
    char line[512];
    bool asked = false;

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx ", &low, &high) == 2) {
            begin = low;
            end = high;
        } else if (strncmp(line, "VmFlags:", 8) == 0 && at >= begin && at < end) {
            asked = strstr(line, " hg") != NULL;
        }
    }
    fclose(maps);
    return asked;
}

#endif
