/* gate.h: has something become worse than it may, beyond doubt, by a baseline of several sessions?
 *
 * An entry is one quantity of the baseline, as each of its sessions measured it, and the same of a study, each with its
 * interval over blocks. `worse` is by how much the study is worse than the mean of the sessions: of an efficiency, a
 * cost or a duration relative (0.05 is 5%, of the logarithms), of a share in points. Its interval is that of the noise
 * within the studies (Welch's, stats_half_width()).
 *
 * Sessions differ by more than that noise: another day, another place in memory, other neighbours. What a new session
 * may differ by without any change is
 *     z s sqrt(1 + 1/k)
 * with k sessions, z the normal quantile of half GATE_ALARMS over the number of entries (Bonferroni 1936; half, because
 * s is estimated), and s their standard deviation: that of the sessions of the file with GATE_KNOWN_DF degrees of
 * freedom of what sessions of one machine are known to differ by (gate_quantity_of()). One session shows nothing of it,
 * so that this alone counts. `allowed` is the larger of this and the tolerance:
 *     regression  the whole interval lies above what is allowed
 *     pass        the whole interval lies at or below it
 *     undecided   what is allowed lies inside, or there is no interval
 * All entries together: a regression if one is, else undecided if a leading one is (efficiency, CPU time), else pass: a
 * start of microseconds has no interval worth a verdict. tests/unit/analysis/test_gate.c
 * simulates sessions that differ by 3%: fewer than GATE_ALARMS raise an alarm.
 *
 * A uniform slowdown costs more and scales as well: efficiencies are ratios within one study.
 */
#ifndef KNEE_GATE_H
#define KNEE_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/statistics/interval.h"

enum { GATE_SESSIONS_MOST = 20, GATE_KNOWN_DF = 6 };
#define GATE_ALARMS 0.001

enum gate_quantity {
    GATE_EFFICIENCY, /* scaling */
    GATE_SERIAL,
    GATE_TAIL,
    GATE_DISPATCH, /* share of the core time, and so the smallest chunk that is worth it: chunk times share over 5% */
    GATE_START,
    GATE_CPU_PER_ITEM,  /* cost */
    GATE_CPU_PER_TRIAL, /* of a command whose work is not counted */
    GATE_MEMORY,
    GATE_QUANTITIES
};
enum gate_verdict { GATE_PASS, GATE_REGRESSION, GATE_UNDECIDED };

struct gate_quantity_kind {
    const char *name, *title; /* "cpu_s_per_item" in files; "CPU time per item" */
    const char *unit;         /* behind the title, where people need it: ", ms" */
    bool is_cost;             /* else it is about scaling */
    bool relative;            /* `worse` is a part of the value; else in points */
    bool falls;               /* less is worse */
    bool leads;               /* undecided, it leaves the gate undecided */
    double tolerance;         /* usual */
    double session_sd; /* what sessions of one machine are known to differ by, in the unit of `worse` */
};
const struct gate_quantity_kind *gate_quantity_of(enum gate_quantity quantity);

struct gate_value {
    double value, low, high; /* low, high NaN: no interval */
    double level;            /* of low and high */
    size_t blocks;           /* that it was measured in; the interval has blocks - 1 degrees of freedom */
};

struct gate_entry {
    enum gate_quantity quantity;
    unsigned workers; /* 0: the mean over all worker counts above one, of GATE_EFFICIENCY */
    double tolerance;
    struct gate_value session[GATE_SESSIONS_MOST];
    size_t sessions;
    struct gate_value study;
};

struct gate_result {
    enum gate_verdict verdict;
    bool leads;
    double was;            /* mean of the sessions */
    struct interval worse; /* unit of the tolerance */
    double allowed;
    char reason[256];
};

const char *gate_verdict_name(enum gate_verdict verdict); /* "pass", "regression", "undecided" */

/* tests: the number of entries of the gate. level: of the interval. */
struct gate_result gate_decide(const struct gate_entry *entry, size_t tests, double level);
enum gate_verdict gate_total(const struct gate_result *results, size_t count);

#endif
