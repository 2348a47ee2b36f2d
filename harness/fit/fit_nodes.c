#include "harness/fit/fit_nodes.h"

#include <math.h>
#include <stdlib.h>

#include "harness/fit/fit.h"
#include "harness/fit/fit_json_internal.h"
#include "harness/study/observations.h"

static const struct data_cell *cell_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->cells, struct data_cell, i);
}

/* --- core-seconds ----------------------------------------------------------------------------- */

/* Adds a trial's shards; its nodes are numbered in the order of their first shard. More of them than the cell has, by
 * tasks that were repeated elsewhere, share the last number. */
static void add_trial(const struct study_data *study, unsigned trial, struct fit_nodes_cell *made)
{
    double wall_s = g_array_index(study->trials, struct data_trial, trial).wall_s, core_s[NODES_CAUSES];
    unsigned each = made->workers / made->nodes, known = 0;
    unsigned *number = g_new0(unsigned, study->nodes->len + 1); /* from 1 */
    GArray *shards = g_array_new(FALSE, TRUE, sizeof(struct nodes_shard));

    for (unsigned i = 0; i < study->shards->len; i++) {
        const struct data_shard *from = &g_array_index(study->shards, struct data_shard, i);
        struct nodes_shard shard = {0, from->start_s, from->work_s, from->idle_s, from->end_s};
        if (from->trial != trial)
            continue;
        if (!number[from->node])
            number[from->node] = known < made->nodes ? ++known : known;
        shard.node = number[from->node] - 1;
        g_array_append_val(shards, shard);
    }
    if (shards->len && wall_s > 0) {
        nodes_account((struct nodes_shard *)(void *)shards->data, shards->len, made->nodes, each, wall_s,
                      core_s);
        made->total_s = (isnan(made->total_s) ? 0 : made->total_s) + made->workers * wall_s;
        for (int i = 0; i < NODES_CAUSES; i++)
            made->core_s[i] += core_s[i];
    }
    g_array_free(shards, TRUE);
    g_free(number);
}

/* --- cells ------------------------------------------------------------------------------------ */

static struct fit_nodes_cell make_cell(const struct study_data *study, unsigned cell)
{
    const struct data_cell *from = cell_at(study, cell);
    struct fit_nodes_cell made = {.cell = cell,
                                  .nodes = from->nodes,
                                  .workers = from->workers,
                                  .total_s = NAN,
                                  .useful_s = NAN,
                                  .on_curve = study_data_curve_cell(study, from->workers) == (int)cell};
    struct observation *wall = observations_of_wall(study, cell, false, &made.trials);

    made.wall_s = scaling_level(wall, made.trials, study->paired, FIT_LEVEL);
    g_free(wall);
    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->cell == cell && trial->status == TRIAL_OK)
            add_trial(study, i, &made);
    }
    return made;
}

static void compare(const struct study_data *study, const struct fit_nodes_cell *base,
                    struct fit_nodes_cell *made)
{
    size_t base_count, count;
    struct observation *top = observations_of_wall(study, base->cell, true, &base_count),
                       *bottom = observations_of_wall(study, made->cell, true, &count);
    double work = study_data_is_weak(study) ? made->workers : 1;

    made->speedup = made->cell == base->cell
                        ? interval_exact(1, FIT_LEVEL, "one worker on one node is the base")
                        : scaling_ratio(top, base_count, bottom, count, study->paired, FIT_LEVEL);
    made->efficiency = interval_scaled(&made->speedup, 1.0 / made->workers);
    if (base->trials && base->total_s > 0)
        made->useful_s = work * base->core_s[NODES_WORK] / (double)base->trials * (double)made->trials;
    g_free(top);
    g_free(bottom);
}

static int by_nodes(const void *a, const void *b)
{
    const struct fit_nodes_cell *x = a, *y = b;

    if (x->nodes != y->nodes)
        return x->nodes < y->nodes ? -1 : 1;
    return (x->workers > y->workers) - (x->workers < y->workers);
}

GArray *fit_nodes_make(const struct study_data *study)
{
    GArray *cells = g_array_new(FALSE, TRUE, sizeof(struct fit_nodes_cell));

    for (unsigned i = 0; i < study->cells->len; i++)
        if (cell_at(study, i)->nodes) {
            struct fit_nodes_cell made = make_cell(study, i);
            g_array_append_val(cells, made);
        }
    g_array_sort(cells, by_nodes); /* the base is the first */
    for (unsigned i = cells->len; i-- > 0;)
        compare(study, &g_array_index(cells, struct fit_nodes_cell, 0),
                &g_array_index(cells, struct fit_nodes_cell, i));
    return cells;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *core_json(const struct fit_nodes_cell *cell)
{
    json_t *object = json_object();

    if (!(cell->total_s > 0)) {
        json_decref(object);
        return json_null();
    }
    fit_json_put(object, "total", fit_json_number(cell->total_s));
    fit_json_put(object, "useful", fit_json_number(cell->useful_s));
    for (int i = 0; i < NODES_CAUSES; i++)
        fit_json_put(object, nodes_cause_name((enum nodes_cause)i), fit_json_number(cell->core_s[i]));
    return object;
}

json_t *fit_nodes_json(const struct study_data *study)
{
    GArray *cells = fit_nodes_make(study);
    json_t *list = cells->len ? json_array() : json_null();

    for (unsigned i = 0; i < cells->len; i++) {
        const struct fit_nodes_cell *cell = &g_array_index(cells, struct fit_nodes_cell, i);
        json_t *object = json_object();
        fit_json_put(object, "nodes", json_integer(cell->nodes));
        fit_json_put(object, "workers", json_integer(cell->workers));
        fit_json_put(object, "on_curve", json_boolean(cell->on_curve));
        fit_json_put(object, "trials", json_integer((json_int_t)cell->trials));
        fit_json_put(object, "wall_s", fit_json_interval(&cell->wall_s));
        fit_json_put(object, "speedup", fit_json_interval(&cell->speedup));
        fit_json_put(object, "efficiency", fit_json_interval(&cell->efficiency));
        fit_json_put(object, "core_s", core_json(cell));
        json_array_append_new(list, object);
    }
    g_array_free(cells, TRUE);
    return list;
}
