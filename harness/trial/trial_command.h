/* trial_command.h: the runner of a study of any command: one fresh process for each trial, in the cores of
 * its cell, timed from fork to exit.
 *
 * Around it, outside the time: `prepare` before, `check` after (its exit code says whether the output is
 * right), `cleanup` last, each a command for /bin/sh. {out} is removed before and after. When the command
 * writes spans (spans.h) they become the trial's item table (spans_table.h); without them the outcome has
 * none, and the time alone counts.
 *
 * The command gets our environment with KNEE_SPANS, KNEE_WORKERS and KNEE_PADDING (a text whose length
 * differs from trial to trial, because where a stack begins changes what a program takes), its standard input
 * and output are /dev/null, and its last line on stderr is kept. The sweep takes in orphans: what the command
 * leaves running is ended, and its CPU time counted.
 */
#ifndef KNEE_TRIAL_COMMAND_H
#define KNEE_TRIAL_COMMAND_H

#include "harness/trial/command_line.h"
#include "harness/trial/spans_table.h"
#include "harness/trial/trial.h"
#include "harness/trial/trial_process.h"

struct command_study {
    char **words;                          /* the command with its places; not owned */
    const char *prepare, *check, *cleanup; /* with places; NULL none */
    uint64_t units;                        /* work of a trial with one worker, for throughput; 0 not told */
    bool weak;                             /* units grow with the workers */
    bool used[COMMAND_PLACES];
};

/* Fills used. Returns 0, or -1 with fault: an unknown place, {units} without units, no {workers}. */
int command_study_check(struct command_study *study, struct fault *fault);

struct trial_command {
    struct trial_process process; /* first: signals and ticks are the same */
    const struct command_study *study;
    const char *spans_path;
    bool has_items;           /* items are those of the study; else the first run with spans tells them */
    struct spans_items items; /* owned */
};

struct trial_runner trial_command_runner(struct trial_command *command);
void trial_command_release(struct trial_command *command);

/* CPUs of a `knee run --pin` list as a set. Returns how many; 0: "none", or no list. */
int trial_command_cpus(const char *pin, void *cpu_set, size_t set_bytes);

#endif
