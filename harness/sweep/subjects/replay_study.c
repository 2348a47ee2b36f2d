#include "harness/sweep/subjects/replay_study.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>

#include "harness/fit/replay_overhead.h"
#include "harness/study/study_read.h"

/* More passes than this over times that are always the same show no more. */
enum { BLOCKS_MOST = 3 };

/* --- before the trials ------------------------------------------------------------------------ */

/* One trial of each cell. A chunk that leaves fewer shares than workers is done by that many. */
static double block_ns(const struct plan_request *request, const struct replay_source *source, double items)
{
    double work_ns = source->mean_item_ns * items, most = request->workers[request->worker_count - 1],
           sum_ns = PLAN_POLICIES * work_ns / most;
    uint32_t cells = request->worker_count + request->chunk_count + PLAN_POLICIES;

    for (uint32_t i = 0; i < request->worker_count; i++)
        sum_ns += work_ns / request->workers[i];
    for (uint32_t i = 0; i < request->chunk_count; i++)
        sum_ns += work_ns / fmin(most, ceil(items / (double)request->chunks[i]));
    return sum_ns + cells * (source->prefix_ns + source->suffix_ns + source->start_ns);
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
        request->blocks = (uint32_t)fmax(
            fmin(0.9 * request->budget_ns / block_ns(request, source, (double)items), BLOCKS_MOST), 1);
}

void replay_study_costs(const struct replay_source *source, struct plan_costs *costs)
{
    *costs = (struct plan_costs){.kind = PLAN_COSTS_OF_ITEMS,
                                 .item_ns = source->mean_item_ns,
                                 .worker_start_ns = source->start_ns,
                                 .trial_fixed_ns = source->prefix_ns + source->suffix_ns};
}

int replay_study_record(const struct replay_source *source, struct study *study, struct fault *fault)
{
    char text[64];

    snprintf(text, sizeof text, "%.9g", source->contention);
    return study_set(study, "replay_of", source->name, fault) ||
                   study_set(study, "replay_parts", source->parts, fault) ||
                   study_set(study, "replay_contention", text, fault) ||
                   study_set_number(study, "replay_contention_to", source->contention_to, fault) ||
                   study_set(study, "replay_contention_from", source->contention_from, fault)
               ? -1
               : 0;
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
