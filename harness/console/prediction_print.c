/* prediction_print.c: a prediction as a table for people, and as JSON (prediction.h). */
#include <math.h>

#include "harness/fit/fit_json.h"
#include "harness/fit/prediction.h"
#include "pipeline/pool/chunk.h"

static const char *policy_name(enum simulate_policy policy)
{
    return chunk_policy_name((enum chunk_policy)policy);
}

static const char *shown(const struct interval *interval, int decimals, char *text, size_t bytes)
{
    if (!interval_has_value(interval))
        snprintf(text, bytes, "-");
    else if (interval_has_bounds(interval) && interval->low < interval->high)
        snprintf(text, bytes, "%.*f (%.*f to %.*f)", decimals, interval->value, decimals, interval->low,
                 decimals, interval->high);
    else
        snprintf(text, bytes, "%.*f", decimals, interval->value);
    return text;
}

/* Decimals that leave four digits of a time. */
static int decimals_of(double value)
{
    return value > 0 ? (int)fmin(fmax(3 - floor(log10(value)), 0), 6) : 3;
}

static void print_points(const struct prediction *p, FILE *out)
{
    char wall[64], speedup[64], efficiency[64], memory[32];

    fprintf(out, "%7s  %-28s %-24s %-24s %10s %10s\n", "workers", "seconds", "speedup", "efficiency",
            "memory", "core-hours");
    for (unsigned i = 0; i < p->points->len; i++) {
        const struct prediction_point *point = &g_array_index(p->points, struct prediction_point, i);
        if (isnan(point->memory_mib))
            snprintf(memory, sizeof memory, "-");
        else
            snprintf(memory, sizeof memory, "%.0f MiB", point->memory_mib);
        fprintf(out, "%7u  %-28s %-24s %-24s %10s %10.4g%s\n", point->workers,
                shown(&point->wall_s, decimals_of(point->wall_s.value), wall, sizeof wall),
                shown(&point->speedup, 2, speedup, sizeof speedup),
                shown(&point->efficiency, 3, efficiency, sizeof efficiency), memory, point->core_hours,
                point->too_large ? " more than the memory" : "");
    }
}

static void print_best(const struct prediction *p, FILE *out)
{
    const struct predict_setting *best = &p->best.setting;
    char wall[64], speedup[64];

    fprintf(out, "best: %u worker%s, chunk %llu, %s: %s s, speedup %s, %.4g core-hours\n", best->workers,
            best->workers == 1 ? "" : "s", (unsigned long long)best->chunk, policy_name(best->policy),
            shown(&p->best_wall_s, decimals_of(p->best_wall_s.value), wall, sizeof wall),
            shown(&p->best_speedup, 2, speedup, sizeof speedup), p->best_core_hours);
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
    fprintf(out,
            "bounds: speedup is at most %.0f (workers), %.4g (longest item, %.4g s), %.4g (serial parts)",
            p->bounds.workers, p->bounds.longest_item, p->bounds.longest_s, p->bounds.serial);
    if (p->memory_workers)
        fprintf(out, "; memory is enough for %u workers of %.0f MiB", p->memory_workers, p->worker_mib);
    fputc('\n', out);
}

static void print_checks(const struct prediction *p, FILE *out)
{
    for (unsigned i = 0; i < p->checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p->checks, struct prediction_check, i);
        const struct data_cell *cell = &g_array_index(p->study->cells, struct data_cell, check->cell);
        double off = check->predicted_s / check->measured_s - 1;
        fprintf(
            out,
            "checked: %u workers, chunk %lld, %s: measured %.4g s, predicted without it %.4g s (%+.1f%%)\n",
            check->workers, (long long)cell->chunk, cell->policy ? cell->policy : "its own policy",
            check->measured_s, check->predicted_s, fabs(off) < 0.0005 ? 0 : 100 * off);
    }
    if (!p->checks->len)
        fprintf(out, "checked: nothing: the study has no cell of more than one worker\n");
}

void prediction_print(const struct prediction *p, FILE *out)
{
    char text[64];
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
    fprintf(out, "slowdown of items by each further worker: %s%%, measured to %u worker%s",
            shown(&percent, 2, text, sizeof text), p->measured_workers, p->measured_workers == 1 ? "" : "s");
    percent = interval_scaled(&p->crowding, 100);
    fprintf(out, "; by waiting, with all cores at work: %s%%\n", shown(&percent, 2, text, sizeof text));
    if (p->request.cores > p->measured_workers)
        fprintf(out,
                "beyond %u worker%s that slowdown is assumed to grow in proportion: measure there before you "
                "buy\n",
                p->measured_workers, p->measured_workers == 1 ? "" : "s");
    print_checks(p, out);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *points_json(const struct prediction *p)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < p->points->len; i++) {
        const struct prediction_point *point = &g_array_index(p->points, struct prediction_point, i);
        json_t *row = json_object();
        fit_json_put(row, "workers", json_integer(point->workers));
        fit_json_put(row, "wall_s", fit_json_interval(&point->wall_s));
        fit_json_put(row, "speedup", fit_json_interval(&point->speedup));
        fit_json_put(row, "efficiency", fit_json_interval(&point->efficiency));
        fit_json_put(row, "memory_mib", fit_json_number(point->memory_mib));
        fit_json_put(row, "core_hours", fit_json_number(point->core_hours));
        fit_json_put(row, "fits_memory", p->memory_workers ? json_boolean(!point->too_large) : json_null());
        fit_json_append(array, row);
    }
    return array;
}

static json_t *checks_json(const struct prediction *p)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < p->checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p->checks, struct prediction_check, i);
        const struct data_cell *cell = &g_array_index(p->study->cells, struct data_cell, check->cell);
        json_t *row = json_object();
        fit_json_put(row, "role", fit_json_text(cell->role));
        fit_json_put(row, "workers", json_integer(check->workers));
        fit_json_put(row, "chunk", json_integer(cell->chunk));
        fit_json_put(row, "policy", fit_json_text(cell->policy));
        fit_json_put(row, "measured_s", fit_json_number(check->measured_s));
        fit_json_put(row, "predicted_s", fit_json_number(check->predicted_s));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *best_json(const struct prediction *p)
{
    json_t *best = json_object();

    fit_json_put(best, "workers", json_integer(p->best.setting.workers));
    fit_json_put(best, "chunk", json_integer((json_int_t)p->best.setting.chunk));
    fit_json_put(best, "policy", fit_json_text(policy_name(p->best.setting.policy)));
    fit_json_put(best, "wall_s", fit_json_interval(&p->best_wall_s));
    fit_json_put(best, "speedup", fit_json_interval(&p->best_speedup));
    fit_json_put(best, "core_hours", fit_json_number(p->best_core_hours));
    fit_json_put(best, "least_chunk", fit_json_count((unsigned)p->least_chunk));
    fit_json_put(best, "least_chunk_efficiency", fit_json_number(PREDICTION_EFFICIENCY));
    fit_json_put(best, "chunk_efficiency", fit_json_number(p->chunk_efficiency));
    return best;
}

json_t *prediction_json(const struct prediction *p)
{
    json_t *object = json_object(), *bounds = json_object();

    fit_json_put(object, "format", fit_json_text("knee-predict 1"));
    fit_json_put(object, "study", fit_json_text(p->study->name));
    fit_json_put(object, "cores", json_integer(p->request.cores));
    fit_json_put(object, "memory_bytes",
                 p->request.memory_bytes > 0 ? json_real(p->request.memory_bytes) : json_null());
    fit_json_put(object, "items", json_integer((json_int_t)p->request.items));
    fit_json_put(object, "measured_cores", fit_json_count(p->study->cores));
    fit_json_put(object, "measured_workers", json_integer(p->measured_workers));
    fit_json_put(object, "measured_items", json_integer((json_int_t)p->measured_items));
    fit_json_put(object, "blocks", json_integer((json_int_t)p->blocks));
    fit_json_put(object, "points", points_json(p));
    fit_json_put(object, "best", best_json(p));
    fit_json_put(bounds, "workers", fit_json_number(p->bounds.workers));
    fit_json_put(bounds, "longest_item", fit_json_number(p->bounds.longest_item));
    fit_json_put(bounds, "longest_item_s", fit_json_number(p->bounds.longest_s));
    fit_json_put(bounds, "serial", fit_json_number(p->bounds.serial));
    fit_json_put(bounds, "memory_workers", fit_json_count(p->memory_workers));
    fit_json_put(bounds, "worker_mib", fit_json_number(p->worker_mib));
    fit_json_put(object, "bounds", bounds);
    fit_json_put(object, "contention_per_worker", fit_json_interval(&p->contention));
    fit_json_put(object, "waiting_all_cores", fit_json_interval(&p->crowding));
    fit_json_put(object, "checks", checks_json(p));
    fit_json_put(object, "held_back_rms", fit_json_number(p->held_back_rms));
    return object;
}
