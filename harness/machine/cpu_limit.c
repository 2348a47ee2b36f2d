#include "harness/machine/cpu_limit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/kernel_stat.h"

enum { PATH_BYTES = 1024, MOUNTS_BYTES = 1 << 18 };

/* Version 1 reports "no limit" for memory as the largest multiple of a page. */
static const uint64_t no_memory_limit = UINT64_C(1) << 60;

/* Where a controller's tree is mounted, and this process's group in it. */
struct tree {
    int version; /* 0: not mounted */
    char mount[PATH_BYTES / 2];
    char folder[PATH_BYTES]; /* begins with mount */
};

/* True when word is one of the comma-separated words of list. */
static bool has_word(const char *list, const char *word, const char *separators)
{
    size_t length = strlen(word);

    while (*list) {
        size_t part = strcspn(list, separators);
        if (part == length && strncmp(list, word, length) == 0)
            return true;
        list += part;
        list += strspn(list, separators);
    }
    return false;
}

/* The path of this process in the tree of a controller (version 1) or of version 2 (controller ""). */
static void own_path(const char *cgroup_text, const char *controller, char *path, size_t bytes)
{
    char *copy = strdup(cgroup_text), *save = NULL;

    snprintf(path, bytes, "/");
    for (char *line = copy ? strtok_r(copy, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
        char *controllers = strchr(line, ':');
        char *own = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!own)
            continue;
        *own++ = '\0';
        controllers++;
        if (*controller ? has_word(controllers, controller, ",") : *controllers == '\0')
            snprintf(path, bytes, "%s", own);
    }
    free(copy);
}

/* A container sees its own part of the tree mounted: the mount's root is cut from the path, and a path that
 * lies outside means the mount point itself. */
static void join(const char *root, const char *mount, const char *mount_root, const char *path,
                 struct tree *tree)
{
    size_t cut = strcmp(mount_root, "/") == 0 ? 0 : strlen(mount_root);

    snprintf(tree->mount, sizeof tree->mount, "%s%s", root, mount);
    if (strncmp(path, mount_root, cut) != 0 || strstr(path, "/.."))
        path = "";
    else
        path += cut;
    snprintf(tree->folder, sizeof tree->folder, "%s%s", tree->mount, strcmp(path, "/") == 0 ? "" : path);
}

/* Version 1 keeps controller's name among the mount's options. In version 2 the root lists its controllers.
 */
static bool mount_has(const char *root, const char *type, const char *options, const char *mount,
                      const char *controller)
{
    char path[PATH_BYTES], text[512];

    if (strcmp(type, "cgroup") == 0)
        return has_word(options, controller, ",");
    if (strcmp(type, "cgroup2") != 0)
        return false;
    snprintf(path, sizeof path, "%s%s/cgroup.controllers", root, mount);
    return kernel_read_text(path, text, sizeof text) >= 0 && has_word(text, controller, " ");
}

static void find_tree(const char *root, const char *mounts, const char *groups, const char *controller,
                      struct tree *tree)
{
    char *copy = strdup(mounts), *save = NULL;

    *tree = (struct tree){0};
    for (char *line = copy ? strtok_r(copy, "\n", &save) : NULL; line && tree->version == 0;
         line = strtok_r(NULL, "\n", &save)) {
        char mount_root[256], mount[256], type[32], options[256], path[512];
        const char *tail = strstr(line, " - ");
        if (!tail || sscanf(line, "%*d %*d %*s %255s %255s", mount_root, mount) != 2 ||
            sscanf(tail + 3, "%31s %*s %255s", type, options) != 2 ||
            !mount_has(root, type, options, mount, controller))
            continue;
        tree->version = strcmp(type, "cgroup") == 0 ? 1 : 2;
        own_path(groups, tree->version == 1 ? controller : "", path, sizeof path);
        join(root, mount, mount_root, path, tree);
    }
    free(copy);
}

/* --- limits ----------------------------------------------------------------------------------- */

double cpu_limit_parse_max(const char *text)
{
    double quota_us, period_us = 100000;

    if (strncmp(text, "max", 3) == 0)
        return 0;
    if (sscanf(text, "%lf %lf", &quota_us, &period_us) < 1 || quota_us <= 0 || period_us <= 0)
        return -1;
    return quota_us / period_us;
}

static bool read_number(const char *folder, const char *name, double *value)
{
    char path[PATH_BYTES + 64], text[64];
    char *end;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (kernel_read_text(path, text, sizeof text) <= 0)
        return false;
    *value = strtod(text, &end);
    return end != text;
}

static double quota_of(const struct tree *tree, const char *folder)
{
    char path[PATH_BYTES + 64], text[64];
    double quota_us, period_us, quota;

    if (tree->version == 1) {
        if (!read_number(folder, "cpu.cfs_quota_us", &quota_us) ||
            !read_number(folder, "cpu.cfs_period_us", &period_us) || quota_us <= 0 || period_us <= 0)
            return 0;
        return quota_us / period_us;
    }
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (kernel_read_text(path, text, sizeof text) <= 0)
        return 0;
    quota = cpu_limit_parse_max(text);
    return quota > 0 ? quota : 0;
}

static double memory_of(const struct tree *tree, const char *folder)
{
    double bytes;

    if (!read_number(folder, tree->version == 1 ? "memory.limit_in_bytes" : "memory.max", &bytes) ||
        bytes >= (double)no_memory_limit)
        return 0; /* "max" is no number */
    return bytes;
}

/* The smallest limit from this process's group up to the mount point, and the group that sets it; 0 for none. */
static double smallest(const struct tree *tree, double (*limit_of)(const struct tree *, const char *),
                       char *where, size_t bytes)
{
    char folder[PATH_BYTES];
    double least = 0;

    if (tree->version == 0)
        return 0;
    snprintf(folder, sizeof folder, "%s", tree->folder);
    for (;;) {
        double here = limit_of(tree, folder);
        char *slash = strrchr(folder, '/');
        if (here > 0 && (least <= 0 || here < least)) {
            least = here;
            snprintf(where, bytes, "%.*s", (int)bytes - 1, folder);
        }
        if (!slash || strlen(folder) <= strlen(tree->mount))
            return least;
        *slash = '\0';
    }
}

static void judge_control(const struct tree *tree, struct cpu_limit *limit)
{
    char path[PATH_BYTES + 64], text[512];

    if (tree->version == 0) {
        snprintf(limit->cpu_reason, sizeof limit->cpu_reason,
                 "no cpu controller is mounted: mount cgroup2 at /sys/fs/cgroup");
        return;
    }
    snprintf(limit->cpu_folder, sizeof limit->cpu_folder, "%.*s", (int)sizeof limit->cpu_folder - 1,
             tree->folder);
    if (access(tree->folder, W_OK)) {
        snprintf(limit->cpu_reason, sizeof limit->cpu_reason, "%s",
                 tree->version == 1 ? "not writable: run as root, or have this group given to you"
                                    : "not writable: use " CPU_LIMIT_OWN_GROUP);
        return;
    }
    snprintf(path, sizeof path, "%s/cgroup.controllers", tree->folder);
    if (tree->version == 2 &&
        (kernel_read_text(path, text, sizeof text) < 0 || !has_word(text, "cpu", " "))) {
        snprintf(limit->cpu_reason, sizeof limit->cpu_reason,
                 "without the cpu controller: use " CPU_LIMIT_OWN_GROUP);
        return;
    }
    limit->cpu_writable = true;
}

void cpu_limit_read(const char *root, struct cpu_limit *limit)
{
    char path[PATH_BYTES], groups[8192];
    char *mounts = malloc(MOUNTS_BYTES);
    struct tree cpu = {0}, memory = {0};
    char memory_folder[PATH_BYTES];

    *limit = (struct cpu_limit){0};
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    if (kernel_read_text(path, groups, sizeof groups) < 0)
        groups[0] = '\0';
    snprintf(path, sizeof path, "%s/proc/self/mountinfo", root);
    if (mounts && kernel_read_text(path, mounts, MOUNTS_BYTES) >= 0) {
        find_tree(root, mounts, groups, "cpu", &cpu);
        find_tree(root, mounts, groups, "memory", &memory);
    }
    free(mounts);
    limit->cpu_version = cpu.version;
    limit->quota_cpus = smallest(&cpu, quota_of, limit->quota_folder, sizeof limit->quota_folder);
    limit->memory_bytes = (uint64_t)smallest(&memory, memory_of, memory_folder, sizeof memory_folder);
    judge_control(&cpu, limit);
}

uint32_t cpu_limit_workers(const struct cpu_limit *limit, uint32_t allowed)
{
    double quota = limit->quota_cpus > 0 ? ceil(limit->quota_cpus - 1e-6) : allowed;

    if (quota < 1 || !allowed)
        return 1;
    return quota < allowed ? (uint32_t)quota : allowed;
}
