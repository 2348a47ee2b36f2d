#include "harness/console/prediction_print.h"

#include <math.h>

#include "harness/console/value_text.h"

static void print_points(const struct prediction *p, FILE *out)
{
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES], efficiency[VALUE_TEXT_BYTES], memory[32];

    fprintf(out, "%7s  %-28s %-24s %-24s %10s %10s\n", "workers", "seconds", "speedup", "efficiency",
            "memory", "core-hours");
    for (unsigned i = 0; i < p->points->len; i++) {
        const struct prediction_point *point = &g_array_index(p->points, struct prediction_point, i);
        if (isnan(point->memory_mib))
            snprintf(memory, sizeof memory, "-");
        else
            snprintf(memory, sizeof memory, "%.0f MiB", point->memory_mib);
        fprintf(out, "%7u  %-28s %-24s %-24s %10s %10.4g%s\n", point->workers,
                interval_text(&point->wall_s, decimals_for(point->wall_s.value, 4), "", wall, sizeof wall),
                interval_text(&point->speedup, 2, "", speedup, sizeof speedup),
                interval_text(&point->efficiency, 3, "", efficiency, sizeof efficiency), memory,
                point->core_hours, point->too_large ? " needs more than the memory" : "");
    }
}

static void print_best(const struct prediction *p, FILE *out)
{
    const struct predict_setting *best = &p->best.setting;
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES];

    fprintf(out, "best: %u worker%s, chunk %llu, %s: %s s, speedup %s, %.4g core-hours\n", best->workers,
            best->workers == 1 ? "" : "s", (unsigned long long)best->chunk,
            prediction_policy_name(best->policy),
            interval_text(&p->best_wall_s, decimals_for(p->best_wall_s.value, 4), "", wall, sizeof wall),
            interval_text(&p->best_speedup, 2, "", speedup, sizeof speedup), p->best_core_hours);
    if (p->least_chunk)
        fprintf(out, "chunk: %llu is enough for %.0f%% efficiency with %u worker%s\n",
                (unsigned long long)p->least_chunk, 100 * PREDICTION_EFFICIENCY, best->workers,
                best->workers == 1 ? "" : "s");
    else
        fprintf(out, "chunk: none gives %.0f%% efficiency with %u workers; most is %.1f%%, with chunk %llu\n",
                100 * PREDICTION_EFFICIENCY, best->workers, 100 * p->chunk_efficiency,
                (unsigned long long)p->chunk_best);
}

static void print_bounds(const struct prediction *p, FILE *out)
{
    char note[PREDICTION_NOTE_BYTES];

    fprintf(out,
            "bounds: speedup is at most %.0f (workers), %.4g (longest item, %.4g s), %.4g (serial parts)",
            p->bounds.workers, p->bounds.longest_item, p->bounds.longest_s, p->bounds.serial);
    if (p->memory_limits)
        fprintf(out, "; memory is enough for %u worker%s of %.0f MiB", p->memory_workers,
                p->memory_workers == 1 ? "" : "s", p->worker_mib);
    fputc('\n', out);
    prediction_note_memory(p, note, sizeof note);
    if (note[0])
        fprintf(out, "memory: %s\n", note);
    prediction_note_serial(p, note, sizeof note);
    if (note[0])
        fprintf(out, "serial parts: %s\n", note);
}

static void print_checks(const struct prediction *p, FILE *out)
{
    for (unsigned i = 0; i < p->checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p->checks, struct prediction_check, i);
        const struct data_cell *cell = &g_array_index(p->study->cells, struct data_cell, check->cell);
        fprintf(
            out,
            "checked: %u workers, chunk %lld, %s: measured %.4g s, predicted without it %.4g s (%+.1f%%)\n",
            check->workers, (long long)cell->chunk, cell->policy ? cell->policy : "its own policy",
            check->measured_s, check->predicted_s, without_negative_zero(100 * check->error, 1));
    }
    if (!p->checks->len)
        fprintf(out, "checked: nothing: the study has no cell of more than one worker\n");
}

void prediction_print(const struct prediction *p, FILE *out)
{
    char text[VALUE_TEXT_BYTES];
    struct interval percent = interval_scaled(&p->contention, 100);

    fprintf(out,
            "%s on %u core%s, %zu items (measured: %u core%s, %zu items, %zu block%s); in brackets: 95%% "
            "intervals\n\n",
            p->study->name, p->request.cores, p->request.cores == 1 ? "" : "s", p->request.items,
            p->study->cores, p->study->cores == 1 ? "" : "s", p->measured_items, p->blocks,
            p->blocks == 1 ? "" : "s");
    print_points(p, out);
    fputc('\n', out);
    print_best(p, out);
    print_bounds(p, out);
    fprintf(out, "slowdown of items for each additional worker: %s%%, measured up to %u worker%s",
            interval_text(&percent, 2, "", text, sizeof text), p->measured_workers,
            p->measured_workers == 1 ? "" : "s");
    percent = interval_scaled(&p->crowding, 100);
    fprintf(out, "; by waiting for a core, with all cores busy: %s%%\n",
            interval_text(&percent, 2, "", text, sizeof text));
    if (p->request.cores > p->measured_workers)
        fprintf(
            out,
            "beyond %u worker%s that slowdown is extrapolated in proportion: measure there before you rely "
            "on it\n",
            p->measured_workers, p->measured_workers == 1 ? "" : "s");
    print_checks(p, out);
}
