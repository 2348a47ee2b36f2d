#include "harness/machine/cpu_throttle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/kernel_stat.h"

/* The number after the name, at the beginning of a line. */
static bool number_after(const char *text, const char *name, uint64_t *value)
{
    size_t length = strlen(name);

    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, name, length) == 0 && line[length] == ' ') {
            char *end;
            *value = strtoull(line + length + 1, &end, 10);
            return end != line + length + 1;
        }
    return false;
}

int cpu_throttle_parse(const char *text, struct cpu_throttle *throttle)
{
    uint64_t usec;

    *throttle = (struct cpu_throttle){0};
    if (!number_after(text, "nr_throttled", &throttle->periods))
        return -1;
    if (number_after(text, "throttled_usec", &usec))
        throttle->held_ns = usec * 1000;
    else if (!number_after(text, "throttled_time", &throttle->held_ns))
        return -1;
    throttle->known = true;
    return 0;
}

void cpu_throttle_read(const struct cpu_limit *limit, struct cpu_throttle *throttle)
{
    char path[sizeof limit->quota_folder + 16], text[1024];

    *throttle = (struct cpu_throttle){.known = limit->cpu_version != 0};
    if (limit->quota_cpus <= 0)
        return;
    snprintf(path, sizeof path, "%s/cpu.stat", limit->quota_folder);
    if (kernel_read_text(path, text, sizeof text) <= 0 || cpu_throttle_parse(text, throttle))
        *throttle = (struct cpu_throttle){0};
    throttle->cpus = limit->quota_cpus < 1 ? 1 : (uint32_t)limit->quota_cpus;
}
