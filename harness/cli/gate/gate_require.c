#include "harness/cli/gate/gate_require.h"

#include <math.h>
#include <stdio.h>

#include "analysis/gate/requirement.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

int gate_require_check(const struct option_texts *texts, struct fault *fault)
{
    struct requirement requirement;
    char problem[160];

    for (size_t i = 0; i < texts->count; i++)
        if (requirement_parse(texts->text[i], &requirement, problem, sizeof problem))
            return fault_usage(fault, "--require '%s': %s", texts->text[i], problem);
    return 0;
}

/* --- the study's value ------------------------------------------------------------------------ */

static struct interval knee_value(const struct fit *fit)
{
    const struct knee *knee = &fit->knee;

    if (knee->workers == 0 || knee->oversubscribed)
        return interval_unknown("no knee up to the %u core%s: it lies beyond what was measured",
                                fit->study->cores, fit->study->cores == 1 ? "" : "s");
    return interval_bounded(knee->workers, knee->low ? knee->low : 1, knee->high, FIT_LEVEL, "knee");
}

/* A knee that was not found is at least where efficiency may first be lost, or beyond all counts that were measured. */
static enum requirement_verdict decide_knee(const struct requirement *requirement, const struct fit *fit,
                                            const struct interval *value)
{
    const struct fit_point *full = fit_point_full(fit);
    unsigned least = fit->knee.low ? fit->knee.low : full ? full->scaling.workers + 1 : 0;

    if (interval_has_value(value))
        return requirement_decide(requirement, value);
    return requirement->at_least && least >= requirement->bound ? REQUIREMENT_MET : REQUIREMENT_UNDECIDED;
}

static struct interval tail_value(const struct fit *fit, unsigned workers)
{
    const struct fit_account_cell *cell = fit_account_cell_at(&fit->account, workers);

    if (!cell || !(cell->total_s.value > 0))
        return interval_unknown("%s",
                                fit->account.reason[0] ? fit->account.reason : "no account of this cell");
    return interval_scaled(&cell->core_s[CAUSE_TAIL], 1 / cell->total_s.value);
}

static struct interval value_of(const struct requirement *requirement, const struct fit *fit)
{
    const struct fit_point *point = requirement->workers ? fit_point_at(fit, requirement->workers) : NULL;

    if (requirement->quantity == REQUIRE_START)
        return fit->init_ms;
    if (requirement->quantity == REQUIRE_KNEE)
        return knee_value(fit);
    if (!point)
        return interval_unknown("no trials with %u worker%s: sweep them too (--workers)",
                                requirement->workers, requirement->workers == 1 ? "" : "s");
    switch (requirement->quantity) {
    case REQUIRE_EFFICIENCY:
        return point->scaling.efficiency;
    case REQUIRE_SPEEDUP:
        return point->scaling.speedup;
    case REQUIRE_WALL:
        return point->scaling.seconds;
    case REQUIRE_TAIL:
        return tail_value(fit, requirement->workers);
    case REQUIRE_MAXRSS:
        return point->maxrss_mib;
    default:
        return point->cpu_s_per_item;
    }
}

/* --- verdicts --------------------------------------------------------------------------------- */

/* Why the study cannot speak of the requirement; NULL when it can. */
static const char *skipped(const struct requirement *requirement, const struct fit *fit, char *text,
                           size_t bytes)
{
    enum requirement_cores cores = study_data_fact(fit->study, "emulated_cores")   ? REQUIRE_EMULATED
                                   : study_data_fact(fit->study, "replayed_cores") ? REQUIRE_REPLAYED
                                                                                   : REQUIRE_REAL;
    bool costs = requirement->quantity == REQUIRE_CPU_PER_ITEM || requirement->quantity == REQUIRE_MAXRSS;
    const char *name = requirement_cores_name(cores);

    if (requirement->cores != cores) {
        if (cores == REQUIRE_REAL)
            return "the study is of real cores";
        snprintf(text, bytes, "the study is of %s cores: add '%s'", name, name);
        return text;
    }
    if (cores == REQUIRE_REPLAYED && costs)
        return "items of a replay wait and do not compute: sweep the batch itself";
    if (fit->study->cores == 0 || requirement->workers <= fit->study->cores)
        return NULL;
    snprintf(text, bytes, "%u core%s only", fit->study->cores, fit->study->cores == 1 ? "" : "s");
    return text;
}

static void add_line(const struct requirement *requirement, enum requirement_verdict verdict,
                     const struct interval *value, const char *reason, struct gate_report *report)
{
    static const enum gate_line_state states[] = {[REQUIREMENT_MET] = LINE_PASS,
                                                  [REQUIREMENT_FAILED] = LINE_WORSE,
                                                  [REQUIREMENT_UNDECIDED] = LINE_UNDECIDED,
                                                  [REQUIREMENT_SKIPPED] = LINE_SKIPPED};
    struct gate_line line = {.workers = 0,
                             .was = requirement->bound,
                             .is = value->value,
                             .worse = interval_unknown("held against a bound"),
                             .smallest = NAN,
                             .state = states[verdict]};

    snprintf(line.name, sizeof line.name, "%s", requirement->text);
    snprintf(line.group, sizeof line.group, "requirement");
    snprintf(line.detail, sizeof line.detail, "%s", reason);
    g_array_append_val(report->lines, line);
}

static enum requirement_verdict judge(const struct requirement *requirement, const struct fit *fit,
                                      struct gate_report *report)
{
    char because[64], said[VALUE_TEXT_BYTES], text[256];
    const char *reason = skipped(requirement, fit, because, sizeof because);
    enum requirement_verdict verdict = REQUIREMENT_SKIPPED;
    struct interval value;

    if (reason) {
        wrapped_print(stdout, 4, "%-10s %s: %s", requirement_verdict_name(verdict), requirement->text,
                      reason);
        value = interval_unknown("%s", reason);
        add_line(requirement, verdict, &value, reason, report);
        return verdict;
    }
    value = value_of(requirement, fit);
    verdict = requirement->quantity == REQUIRE_KNEE ? decide_knee(requirement, fit, &value)
                                                    : requirement_decide(requirement, &value);
    if (!interval_has_value(&value))
        snprintf(text, sizeof text, "%s", value.reason);
    else
        snprintf(text, sizeof text, "%s%s", interval_text_digits(&value, NO_INTERVAL, said, sizeof said),
                 verdict != REQUIREMENT_UNDECIDED        ? ""
                 : isnan(value.low) && isnan(value.high) ? "; to decide, sweep at least 3 blocks"
                                                         : "; to decide, sweep more blocks");
    add_line(requirement, verdict, &value, text, report);
    wrapped_print(stdout, 4, "%-10s %s: %s", requirement_verdict_name(verdict), requirement->text, text);
    return verdict;
}

int gate_require(const struct option_texts *texts, const struct fit *fit, struct gate_report *report)
{
    size_t count[4] = {0}, decided;

    for (size_t i = 0; i < texts->count; i++) {
        struct requirement requirement;
        char problem[160];
        if (requirement_parse(texts->text[i], &requirement, problem, sizeof problem) == 0)
            count[judge(&requirement, fit, report)]++;
    }
    decided = count[REQUIREMENT_MET] + count[REQUIREMENT_FAILED];
    report->outcome = count[REQUIREMENT_FAILED]                                 ? GATE_REGRESSES
                      : count[REQUIREMENT_UNDECIDED] || !count[REQUIREMENT_MET] ? GATE_IS_UNDECIDED
                                                                                : GATE_PASSES;
    snprintf(report->headline, sizeof report->headline, "%zu met, %zu failed, %zu undecided, %zu skipped",
             count[REQUIREMENT_MET], count[REQUIREMENT_FAILED], count[REQUIREMENT_UNDECIDED],
             count[REQUIREMENT_SKIPPED]);
    wrapped_print(stdout, 2, "verdict: %s (%s)",
                  report->outcome == GATE_REGRESSES ? "failed" : gate_outcome_name(report->outcome),
                  report->headline);
    if (decided) {
        report->false_alarms = (double)decided * (1 - FIT_LEVEL) / 2;
        wrapped_print(stdout, 2, "error rate: studies that keep all bounds fail in at most %.3g%%",
                      report->false_alarms * 100);
    }
    return gate_outcome_code(report->outcome);
}
