/* perf_names.h: the kernel's generic events by the names that `perf list` shows. */
#ifndef KNEE_PERF_NAMES_H
#define KNEE_PERF_NAMES_H

#include <stdint.h>

struct perf_event {
    const char *name;
    uint64_t config; /* perf_event_attr.config */
    uint32_t type;   /* perf_event_attr.type */
};

/* name: "cycles", "LLC-load-misses", "page-faults", or a raw event of this processor as "r01c2" (hexadecimal).
 * Returns 0, or -1 when the kernel has no such name. event->name is not set for raw ones. */
int perf_event_parse(const char *name, struct perf_event *event);
/* All names, with commas, for messages. */
const char *perf_event_names(char *text, unsigned long bytes);

#endif
