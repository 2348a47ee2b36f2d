#include "harness/machine/emulation/emulate_tasks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/emulation/emulate_internal.h"
#include "pipeline/base/clock.h"

enum {
    NEXT_NS = 2000000,
    COST_FACTOR = 20,       /* a look takes at most this part of the time */
    LIST_BYTES = 64 * 1024, /* of a group's threads; those beyond are found in the next look */
    NAME_BYTES = 32
};

static const char cell[] = "cell";

static void group_name(uint32_t group, char *name)
{
    snprintf(name, NAME_BYTES, "cell/thread-%" PRIu32, group);
}

int emulate_tasks_probe(struct fault *fault)
{
    struct emulate_groups control;

    return emulate_groups_probe(&control, fault);
}

/* --- groups --- */

/* A free group, made when there is none. Returns its number, or -1 with tasks->error. */
static int64_t free_group(struct emulate_tasks *tasks)
{
    char name[NAME_BYTES];

    for (uint32_t i = 0; i < tasks->groups; i++)
        if (!tasks->owners[i])
            return i;
    if (tasks->groups == tasks->allocated) {
        uint32_t allocated = 2 * tasks->allocated + 1;
        pid_t *more = realloc(tasks->owners, allocated * sizeof *more);
        if (!more) {
            tasks->error = ENOMEM;
            return -1;
        }
        tasks->owners = more;
        tasks->allocated = allocated;
    }
    group_name(tasks->groups, name);
    if (emulate_groups_make(&tasks->cores.groups, name, tasks->cores.quota_us, false)) {
        tasks->error = errno;
        emulate_groups_remove(&tasks->cores.groups, name);
        return -1;
    }
    tasks->owners[tasks->groups] = 0;
    return tasks->groups++;
}

int emulate_tasks_open(struct emulate_tasks *tasks, uint32_t cores, uint32_t real_cores, uint32_t cell_cores,
                       struct fault *fault)
{
    enum { FIRST = 64 };

    *tasks = (struct emulate_tasks){.allocated = FIRST};
    if (emulation_begin(&tasks->cores, cores, real_cores, fault))
        return -1;
    tasks->owners = malloc(FIRST * sizeof *tasks->owners);
    if (!tasks->owners)
        fault_sys(fault, "emulated cores: no memory");
    else if (emulate_groups_make(&tasks->cores.groups, cell,
                                 tasks->cores.quota_us * (cell_cores < cores ? cell_cores : cores), true))
        fault_set(fault, "emulated cores: making the group %s in %s: %s", cell, tasks->cores.groups.base,
                  strerror(errno));
    else if (free_group(tasks) < 0)
        fault_set(fault, "emulated cores: making a group of a thread in %s: %s", tasks->cores.groups.base,
                  strerror(tasks->error));
    else
        return 0;
    emulate_tasks_close(tasks);
    return -1;
}

int emulate_tasks_entry(const struct emulate_tasks *tasks)
{
    char name[NAME_BYTES];

    group_name(0, name);
    return emulate_groups_entry(&tasks->cores.groups, name);
}

void emulate_tasks_close(struct emulate_tasks *tasks)
{
    emulation_close(&tasks->cores);
    free(tasks->owners);
    tasks->owners = NULL;
    tasks->groups = 0;
}

/* --- threads --- */

static void move(struct emulate_tasks *tasks, long thread)
{
    char name[NAME_BYTES];
    int64_t group = free_group(tasks);

    if (group < 0)
        return;
    group_name((uint32_t)group, name);
    if (emulate_groups_move_thread(&tasks->cores.groups, name, thread) == 0) /* else it has ended */
        tasks->owners[group] = (pid_t)thread;
}

/* One thread stays: its owner, or the first that is there when that has ended. */
static void look_at(struct emulate_tasks *tasks, uint32_t group)
{
    static char text[LIST_BYTES];
    char name[NAME_BYTES], *end;
    long thread, stays = 0;

    group_name(group, name);
    if (emulate_groups_threads(&tasks->cores.groups, name, text, sizeof text))
        return;
    for (char *at = text; (thread = strtol(at, &end, 10)) > 0 && *end == '\n'; at = end)
        if (!stays || thread == tasks->owners[group])
            stays = thread;
    tasks->owners[group] = (pid_t)stays;
    for (char *at = text; (thread = strtol(at, &end, 10)) > 0 && *end == '\n'; at = end)
        if (thread != stays)
            move(tasks, thread);
}

uint64_t emulate_tasks_place(struct emulate_tasks *tasks)
{
    uint64_t cost_ns = clock_process_cpu_ns();

    for (uint32_t i = tasks->groups; i-- > 0;) /* not those that this look makes */
        look_at(tasks, i);
    cost_ns = (clock_process_cpu_ns() - cost_ns) * COST_FACTOR;
    return cost_ns > NEXT_NS ? cost_ns : NEXT_NS;
}
