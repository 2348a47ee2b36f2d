/* own_children.h: the children of this process, with those that it has got as a subreaper. */
#ifndef KNEE_OWN_CHILDREN_H
#define KNEE_OWN_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { OWN_CHILDREN_MOST = 64 };

struct own_children {
    pid_t pid[OWN_CHILDREN_MOST]; /* the first of them, where there are more */
    uint32_t count;
};

/* Those that there are now; none where the kernel does not list them. */
void own_children_read(struct own_children *children);
bool own_children_has(const struct own_children *children, pid_t pid);

#endif
