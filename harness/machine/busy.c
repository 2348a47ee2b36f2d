#include "harness/machine/busy.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/kernel_stat.h"

/* "PID (NAME) STATE ...": a name may hold blanks and parentheses. utime, stime and starttime are fields 14, 15 and
 * 22. */
int busy_parse(const char *text, char name[32], uint64_t *ticks, uint64_t *start)
{
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    uint64_t user, system;
    size_t length;

    if (!open || !close || close < open)
        return -1;
    length = (size_t)(close - open - 1) < 31 ? (size_t)(close - open - 1) : 31;
    memcpy(name, open + 1, length);
    name[length] = '\0';
    if (sscanf(close + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
               " %*d %*d %*d %*d %*d %*d %" SCNu64,
               &user, &system, start) != 3)
        return -1;
    *ticks = user + system;
    return 0;
}

static void add(struct busy_list *list, const char *name, double cpu_s)
{
    struct busy_process *process, made = {.cpu_s = cpu_s};

    for (guint i = 0; i < list->processes->len; i++) {
        process = &g_array_index(list->processes, struct busy_process, i);
        if (strcmp(process->name, name) == 0) {
            process->cpu_s += cpu_s;
            return;
        }
    }
    snprintf(made.name, sizeof made.name, "%s", name);
    g_array_append_val(list->processes, made);
}

/* A process that is not known from the last look did all it did since, unless this is the first look. */
static void look_at(struct busy_list *list, GHashTable *now, const char *pid, bool first)
{
    char path[64], text[1024], name[32];
    uint64_t ticks, start, *kept, *key;
    const uint64_t *before;

    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    if (kernel_read_text(path, text, sizeof text) <= 0 || busy_parse(text, name, &ticks, &start))
        return;
    key = g_new(uint64_t, 1);
    kept = g_new(uint64_t, 1);
    *key = strtoull(pid, NULL, 10) ^ start << 24;
    *kept = ticks;
    before = list->last ? g_hash_table_lookup(list->last, key) : NULL;
    if (!first && ticks > (before ? *before : 0))
        add(list, name, (double)(ticks - (before ? *before : 0)) / (double)sysconf(_SC_CLK_TCK));
    g_hash_table_insert(now, key, kept);
}

void busy_look(struct busy_list *list)
{
    GHashTable *now = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    DIR *folder = opendir("/proc");
    bool first = list->last == NULL;
    char self[24];

    if (!list->processes)
        list->processes = g_array_new(FALSE, TRUE, sizeof(struct busy_process));
    snprintf(self, sizeof self, "%ld", (long)getpid());
    for (const struct dirent *entry; folder && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && strcmp(entry->d_name, self) != 0)
            look_at(list, now, entry->d_name, first);
    if (folder)
        closedir(folder);
    if (list->last)
        g_hash_table_destroy(list->last);
    list->last = now;
}

static int by_time(const void *a, const void *b)
{
    const struct busy_process *x = a, *y = b;

    return (x->cpu_s < y->cpu_s) - (x->cpu_s > y->cpu_s);
}

char *busy_text(const struct busy_list *list, size_t most, char *text, size_t bytes)
{
    size_t used = 0;

    text[0] = '\0';
    if (!list->processes)
        return text;
    g_array_sort(list->processes, by_time);
    for (guint i = 0; i < list->processes->len && i < most; i++) {
        const struct busy_process *process = &g_array_index(list->processes, struct busy_process, i);
        int wrote;
        if (process->cpu_s < 0.1)
            break;
        wrote = snprintf(text + used, bytes - used, "%s%s (%.1f s)", i ? ", " : "", process->name,
                         process->cpu_s);
        if (wrote < 0 || (size_t)wrote >= bytes - used)
            break;
        used += (size_t)wrote;
    }
    text[used] = '\0';
    return text;
}

void busy_release(struct busy_list *list)
{
    if (list->last)
        g_hash_table_destroy(list->last);
    if (list->processes)
        g_array_free(list->processes, TRUE);
    *list = (struct busy_list){NULL, NULL};
}
