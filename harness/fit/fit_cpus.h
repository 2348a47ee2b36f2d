/* fit_cpus.h: the CPUs of a study that differ in speed (analysis/speedup/cpu_speed.h), in words.
 *
 * From the CPU time of the items of trials that count, with several workers, each on a CPU of its own all the time. Of
 * batches with more than 100,000 times a part of the items is taken, the same in every trial.
 */
#ifndef KNEE_FIT_CPUS_H
#define KNEE_FIT_CPUS_H

#include "harness/study/study_data.h"

/* "CPU 0 takes 1.31 times (1.28 to 1.35) as long as CPU 1 for the same items: ...", and what an efficiency without loss
 * would be where one worker ran on a known CPU. Empty where CPUs are alike (the lower bound is at most 1.05), or not
 * known. Returns text. */
char *fit_cpus_words(const struct study_data *study, char *text, size_t bytes);

#endif
