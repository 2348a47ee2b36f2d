/* counter_group.h: which events are counted together, and what is computed from them: a file of data.
 *
 *     [group]
 *     name=work
 *     about=what the processor did
 *     caveats=limits of the quantities            (may be left out)
 *     [event cycles]                                      name of this program: small letters, digits, hyphens
 *     perf=cycles                                         the kernel's name (perf_names.h), or r01c2
 *     papi=PAPI_TOT_CYC;perf::CYCLES                      PAPI's names, at most 3, tried in turn (may be left out)
 *     [derived ghz]
 *     formula=cycles / task-clock                         of events, `items` and `wall-ns` of the trial (formula.h)
 *     unit=GHz
 *     about=mean frequency while on a CPU
 *
 * The event task-clock (ns on a CPU) is added where a group has none: what the counters saw is checked against the CPU
 * time of the process with it. Events of one group are opened together; how many fit depends on the processor.
 *
 * A group that was read has been checked in all its parts: at least one event, names not used twice, formulas that can
 * be read and name nothing unknown. It owns its texts, and everything in it points there.
 */
#ifndef KNEE_COUNTER_GROUP_H
#define KNEE_COUNTER_GROUP_H

#include <stdint.h>

#include "harness/machine/counters/counters.h"
#include "harness/machine/counters/formula.h"
#include "pipeline/base/fault.h"
#include "pipeline/base/key_file.h"

#define COUNTER_GROUP_DEFAULT "default"

enum { COUNTER_DERIVED_MOST = 16 };

/* A quantity that is computed from the events. */
struct counter_derived {
    const char *name, *formula, *unit, *about;
};

struct counter_group {
    const char *name, *about, *caveats; /* caveats: empty when there are none */
    struct counter_event events[COUNTERS_MOST];
    uint32_t event_count;
    struct counter_derived derived[COUNTER_DERIVED_MOST];
    uint32_t derived_count;
    char *path;           /* where it was read */
    char *text;           /* the whole file, for the study's record */
    struct key_file file; /* what all the texts above are in */
};

/* name: of a group that is shipped (paths.h, harness/machine/counters/groups/<name>.group), or a path, with a slash or
 * ending in .group. Returns 0, or -1 with fault naming file, line and key; then there is nothing to release. */
int counter_group_load(const char *name, struct counter_group *group, struct fault *fault);
/* The same from text; path is for messages. */
int counter_group_parse(const char *path, const char *text, struct counter_group *group, struct fault *fault);
void counter_group_release(struct counter_group *group);

/* The names of the groups that are shipped, sorted, NULL-ended; g_strfreev() frees. Empty when there are none. */
char **counter_group_names(void);

/* Whether a name in a formula is none of an event, but of the trial: "items", "wall-ns". */
bool counter_group_is_trial_input(const char *name);

#endif
