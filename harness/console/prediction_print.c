#include "harness/console/prediction_print.h"

#include <math.h>
#include <stdbool.h>

#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

static void print_points(const struct prediction *p, FILE *out)
{
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES], efficiency[VALUE_TEXT_BYTES], memory[32];
    bool too_large = false;

    fprintf(out, "%7s  %-24s %-25s %-25s %5s %7s\n", "workers", "seconds", "speedup", "efficiency", "MiB",
            "core-h");
    for (unsigned i = 0; i < p->points->len; i++) {
        const struct prediction_point *point = &g_array_index(p->points, struct prediction_point, i);
        if (isnan(point->memory_mib))
            snprintf(memory, sizeof memory, "-");
        else
            snprintf(memory, sizeof memory, "%.0f", point->memory_mib);
        fprintf(out, "%7u%c %-24s %-25s %-25s %5s %7.3g\n", point->workers, point->too_large ? '!' : ' ',
                interval_text_digits(&point->wall_s, "", wall, sizeof wall),
                interval_text_digits(&point->speedup, "", speedup, sizeof speedup),
                interval_text_digits(&point->efficiency, "", efficiency, sizeof efficiency), memory,
                point->core_hours);
        too_large |= point->too_large;
    }
    if (too_large)
        fprintf(out, "! needs more than the memory\n");
}

static void print_best(const struct prediction *p, FILE *out)
{
    const struct predict_setting *best = &p->best.setting;
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES];

    wrapped_print(out, 2, "best: %u worker%s, chunk %llu, %s: %s s, speedup %s, %.3g core-hours",
                  best->workers, best->workers == 1 ? "" : "s", (unsigned long long)best->chunk,
                  prediction_policy_name(best->policy),
                  interval_text_digits(&p->best_wall_s, "", wall, sizeof wall),
                  interval_text_digits(&p->best_speedup, "", speedup, sizeof speedup), p->best_core_hours);
    if (p->least_chunk)
        wrapped_print(out, 2, "chunk: %llu is enough for %.0f%% efficiency with %u worker%s",
                      (unsigned long long)p->least_chunk, 100 * PREDICTION_EFFICIENCY, best->workers,
                      best->workers == 1 ? "" : "s");
    else
        wrapped_print(out, 2,
                      "chunk: none gives %.0f%% efficiency with %u workers; most is %.1f%%, with chunk %llu",
                      100 * PREDICTION_EFFICIENCY, best->workers, 100 * p->chunk_efficiency,
                      (unsigned long long)p->chunk_best);
}

static void print_bounds(const struct prediction *p, FILE *out)
{
    char note[PREDICTION_NOTE_BYTES], memory[96] = "";

    if (p->memory_limits)
        snprintf(memory, sizeof memory, "; memory is enough for %u worker%s of %.0f MiB", p->memory_workers,
                 p->memory_workers == 1 ? "" : "s", p->worker_mib);
    wrapped_print(out, 2,
                  "bounds: speedup is at most %.0f (workers), %.4g (longest item, %.4g s), %.4g (serial "
                  "parts)%s",
                  p->bounds.workers, p->bounds.longest_item, p->bounds.longest_s, p->bounds.serial, memory);
    prediction_note_memory(p, note, sizeof note);
    if (note[0])
        wrapped_print(out, 2, "memory: %s", note);
    prediction_note_serial(p, note, sizeof note);
    if (note[0])
        wrapped_print(out, 2, "serial parts: %s", note);
}

static void print_checks(const struct prediction *p, FILE *out)
{
    for (unsigned i = 0; i < p->checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p->checks, struct prediction_check, i);
        const struct data_cell *cell = &g_array_index(p->study->cells, struct data_cell, check->cell);
        wrapped_print(out, 2,
                      "checked: %u workers, chunk %lld, %s: measured %.4g s, predicted without it %.4g s "
                      "(%+.1f%%)",
                      check->workers, (long long)cell->chunk, cell->policy ? cell->policy : "its own policy",
                      check->measured_s, check->predicted_s, without_negative_zero(100 * check->error, 1));
    }
    if (!p->checks->len)
        fprintf(out, "checked: nothing: the study has no cell of more than one worker\n");
}

static void print_slowdown(const struct prediction *p, FILE *out)
{
    struct interval percent = interval_scaled(&p->contention, 100);
    struct interval crowding = interval_scaled(&p->crowding, 100);
    char more[VALUE_TEXT_BYTES], waiting[VALUE_TEXT_BYTES];

    wrapped_print(
        out, 2,
        "slowdown of items for each additional worker: %s%%, measured up to %u worker%s; by waiting "
        "for a core, with all cores busy: %s%%",
        interval_text_digits(&percent, "", more, sizeof more), p->measured_workers,
        p->measured_workers == 1 ? "" : "s", interval_text_digits(&crowding, "", waiting, sizeof waiting));
    if (p->request.cores > p->measured_workers)
        wrapped_print(out, 2,
                      "beyond %u worker%s that slowdown is extrapolated in proportion: measure there before "
                      "you rely on it",
                      p->measured_workers, p->measured_workers == 1 ? "" : "s");
}

void prediction_print(const struct prediction *p, FILE *out)
{
    wrapped_print(
        out, 2,
        "%s on %u core%s, %zu items (measured: %u core%s, %zu items, %zu block%s); in brackets: 95%% "
        "intervals",
        p->study->name, p->request.cores, p->request.cores == 1 ? "" : "s", p->request.items, p->study->cores,
        p->study->cores == 1 ? "" : "s", p->measured_items, p->blocks, p->blocks == 1 ? "" : "s");
    fputc('\n', out);
    print_points(p, out);
    fputc('\n', out);
    print_best(p, out);
    print_bounds(p, out);
    print_slowdown(p, out);
    print_checks(p, out);
}
