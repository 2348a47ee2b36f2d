/* counters_fixture.h: the default group of counters, loaded for all tests of a program. */
#ifndef KNEE_COUNTERS_FIXTURE_H
#define KNEE_COUNTERS_FIXTURE_H

#include <string.h>

#include "harness/machine/counters/counter_group.h"

enum { EVENTS = 9 };

static struct counter_group group;

static inline uint32_t index_of(const char *name)
{
    for (uint32_t i = 0; i < group.event_count; i++)
        if (strcmp(group.events[i].name, name) == 0)
            return i;
    fail_msg("no event %s", name);
    return 0;
}

static inline int load_group(void **state)
{
    struct fault fault = {0};

    (void)state;
    if (counter_group_load("harness/machine/counters/groups/default.group", &group, &fault) == 0)
        return 0;
    print_error("%s\n", fault.text);
    return -1;
}

static inline int free_group(void **state)
{
    (void)state;
    counter_group_release(&group);
    return 0;
}

#endif
