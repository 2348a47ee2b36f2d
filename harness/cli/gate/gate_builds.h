/* gate_builds.h: `knee gate --against BUILD IN` and `knee gate --base 'CMD' -- CMD`: two builds in pairs. */
#ifndef KNEE_GATE_CLI_BUILDS_H
#define KNEE_GATE_CLI_BUILDS_H

#include <stdbool.h>

#include "harness/console/options.h"
#include "harness/gate/builds.h"
#include "harness/gate/report.h"

struct gate_builds_options {
    const char *against;      /* path of another knee; NULL none */
    const char *base;         /* command line of the old build; NULL none */
    const char *recipe;       /* of knee run; NULL: the default */
    uint64_t items;           /* of the batch; 0: as many as fit */
    const char *workers;      /* list; NULL: up to the cores */
    uint64_t budget_ns, seed; /* seed 0: drawn */
    double tolerance, limit;
    int noise;     /* enum gate_noise */
    int placement; /* enum pin_placement */
    const char *prepare, *check, *cleanup;
    bool instructions; /* count them instead of measuring pairs (gate_instructions.h) */
};

/* Returns 0, or -1 with fault (FAULT_USAGE): operands, list of workers, commands. */
int gate_builds_check(const struct gate_builds_options *options, const struct arguments *arguments,
                      struct fault *fault);

/* Runs the gate, prints what is known beforehand, and fills the report, which the caller releases. Returns 0; 128 and
 * the signal's number when it was interrupted; or -1 with fault. */
int gate_builds_cli(const struct gate_builds_options *options, const struct arguments *arguments,
                    struct gate_report *report, struct fault *fault);

#endif
