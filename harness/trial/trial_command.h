/* trial_command.h: runs a trial of any command: one fresh process, bound to the cores of its cell, timed from fork
 * to exit.
 *
 * Before and after it, outside the measured time, run `prepare`, `check` (its exit code says whether the output is
 * right) and `cleanup`, each a command for /bin/sh. {out} is removed before and after. When the command writes
 * spans (spans.h) they become the trial's item table (spans_table.h); without them the outcome has no table,
 * and the wall time alone counts.
 *
 * With `output`, the SHA-256 of what the command wrote is recorded (output_digest.h), before `check` runs.
 *
 * The command gets the environment of this process with KNEE_SPANS, KNEE_WORKERS and KNEE_PADDING (a text whose
 * length differs from trial to trial, because the address at which a stack begins changes a program's time), its
 * standard input and output are /dev/null, and the reason that it gives on stderr is kept. The sweep becomes a
 * subreaper: it ends the processes that the command leaves running, also those in a session of their own, and counts
 * their CPU time. Those of a hook are ended, too. Meanwhile it looks at them
 * (command_watch.h); a command that takes CPUs outside of its cell makes the trial void.
 *
 * On emulated cores (emulate_tasks.h) the cell is that many of them and all real CPUs; times and instants of the
 * outcome are those of the emulated machine, CPU times are real, and the run-queue delay is not known.
 *
 * Sequence: command_spec_check() once; trial_command_run() and trial_command_judge() for each trial;
 * trial_command_release().
 */
#ifndef KNEE_TRIAL_COMMAND_H
#define KNEE_TRIAL_COMMAND_H

#include "harness/trial/command_line.h"
#include "harness/trial/spans_table.h"
#include "harness/trial/trial.h"
#include "harness/trial/trial_process.h"

/* The command as the user gave it. Texts are the caller's. */
struct command_spec {
    char **words;                          /* the command with its places */
    const char *prepare, *check, *cleanup; /* with places; NULL none */
    const char *output; /* with places: file or folder that it writes; "-" its standard output; NULL none */
    uint64_t units;     /* work of a trial with one worker, for throughput; 0 not known */
    bool weak;          /* units grow with the workers */
    bool used[COMMAND_PLACES]; /* places in words */
};

/* Fills used. Returns 0, or -1 with fault: no word at all, an unknown place, {units} without units, no {workers}. */
int command_spec_check(struct command_spec *spec, struct fault *fault);

struct trial_command {
    const struct trial_process *process; /* for its ticks */
    const struct command_spec *spec;
    const char *spans_path;  /* value of KNEE_SPANS */
    const char *stdout_path; /* where its standard output goes when that is its output */
    uint32_t real_cores;     /* of this machine: emulated ones are shares of them */
    bool gives_begin; /* KNEE_BEGIN: the instant before its start, ns of CLOCK_MONOTONIC; for a replay */
    bool has_items;   /* items are those of the study; else they are taken from the first run */
    struct spans_items items; /* owned */
};

/* Fills *outcome, which the caller releases. Returns 0, or -1 with fault when no process could be started. */
int trial_command_run(struct trial_command *command, const struct trial_request *request,
                      struct trial_outcome *outcome, struct fault *fault);
void trial_command_release(struct trial_command *command);

/* As trial_judge(): rows that its spans do not give are unknown. Of expected only limits, cores and waits have a
 * meaning; NULL: trial_limits, and a command that was ended from outside has failed: nobody repeats it. Returns 0, or
 * -1 with fault when memory is short. */
int trial_command_judge(const struct trial_outcome *outcome, const struct trial_expected *expected,
                        struct trial_result *result, struct fault *fault);

#endif
