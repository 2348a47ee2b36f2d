/* prediction_json.c: a prediction as JSON (prediction.h); docs/formats.md is the format. */
#include "harness/fit/fit_json.h"
#include "harness/fit/prediction.h"

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
        fit_json_put(row, "excess", fit_json_interval(&point->excess));
        fit_json_put(row, "half_contention", fit_json_number(point->half_contention));
        fit_json_put(row, "half_rest", fit_json_number(point->half_rest));
        fit_json_put(row, "memory_mib", fit_json_number(point->memory_mib));
        fit_json_put(row, "core_hours", fit_json_number(point->core_hours));
        fit_json_put(row, "fits_memory", p->memory_limits ? json_boolean(!point->too_large) : json_null());
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
    fit_json_put(best, "policy", fit_json_text(prediction_policy_name(p->best.setting.policy)));
    fit_json_put(best, "wall_s", fit_json_interval(&p->best_wall_s));
    fit_json_put(best, "speedup", fit_json_interval(&p->best_speedup));
    fit_json_put(best, "core_hours", fit_json_number(p->best_core_hours));
    fit_json_put(best, "least_chunk", fit_json_count((unsigned)p->least_chunk));
    fit_json_put(best, "least_chunk_efficiency", fit_json_number(PREDICTION_EFFICIENCY));
    fit_json_put(best, "chunk_efficiency", fit_json_number(p->chunk_efficiency));
    return best;
}

static json_t *serial_json(const struct prediction *p)
{
    static const char *const from[] = {"assumed", "stated", "learned"};
    json_t *serial = json_object();
    char note[PREDICTION_NOTE_BYTES];

    prediction_note_serial(p, note, sizeof note);
    fit_json_put(serial, "from", fit_json_text(from[p->serial.from]));
    fit_json_put(serial, "grows", fit_json_interval(&p->serial.grows));
    fit_json_put(serial, "measured_s", fit_json_number(p->serial.measured_s));
    fit_json_put(serial, "workers", json_integer(p->serial.workers));
    fit_json_put(serial, "speedup_items", fit_json_number(p->serial.speedup_items));
    fit_json_put(serial, "speedup_fixed", fit_json_number(p->serial.speedup_fixed));
    fit_json_put(serial, "note", fit_json_text(note[0] ? note : NULL));
    return serial;
}

/* null: nothing to compare. */
static json_t *contention_check_json(const struct prediction *p)
{
    const struct prediction_contention_check *check = &p->contention_check;
    json_t *object;

    if (!check->workers)
        return json_null();
    object = json_object();
    fit_json_put(object, "workers", json_integer(check->workers));
    fit_json_put(object, "excess_predicted", fit_json_interval(&check->predicted));
    fit_json_put(object, "excess_measured", fit_json_interval(&check->measured));
    fit_json_put(object, "efficiency_predicted", fit_json_number(check->predicted_efficiency));
    fit_json_put(object, "efficiency_measured", fit_json_number(check->measured_efficiency));
    return object;
}

static json_t *machine_json(const struct contention_machine *machine)
{
    json_t *object = json_object();

    fit_json_put(object, "traffic", fit_json_number(machine->traffic));
    fit_json_put(object, "footprint", fit_json_number(machine->footprint));
    fit_json_put(object, "sharing", fit_json_count(machine->sharing));
    return object;
}

json_t *prediction_json(const struct prediction *p)
{
    static const char *const memory[] = {NULL, "workers", "processes"};
    json_t *object = json_object(), *bounds = json_object();
    char note[PREDICTION_NOTE_BYTES];

    fit_json_put(object, "format", fit_json_text("knee-predict 1"));
    fit_json_put(object, "study", fit_json_text(p->study->name));
    fit_json_put(object, "from", fit_json_text("items"));
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
    fit_json_put(bounds, "memory_workers", p->memory_limits ? json_integer(p->memory_workers) : json_null());
    fit_json_put(bounds, "worker_mib", fit_json_number(p->worker_mib));
    fit_json_put(bounds, "memory_from", fit_json_text(memory[p->memory_from]));
    prediction_note_memory(p, note, sizeof note);
    fit_json_put(bounds, "memory_note", fit_json_text(note[0] ? note : NULL));
    fit_json_put(object, "bounds", bounds);
    fit_json_put(object, "serial_growth", serial_json(p));
    fit_json_put(object, "contention_per_worker", fit_json_interval(&p->contention));
    fit_json_put(object, "waiting_all_cores", fit_json_interval(&p->crowding));
    fit_json_put(object, "contention", prediction_contention_json(&p->shared, p->study));
    fit_json_put(object, "contention_check", contention_check_json(p));
    fit_json_put(object, "machine", machine_json(&p->request.machine));
    fit_json_put(object, "checks", checks_json(p));
    fit_json_put(object, "held_back_rms", fit_json_number(p->held_back_rms));
    return object;
}
