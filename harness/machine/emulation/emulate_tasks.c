#include "harness/machine/emulation/emulate_tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/machine/emulation/emulate_internal.h"
#include "pipeline/base/clock.h"

enum {
    NEXT_NS = 2000000,
    COST_FACTOR = 20,       /* a look takes at most this part of the time */
    LIST_BYTES = 64 * 1024, /* of a group's threads; those beyond are found in the next look */
    PATH_BYTES = 400
};

static void cell_path(const struct emulate_tasks *tasks, char *path)
{
    snprintf(path, PATH_BYTES, "%s/cell", tasks->cores.base);
}

static void group_path(const struct emulate_tasks *tasks, uint32_t group, char *path)
{
    snprintf(path, PATH_BYTES, "%s/cell/thread-%" PRIu32, tasks->cores.base, group);
}

static int refuse_v2(struct fault *fault)
{
    return fault_set(fault,
                     "emulated cores for a command need the cpu controller of cgroup version 1, here it is "
                     "of version 2, in which threads cannot be placed one by one");
}

int emulate_tasks_probe(struct fault *fault)
{
    char folder[200];
    enum emulation_kind kind = emulation_probe(folder, sizeof folder, fault);

    return kind == EMULATION_V1 ? 0 : kind == EMULATION_V2 ? refuse_v2(fault) : -1;
}

/* --- groups --- */

static int make_group(const char *path, uint64_t quota_us)
{
    return mkdir(path, 0755) || emulation_set_quota(EMULATION_V1, path, quota_us) ? -1 : 0;
}

/* A free group, made when there is none. Returns its number, or -1 with tasks->error. */
static int64_t free_group(struct emulate_tasks *tasks)
{
    char path[PATH_BYTES];

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
    group_path(tasks, tasks->groups, path);
    if (make_group(path, tasks->cores.quota_us)) {
        tasks->error = errno;
        rmdir(path);
        return -1;
    }
    tasks->owners[tasks->groups] = 0;
    return tasks->groups++;
}

int emulate_tasks_open(struct emulate_tasks *tasks, uint32_t cores, uint32_t real_cores, uint32_t cell_cores,
                       struct fault *fault)
{
    enum { FIRST = 64 };
    char path[PATH_BYTES];

    *tasks = (struct emulate_tasks){.allocated = FIRST};
    if (emulation_begin(&tasks->cores, cores, real_cores, fault))
        return -1;
    tasks->owners = malloc(FIRST * sizeof *tasks->owners);
    cell_path(tasks, path);
    if (!tasks->owners)
        fault_sys(fault, "emulated cores: no memory");
    else if (tasks->cores.kind != EMULATION_V1)
        refuse_v2(fault);
    else if (make_group(path, tasks->cores.quota_us * (cell_cores < cores ? cell_cores : cores)))
        fault_set(fault, "emulated cores: making %s: %s", path, strerror(errno));
    else if (free_group(tasks) < 0)
        fault_set(fault, "emulated cores: making a group in %s: %s", path, strerror(tasks->error));
    else
        return 0;
    emulate_tasks_close(tasks);
    return -1;
}

int emulate_tasks_entry(const struct emulate_tasks *tasks)
{
    char path[PATH_BYTES], file[PATH_BYTES + 16];

    group_path(tasks, 0, path);
    snprintf(file, sizeof file, "%s/cgroup.procs", path);
    return open(file, O_WRONLY | O_CLOEXEC);
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
    char path[PATH_BYTES], text[24];
    int64_t group = free_group(tasks);

    if (group < 0)
        return;
    group_path(tasks, (uint32_t)group, path);
    snprintf(text, sizeof text, "%ld", thread);
    if (emulation_write_file(path, "tasks", text) == 0) /* else it has ended */
        tasks->owners[group] = (pid_t)thread;
}

/* One thread stays: its owner, or the first that is there when that has ended. */
static void look_at(struct emulate_tasks *tasks, uint32_t group)
{
    static char text[LIST_BYTES];
    char path[PATH_BYTES], *end;
    long thread, stays = 0;

    group_path(tasks, group, path);
    if (emulation_read_file(path, "tasks", text, sizeof text))
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
