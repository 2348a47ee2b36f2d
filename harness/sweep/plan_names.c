/* plan_names.c: the words for roles and stop rules (plan.h). */
#include <string.h>

#include "harness/sweep/plan.h"

static const char *const role_names[] = {"serial", "scaling", "chunk", "policy", "antagonist", "nodes"};

const char *plan_role_name(enum plan_role role)
{
    return (size_t)role < sizeof role_names / sizeof role_names[0] ? role_names[role] : NULL;
}

int plan_role_parse(const char *name, enum plan_role *role)
{
    for (size_t i = 0; i < sizeof role_names / sizeof role_names[0]; i++)
        if (strcmp(name, role_names[i]) == 0) {
            *role = (enum plan_role)i;
            return 0;
        }
    return -1;
}

static const char *const stop_names[] = {"blocks", "budget", "precision"};

const char *plan_stop_name(enum plan_stop stop)
{
    return (size_t)stop < sizeof stop_names / sizeof stop_names[0] ? stop_names[stop] : NULL;
}

int plan_stop_parse(const char *name, enum plan_stop *stop)
{
    for (size_t i = 0; i < sizeof stop_names / sizeof stop_names[0]; i++)
        if (strcmp(name, stop_names[i]) == 0) {
            *stop = (enum plan_stop)i;
            return 0;
        }
    return -1;
}
