#include "harness/machine/emulation/emulate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/machine/emulation/emulate_internal.h"

uint64_t emulation_quota_us(uint32_t virtual_cores, uint32_t real_cores)
{
    double share = EMULATION_LOAD * real_cores / (virtual_cores ? virtual_cores : 1);
    uint64_t quota = (uint64_t)((share < 1 ? share : 1) * EMULATION_PERIOD_US + 1e-6);

    /* Whole tenths of a millisecond read well in a report, and lose nothing. */
    quota -= quota % 100;
    return quota >= 1000 ? quota : 0;
}

double emulation_dilation(uint32_t virtual_cores, uint32_t real_cores)
{
    uint64_t quota = emulation_quota_us(virtual_cores, real_cores);

    return quota ? (double)EMULATION_PERIOD_US / (double)quota : 1;
}

/* --- small files ----------------------------------------------------------------------------------------------- */

int emulation_write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
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

int emulation_read_file(const char *folder, const char *name, char *text, size_t bytes)
{
    char path[512];
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

/* The path of this process's own group in the hierarchy whose controllers are `controllers` ("cpu", "" for v2). */
static int own_group(const char *controllers, char *path, size_t bytes)
{
    char line[512];
    FILE *file = fopen("/proc/self/cgroup", "re");
    int found = -1;

    while (file && found && fgets(line, sizeof line, file)) {
        char *names = strchr(line, ':'), *group = names ? strchr(names + 1, ':') : NULL, *name, *rest;
        if (!group)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        for (rest = names + 1; (name = strsep(&rest, ",")) != NULL;)
            if (strcmp(name, controllers) == 0) {
                snprintf(path, bytes, "%s", strcmp(group, "/") == 0 ? "" : group);
                found = 0;
                break;
            }
    }
    if (file)
        fclose(file);
    return found;
}

/* --- what is there --------------------------------------------------------------------------------------------- */

/* Tries to make and remove a group: the only honest test of permission. */
static int can_make_groups(const char *folder)
{
    char path[512];

    snprintf(path, sizeof path, "%s/" EMULATION_GROUP_PREFIX "%d-probe", folder, (int)getpid());
    if (mkdir(path, 0755))
        return -1;
    rmdir(path);
    return 0;
}

/* The hierarchy with a cpu controller, and the folder of this process's own group in it. */
static enum emulation_kind find_folder(char *folder, size_t bytes)
{
    static const char *const v1_mounts[] = {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"};
    static const char *const v2_mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    char group[256], text[512];

    for (size_t i = 0; i < 2 && own_group("cpu", group, sizeof group) == 0; i++) {
        snprintf(folder, bytes, "%s%s", v1_mounts[i], group);
        if (emulation_read_file(folder, "cpu.cfs_period_us", text, sizeof text) == 0)
            return EMULATION_V1;
    }
    for (size_t i = 0; i < 2 && own_group("", group, sizeof group) == 0; i++) {
        snprintf(folder, bytes, "%s%s", v2_mounts[i], group);
        if (emulation_read_file(folder, "cgroup.controllers", text, sizeof text) == 0 && strstr(text, "cpu"))
            return EMULATION_V2;
    }
    *folder = '\0';
    return EMULATION_NONE;
}

enum emulation_kind emulation_probe(char *folder, unsigned long bytes, struct fault *fault)
{
    enum emulation_kind kind = find_folder(folder, bytes);

    if (kind == EMULATION_NONE) {
        fault_set(
            fault,
            "emulated cores need the kernel's cgroup cpu controller (v1 or v2), which is not mounted here");
        return EMULATION_NONE;
    }
    if (can_make_groups(folder) == 0)
        return kind;
    fault_set(fault, "emulated cores need write access to %s (%s): run as root%s", folder, strerror(errno),
              kind == EMULATION_V2 ? ", or under 'systemd-run --user --scope -p Delegate=yes'" : "");
    return EMULATION_NONE;
}

/* --- groups ---------------------------------------------------------------------------------------------------- */

static void group_path(const struct emulation *emulation, uint32_t slot, char *path, size_t bytes)
{
    if (slot == EMULATION_SERIAL)
        snprintf(path, bytes, "%s/serial", emulation->base);
    else if (slot == EMULATION_FREE)
        snprintf(path, bytes, "%s/free", emulation->base);
    else
        snprintf(path, bytes, "%s/worker-%" PRIu32, emulation->base, slot);
}

int emulation_set_quota(enum emulation_kind kind, const char *group, uint64_t quota_us)
{
    char text[64];

    if (kind == EMULATION_V2) {
        snprintf(text, sizeof text, "%" PRIu64 " %d", quota_us, EMULATION_PERIOD_US);
        return emulation_write_file(group, "cpu.max", text);
    }
    snprintf(text, sizeof text, "%d", EMULATION_PERIOD_US);
    if (emulation_write_file(group, "cpu.cfs_period_us", text))
        return -1;
    snprintf(text, sizeof text, "%" PRIu64, quota_us);
    return emulation_write_file(group, "cpu.cfs_quota_us", text);
}

static int make_group(const struct emulation *emulation, uint32_t slot, struct fault *fault)
{
    char path[400];

    group_path(emulation, slot, path, sizeof path);
    if (mkdir(path, 0755))
        return fault_set(fault, "emulated cores: making %s: %s", path, strerror(errno));
    if (slot == EMULATION_FREE)
        return 0;
    if (emulation_set_quota(emulation->kind, path, emulation->quota_us))
        return fault_set(fault, "emulated cores: setting the quota of %s: %s", path, strerror(errno));
    return 0;
}

int emulation_begin(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores,
                    struct fault *fault)
{
    char folder[200];

    *emulation = (struct emulation){.quota_us = emulation_quota_us(virtual_cores, real_cores)};
    if (!emulation->quota_us)
        return fault_set(fault, "emulating %u cores on %u leaves each less than 1 ms in %d: ask for fewer",
                         virtual_cores, real_cores, EMULATION_PERIOD_US / 1000);
    emulation->share = (double)emulation->quota_us / EMULATION_PERIOD_US;
    emulation->dilation = 1 / emulation->share;
    emulation_remove_stale();
    emulation->kind = emulation_probe(folder, sizeof folder, fault);
    if (emulation->kind == EMULATION_NONE)
        return -1;
    snprintf(emulation->base, sizeof emulation->base, "%s/" EMULATION_GROUP_PREFIX "%d", folder,
             (int)getpid());
    if (mkdir(emulation->base, 0755)) {
        fault_set(fault, "emulated cores: making %s: %s", emulation->base, strerror(errno));
        emulation->base[0] = '\0'; /* what is there is not ours */
        return -1;
    }
    return 0;
}

int emulation_open(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores, uint32_t slots,
                   struct fault *fault)
{
    bool failed;

    if (emulation_begin(emulation, virtual_cores, real_cores, fault))
        return -1;
    emulation->slots = slots;
    if (emulation->kind == EMULATION_V2 &&
        emulation_write_file(emulation->base, "cgroup.subtree_control", "+cpu")) {
        fault_set(fault, "emulated cores: enabling the cpu controller below %s: %s", emulation->base,
                  strerror(errno));
        emulation_close(emulation);
        return -1;
    }
    failed = make_group(emulation, EMULATION_SERIAL, fault) || make_group(emulation, EMULATION_FREE, fault);
    for (uint32_t i = 0; i < slots && !failed; i++)
        failed = make_group(emulation, i, fault) != 0;
    if (failed)
        emulation_close(emulation);
    return failed ? -1 : 0;
}

int emulation_join(const struct emulation *emulation, uint32_t slot, struct fault *fault)
{
    char path[400];

    group_path(emulation, slot, path, sizeof path);
    if (emulation_write_file(path, "cgroup.procs", "0")) /* 0: the writing process */
        return fault_set(fault, "emulated cores: entering %s: %s", path, strerror(errno));
    return 0;
}

/* --- removal --------------------------------------------------------------------------------------------------- */

/* Removes path and the groups below it; refuge gets the processes in them. */
static void remove_below(const char *path, const char *refuge)
{
    char pids[8192], *rest = pids, *pid, below[700];
    struct dirent *entry;
    DIR *folder = opendir(path);

    while (folder && (entry = readdir(folder)) != NULL) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        remove_below(below, refuge);
    }
    if (folder)
        closedir(folder);
    if (emulation_read_file(path, "cgroup.procs", pids, sizeof pids) == 0)
        while ((pid = strsep(&rest, "\n")) != NULL)
            if (*pid)
                emulation_write_file(refuge, "cgroup.procs", pid);
    rmdir(path);
}

static void remove_tree(const char *base)
{
    char refuge[400];

    snprintf(refuge, sizeof refuge, "%s", base);
    *strrchr(refuge, '/') = '\0';
    remove_below(base, refuge);
}

void emulation_close(struct emulation *emulation)
{
    if (!emulation->base[0])
        return;
    remove_tree(emulation->base);
    emulation->base[0] = '\0';
    emulation->kind = EMULATION_NONE;
}

void emulation_remove_stale(void)
{
    char folder[200], path[500];
    struct dirent *entry;
    DIR *list;

    if (find_folder(folder, sizeof folder) == EMULATION_NONE || !(list = opendir(folder)))
        return;
    while ((entry = readdir(list)) != NULL) {
        size_t prefix = strlen(EMULATION_GROUP_PREFIX);
        long pid;
        if (strncmp(entry->d_name, EMULATION_GROUP_PREFIX, prefix) != 0)
            continue;
        pid = strtol(entry->d_name + prefix, NULL, 10);
        if (pid <= 1 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        remove_tree(path);
    }
    closedir(list);
}
