/* emulate_internal.h: files and folders of control groups, for emulate.c and emulate_tasks.c. */
#ifndef KNEE_EMULATE_INTERNAL_H
#define KNEE_EMULATE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "harness/machine/emulation/emulate.h"

#define EMULATION_GROUP_PREFIX "knee-emulation-"

/* Writes text into the file name in folder. Returns 0, or -1 with errno. */
int emulation_write_file(const char *folder, const char *name, const char *text);

/* At most bytes - 1 of it, with a final 0. Returns 0, or -1 with errno. */
int emulation_read_file(const char *folder, const char *name, char *text, size_t bytes);

/* Sets the CPU bandwidth of a group: quota_us in each EMULATION_PERIOD_US. Returns 0, or -1 with errno. */
int emulation_set_quota(enum emulation_kind kind, const char *group, uint64_t quota_us);

/* The beginning of emulation_open(): quota, kind, and the folder, without a group in it. Returns 0, or -1 with fault
 * and nothing left behind. */
int emulation_begin(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores,
                    struct fault *fault);

#endif
