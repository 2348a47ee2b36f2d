#include "harness/trial/own_children.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/machine/kernel_stat.h"

void own_children_read(struct own_children *children)
{
    char path[64], text[OWN_CHILDREN_MOST * 12], *at = text, *end;
    const pid_t self = getpid();

    children->count = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", self, self);
    if (kernel_read_text(path, text, sizeof text) <= 0)
        return;
    while (children->count < OWN_CHILDREN_MOST) {
        long child = strtol(at, &end, 10);
        if (child <= 0 || end == at ||
            !*end) /* a number at the end of the text may be cut: each has a blank behind it */
            break;
        children->pid[children->count++] = (pid_t)child;
        at = end;
    }
}

bool own_children_has(const struct own_children *children, pid_t pid)
{
    for (uint32_t i = 0; i < children->count; i++)
        if (children->pid[i] == pid)
            return true;
    return false;
}
