/* kernel_stat.h: the kernel's statistics of CPU time, waiting, load and memory.
 *
 * For each fact there is a parser of text, which tests feed with text, and a reader of the kernel's file. A
 * parser returns 0, or -1 when the text lacks the fact. CPU times come in the kernel's clock ticks
 * (usually 10 ms), so a difference of two snapshots is good to about a tick per CPU.
 */
#ifndef KNEE_KERNEL_STAT_H
#define KNEE_KERNEL_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* CPU time of the whole machine since it started, summed over its CPUs. */
struct kernel_cpu {
    uint64_t busy_ns; /* user, nice, system, irq and softirq: work done here (guests are within user) */
    uint64_t idle_ns; /* idle and waiting for I/O */
    uint64_t
        iowait_ns; /* of idle_ns, while some task that had run there waited for a disk: a hint, no more (man 5 proc) */
    uint64_t steal_ns; /* wanted by this virtual machine, given to others by its host */
    bool steal_known;  /* false on kernels that do not report it */
    bool iowait_known;
    uint32_t cpus; /* lines cpu0, cpu1, ... */
};

/* Text of /proc/stat; ticks_per_s from sysconf(_SC_CLK_TCK). */
int kernel_cpu_parse(const char *text, uint64_t ticks_per_s, struct kernel_cpu *cpu);
int kernel_cpu_read(struct kernel_cpu *cpu, struct fault *fault);

/* CPU time used by processes other than ours between two snapshots; our_cpu_ns: user and system time of the
 * whole of our process tree in between. Never below 0 (the ticks are coarse). Its own kind of steal is not in
 * it. */
uint64_t kernel_cpu_other_ns(const struct kernel_cpu *before, const struct kernel_cpu *after,
                             uint64_t our_cpu_ns);

/* Time threads spent on a CPU and ready for one, summed over the threads that live now; those that ended are
 * lost. */
struct kernel_sched {
    uint64_t on_cpu_ns, runqueue_ns;
    uint32_t threads;
};

/* Adds one thread's schedstat text ("on_cpu_ns runqueue_ns slices"). */
int kernel_sched_parse(const char *text, struct kernel_sched *sched);
/* Sums the threads below task_folder, NULL for this process's own. Returns 0, or -1 with fault: the kernel
 * was built without these counts (no file) or does not keep them (all 0). */
int kernel_sched_read(const char *task_folder, struct kernel_sched *sched, struct fault *fault);

/* Adds the time that one thread waited for disks, from the text of its `stat` ("delayacct_blkio_ticks"). */
int kernel_disk_wait_parse(const char *text, uint64_t ticks_per_s, uint64_t *wait_ns);
/* Whether the kernel keeps that time at all: otherwise it always reports 0. Returns 0, or -1 with fault. */
int kernel_disk_wait_kept(struct fault *fault);
/* Sums the threads below task_folder, NULL for this process's own; those that ended are lost. Returns 0, or -1 with
 * fault: /proc is not there. */
int kernel_disk_wait_read(const char *task_folder, uint64_t *wait_ns, struct fault *fault);

struct kernel_load {
    double one_minute, five_minutes, fifteen_minutes;
    uint32_t running, threads;
};

int kernel_load_parse(const char *text, struct kernel_load *load);
int kernel_load_read(struct kernel_load *load, struct fault *fault);

struct kernel_memory {
    uint64_t total_bytes, available_bytes, swap_total_bytes, swap_free_bytes;
};

/* Text of /proc/meminfo. */
int kernel_memory_parse(const char *text, struct kernel_memory *memory);
int kernel_memory_read(struct kernel_memory *memory, struct fault *fault);

/* The processor's name from the text of /proc/cpuinfo (x86: "model name"; other processors: "Model", "cpu",
 * "Processor", or implementer and part). */
int kernel_cpu_model_parse(const char *text, char *model, size_t bytes);
/* Always fills model: "unknown (x86_64)" when the kernel does not report it. */
void kernel_cpu_model_read(char *model, size_t bytes);

/* Governor of the first CPU's frequency ("performance", "powersave") and its driver. Returns the
 * length, or -1 with errno where there is no frequency control (most virtual machines). */
long kernel_governor_read(char *text, size_t bytes);
long kernel_frequency_driver_read(char *text, size_t bytes);

/* Reads a small text file whole, NUL-terminated, last newline cut. Returns its length, or -1 with errno. */
long kernel_read_text(const char *path, char *text, size_t bytes);

#endif
