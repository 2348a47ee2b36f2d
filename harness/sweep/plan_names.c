/* plan_names.c: the words for roles and stop rules (plan.h). */
#include <string.h>

#include "harness/sweep/plan.h"

static int find_name(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return (int)i;
    return -1;
}

static const char *const role_names[] = {"serial", "scaling", "chunk", "policy", "antagonist", "nodes"};

const char *plan_role_name(enum plan_role role)
{
    return (size_t)role < sizeof role_names / sizeof role_names[0] ? role_names[role] : NULL;
}

int plan_role_parse(const char *name, enum plan_role *role)
{
    int found = find_name(role_names, sizeof role_names / sizeof role_names[0], name);

    if (found >= 0)
        *role = (enum plan_role)found;
    return found < 0 ? -1 : 0;
}

static const char *const stop_names[] = {"blocks", "budget", "precision"};

const char *plan_stop_name(enum plan_stop stop)
{
    return (size_t)stop < sizeof stop_names / sizeof stop_names[0] ? stop_names[stop] : NULL;
}

int plan_stop_parse(const char *name, enum plan_stop *stop)
{
    int found = find_name(stop_names, sizeof stop_names / sizeof stop_names[0], name);

    if (found >= 0)
        *stop = (enum plan_stop)found;
    return found < 0 ? -1 : 0;
}
