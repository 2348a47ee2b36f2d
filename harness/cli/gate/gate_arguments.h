/* gate_arguments.h: the command line of `knee gate`: one table of options, their defaults, which is for which task. */
#ifndef KNEE_GATE_ARGUMENTS_H
#define KNEE_GATE_ARGUMENTS_H

#include "harness/cli/gate/baseline_file.h"
#include "harness/cli/gate/gate_builds.h"
#include "harness/cli/gate/gate_require.h"
#include "harness/console/options.h"

#define GATE_USAGE "--against BUILD IN | --base CMD -- CMD | --baseline FILE STUDY | --require BOUND STUDY"

/* One of builds.against, builds.base, baseline, require and writing.write is given. Texts are the command line's. */
struct gate_options {
    const char *baseline;
    struct option_texts require;
    struct baseline_file_options writing;
    struct gate_builds_options builds;
    const char *workers;
    const char *json, *summary, *junit, *openmetrics;
    uint64_t allow_failed;
    bool annotations, accept;
};

extern const struct option_spec gate_arguments_table[];

/* The check function of struct subcommand. */
int gate_arguments_check(const struct arguments *arguments, struct fault *fault);
/* The options, once they have been checked. */
const struct gate_options *gate_arguments_options(void);
/* Two builds are compared, else a study. */
bool gate_options_of_builds(const struct gate_options *parsed);

#endif
