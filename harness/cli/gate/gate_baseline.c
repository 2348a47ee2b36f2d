#include "harness/cli/gate/gate_baseline.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/cli/gate/baseline_causes.h"
#include "harness/cli/gate/baseline_identity.h"
#include "harness/cli/gate/baseline_values.h"
#include "harness/console/options.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

size_t gate_baseline_differs(const struct baseline_file *baseline, const struct fit *fit,
                             struct gate_report *report)
{
    GPtrArray *differences = baseline_identity_differences(baseline->json, fit, "the baseline");
    size_t count = differences->len;

    for (guint i = 0; i < differences->len; i++) {
        const char *text = g_ptr_array_index(differences, i);
        wrapped_print(stdout, 2, "%s", text);
        gate_report_note(report, "%s", text);
    }
    g_ptr_array_free(differences, TRUE);
    if (!count)
        return 0;
    report->outcome = GATE_IS_INCOMPARABLE;
    snprintf(report->headline, sizeof report->headline,
             "not comparable with %.200s: sweep the same items on the same class of machine, or make a new "
             "baseline",
             baseline->path);
    wrapped_print(stdout, 2, "verdict: %s", report->headline);
    return count;
}

static const char *value_text(const struct gate_value *value, char *text, size_t bytes)
{
    const struct interval interval = {.value = value->value, .low = value->low, .high = value->high};

    return interval_text_digits(&interval, "", text, bytes);
}

/* How much worse, and how much it may be; or why that is not known. */
static void print_reason(const struct gate_entry *entry, const struct gate_result *result)
{
    const char *unit = gate_quantity_of(entry->quantity)->relative ? "%" : " points";
    struct interval worse = interval_scaled(&result->worse, 100);
    char by[VALUE_TEXT_BYTES];

    if (interval_has_bounds(&worse))
        wrapped_print(stdout, 4, "  worse by %s%s; may be %.3g%s",
                      interval_text_digits(&worse, "", by, sizeof by), unit, 100 * result->allowed, unit);
    else
        wrapped_print(stdout, 4, "  %s", result->reason);
}

static bool is_missing(const struct gate_entry *entry)
{
    return isnan(entry->study.value);
}

/* What would decide: a cell that the study lacks, spread that one block does not show, or more blocks. */
static void print_remedy(const struct baseline_file *baseline, const struct gate_result *result)
{
    GString *missing = g_string_new("");
    size_t without = 0, wide = 0;

    for (size_t i = 0; i < baseline->entries; i++) {
        const struct gate_entry *entry = &baseline->entry[i];
        if (result[i].verdict != GATE_UNDECIDED || !result[i].leads)
            continue;
        if (is_missing(entry) && entry->workers == 0)
            continue; /* the mean lacks what one of the others lacks */
        if (is_missing(entry))
            g_string_append_printf(missing, "%s%u", missing->len ? "," : "", entry->workers);
        else if (!interval_has_bounds(&result[i].worse))
            without++;
        else
            wide++;
    }
    if (missing->len)
        wrapped_print(stdout, 2,
                      "to decide: the study has no value at these numbers of workers: %s; sweep them too "
                      "(--workers), up to the number of cores",
                      missing->str);
    if (without)
        wrapped_print(stdout, 2,
                      "to decide: without an interval nothing can be judged: sweep at least 3 blocks, or "
                      "write a new baseline from such a study");
    if (wide)
        wrapped_print(stdout, 2, "to decide: the intervals are too wide: more blocks would decide");
    g_string_free(missing, TRUE);
}

/* "efficiency at 4", "efficiency, mean" */
static const char *title_of(const struct gate_entry *entry, char *text, size_t bytes)
{
    const char *title = gate_quantity_of(entry->quantity)->title;

    if (entry->workers)
        snprintf(text, bytes, "%s at %u%s", title, entry->workers, gate_quantity_of(entry->quantity)->unit);
    else
        snprintf(text, bytes, "%s, mean", title);
    return text;
}

static void print_entry(const struct gate_entry *entry, const struct gate_result *result)
{
    struct gate_value was = {result->was, NAN, NAN, 0, 0};
    char title[64], before[VALUE_TEXT_BYTES], now[VALUE_TEXT_BYTES];

    if (entry->sessions == 1)
        was = entry->session[0];
    printf("%-24s %-26s %-26s %s\n", title_of(entry, title, sizeof title),
           value_text(&was, before, sizeof before), value_text(&entry->study, now, sizeof now),
           gate_verdict_name(result->verdict));
    print_reason(entry, result);
}

static void add_line(const struct gate_entry *entry, const struct gate_result *result,
                     struct gate_report *report)
{
    static const enum gate_line_state states[] = {
        [GATE_PASS] = LINE_PASS, [GATE_REGRESSION] = LINE_WORSE, [GATE_UNDECIDED] = LINE_UNDECIDED};
    static const enum gate_unit units[GATE_QUANTITIES] = {[GATE_SERIAL] = GATE_SHARE,
                                                          [GATE_TAIL] = GATE_SHARE,
                                                          [GATE_DISPATCH] = GATE_SHARE,
                                                          [GATE_CPU_PER_ITEM] = GATE_SECONDS,
                                                          [GATE_CPU_PER_TRIAL] = GATE_SECONDS};
    const struct gate_quantity_kind *kind = gate_quantity_of(entry->quantity);
    struct gate_line line = {.workers = entry->workers,
                             .unit = units[entry->quantity],
                             .was = result->was,
                             .is = entry->study.value,
                             .worse = result->worse,
                             .ratio = kind->relative,
                             .smallest = NAN,
                             .state = states[result->verdict]};

    snprintf(line.name, sizeof line.name, "%s%s", kind->title, kind->unit);
    snprintf(line.group, sizeof line.group, "%s", kind->is_cost ? "cost" : "scaling");
    snprintf(line.detail, sizeof line.detail, "%s", result->reason);
    g_array_append_val(report->lines, line);
}

/* --- all -------------------------------------------------------------------------------------- */

static void say_sessions(const struct baseline_file *baseline, const struct fit *fit,
                         struct gate_report *report)
{
    size_t itself = baseline_file_session_of(baseline, fit);
    char text[200];

    if (itself) {
        snprintf(text, sizeof text,
                 "the study is session %zu of this baseline: it cannot show a change from that; sweep again",
                 itself);
        wrapped_print(stdout, 2, "%s", text);
        gate_report_note(report, "%s", text);
    }

    if (baseline->sessions == 1)
        snprintf(
            text, sizeof text,
            "the baseline has one session: as much is allowed as sessions of one machine are known to differ "
            "by; --accept adds sessions");
    else
        snprintf(text, sizeof text, "the baseline has %zu sessions: their spread is part of what is allowed",
                 baseline->sessions);
    wrapped_print(stdout, 2, "%s", text);
    gate_report_note(report, "%s", text);
}

/* "cause: tail +3.1 points (2.5 to 3.7) of the core time with 4 workers, from 0.4% to 3.5%" */
static void say_cause(const struct baseline_file *baseline, const struct fit *fit, struct gate_report *report)
{
    const struct gate_cause *cause;
    struct interval points;
    char by[VALUE_TEXT_BYTES], was[32], is[32], text[256];

    baseline_causes_add(baseline, fit, report);
    cause = report->causes->len ? &g_array_index(report->causes, struct gate_cause, 0) : NULL;
    if (cause && cause->more.value > 0) {
        points = interval_scaled(&cause->more, 100);
        snprintf(text, sizeof text, "cause: %s +%s points of the core time with %u workers, from %s to %s",
                 cause->label, interval_text_digits(&points, NO_INTERVAL, by, sizeof by),
                 fit_point_full(fit)->scaling.workers, percent_text(cause->was, was, sizeof was),
                 percent_text(cause->is, is, sizeof is));
    } else {
        snprintf(text, sizeof text, "cause: not known%s",
                 cause ? ": no share of the core time is larger than in the baseline"
                       : ", baseline or study has no core-second account");
    }
    wrapped_print(stdout, 2, "%s", text);
    gate_report_note(report, "%s", text);
}

/* "scaling: pass, cost: regression; 5 of 6 entries pass, ..." */
static void say_verdict(const struct baseline_file *baseline, const struct gate_result *result,
                        struct gate_report *report)
{
    static const enum gate_outcome outcomes[] = {
        [GATE_PASS] = GATE_PASSES, [GATE_REGRESSION] = GATE_REGRESSES, [GATE_UNDECIDED] = GATE_IS_UNDECIDED};
    struct gate_result part[2][BASELINE_ENTRIES_MOST];
    size_t parts[2] = {0}, count[3] = {0};
    enum gate_verdict total = gate_total(result, baseline->entries);

    for (size_t i = 0; i < baseline->entries; i++) {
        int cost = gate_quantity_of(baseline->entry[i].quantity)->is_cost;
        part[cost][parts[cost]++] = result[i];
        count[result[i].verdict]++;
    }
    report->outcome = outcomes[total];
    report->false_alarms = GATE_ALARMS;
    snprintf(report->headline, sizeof report->headline,
             "scaling: %s, cost: %s; %zu of %zu entries pass, %zu worse, %zu undecided",
             parts[0] ? gate_verdict_name(gate_total(part[0], parts[0])) : "none",
             parts[1] ? gate_verdict_name(gate_total(part[1], parts[1])) : "none", count[GATE_PASS],
             baseline->entries, count[GATE_REGRESSION], count[GATE_UNDECIDED]);
    wrapped_print(stdout, 2, "verdict: %s (%s)", gate_verdict_name(total), report->headline);
}

int gate_baseline_compare(struct baseline_file *baseline, const struct fit *fit, struct gate_report *report)
{
    static struct gate_result result[BASELINE_ENTRIES_MOST];

    printf("%-24s %-26s %-26s %s\n", "figure", "baseline", "study", "verdict");
    for (size_t i = 0; i < baseline->entries; i++) {
        struct gate_entry *entry = &baseline->entry[i];
        entry->study = entry->workers
                           ? baseline_value_of(fit, entry->quantity, entry->workers)
                           : baseline_mean_efficiency(fit, baseline->mean_of, baseline->mean_count);
        result[i] = gate_decide(entry, baseline->entries, FIT_LEVEL);
        print_entry(entry, &result[i]);
        add_line(entry, &result[i], report);
    }
    for (unsigned i = 0; i < fit->hiccups->len; i++)
        wrapped_print(stdout, 2, "far too slow, kept out: %s",
                      g_array_index(fit->hiccups, struct fit_hiccup, i).reason);
    say_sessions(baseline, fit, report);
    print_remedy(baseline, result);
    if (gate_total(result, baseline->entries) == GATE_REGRESSION)
        say_cause(baseline, fit, report);
    say_verdict(baseline, result, report);
    return gate_outcome_code(report->outcome);
}
