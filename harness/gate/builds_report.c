#include "harness/gate/builds_report_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/statistics/stats.h"

/* --- figures ---------------------------------------------------------------------------------- */

const struct gate_pair *gate_pair_at(const GArray *pairs, guint i)
{
    return &g_array_index(pairs, struct gate_pair, i);
}

/* The median over the pairs of a number of each; NaN when one is not known. */
double gate_median_over(const GArray *pairs, double (*of)(const struct gate_pair *, const void *),
                        const void *context)
{
    double *value = g_new(double, pairs->len + 1), median;

    for (guint i = 0; i < pairs->len; i++)
        value[i] = of(gate_pair_at(pairs, i), context);
    median = stats_median(value, pairs->len);
    g_free(value);
    return median;
}

static double value_of(const struct gate_pair *pair, const void *context)
{
    const struct gate_asked *asked = context;
    struct pair_side side = gate_pair_side(pair, asked->side, asked->builds->request->counts);

    return pair_value(&asked->builds->metrics, asked->metric, &side);
}

/* Of a pair of the floor. */
static double size_of_difference(const struct gate_pair *pair, const void *context)
{
    const struct gate_asked *asked = context;
    size_t counts = asked->builds->request->counts;
    struct pair_side base = gate_pair_side(pair, GATE_BASE, counts),
                     head = gate_pair_side(pair, GATE_HEAD, counts);
    double worse[DECISION_METRICS_MOST];

    pair_worse(&asked->builds->metrics, &base, &head, worse);
    return fabs(worse[asked->metric]);
}

/* Standard deviation of a pair, from the differences of equal builds (whose mean is 0). */
static double floor_sd(const struct gate_builds *builds, size_t metric)
{
    struct gate_asked asked = {builds, metric, GATE_BASE};
    double sum = 0;

    for (guint i = 0; i < builds->floor->len; i++) {
        double size = size_of_difference(gate_pair_at(builds->floor, i), &asked);
        sum += size * size;
    }
    return sqrt(sum / builds->floor->len);
}

/* Standard deviation of a pair of the gate itself, by the median deviation, which outliers do not enlarge. */
static double pair_sd(const struct gate_builds *builds, size_t metric)
{
    double x[2 * SIGNED_RANK_MOST], middle;
    size_t count = 0;

    for (int s = 0; s < DECISION_STAGES; s++)
        for (size_t i = 0; i < builds->decision->sample[s][metric].count; i++)
            x[count++] = builds->decision->sample[s][metric].x[i];
    middle = stats_median(x, count);
    for (size_t i = 0; i < count; i++)
        x[i] = fabs(x[i] - middle);
    return 1.4826 * stats_median(x, count);
}

/* --- lines ------------------------------------------------------------------------------------ */

static const char *const names[PAIR_METRICS] = {
    [PAIR_EFFICIENCY] = "efficiency",  [PAIR_EFFICIENCY_AT] = "efficiency",
    [PAIR_SERIAL] = "serial fraction", [PAIR_TAIL] = "tail",
    [PAIR_START] = "worker start",     [PAIR_CPU] = "CPU time",
    [PAIR_MEMORY] = "peak memory"};

static enum gate_unit unit_of(enum pair_metric kind)
{
    return kind == PAIR_CPU                                                 ? GATE_SECONDS
           : kind == PAIR_MEMORY                                            ? GATE_BYTES
           : kind == PAIR_SERIAL || kind == PAIR_TAIL || kind == PAIR_START ? GATE_SHARE
                                                                            : GATE_NUMBER;
}

/* From logarithms to a relative loss: of an efficiency 1 - exp(-x), of a cost exp(x) - 1. */
static double relative(enum pair_metric kind, double x)
{
    if (!pair_metric_is_ratio(kind))
        return x;
    return kind == PAIR_EFFICIENCY || kind == PAIR_EFFICIENCY_AT ? -expm1(-x) : expm1(x);
}

static struct interval relative_interval(enum pair_metric kind, struct interval worse)
{
    worse.value = relative(kind, worse.value);
    worse.low = relative(kind, worse.low);
    worse.high = relative(kind, worse.high);
    return worse;
}

static enum gate_line_state state_of(const struct gate_builds *builds, size_t metric,
                                     const struct interval *worse)
{
    const struct decision *decision = builds->decision;

    if (isnan(worse->value))
        return LINE_UNMEASURED;
    if (decision->confirmed[metric])
        return LINE_WORSE;
    if (isfinite(decision->metric[metric].limit) &&
        !(decision_worse(decision, metric).high <= decision->metric[metric].limit))
        return LINE_UNDECIDED;
    return decision->suspect[metric] || worse->low > 0 ? LINE_SUSPECT : LINE_PASS;
}

static void add_line(const struct gate_builds *builds, size_t metric, struct gate_report *report)
{
    enum pair_metric kind = builds->metrics.kind[metric];
    struct interval worse = decision_worse(builds->decision, metric);
    struct gate_asked was = {builds, metric, GATE_BASE}, is = {builds, metric, GATE_HEAD};
    struct gate_line line = {
        .workers = kind == PAIR_EFFICIENCY_AT ? builds->metrics.workers[builds->metrics.at[metric]] : 0,
        .unit = unit_of(kind),
        .was = gate_median_over(builds->pairs, value_of, &was),
        .is = gate_median_over(builds->pairs, value_of, &is),
        .ratio = pair_metric_is_ratio(kind),
        .state = state_of(builds, metric, &worse)};

    line.worse = relative_interval(kind, worse);
    line.smallest = relative(kind, decision_smallest(builds->decision, metric, pair_sd(builds, metric)));
    snprintf(line.name, sizeof line.name, "%s", names[kind]);
    snprintf(line.group, sizeof line.group, "%s", pair_metric_is_scaling(kind) ? "scaling" : "cost");
    g_array_append_val(report->lines, line);
}

/* Scaling first. */
static void add_lines(const struct gate_builds *builds, struct gate_report *report)
{
    for (int scaling = 1; scaling >= 0; scaling--)
        for (size_t m = 0; m < builds->metrics.metrics; m++)
            if (pair_metric_is_scaling(builds->metrics.kind[m]) == (scaling == 1))
                add_line(builds, m, report);
}

/* --- sentences -------------------------------------------------------------------------------- */

static size_t metric_of(const struct gate_builds *builds, enum pair_metric kind)
{
    size_t m = 0;

    while (m + 1 < builds->metrics.metrics && builds->metrics.kind[m] != kind)
        m++;
    return m;
}

GPtrArray *gate_builds_outlook(const struct gate_builds *builds)
{
    GPtrArray *said = g_ptr_array_new_with_free_func(g_free);
    size_t efficiency = metric_of(builds, PAIR_EFFICIENCY), cpu = metric_of(builds, PAIR_CPU);
    struct gate_asked first = {builds, efficiency, GATE_BASE}, second = {builds, cpu, GATE_BASE};

    g_ptr_array_add(
        said,
        g_strdup_printf("floor: the base against itself, %u pairs: efficiency differs by %.1f%%, CPU "
                        "time by %.1f%% (medians)",
                        builds->floor->len, 100 * gate_median_over(builds->floor, size_of_difference, &first),
                        100 * gate_median_over(builds->floor, size_of_difference, &second)));
    g_ptr_array_add(
        said,
        g_strdup_printf(
            "plan: at most %zu pairs of %.1f s; found in 95%% of such gates: a loss of efficiency of %.1f%%, "
            "of CPU time of %.1f%%",
            builds->planned, builds->pair_s,
            100 * relative(PAIR_EFFICIENCY,
                           decision_smallest(builds->decision, efficiency, floor_sd(builds, efficiency))),
            100 * relative(PAIR_CPU, decision_smallest(builds->decision, cpu, floor_sd(builds, cpu)))));
    return said;
}

static void note_noise(const struct gate_builds *builds, struct gate_report *report)
{
    char names_of[160];
    size_t disturbed = builds->set_aside->len;

    for (guint i = 0; i < builds->pairs->len; i++)
        disturbed += gate_pair_at(builds->pairs, i)->disturbed;
    report->pairs_disturbed = disturbed;
    busy_text(&builds->busy, 3, names_of, sizeof names_of);
    if (disturbed)
        gate_report_note(
            report, "noisy machine: %zu of %zu pairs were disturbed and %s; other processes by CPU time: %s",
            disturbed, (size_t)builds->pairs->len + builds->set_aside->len,
            builds->noise == GATE_WEIGH  ? "count by their weight"
            : builds->noise == GATE_KEEP ? "count in full"
                                         : "were repeated",
            names_of[0] ? names_of : "none that lived long enough to be seen");
    for (int side = 0; side < GATE_SIDES; side++)
        if (builds->failed[side] && builds->end != GATE_BASE_FAILS && builds->end != GATE_HEAD_FAILS)
            gate_report_note(report, "failed trials of the %s: %zu, repeated; the last one %s",
                             side == GATE_BASE ? "base" : "new build", builds->failed[side],
                             builds->failure[side]);
}

static void add_headline_of_loss(const struct gate_report *report, char *text, size_t bytes)
{
    size_t used = 0;
    char title[96], was[48], is[48], by[96];

    text[0] = '\0';
    for (guint i = 0; i < report->lines->len; i++) {
        const struct gate_line *line = &g_array_index(report->lines, struct gate_line, i);
        if (line->state != LINE_WORSE || used + 1 >= bytes)
            continue;
        used +=
            (size_t)snprintf(text + used, bytes - used, "%s%s is worse by %s: %s, was %s", used ? "; " : "",
                             gate_line_title(line, title, sizeof title), gate_worse_text(line, by, sizeof by),
                             gate_value_text(line->is, line->unit, is, sizeof is),
                             gate_value_text(line->was, line->unit, was, sizeof was));
    }
}

static void add_headline(const struct gate_builds *builds, struct gate_report *report)
{
    const struct decision *decision = builds->decision;
    double efficiency =
        relative(PAIR_EFFICIENCY, decision_worse(decision, metric_of(builds, PAIR_EFFICIENCY)).high);
    double cpu = relative(PAIR_CPU, decision_worse(decision, metric_of(builds, PAIR_CPU)).high);

    if (report->outcome == GATE_REGRESSES)
        add_headline_of_loss(report, report->headline, sizeof report->headline);
    else if (isnan(efficiency + cpu))
        snprintf(report->headline, sizeof report->headline,
                 "%u pairs are too few to exclude any loss: give more --budget", builds->pairs->len);
    else
        snprintf(report->headline, sizeof report->headline,
                 "losses excluded (97.5%%): of efficiency above %.1f%%, of CPU time above %.1f%%%s",
                 100 * fmax(efficiency, 0), 100 * fmax(cpu, 0),
                 report->outcome == GATE_PASSES
                     ? ""
                     : "; to decide, give more --budget, a quieter machine or a larger --limit");
}

static bool scaling_is_worse(const struct gate_report *report)
{
    for (guint i = 0; i < report->lines->len; i++) {
        const struct gate_line *line = &g_array_index(report->lines, struct gate_line, i);
        if (line->state == LINE_WORSE && strcmp(line->group, "scaling") == 0)
            return true;
    }
    return false;
}

static void report_decision(const struct gate_builds *builds, struct gate_report *report)
{
    static const enum gate_outcome outcomes[] = {
        [GATE_PASS] = GATE_PASSES, [GATE_REGRESSION] = GATE_REGRESSES, [GATE_UNDECIDED] = GATE_IS_UNDECIDED};

    report->outcome = outcomes[builds->verdict];
    add_lines(builds, report);
    gate_causes_add(builds, report);
    add_headline(builds, report);
    if (scaling_is_worse(report))
        gate_cause_note(builds, report);
    if (builds->end == GATE_OUT_OF_TIME)
        gate_report_note(
            report, "the budget was used up before the pairs had decided: pairs took longer than planned");
}

static const char *fails(const struct gate_builds *builds)
{
    return builds->leaves_cell ? "cannot be measured" : "does not run";
}

void gate_builds_report(const struct gate_builds *builds, struct gate_report *report)
{
    gate_report_begin(report, "builds");
    report->base = g_strdup(builds->request->name[GATE_BASE]);
    report->head = g_strdup(builds->request->name[GATE_HEAD]);
    report->pairs = builds->pairs->len;
    report->pairs_most = builds->planned;
    report->false_alarms = DECISION_FALSE_ALARMS;
    report->spent_s = (double)builds->spent_ns / 1e9;
    report->cores = builds->topology.usable_cores;
    if (builds->end == GATE_BASE_FAILS) {
        report->outcome = GATE_IS_INCOMPARABLE;
        snprintf(report->headline, sizeof report->headline, "the base %s: %s", fails(builds),
                 builds->failure[GATE_BASE]);
    } else if (builds->end == GATE_HEAD_FAILS) {
        report->outcome = builds->leaves_cell ? GATE_IS_INCOMPARABLE : GATE_REGRESSES;
        snprintf(report->headline, sizeof report->headline, "the new build %s: %s", fails(builds),
                 builds->failure[GATE_HEAD]);
    } else {
        report_decision(builds, report);
    }
    note_noise(builds, report);
}
