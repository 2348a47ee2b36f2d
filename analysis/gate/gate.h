/* gate.h: has something become worse than it may, beyond doubt?
 *
 * An entry is one quantity of a baseline and the same of a study, each with its interval over blocks. `worse`
 * is by how much the study is worse: the fall of an efficiency (absolute), the rise of a cost (relative, 0.05
 * is 5%). Its interval is Welch's (both sides have noise; degrees of freedom by Satterthwaite). Costs are
 * compared as logarithms. regression   the whole interval lies above the tolerance pass         the whole
 * interval lies at or below it undecided    the tolerance lies inside, or there is no interval All entries
 * together: a regression if one is, else undecided if one is, else pass.
 *
 * What a cost means: CPU time per item depends on the machine, and on one machine of a cloud it drifts by
 * tens of percent with its neighbours. A baseline therefore holds for one machine class only (CPU model,
 * cores, kernel), and efficiency, being a ratio within one study, is the steadier of the two.
 */
#ifndef KNEE_GATE_H
#define KNEE_GATE_H

#include <stddef.h>

#include "analysis/statistics/interval.h"

enum gate_quantity { GATE_EFFICIENCY, GATE_CPU_PER_ITEM, GATE_QUANTITIES };
enum gate_verdict { GATE_PASS, GATE_REGRESSION, GATE_UNDECIDED };

struct gate_value {
    double value, low, high; /* low, high NaN: no interval */
    double level;            /* of low and high */
    size_t blocks;           /* that it was measured in; the interval has blocks - 1 degrees of freedom */
};

struct gate_entry {
    enum gate_quantity quantity;
    unsigned workers;
    double tolerance;
    struct gate_value baseline, study;
};

struct gate_result {
    enum gate_verdict verdict;
    struct interval worse; /* unit of the tolerance */
    char reason[256];
};

const char *gate_quantity_name(enum gate_quantity quantity); /* "efficiency", "cpu_s_per_item" */
const char *gate_verdict_name(enum gate_verdict verdict);    /* "pass", "regression", "undecided" */

struct gate_result gate_decide(const struct gate_entry *entry, double level);
enum gate_verdict gate_total(const struct gate_result *results, size_t count);

#endif
