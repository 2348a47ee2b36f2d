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
        char words[96];
        study_data_cell_words(cell, words, sizeof words);
        wrapped_print(out, 2,
                      "checked: %u workers%s%s: measured %.4g s, predicted without it %.4g s (%+.1f%%)",
                      check->workers, words[0] ? ", " : "", words, check->measured_s, check->predicted_s,
                      without_negative_zero(100 * check->error, 1));
    }
    if (!p->checks->len)
        fprintf(out, "checked: nothing: the study has no cell of more than one worker\n");
}

static void print_machine(const struct contention_machine *machine, FILE *out)
{
    char sharing[64] = "all cores share it";

    if (machine->traffic == 1 && machine->footprint == 1 && !machine->sharing)
        return;
    if (machine->sharing)
        snprintf(sharing, sizeof sharing, "%u cores share it", machine->sharing);
    wrapped_print(
        out, 2, "machine: its memory carries %.3g times the traffic, its cache holds %.3g times as much; %s",
        machine->traffic, machine->footprint, sharing);
}

/* "+-1.2 points" of half an interval of an efficiency; "less than 0.1 points". */
static const char *points_text(double half, char *text, size_t bytes)
{
    if (half < 0.0005)
        snprintf(text, bytes, "less than 0.1 points");
    else
        snprintf(text, bytes, "+-%.1f points", 100 * half);
    return text;
}

/* Where the width of the last point's interval comes from. */
static void print_shares(const struct prediction *p, FILE *out)
{
    char contention[32], rest[32];
    const struct prediction_point *last =
        &g_array_index(p->points, struct prediction_point, p->points->len - 1);

    if (last->workers > 1 && isfinite(last->half_contention + last->half_rest))
        wrapped_print(out, 2, "interval of E(%u): %s by contention (%s), %s by all else", last->workers,
                      points_text(last->half_contention, contention, sizeof contention),
                      p->shared.by_antagonists ? "antagonists" : "assumed",
                      points_text(last->half_rest, rest, sizeof rest));
}

static void print_kinds(const struct prediction *p, FILE *out)
{
    char excess[VALUE_TEXT_BYTES];

    for (unsigned i = 0; i < p->shared.kinds->len; i++) {
        const struct prediction_kind *kind = &g_array_index(p->shared.kinds, struct prediction_kind, i);
        struct interval percent = interval_scaled(&kind->excess, 100);
        wrapped_print(out, 2,
                      "%s (%zu items): pressure %.2g GB/s and %.2g MiB; %s%% slower next to one more item",
                      (const char *)g_ptr_array_index(p->study->kinds, kind->kind), kind->items,
                      kind->model.pressure[CONTENTION_TRAFFIC] / 1e9,
                      kind->model.pressure[CONTENTION_FOOTPRINT] / 1048576,
                      interval_text_digits(&percent, "", excess, sizeof excess));
    }
}

static void print_contention_check(const struct prediction *p, FILE *out)
{
    const struct prediction_contention_check *check = &p->contention_check;
    struct interval predicted = interval_scaled(&check->predicted, 100),
                    measured = interval_scaled(&check->measured, 100);
    char one[VALUE_TEXT_BYTES], other[VALUE_TEXT_BYTES];

    if (!check->workers)
        return;
    wrapped_print(
        out, 2,
        "contention checked: with %u workers items are %s%% slower by antagonists alone, measured %s%%; "
        "E(%u) %.1f%%, measured %.1f%%: %+.1f points",
        check->workers, interval_text_digits(&predicted, "", one, sizeof one),
        interval_text_digits(&measured, "", other, sizeof other), check->workers,
        100 * check->predicted_efficiency, 100 * check->measured_efficiency,
        without_negative_zero(100 * (check->predicted_efficiency - check->measured_efficiency), 1));
}

static void print_slowdown(const struct prediction *p, FILE *out)
{
    struct interval percent = interval_scaled(&p->contention, 100);
    struct interval crowding = interval_scaled(&p->crowding, 100);
    char more[VALUE_TEXT_BYTES], waiting[VALUE_TEXT_BYTES], contention[PREDICTION_CONTENTION_BYTES];

    wrapped_print(
        out, 2,
        "slowdown of items for each additional worker: %s%%, measured up to %u worker%s; by waiting "
        "for a core, with all cores busy: %s%%",
        interval_text_digits(&percent, "", more, sizeof more), p->measured_workers,
        p->measured_workers == 1 ? "" : "s", interval_text_digits(&crowding, "", waiting, sizeof waiting));
    wrapped_print(out, 2, "contention beyond %u worker%s: %s", p->measured_workers,
                  p->measured_workers == 1 ? "" : "s",
                  prediction_contention_text(&p->shared, contention, sizeof contention));
    print_machine(&p->request.machine, out);
    print_shares(p, out);
    print_kinds(p, out);
    print_contention_check(p, out);
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
