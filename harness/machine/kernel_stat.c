#include "harness/machine/kernel_stat.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { STAT_BYTES = 1 << 20, SMALL_BYTES = 1 << 16 };

long kernel_read_text(const char *path, char *text, size_t bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t used = 0;
    ssize_t got;

    if (fd < 0)
        return -1;
    while (used < bytes - 1 && (got = read(fd, text + used, bytes - 1 - used)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int why = errno;
            close(fd);
            errno = why;
            return -1;
        }
        used += (size_t)got;
    }
    close(fd);
    if (used && text[used - 1] == '\n')
        used--;
    text[used] = '\0';
    return (long)used;
}

/* Reads a whole file into fresh memory; NULL with fault. Caller frees. */
static char *read_whole(const char *path, size_t bytes, struct fault *fault)
{
    char *text = malloc(bytes);

    if (text && kernel_read_text(path, text, bytes) >= 0)
        return text;
    fault_set(fault, "%s: cannot be read (%s): mount /proc here", path, strerror(errno));
    free(text);
    return NULL;
}

/* --- CPU time of the machine ------------------------------------------------------------------ */

static uint32_t count_cpu_lines(const char *text)
{
    uint32_t count = 0;

    for (const char *at = text; (at = strstr(at, "\ncpu")) != NULL; at += 4)
        count += isdigit((unsigned char)at[4]) != 0;
    return count;
}

int kernel_cpu_parse(const char *text, uint64_t ticks_per_s, struct kernel_cpu *cpu)
{
    uint64_t user, nice, system, idle, wait = 0, irq = 0, soft = 0, steal = 0;
    uint64_t tick_ns = ticks_per_s ? 1000000000u / ticks_per_s : 0;
    int fields = sscanf(text,
                        "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                        " %" SCNu64,
                        &user, &nice, &system, &idle, &wait, &irq, &soft, &steal);

    if (fields < 4 || !tick_ns)
        return -1;
    cpu->busy_ns = (user + nice + system + irq + soft) * tick_ns;
    cpu->idle_ns = (idle + wait) * tick_ns;
    cpu->iowait_ns = wait * tick_ns;
    cpu->iowait_known = fields >= 5;
    cpu->steal_ns = steal * tick_ns;
    cpu->steal_known = fields >= 8;
    cpu->cpus = count_cpu_lines(text);
    return 0;
}

int kernel_cpu_read(struct kernel_cpu *cpu, struct fault *fault)
{
    char *text = read_whole("/proc/stat", STAT_BYTES, fault);
    int result;

    if (!text)
        return -1;
    result = kernel_cpu_parse(text, (uint64_t)sysconf(_SC_CLK_TCK), cpu);
    free(text);
    return result
               ? fault_set(fault, "/proc/stat: has no line 'cpu' that can be read: steal and the CPU time of "
                                  "others stay unknown here")
               : 0;
}

uint64_t kernel_cpu_other_ns(const struct kernel_cpu *before, const struct kernel_cpu *after,
                             uint64_t our_cpu_ns)
{
    uint64_t busy_ns = after->busy_ns > before->busy_ns ? after->busy_ns - before->busy_ns : 0;

    return busy_ns > our_cpu_ns ? busy_ns - our_cpu_ns : 0;
}

/* --- run queue -------------------------------------------------------------------------------- */

int kernel_sched_parse(const char *text, struct kernel_sched *sched)
{
    uint64_t on_cpu_ns, runqueue_ns;

    if (sscanf(text, "%" SCNu64 " %" SCNu64, &on_cpu_ns, &runqueue_ns) != 2)
        return -1;
    sched->on_cpu_ns += on_cpu_ns;
    sched->runqueue_ns += runqueue_ns;
    sched->threads++;
    return 0;
}

int kernel_sched_read(const char *task_folder, struct kernel_sched *sched, struct fault *fault)
{
    const char *folder = task_folder ? task_folder : "/proc/self/task";
    DIR *tasks = opendir(folder);

    *sched = (struct kernel_sched){0};
    if (!tasks)
        return fault_set(fault, "%s: cannot be listed (%s): mount /proc here", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        char path[512], text[128];
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof path, "%s/%s/schedstat", folder, entry->d_name);
        if (kernel_read_text(path, text, sizeof text) > 0)
            kernel_sched_parse(text, sched); /* a thread that ended just now is skipped */
    }
    closedir(tasks);
    if (!sched->threads)
        return fault_set(fault, "no schedstat: needs a kernel with CONFIG_SCHED_INFO");
    if (!sched->on_cpu_ns && !sched->runqueue_ns)
        return fault_set(fault, "schedstat is all 0: boot with schedstats or delayacct on");
    return 0;
}

/* --- waiting for disks ------------------------------------------------------------------------ */

int kernel_disk_wait_parse(const char *text, uint64_t ticks_per_s, uint64_t *wait_ns)
{
    const char *at = strrchr(text, ')'); /* a name may hold blanks and brackets */
    uint64_t ticks;

    for (int field = 2; at && field < 42; field++) /* `at` is at the end of this field */
        at = strchr(at + 1, ' ');
    if (!at || !ticks_per_s || sscanf(at, " %" SCNu64, &ticks) != 1)
        return -1;
    *wait_ns += ticks * (1000000000u / ticks_per_s);
    return 0;
}

int kernel_disk_wait_kept(struct fault *fault)
{
    char text[16];

    if (kernel_read_text("/proc/sys/kernel/task_delayacct", text, sizeof text) <= 0)
        return fault_set(fault,
                         "the kernel does not report whether it keeps delay accounts (Linux 5.14 does)");
    return text[0] == '1' ? 0 : fault_set(fault, "delay accounting is off: sysctl kernel.task_delayacct=1");
}

int kernel_disk_wait_read(const char *task_folder, uint64_t *wait_ns, struct fault *fault)
{
    const char *folder = task_folder ? task_folder : "/proc/self/task";
    DIR *tasks = opendir(folder);
    uint64_t ticks_per_s = (uint64_t)sysconf(_SC_CLK_TCK);
    bool found = false;

    *wait_ns = 0;
    if (!tasks)
        return fault_set(fault, "%s: cannot be listed (%s): mount /proc here", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        char path[512], text[1024];
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof path, "%s/%s/stat", folder, entry->d_name);
        if (kernel_read_text(path, text, sizeof text) > 0)
            found |= kernel_disk_wait_parse(text, ticks_per_s, wait_ns) == 0;
    }
    closedir(tasks);
    if (!found)
        return fault_set(fault, "%s: no thread reports its time of waiting for disks", folder);
    return 0;
}

/* --- load, memory, processor ------------------------------------------------------------------ */

int kernel_load_parse(const char *text, struct kernel_load *load)
{
    return sscanf(text, "%lf %lf %lf %" SCNu32 "/%" SCNu32, &load->one_minute, &load->five_minutes,
                  &load->fifteen_minutes, &load->running, &load->threads) == 5
               ? 0
               : -1;
}

int kernel_load_read(struct kernel_load *load, struct fault *fault)
{
    char text[128];

    if (kernel_read_text("/proc/loadavg", text, sizeof text) > 0 && kernel_load_parse(text, load) == 0)
        return 0;
    return fault_set(fault, "/proc/loadavg: cannot be read: mount /proc here");
}

/* The number after "\nKey:" in a text of "Key:   value kB" lines; -1 without it. */
static int find_kib(const char *text, const char *key, uint64_t *bytes)
{
    size_t length = strlen(key);

    for (const char *at = text; at; at = strchr(at, '\n')) {
        uint64_t kib;
        at += *at == '\n';
        if (strncmp(at, key, length) == 0 && at[length] == ':' &&
            sscanf(at + length + 1, "%" SCNu64, &kib) == 1) {
            *bytes = kib * 1024;
            return 0;
        }
    }
    return -1;
}

int kernel_memory_parse(const char *text, struct kernel_memory *memory)
{
    *memory = (struct kernel_memory){0};
    if (find_kib(text, "MemTotal", &memory->total_bytes) ||
        find_kib(text, "MemAvailable", &memory->available_bytes))
        return -1;
    if (find_kib(text, "SwapTotal", &memory->swap_total_bytes) == 0)
        find_kib(text, "SwapFree", &memory->swap_free_bytes);
    return 0;
}

int kernel_memory_read(struct kernel_memory *memory, struct fault *fault)
{
    char text[8192];

    if (kernel_read_text("/proc/meminfo", text, sizeof text) > 0 && kernel_memory_parse(text, memory) == 0)
        return 0;
    return fault_set(fault, "/proc/meminfo: cannot be read: mount /proc here");
}

/* The value of the first line "key<blanks>: value". */
static int find_value(const char *text, const char *key, char *value, size_t bytes)
{
    size_t length = strlen(key);

    for (const char *at = text; at; at = strchr(at, '\n')) {
        const char *colon;
        at += *at == '\n';
        if (strncmp(at, key, length) != 0)
            continue;
        colon = at + length + strspn(at + length, " \t");
        if (*colon != ':')
            continue;
        colon += 1 + strspn(colon + 1, " \t");
        snprintf(value, bytes, "%.*s", (int)strcspn(colon, "\n"), colon);
        if (*value)
            return 0;
    }
    return -1;
}

int kernel_cpu_model_parse(const char *text, char *model, size_t bytes)
{
    static const char *const keys[] = {"model name", "Model", "cpu model", "cpu", "Processor", "Hardware"};
    char implementer[32], part[32];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (find_value(text, keys[i], model, bytes) == 0)
            return 0;
    if (find_value(text, "CPU implementer", implementer, sizeof implementer) ||
        find_value(text, "CPU part", part, sizeof part))
        return -1;
    snprintf(model, bytes, "implementer %s part %s", implementer, part);
    return 0;
}

void kernel_cpu_model_read(char *model, size_t bytes)
{
    struct utsname name;
    char *text = read_whole("/proc/cpuinfo", SMALL_BYTES, NULL);

    if (!text || kernel_cpu_model_parse(text, model, bytes))
        snprintf(model, bytes, "unknown (%s)", uname(&name) == 0 ? name.machine : "processor");
    free(text);
}

long kernel_governor_read(char *text, size_t bytes)
{
    return kernel_read_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text, bytes);
}

long kernel_frequency_driver_read(char *text, size_t bytes)
{
    return kernel_read_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver", text, bytes);
}
