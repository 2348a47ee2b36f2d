/* The causes of a loss between two builds, by their accounts (builds_report_internal.h). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/statistics/stats.h"
#include "harness/gate/builds_report_internal.h"

/* Causes as people see them: inflation in one, useful and the waiting of one worker left out. */
static const struct {
    const char *name, *label;
    enum account_cause of[3];
    size_t parts;
} shown[] = {
    {"serial", "serial part", {CAUSE_SERIAL}, 1},
    {"spawn", "start of processes", {CAUSE_SPAWN}, 1},
    {"init", "initializers", {CAUSE_INIT}, 1},
    {"dispatch", "claims", {CAUSE_DISPATCH}, 1},
    {"inflation", "slower items", {CAUSE_INFLATION_FIXED, CAUSE_INFLATION_SIZE, CAUSE_INFLATION_REST}, 3},
    {"waiting", "waiting for a core", {CAUSE_WAITING}, 1},
    {"held", "held by the CPU quota", {CAUSE_HELD}, 1},
    {"blocked-more", "locks and shared devices", {CAUSE_BLOCKED_MORE}, 1},
    {"off-cpu", "off the CPU (no core, or locks)", {CAUSE_OFF_CPU}, 1},
    {"tail", "tail", {CAUSE_TAIL}, 1}};

static double share_of(const struct figures *figures, size_t cause)
{
    double share = 0;

    for (size_t part = 0; part < shown[cause].parts; part++)
        share += figures->share[shown[cause].of[part]];
    return share;
}

static int by_rise(const void *a, const void *b)
{
    const struct gate_cause *x = a, *y = b;

    return (x->more.value < y->more.value) - (x->more.value > y->more.value);
}

void gate_causes_add(const struct gate_builds *builds, struct gate_report *report)
{
    size_t last = builds->request->counts - 1;
    double more[GATE_PAIRS_MOST + 1], share[GATE_SIDES][GATE_PAIRS_MOST + 1];

    for (size_t c = 0; c < G_N_ELEMENTS(shown); c++) {
        struct gate_cause cause = {.name = shown[c].name, .label = shown[c].label};
        size_t count = 0;
        for (guint i = 0; i < builds->pairs->len && count < GATE_PAIRS_MOST; i++) {
            const struct gate_pair *pair = gate_pair_at(builds->pairs, i);
            for (int side = 0; side < GATE_SIDES; side++)
                share[side][count] = share_of(&pair->of[side][last], c);
            more[count] = share[GATE_HEAD][count] - share[GATE_BASE][count];
            count += isnan(more[count]) ? 0 : 1;
        }
        if (count == 0)
            continue;
        cause.was = stats_median(share[GATE_BASE], count);
        cause.is = stats_median(share[GATE_HEAD], count);
        cause.more = signed_rank_interval(&(struct signed_rank){more, NULL, count}, DECISION_LEVEL);
        g_array_append_val(report->causes, cause);
    }
    g_array_sort(report->causes, by_rise);
}

static double longest_item(const struct gate_pair *pair, const void *context)
{
    const struct gate_asked *asked = context;

    return pair->of[asked->side][asked->builds->request->counts - 1].largest_item_s;
}

void gate_cause_note(const struct gate_builds *builds, struct gate_report *report)
{
    const struct gate_cause *cause =
        report->causes->len ? &g_array_index(report->causes, struct gate_cause, 0) : NULL;
    struct gate_asked was = {builds, 0, GATE_BASE}, is = {builds, 0, GATE_HEAD};
    double before = gate_median_over(builds->pairs, longest_item, &was),
           now = gate_median_over(builds->pairs, longest_item, &is);
    char item[96] = "";

    if (!cause) {
        gate_report_note(report, "cause: not known, as not both builds write spans (docs/formats.md)");
        return;
    }
    if (!(cause->more.low > 0)) {
        gate_report_note(report,
                         "cause: no part of the core time has grown beyond doubt; most: %s %+.1f points",
                         cause->label, 100 * cause->more.value);
        return;
    }
    if (strcmp(cause->name, "tail") == 0 && !isnan(before + now))
        snprintf(item, sizeof item, "; largest item %.3g s, was %.3g s", now, before);
    gate_report_note(
        report,
        "cause: %s %+.1f points (%+.1f to %+.1f) of the core time with %u workers: %.1f%%, was %.1f%%%s",
        cause->label, 100 * cause->more.value, 100 * cause->more.low, 100 * cause->more.high,
        builds->request->workers[builds->request->counts - 1], 100 * cause->is, 100 * cause->was, item);
}
