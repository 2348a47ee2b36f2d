#include "harness/console/sweep_print.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "harness/sweep/sweep.h"

void sweep_print_plan(const struct sweep_plan *planned, uint32_t wished_workers, uint64_t budget_ns)
{
    const struct plan *plan = &planned->plan;
    char predicted[32], budget[32], block[32], blocks[32] = "";
    uint32_t roles[4] = {0};

    for (uint32_t i = 0; i < plan->cell_count; i++)
        roles[plan->cells[i].role]++;
    if (plan->blocks != PRECISION_BLOCKS_MOST)
        snprintf(blocks, sizeof blocks, "%" PRIu32 " blocks of ", plan->blocks);
    if (planned->costs.of_command) {
        message_note("probe: %.3f s with one worker, foreseen at full cores %.3f s; %.0f ms around a trial",
                     (planned->costs.serial_ns + planned->costs.parallel_ns) / 1e9,
                     (planned->costs.serial_ns + planned->costs.parallel_ns / plan->cores) / 1e9,
                     planned->costs.trial_fixed_ns / 1e6);
        message_note("plan: %s%" PRIu32 " settings (%" PRIu32 " worker counts, %" PRIu32
                     " larger chunks, %" PRIu32 " other policies)",
                     blocks, plan->cell_count, roles[PLAN_SCALING], roles[PLAN_CHUNK], roles[PLAN_POLICY]);
    } else {
        message_note("probe: %.0f ms an item, %.0f ms a worker's start, %.0f ms the rest of a trial",
                     planned->costs.item_ns / 1e6, planned->costs.worker_start_ns / 1e6,
                     planned->costs.trial_fixed_ns / 1e6);
        message_note("plan: %s%" PRIu32 " settings (serial; %" PRIu32 " worker counts, %" PRIu32
                     " larger chunks, %" PRIu32 " other policies), %" PRIu64 " items %s",
                     blocks, plan->cell_count, roles[PLAN_SCALING], roles[PLAN_CHUNK], roles[PLAN_POLICY],
                     plan->items, plan->weak ? "for each worker" : "each");
    }
    if (plan->blocks == PRECISION_BLOCKS_MOST)
        message_note(
            "%d blocks of all settings, then more of those that keep the answer from the precision asked for",
            PRECISION_BLOCKS);
    message_note(plan->blocks == PRECISION_BLOCKS_MOST ? "predicted, 5 blocks: %s (a block %s), budget %s"
                                                       : "predicted: %s (a block %s), budget %s",
                 progress_duration(planned->predicted_ns / 1e9, predicted, sizeof predicted),
                 progress_duration(plan->block_ns / 1e9, block, sizeof block),
                 progress_duration((double)budget_ns / 1e9, budget, sizeof budget));
    if (plan->workers_left_out)
        message_note("%" PRIu32 " of %" PRIu32
                     " worker counts were left out to fit: give more time with --budget",
                     plan->workers_left_out, wished_workers);
    if (plan->over_budget)
        message_warning("even the smallest plan takes longer than the budget: give more time with --budget");
}

void sweep_print_cells(const struct sweep_plan *planned, uint64_t budget_ns)
{
    const struct plan *plan = &planned->plan;
    char words[96];

    printf("cell  role     predicted  setting\n");
    for (uint32_t i = 0; i < plan->cell_count; i++)
        printf("%4" PRIu32 "  %-7s  %7.2f s  %s\n", i + 1, plan_role_name(plan->cells[i].role),
               plan_predict_ns(&plan->cells[i], plan_items_of(plan, &plan->cells[i]), plan->cores,
                               &planned->costs) /
                   1e9,
               sweep_cell_words(&plan->cells[i], words, sizeof words));
    if (plan->blocks == PRECISION_BLOCKS_MOST)
        printf("%d blocks and more, ", PRECISION_BLOCKS);
    else
        printf("%" PRIu32 " blocks, ", plan->blocks);
    if (!planned->costs.of_command)
        printf("%" PRIu64 " items %s, ", plan->items, plan->weak ? "for each worker" : "in each trial");
    printf("predicted %.0f s of %.0f s\n", planned->predicted_ns / 1e9, (double)budget_ns / 1e9);
}

/* --- summary --- */

struct tally {
    unsigned ok, voided, failed;
    double voided_ns;  /* what the void ones took */
    unsigned missing;  /* (cell, block) of blocks that were run, without a trial that counts */
    bool has_baseline; /* one worker, at least one trial that counts */
    char *void_reason, *failed_reason; /* of the last one */
};

static void replace(char **text, const char *with)
{
    g_free(*text);
    *text = g_strdup(with ? with : "no reason was recorded");
}

static int count_trials(struct study *study, const struct plan *plan, int64_t blocks_run, struct tally *tally,
                        struct fault *fault)
{
    size_t count = 0;
    struct study_trial *trials = study_read_trials(study, &count, fault);

    *tally = (struct tally){0};
    if (!trials)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct study_trial *trial = &trials[i];
        bool is_cell = trial->cell >= 1 && trial->cell <= (int64_t)plan->cell_count;
        const struct plan_cell *cell = is_cell ? &plan->cells[trial->cell - 1] : NULL;
        if (strcmp(trial->status, "ok") == 0) {
            tally->ok++;
            tally->has_baseline |= cell && cell->role == PLAN_SCALING && cell->workers == 1;
        } else if (strcmp(trial->status, "void") == 0) {
            tally->voided++;
            tally->voided_ns += trial->wall_ns > 0 ? (double)trial->wall_ns : 0;
            replace(&tally->void_reason, trial->reason);
        } else {
            tally->failed++;
            replace(&tally->failed_reason, trial->reason);
        }
    }
    tally->missing = (unsigned)(blocks_run * plan->cell_count) - tally->ok - tally->failed;
    study_free_trials(trials, count);
    return 0;
}

static void print_stop(struct study *study)
{
    char *reached = study_get(study, "precision_reached"), *by = study_get(study, "stopped_by");

    if (reached)
        printf("         stopped by the %s; precision %s\n", by ? by : "plan", reached);
    g_free(reached);
    g_free(by);
}

static void print_command(struct study *study)
{
    char *spans = study_get(study, "spans"), *check = study_get(study, "check");

    printf("output   %s\n", check ? "right in every trial that counts, says --check"
                                  : "not checked: --check tells whether it is right");
    printf("spans    %s\n", spans ? spans : "not known");
    g_free(spans);
    g_free(check);
}

static void print_trials(const struct tally *tally, bool has_bytes)
{
    printf("trials   %u ok, %u void, %u failed\n", tally->ok, tally->voided, tally->failed);
    if (tally->voided)
        printf("         void ones were repeated%s; the last was void because %s\n",
               tally->missing ? ", not all with success" : "", tally->void_reason);
    if (tally->missing)
        printf("         %u settings have no trial that counts in a block: the report's intervals are wider "
               "for it\n",
               tally->missing);
    if (tally->failed)
        printf("         the last that failed: %s\n", tally->failed_reason);
    else if (has_bytes)
        printf("bytes    the same as the serial run's in every trial\n");
}

static int verdict(const struct tally *tally, const struct study *study, struct fault *fault)
{
    if (tally->failed)
        return fault_set(fault,
                         "%u trials failed, the last because %.300s: the events in %.100s/study.db name each",
                         tally->failed, tally->failed_reason, study->folder);
    if (!tally->has_baseline)
        return fault_set(
            fault,
            "no trial with one worker counts (%.200s): repeat it with --restart on a quiet machine, or "
            "allow more with --noise",
            tally->void_reason ? tally->void_reason : "none was run");
    return 0;
}

int sweep_print_summary(struct study *study, const struct sweep_plan *planned, uint64_t batch_items,
                        uint64_t budget_ns, struct fault *fault)
{
    const struct plan *plan = &planned->plan;
    int64_t run = study_get_number(study, "blocks_run", plan->blocks);
    double spent_ns = (double)study_get_number(study, "spent_ns", 0);
    char spent[32], predicted[32], budget[32], again[32];
    bool foreign = planned->costs.of_command, focused = plan->blocks == PRECISION_BLOCKS_MOST;
    struct tally tally;
    int result;

    if (count_trials(study, plan, run, &tally, fault))
        return -1;
    printf("study    %s/study.db: ", study->folder);
    if (!foreign && plan->weak)
        printf("%" PRIu64 " items for each worker, ", plan->items);
    else if (!foreign)
        printf("%" PRIu64 " of %" PRIu64 " items in each trial, ", plan->items, batch_items);
    printf("%" PRIu32 " settings, %" PRId64, plan->cell_count, run);
    if (focused)
        printf(" blocks\n");
    else
        printf(" of %" PRIu32 " blocks\n", plan->blocks);
    if (focused)
        tally.missing = 0; /* later blocks visit a few settings only */
    print_trials(&tally, !foreign);
    if (foreign)
        print_command(study);
    printf("time     %s", progress_duration(spent_ns / 1e9, spent, sizeof spent));
    if (tally.voided)
        printf(" (%s for void trials)", progress_duration(tally.voided_ns / 1e9, again, sizeof again));
    if (!focused) /* with a precision to be reached, how long it takes shows only on the way */
        printf(", predicted %s", progress_duration(planned->predicted_ns / 1e9, predicted, sizeof predicted));
    printf(", budget %s\n", progress_duration((double)budget_ns / 1e9, budget, sizeof budget));
    print_stop(study);
    if (run < plan->blocks && !focused)
        printf("         %" PRId64
               " blocks were dropped to keep to the budget: trials took longer than predicted, or "
               "had to be repeated\n",
               plan->blocks - run);
    printf("next     knee report %s\n", study->folder);
    result = verdict(&tally, study, fault);
    g_free(tally.void_reason);
    g_free(tally.failed_reason);
    return result;
}
