#include "harness/sweep/subjects/replay_study.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>

#include "harness/fit/replay_overhead.h"
#include "harness/study/study_read.h"

/* More passes than this over times that are always the same show no more. */
enum { BLOCKS_MOST = 3 };

/* --- before the trials ------------------------------------------------------------------------ */

/* One trial of each cell. */
static double block_ns(const struct plan_request *request, const struct replay_source *source, uint64_t items)
{
    uint32_t most = request->workers[request->worker_count - 1];
    struct plan_cell cell = {.role = PLAN_SCALING, .chunk = 1, .policy = POLICY_DYNAMIC};
    struct plan_costs costs;
    double sum_ns = 0;

    replay_study_costs(source, &costs);
    for (uint32_t i = 0; i < request->worker_count; i++) {
        cell.workers = request->workers[i];
        sum_ns += plan_predict_ns(&cell, items, most, &costs);
    }
    for (uint32_t i = 0; i < request->chunk_count; i++) {
        cell.chunk = request->chunks[i];
        sum_ns += plan_predict_ns(&cell, items, most, &costs);
    }
    cell.chunk = 1;
    for (int policy = 0; policy < PLAN_POLICIES; policy++) {
        cell.policy = (enum chunk_policy)policy;
        sum_ns += request->policies[policy] ? plan_predict_ns(&cell, items, most, &costs) : 0;
    }
    return sum_ns;
}

void replay_study_request(struct subject *subject, const struct replay_source *source, uint64_t items,
                          double reference_ns)
{
    struct plan_request *request = &subject->request;

    subject->cores = subject->replayed_cores = request->workers[request->worker_count - 1];
    request->cores = subject->cores;
    request->no_serial = true;
    request->known_workers = subject->topology.usable_cores;
    request->items = request->batch_items = items;
    request->budget_ns -= reference_ns;
    if (!request->blocks)
        request->blocks =
            (uint32_t)fmax(fmin(0.9 * request->budget_ns / block_ns(request, source, items), BLOCKS_MOST), 1);
}

void replay_study_costs(const struct replay_source *source, struct plan_costs *costs)
{
    *costs = (struct plan_costs){.kind = PLAN_COSTS_OF_ITEMS,
                                 .item_ns = source->mean_item_ns,
                                 .worker_start_ns = source->start_ns,
                                 .trial_fixed_ns = source->prefix_ns + source->suffix_ns};
}

/* "X1 X2 ...", of struct replay_plan; "0" without any. */
static int record_excess(const struct replay_source *source, struct study *study, struct fault *fault)
{
    GString *text = g_string_new(source->excess_most ? NULL : "0");
    int result;

    for (uint32_t i = 0; i < source->excess_most; i++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               g_ascii_dtostr(number, sizeof number, source->excess[i]));
    }
    result = study_set(study, "replay_excess", text->str, fault);
    g_string_free(text, TRUE);
    return result;
}

int replay_study_excess(struct study *study, struct replay_plan *plan, struct fault *fault)
{
    char *text = study_get(study, "replay_excess"), **numbers;

    if (!text)
        return fault_set(fault, "%s: has no fact replay_excess: start again with --restart", study->folder);
    numbers = g_strsplit(text, " ", -1);
    plan->excess_most = g_strv_length(numbers);
    plan->excess = g_new0(double, plan->excess_most + 1);
    for (uint32_t i = 0; i < plan->excess_most; i++)
        plan->excess[i] = g_ascii_strtod(numbers[i], NULL);
    g_strfreev(numbers);
    g_free(text);
    return 0;
}

int replay_study_record(const struct replay_source *source, struct study *study, struct fault *fault)
{
    char text[64];

    snprintf(text, sizeof text, "%.9g", source->contention);
    return record_excess(source, study, fault) || study_set(study, "replay_of", source->name, fault) ||
                   study_set(study, "replay_parts", source->parts, fault) ||
                   study_set(study, "replay_contention", text, fault) ||
                   study_set_number(study, "replay_contention_to", source->contention_to, fault) ||
                   study_set(study, "replay_contention_from", source->contention_from, fault)
               ? -1
               : 0;
}

int replay_study_time(struct study *study, uint64_t item, const struct replay_item *time, struct fault *fault)
{
    const struct study_batch_item row = {.id = (int64_t)item,
                                         .replay_wall_ns = (int64_t)time->wall_ns,
                                         .replay_cpu_ns = (int64_t)time->cpu_ns,
                                         .replay_lock_at_ns = (int64_t)time->lock_at_ns,
                                         .replay_locked_ns = (int64_t)time->locked_ns};

    return study_time_item(study, &row, fault);
}

/* A study from before there were locks has none. */
struct replay_item replay_study_item(const struct study_batch_item *row)
{
    return (struct replay_item){.wall_ns = (uint64_t)row->replay_wall_ns,
                                .cpu_ns = (uint64_t)row->replay_cpu_ns,
                                .lock_at_ns = (uint64_t)MAX(row->replay_lock_at_ns, 0),
                                .locked_ns = (uint64_t)MAX(row->replay_locked_ns, 0)};
}

/* --- texts ------------------------------------------------------------------------------------ */

void replay_study_costs_text(const struct replay_source *source, const struct plan_costs *costs, char *text,
                             size_t bytes)
{
    snprintf(text, bytes, "none: %.80s has %.0f ms for an item, %u items with a time, contention %.2g%%",
             source->name, costs->item_ns / 1e6, g_hash_table_size(source->times), 100 * source->contention);
}

void replay_study_work_text(const struct subject *subject, const struct plan *plan, char *text, size_t bytes)
{
    (void)subject;
    snprintf(text, bytes, "%" PRIu64 " items replayed in each trial", plan->items);
}

int replay_study_print(const struct subject *subject, struct study *study, FILE *file, struct fault *fault)
{
    char *of = study_get(study, "replay_of"), *times = study_get(study, "replay_times");
    struct study_data data;
    char words[200];
    int result = study_load(study, STUDY_ALL, &data, fault);

    if (result == 0) {
        struct replay_overhead overhead = replay_overhead_of(&data);
        fprintf(file, "replayed %s on %u real cores: items waited instead of computing\n", of,
                subject->topology.usable_cores);
        fprintf(file, "         %s\n", times);
        if (replay_overhead_words(&overhead, words, sizeof words)[0])
            fprintf(file, "         %s\n", words);
        study_data_release(&data);
    }
    g_free(of);
    g_free(times);
    return result;
}
