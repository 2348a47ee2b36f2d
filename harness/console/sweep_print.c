#include "harness/console/sweep_print.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/console/knob_print.h"
#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_json.h"
#include "harness/study/study_read.h"
#include "harness/sweep/sweep.h"

/* --- plan ------------------------------------------------------------------------------------- */

/* "9 cells (serial; 4 worker counts, 3 larger chunks, 1 other policies), 8 of 20 items in each trial" */
static void cells_text(const struct plan *plan, const struct subject *subject, char *text, size_t bytes)
{
    uint32_t roles[PLAN_ROLES] = {0};
    char work[96], antagonists[48] = "";

    for (uint32_t i = 0; i < plan->cell_count; i++)
        roles[plan->cells[i].role]++;
    subject->kind->work_text(subject, plan, work, sizeof work);
    if (roles[PLAN_ANTAGONIST])
        snprintf(antagonists, sizeof antagonists, ", %" PRIu32 " antagonists", roles[PLAN_ANTAGONIST]);
    snprintf(text, bytes,
             "%" PRIu32 " cells (%s%" PRIu32 " worker counts, %" PRIu32 " larger chunks, %" PRIu32
             " other policies%s)%s%s",
             plan->cell_count, roles[PLAN_SERIAL] ? "serial; " : "", roles[PLAN_SCALING], roles[PLAN_CHUNK],
             roles[PLAN_POLICY], antagonists, work[0] ? ", " : "", work);
}

static void print_stop_rule(const struct plan *plan, const char *cells)
{
    if (plan->stop == PLAN_STOP_PRECISION)
        message_note("plan: %d blocks of %s; then up to %" PRIu32
                     " blocks of the cells that limit the precision",
                     PRECISION_BLOCKS, cells, plan->blocks);
    else
        message_note("plan: %" PRIu32 " blocks of %s", plan->blocks, cells);
}

void sweep_print_plan(const struct sweep_plan *planned, const struct subject *subject)
{
    const struct plan *plan = &planned->plan;
    char predicted[32], budget[32], block[32], text[256];

    subject->kind->costs_text(subject, plan, &planned->costs, text, sizeof text);
    message_note("probe: %s", text);
    cells_text(plan, subject, text, sizeof text);
    print_stop_rule(plan, text);
    message_note("predicted for %" PRIu32 " blocks: %s (%s a block), budget %s", planned->predicted_blocks,
                 progress_duration(planned->predicted_ns / 1e9, predicted, sizeof predicted),
                 progress_duration(plan->block_ns / 1e9, block, sizeof block),
                 progress_duration((double)subject->options->budget_ns / 1e9, budget, sizeof budget));
    if (plan->workers_left_out)
        message_note("%" PRIu32 " of %" PRIu32
                     " worker counts were left out to fit: give more time with --budget",
                     plan->workers_left_out, subject->request.worker_count);
    if (plan->over_budget)
        message_warning("even the smallest plan takes longer than the budget: give more time with --budget");
}

void sweep_print_cells(const struct sweep_plan *planned, const struct subject *subject)
{
    const struct plan *plan = &planned->plan;
    char text[96];

    printf("cell  role        predicted  parameters\n");
    for (uint32_t i = 0; i < plan->cell_count; i++)
        printf("%4" PRIu32 "  %-10s  %7.2f s  %s\n", i + 1, plan_role_name(plan->cells[i].role),
               sweep_plan_cell_ns(planned, i) / 1e9,
               sweep_cell_text(subject, &plan->cells[i], text, sizeof text));
    subject->kind->work_text(subject, plan, text, sizeof text);
    if (plan->stop == PLAN_STOP_PRECISION)
        printf("%d blocks and more, ", PRECISION_BLOCKS);
    else
        printf("%" PRIu32 " blocks, ", plan->blocks);
    printf("%s%spredicted %.0f s of %.0f s\n", text, text[0] ? ", " : "", planned->predicted_ns / 1e9,
           (double)subject->options->budget_ns / 1e9);
}

/* --- summary --- */

struct tally {
    unsigned ok, voided, failed;
    bool counted;       /* disturbed ones count (study_noise.h) ... */
    unsigned disturbed; /* ... these; not among voided */
    double voided_ns;   /* wall time of the void ones */
    unsigned missing;   /* (cell, block) of blocks that were run, without a trial that counts */
    bool has_baseline;  /* one worker, at least one trial that counts */
    char failing[200];  /* study_data_failed_words() */
    char noise[200];    /* study_noise_words() */
    char *void_reason, *failed_reason; /* of the last one */
};

static void replace(char **text, const char *with)
{
    g_free(*text);
    *text = g_strdup(with ? with : "no reason was recorded");
}

/* What is known of the curve: which disturbed trials count, whether one worker has a trial that does, and items that
 * fail. */
static struct tally tally_of(const struct study_data *data)
{
    struct tally tally = {.counted = data->noise.counted};
    int baseline = study_data_curve_cell(data, 1);

    study_noise_words(data, tally.noise, sizeof tally.noise);
    study_data_failed_words(data, tally.failing, sizeof tally.failing);
    for (unsigned i = 0; i < data->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(data->trials, struct data_trial, i);
        tally.has_baseline |= (int)trial->cell == baseline && trial->status == TRIAL_OK;
    }
    return tally;
}

/* pressed: next to antagonists. Returns whether the trial is one that counts, or failed. */
static bool tally_trial(struct tally *tally, const struct study_trial *trial, bool pressed)
{
    if (strcmp(trial->status, "ok") == 0) {
        tally->ok++;
    } else if (strcmp(trial->status, "failed") == 0) {
        tally->failed++;
        replace(&tally->failed_reason, trial->reason);
    } else if (trial->disturbed == 1 && tally->counted && !pressed) {
        tally->disturbed++;
    } else {
        tally->voided++;
        tally->voided_ns += trial->wall_ns > 0 ? (double)trial->wall_ns : 0;
        replace(&tally->void_reason, trial->reason);
        return false;
    }
    return true;
}

static int count_trials(struct study *study, const struct plan *plan, int64_t blocks_run, struct tally *tally,
                        struct fault *fault)
{
    size_t count = 0, places = (size_t)blocks_run * plan->cell_count;
    struct study_trial *trials = study_read_trials(study, &count, fault);
    bool *has;

    if (!trials)
        return -1;
    has = g_new0(bool, places + 1);
    for (size_t i = 0; i < count; i++) {
        int64_t cell = trials[i].cell - 1, place = trials[i].block * plan->cell_count + cell;
        bool pressed = cell >= 0 && cell < plan->cell_count && plan->cells[cell].role == PLAN_ANTAGONIST;
        if (tally_trial(tally, &trials[i], pressed) && place >= 0 && (size_t)place < places)
            has[place] = true;
    }
    for (size_t i = 0; i < places; i++)
        tally->missing += !has[i];
    g_free(has);
    study_free_trials(trials, count);
    return 0;
}

static void print_stop(struct study *study)
{
    char *reached = study_get(study, "precision_reached"), *by = study_get(study, "stopped_by");

    if (reached)
        wrapped_print(stdout, 9, "         stopped by the %s; precision %s", by ? by : "plan", reached);
    g_free(reached);
    g_free(by);
}

static void print_trials(const struct tally *tally)
{
    printf("trials   %u ok, ", tally->ok);
    if (tally->disturbed)
        printf("%u disturbed that count, ", tally->disturbed);
    printf("%u void, %u failed\n", tally->voided, tally->failed);
    if (tally->noise[0])
        wrapped_print(stdout, 9, "         %s", tally->noise);
    if (tally->failing[0])
        wrapped_print(stdout, 9, "items    %s", tally->failing);
    if (tally->voided)
        wrapped_print(stdout, 9, "         void ones were repeated%s; the last was void because %s",
                      tally->missing ? ", not all with success" : "", tally->void_reason);
    if (tally->missing && tally->has_baseline) /* else there is no report */
        wrapped_print(
            stdout, 9,
            "         %u cells have no trial that counts in a block: the report's intervals are wider",
            tally->missing);
    if (tally->failed)
        wrapped_print(stdout, 9, "         the last that failed: %s", tally->failed_reason);
}

static int check_tally(const struct tally *tally, const struct study *study, struct fault *fault)
{
    const char *why = tally->void_reason ? tally->void_reason : "none was run";

    if (tally->failed)
        return fault_set(
            fault, "%u trial%s failed, the last because %.300s: the events in %.100s/study.db name each",
            tally->failed, tally->failed == 1 ? "" : "s", tally->failed_reason, study->folder);
    if (!tally->has_baseline)
        return fault_set(fault, "no trial with one worker counts (%.250s)%s", why,
                         strstr(why, "--") /* it names the option that helps */
                             ? ""
                             : ": repeat it with --restart when that is mended");
    return 0;
}

/* "study    results/x/study.db: 8 of 20 items in each trial, 9 cells, 5 of 5 blocks" */
static void print_study(const struct study *study, const struct plan *plan, const struct subject *subject,
                        int64_t blocks_run)
{
    char work[96];

    subject->kind->work_text(subject, plan, work, sizeof work);
    printf("study    %s/study.db: %s%s%" PRIu32 " cells, %" PRId64, study->folder, work, work[0] ? ", " : "",
           plan->cell_count, blocks_run);
    if (plan->stop == PLAN_STOP_PRECISION)
        printf(" blocks\n");
    else
        printf(" of %" PRIu32 " blocks\n", plan->blocks);
}

static void print_time(struct study *study, const struct sweep_plan *planned, const struct subject *subject,
                       const struct tally *tally)
{
    double spent_ns = (double)study_get_number(study, "spent_ns", 0);
    char text[32];

    printf("time     %s", progress_duration(spent_ns / 1e9, text, sizeof text));
    if (tally->voided)
        printf(" (%s for void trials)", progress_duration(tally->voided_ns / 1e9, text, sizeof text));
    if (planned->plan.stop != PLAN_STOP_PRECISION) /* else the number of blocks is not known before */
        printf(", predicted %s", progress_duration(planned->predicted_ns / 1e9, text, sizeof text));
    printf(", budget %s\n", progress_duration((double)subject->options->budget_ns / 1e9, text, sizeof text));
}

/* The next command only where it can work: a report needs a trial with one worker. */
static void print_end(struct study *study, const struct plan *plan, int64_t blocks_run, bool has_next)
{
    char *by = study_get(study, "stopped_by");

    print_stop(study);
    if (g_strcmp0(by, "void") == 0)
        printf("         no trial of block %" PRId64 " counts: more blocks were not tried\n", blocks_run);
    else if (blocks_run < plan->blocks && plan->stop != PLAN_STOP_PRECISION)
        wrapped_print(stdout, 9,
                      "         %" PRId64
                      " blocks were dropped to keep to the budget: trials took longer than predicted, or "
                      "had to be repeated",
                      plan->blocks - blocks_run);
    if (has_next)
        printf("next     knee report %s\n", study->folder);
    g_free(by);
}

/* Of a command: is its option the number of workers? */
static void print_knob(const struct study_data *data)
{
    struct knob_study knob;

    knob_study_make(data, &knob);
    knob_print_table(&knob, stdout);
    knob_print_findings(&knob, stdout);
    knob_study_release(&knob);
}

static json_t *warnings_json(const struct tally *tally, const struct study_data *data)
{
    json_t *list = json_array();
    struct knob_study knob;

    if (tally->noise[0])
        fit_json_append(list, fit_json_text(tally->noise));
    if (tally->failing[0])
        fit_json_append(list, fit_json_text(tally->failing));
    knob_study_make(data, &knob);
    for (size_t i = 0; i < knob.found; i++)
        fit_json_append(list, fit_json_text(knob.findings[i].sentence));
    knob_study_release(&knob);
    return list;
}

/* One JSON object in place of the lines (docs/formats.md). */
static int print_json(struct study *study, const struct study_data *data, const struct sweep_plan *planned,
                      const struct tally *tally, int64_t blocks_run, struct fault *fault)
{
    const struct plan *plan = &planned->plan;
    char *by = study_get(study, "stopped_by");
    json_t *root = json_object(), *trials = json_object();
    int status;

    fit_json_put(root, "format", fit_json_text("knee-sweep 1"));
    fit_json_put(root, "study", fit_json_text(study->folder));
    fit_json_put(root, "cells", json_integer(plan->cell_count));
    fit_json_put(root, "blocks", json_integer(blocks_run));
    fit_json_put(root, "blocks_planned",
                 plan->stop == PLAN_STOP_PRECISION ? json_null() : json_integer(plan->blocks));
    fit_json_put(trials, "ok", json_integer(tally->ok));
    fit_json_put(trials, "disturbed", json_integer(tally->disturbed));
    fit_json_put(trials, "void", json_integer(tally->voided));
    fit_json_put(trials, "failed", json_integer(tally->failed));
    fit_json_put(root, "trials", trials);
    fit_json_put(root, "spent_s", fit_json_number((double)study_get_number(study, "spent_ns", 0) / 1e9));
    fit_json_put(root, "stopped_by", fit_json_text(by));
    fit_json_put(root, "warnings", warnings_json(tally, data));
    status = fit_json_print(root, stdout) ? fault_sys(fault, "the summary could not be printed") : 0;
    json_decref(root);
    g_free(by);
    return status;
}

static int print_summary(struct study *study, const struct study_data *data, const struct sweep_plan *planned,
                         const struct subject *subject, struct tally *tally, struct fault *fault)
{
    const struct plan *plan = &planned->plan;
    int64_t run = study_get_number(study, "blocks_run", plan->blocks);

    if (count_trials(study, plan, run, tally, fault))
        return -1;
    if (subject->options->json)
        return print_json(study, data, planned, tally, run, fault) ? -1 : check_tally(tally, study, fault);
    if (plan->stop == PLAN_STOP_PRECISION)
        tally->missing = 0; /* later blocks visit a few cells only */
    print_study(study, plan, subject, run);
    print_trials(tally);
    if (subject->kind->print(subject, plan, study, tally->failed == 0, stdout, fault))
        return -1;
    print_knob(data);
    print_time(study, planned, subject, tally);
    print_end(study, plan, run, tally->has_baseline);
    return check_tally(tally, study, fault);
}

int sweep_print_summary(struct study *study, const struct sweep_plan *planned, const struct subject *subject,
                        struct fault *fault)
{
    struct study_data data;
    struct tally tally;
    int result;

    if (study_load(study, STUDY_TRIALS, &data, fault))
        return -1;
    tally = tally_of(&data);
    result = print_summary(study, &data, planned, subject, &tally, fault);
    g_free(tally.void_reason);
    g_free(tally.failed_reason);
    study_data_release(&data);
    return result;
}
