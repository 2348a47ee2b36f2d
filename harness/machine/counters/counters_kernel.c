/* counters_kernel.c: counters straight from the kernel (perf_event_open).
 *
 * Hardware events form one group and software events another, so that the ratios within a group belong to the
 * same time. A hardware event that does not fit into its group gets a group of its own, and the kernel takes
 * turns (multiplexing), which the enabled and running times show.
 */
#include "harness/machine/counters/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct member {
    int fd;          /* -1: not open */
    uint32_t leader; /* index of its group's first member */
    bool user_only;
};

struct kernel_state {
    uint32_t count;
    struct member member[COUNTERS_MOST];
};

/* What the kernel gives for a group with the read_format below. */
struct group_values {
    uint64_t count, enabled_ns, running_ns;
    uint64_t value[COUNTERS_MOST];
};

static int event_open(const struct counter_event *event, int group_fd, bool user_only)
{
    struct perf_event_attr attr = {
        .type = event->type,
        .size = sizeof attr,
        .config = event->config,
        .disabled = group_fd < 0,
        .inherit = 1, /* threads made later; those that end leave their counts */
        .exclude_kernel = user_only,
        .exclude_hv = 1,
        .read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
    };
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, group_fd, PERF_FLAG_FD_CLOEXEC);
}

bool counters_kernel_mode(void)
{
    static const struct counter_event probe = {.type = PERF_TYPE_SOFTWARE,
                                               .config = PERF_COUNT_SW_CONTEXT_SWITCHES};
    int fd = event_open(&probe, -1, false);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}

static void explain(struct counter *counter, int why)
{
    const char *reason = "the kernel cannot count it";

    counter->status = COUNTER_UNSUPPORTED;
    if (why == EACCES || why == EPERM) {
        counter->status = COUNTER_DENIED;
        reason = "refused: kernel.perf_event_paranoid, or the container";
    } else if (why == ENOSYS) {
        reason = "this kernel or sandbox has no perf_event_open";
    } else if (why == ENOENT || why == ENODEV || why == EOPNOTSUPP || why == EINVAL) {
        reason = counter->kind == COUNTER_HARDWARE ? "no such hardware counter here (virtual machine?)"
                                                   : "this kernel does not count it";
    } else if (why == EMFILE) {
        reason = "too many open files: raise 'ulimit -n'";
    }
    snprintf(counter->reason, sizeof counter->reason, "%s", reason);
}

/* Opens event i: in its kind's group when there is one it fits into, else as the first of a new group. */
static int open_member(struct kernel_state *state, const struct counter_event *events, uint32_t i)
{
    struct member *member = &state->member[i];

    for (int user_only = 0; user_only <= 1; user_only++) {
        if (user_only && counter_event_needs_kernel(&events[i]))
            return -1; /* errno says EACCES */
        member->user_only = user_only;
        for (uint32_t j = 0; j < i && member->fd < 0; j++)
            if (state->member[j].fd >= 0 && state->member[j].leader == j &&
                events[j].kind == events[i].kind) {
                member->fd = event_open(&events[i], state->member[j].fd, user_only);
                member->leader = j;
            }
        if (member->fd < 0) {
            member->fd = event_open(&events[i], -1, user_only);
            member->leader = i;
        }
        if (member->fd >= 0)
            return 0;
        if (errno != EACCES && errno != EPERM)
            return -1;
    }
    return -1;
}

static void kernel_close(void *opaque)
{
    struct kernel_state *state = opaque;

    for (uint32_t i = 0; i < state->count; i++)
        if (state->member[i].fd >= 0)
            close(state->member[i].fd);
    free(state);
}

static uint32_t kernel_open(void **opaque, const struct counter_event *events, struct counter *counters,
                            uint32_t count)
{
    struct kernel_state *state = calloc(1, sizeof *state);
    uint32_t opened = 0;

    *opaque = NULL;
    for (uint32_t i = 0; i < count && !state; i++)
        explain(&counters[i], ENOMEM);
    if (!state)
        return 0;
    state->count = count;
    for (uint32_t i = 0; i < count; i++)
        state->member[i].fd = -1;
    for (uint32_t i = 0; i < count; i++) {
        if (open_member(state, events, i))
            explain(&counters[i], errno);
        else
            opened++;
    }
    if (!opened) {
        kernel_close(state);
        return 0;
    }
    *opaque = state;
    return opened;
}

static int kernel_start(void *opaque)
{
    struct kernel_state *state = opaque;

    for (uint32_t i = 0; i < state->count; i++)
        if (state->member[i].fd >= 0 && state->member[i].leader == i &&
            (ioctl(state->member[i].fd, PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP) ||
             ioctl(state->member[i].fd, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP)))
            return -1;
    return 0;
}

static void fill(struct counter *counter, const struct member *member, const struct group_values *group,
                 uint64_t value)
{
    counter->enabled_ns = group->enabled_ns;
    counter->running_ns = group->running_ns;
    counter->reason[0] = '\0';
    if (group->enabled_ns && !group->running_ns) {
        counter->status = COUNTER_UNSUPPORTED;
        snprintf(counter->reason, sizeof counter->reason, "no hardware counter was ever free for it");
        return;
    }
    counter->status = COUNTER_OK;
    counter->value = (int64_t)value;
    if (group->running_ns < group->enabled_ns) {
        counter->status = COUNTER_MULTIPLEXED;
        counter->value = (int64_t)((double)value * (double)group->enabled_ns / (double)group->running_ns);
        snprintf(counter->reason, sizeof counter->reason, "scaled: counted %.1f%% of the time",
                 100 * (double)group->running_ns / (double)group->enabled_ns);
    }
    if (member->user_only && strcmp(counter->name, "task-clock") != 0) {
        counter->status = COUNTER_PARTIAL;
        snprintf(counter->reason, sizeof counter->reason,
                 "user mode only: kernel.perf_event_paranoid above 1");
    }
}

static int kernel_read(void *opaque, struct counter *counters, uint32_t count)
{
    struct kernel_state *state = opaque;

    for (uint32_t i = 0; i < state->count && i < count; i++) {
        struct group_values group;
        uint64_t next = 0;
        ssize_t got;
        if (state->member[i].fd < 0 || state->member[i].leader != i)
            continue;
        got = read(state->member[i].fd, &group, sizeof group);
        if (got < (ssize_t)(4 * sizeof(uint64_t)))
            return -1;
        for (uint32_t j = i; j < count && next < group.count; j++)
            if (state->member[j].fd >= 0 && state->member[j].leader == i)
                fill(&counters[j], &state->member[j], &group, group.value[next++]);
    }
    return 0;
}

const struct counter_backend counter_kernel = {
    .name = "kernel",
    .all_threads = true,
    .open = kernel_open,
    .start = kernel_start,
    .read = kernel_read,
    .close = kernel_close,
};
