#include "harness/machine/emulation/emulate_groups.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/machine/cpu_limit.h"

#define PREFIX "knee-emulation-"

enum { PATH_BYTES = 1024, LIST_BYTES = 8192 };

/* --- small files ----------------------------------------------------------------------------------------------- */

static int write_file(const char *folder, const char *name, const char *text)
{
    char path[PATH_BYTES];
    int fd, saved;
    ssize_t done;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    done = write(fd, text, strlen(text));
    saved = errno;
    close(fd);
    errno = saved;
    return done < 0 ? -1 : 0;
}

static int read_file(const char *folder, const char *name, char *text, size_t bytes)
{
    char path[PATH_BYTES];
    int fd;
    ssize_t got;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    got = read(fd, text, bytes - 1);
    close(fd);
    if (got < 0)
        return -1;
    text[got] = '\0';
    return 0;
}

static void group_path(const struct emulate_groups *groups, const char *name, char *path)
{
    snprintf(path, PATH_BYTES, "%s%s%s", groups->base, *name ? "/" : "", name);
}

/* The file that lists the threads of a group, and takes those that are to be moved into it. In version 2 the list of
 * processes of a threaded group cannot be read. */
static const char *threads_file(int version)
{
    return version == 2 ? "cgroup.threads" : "tasks";
}

/* --- what is there --------------------------------------------------------------------------------------------- */

/* Tries to make and remove a group: the only honest test of permission. */
static int can_make_groups(const char *folder)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/" PREFIX "%d-probe", folder, (int)getpid());
    if (mkdir(path, 0755))
        return -1;
    rmdir(path);
    return 0;
}

int emulate_groups_probe(struct emulate_groups *groups, struct fault *fault)
{
    struct cpu_limit limit;

    *groups = (struct emulate_groups){0};
    cpu_limit_read("", &limit);
    if (!limit.cpu_version)
        return fault_set(
            fault,
            "emulated cores need the kernel's cgroup cpu controller (v1 or v2), which is not mounted here");
    if (!limit.cpu_writable)
        return fault_set(fault, "emulated cores need control groups below %s, which is %s", limit.cpu_folder,
                         limit.cpu_reason);
    groups->version = limit.cpu_version;
    snprintf(groups->folder, sizeof groups->folder, "%s", limit.cpu_folder);
    if (can_make_groups(groups->folder))
        return fault_set(fault, "emulated cores: making a control group in %s: %s", groups->folder,
                         strerror(errno));
    return 0;
}

/* --- making ---------------------------------------------------------------------------------------------------- */

static int hand_down(const char *group)
{
    return write_file(group, "cgroup.subtree_control", "+cpu");
}

/* Version 2: true when the group hands down the cpu controller. */
static bool hands_down(const char *group)
{
    char text[512], *rest = text, *word;

    if (read_file(group, "cgroup.subtree_control", text, sizeof text))
        return false;
    while ((word = strsep(&rest, " \n")) != NULL)
        if (strcmp(word, "cpu") == 0)
            return true;
    return false;
}

/* Version 2: from the group of this process to the groups in the base. Another knee that ends may take it back from the
 * first while ours has none yet: then again. Returns 0, or -1 with errno. */
static int enable(struct emulate_groups *groups)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    for (int tries = 0; tries < 100; tries++) {
        groups->enabled |= !hands_down(groups->folder);
        if (hand_down(groups->folder))
            return -1;
        if (hand_down(groups->base) == 0)
            return 0;
        if (errno != ENOENT)
            return -1;
        nanosleep(&pause, NULL);
    }
    return -1;
}

int emulate_groups_open(struct emulate_groups *groups, struct fault *fault)
{
    emulate_groups_remove_stale();
    if (emulate_groups_probe(groups, fault))
        return -1;
    snprintf(groups->base, sizeof groups->base, "%s/" PREFIX "%d", groups->folder, (int)getpid());
    if (mkdir(groups->base, 0755)) {
        fault_set(fault, "emulated cores: making %s: %s", groups->base, strerror(errno));
        groups->base[0] = '\0'; /* what is there is not ours */
        return -1;
    }
    if (groups->version == 1 ||
        (write_file(groups->base, "cgroup.type", "threaded") == 0 && enable(groups) == 0))
        return 0;
    fault_set(fault,
              "emulated cores: dividing the CPU time of %s by threads: %s: run in a group without others: %s",
              groups->folder, strerror(errno), CPU_LIMIT_OWN_GROUP);
    emulate_groups_close(groups);
    return -1;
}

static int set_quota(int version, const char *path, uint64_t quota_us)
{
    char text[64];

    if (version == 2) {
        snprintf(text, sizeof text, "%" PRIu64 " %d", quota_us, EMULATION_PERIOD_US);
        return write_file(path, "cpu.max", text);
    }
    snprintf(text, sizeof text, "%d", EMULATION_PERIOD_US);
    if (write_file(path, "cpu.cfs_period_us", text))
        return -1;
    snprintf(text, sizeof text, "%" PRIu64, quota_us);
    return write_file(path, "cpu.cfs_quota_us", text);
}

int emulate_groups_make(const struct emulate_groups *groups, const char *name, uint64_t quota_us,
                        bool divided)
{
    char path[PATH_BYTES];

    group_path(groups, name, path);
    if (mkdir(path, 0755) || (groups->version == 2 && write_file(path, "cgroup.type", "threaded")) ||
        (quota_us && set_quota(groups->version, path, quota_us)))
        return -1;
    return groups->version == 2 && divided ? hand_down(path) : 0;
}

/* --- moving ---------------------------------------------------------------------------------------------------- */

int emulate_groups_entry(const struct emulate_groups *groups, const char *name)
{
    char path[PATH_BYTES], file[PATH_BYTES + 16];

    group_path(groups, name, path);
    snprintf(file, sizeof file, "%s/cgroup.procs", path);
    return open(file, O_WRONLY | O_CLOEXEC);
}

int emulate_groups_join(const struct emulate_groups *groups, const char *name)
{
    char path[PATH_BYTES];

    group_path(groups, name, path);
    return write_file(path, "cgroup.procs", "0"); /* 0: the writing process */
}

int emulate_groups_threads(const struct emulate_groups *groups, const char *name, char *text, size_t bytes)
{
    char path[PATH_BYTES];

    group_path(groups, name, path);
    return read_file(path, threads_file(groups->version), text, bytes);
}

int emulate_groups_move_thread(const struct emulate_groups *groups, const char *name, long thread)
{
    char path[PATH_BYTES], text[24];

    group_path(groups, name, path);
    snprintf(text, sizeof text, "%ld", thread);
    return write_file(path, threads_file(groups->version), text);
}

/* --- removal --------------------------------------------------------------------------------------------------- */

/* Removes path and the groups below it; refuge gets the processes in them: the process of any thread is moved as a
 * whole. */
static void remove_below(int version, const char *path, const char *refuge)
{
    char threads[LIST_BYTES], *rest = threads, *thread, below[PATH_BYTES];
    struct dirent *entry;
    DIR *folder = opendir(path);

    while (folder && (entry = readdir(folder)) != NULL) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        remove_below(version, below, refuge);
    }
    if (folder)
        closedir(folder);
    if (read_file(path, threads_file(version), threads, sizeof threads) == 0)
        while ((thread = strsep(&rest, "\n")) != NULL)
            if (*thread)
                write_file(refuge, "cgroup.procs", thread);
    rmdir(path);
}

void emulate_groups_remove(const struct emulate_groups *groups, const char *name)
{
    char path[PATH_BYTES];

    group_path(groups, name, path);
    remove_below(groups->version, path, groups->folder);
}

void emulate_groups_close(struct emulate_groups *groups)
{
    if (groups->base[0])
        remove_below(groups->version, groups->base, groups->folder);
    if (groups->enabled) /* refused while another knee has groups there: then it stays */
        write_file(groups->folder, "cgroup.subtree_control", "-cpu");
    *groups = (struct emulate_groups){0};
}

void emulate_groups_remove_stale(void)
{
    const size_t prefix = strlen(PREFIX);
    struct cpu_limit limit;
    struct dirent *entry;
    char path[PATH_BYTES];
    DIR *list;

    cpu_limit_read("", &limit);
    if (!limit.cpu_version || !(list = opendir(limit.cpu_folder)))
        return;
    while ((entry = readdir(list)) != NULL) {
        long pid;
        if (strncmp(entry->d_name, PREFIX, prefix) != 0)
            continue;
        pid = strtol(entry->d_name + prefix, NULL, 10);
        if (pid <= 1 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
            continue;
        snprintf(path, sizeof path, "%s/%s", limit.cpu_folder, entry->d_name);
        remove_below(limit.cpu_version, path, limit.cpu_folder);
    }
    closedir(list);
}
