#include "harness/machine/counters/perf_names.h"

#include <ctype.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HARDWARE(name, id)                                                                                   \
    {                                                                                                        \
        name, PERF_COUNT_HW_##id, PERF_TYPE_HARDWARE                                                         \
    }
#define SOFTWARE(name, id)                                                                                   \
    {                                                                                                        \
        name, PERF_COUNT_SW_##id, PERF_TYPE_SOFTWARE                                                         \
    }
#define CACHE(name, cache, op, result)                                                                       \
    {                                                                                                        \
        name,                                                                                                \
            PERF_COUNT_HW_CACHE_##cache | (uint64_t)PERF_COUNT_HW_CACHE_OP_##op << 8 |                       \
                (uint64_t)PERF_COUNT_HW_CACHE_RESULT_##result << 16,                                         \
            PERF_TYPE_HW_CACHE                                                                               \
    }

static const struct perf_event table[] = {HARDWARE("cycles", CPU_CYCLES),
                                          HARDWARE("instructions", INSTRUCTIONS),
                                          HARDWARE("cache-references", CACHE_REFERENCES),
                                          HARDWARE("cache-misses", CACHE_MISSES),
                                          HARDWARE("branches", BRANCH_INSTRUCTIONS),
                                          HARDWARE("branch-misses", BRANCH_MISSES),
                                          HARDWARE("bus-cycles", BUS_CYCLES),
                                          HARDWARE("stalled-cycles-frontend", STALLED_CYCLES_FRONTEND),
                                          HARDWARE("stalled-cycles-backend", STALLED_CYCLES_BACKEND),
                                          HARDWARE("ref-cycles", REF_CPU_CYCLES),
                                          CACHE("L1-dcache-loads", L1D, READ, ACCESS),
                                          CACHE("L1-dcache-load-misses", L1D, READ, MISS),
                                          CACHE("LLC-loads", LL, READ, ACCESS),
                                          CACHE("LLC-load-misses", LL, READ, MISS),
                                          CACHE("dTLB-load-misses", DTLB, READ, MISS),
                                          SOFTWARE("task-clock", TASK_CLOCK),
                                          SOFTWARE("page-faults", PAGE_FAULTS),
                                          SOFTWARE("minor-faults", PAGE_FAULTS_MIN),
                                          SOFTWARE("major-faults", PAGE_FAULTS_MAJ),
                                          SOFTWARE("context-switches", CONTEXT_SWITCHES),
                                          SOFTWARE("cpu-migrations", CPU_MIGRATIONS)};
enum { NAMES = sizeof table / sizeof table[0] };

int perf_event_parse(const char *name, struct perf_event *event)
{
    char *end;

    for (int i = 0; i < NAMES; i++)
        if (strcmp(table[i].name, name) == 0) {
            *event = table[i];
            return 0;
        }
    if (name[0] != 'r' || !isxdigit((unsigned char)name[1]) || strlen(name) > 17)
        return -1;
    *event = (struct perf_event){.type = PERF_TYPE_RAW, .config = strtoull(name + 1, &end, 16)};
    return *end ? -1 : 0;
}

const char *perf_event_names(char *text, unsigned long bytes)
{
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; i < NAMES && used < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? ", " : "", table[i].name);
    return text;
}
