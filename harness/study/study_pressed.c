/* Trials next to antagonists (study_pressed_internal.h). */
#include "harness/study/study_pressed_internal.h"

#include <math.h>
#include <string.h>

#include "harness/study/study_read_internal.h"
#include "harness/study/study_rows.h"

bool study_pressed_take_cell(GArray *cells, const struct study_cell *cell)
{
    struct pressed_cell made = {.id = cell->id,
                                .is_footprint = g_strcmp0(cell->antagonist, "footprint") == 0,
                                .bytes = study_number(cell->antagonist_bytes),
                                .bytes_per_second = cell->antagonist_bytes_per_second == STUDY_UNKNOWN
                                                        ? INFINITY
                                                        : (double)cell->antagonist_bytes_per_second};

    if (g_strcmp0(cell->role, "antagonist") != 0)
        return false;
    g_array_append_val(cells, made);
    return true;
}

bool study_pressed_take_trial(const GArray *cells, GArray *trials, const struct study_trial *trial)
{
    for (unsigned i = 0; i < cells->len; i++) {
        const struct pressed_cell *cell = &g_array_index(cells, struct pressed_cell, i);
        struct data_pressed made = {.id = trial->id,
                                    .block = (unsigned)study_or_zero(trial->block),
                                    .status = TRIAL_FAILED,
                                    .is_footprint = cell->is_footprint,
                                    .bytes = cell->bytes,
                                    .bytes_per_second = cell->bytes_per_second,
                                    .traffic_alone = NAN,
                                    .traffic_pressed = NAN,
                                    .footprint_alone = NAN,
                                    .footprint_pressed = NAN};
        if (cell->id != trial->cell)
            continue;
        if (g_strcmp0(trial->status, "ok") == 0)
            made.status = TRIAL_OK;
        else if (g_strcmp0(trial->status, "void") == 0)
            made.status = TRIAL_VOID;
        g_array_append_val(trials, made);
        return true;
    }
    return false;
}

/* --- reporters and items ---------------------------------------------------------------------- */

/* Rows come in the order of trials. */
struct reading {
    struct study_data *data;
    unsigned at; /* pressed trial of the last row */
};

static struct data_pressed *find(struct reading *reading, int64_t trial)
{
    GArray *pressed = reading->data->pressed;

    while (reading->at < pressed->len && g_array_index(pressed, struct data_pressed, reading->at).id < trial)
        reading->at++;
    if (reading->at == pressed->len || g_array_index(pressed, struct data_pressed, reading->at).id != trial)
        return NULL;
    return &g_array_index(pressed, struct data_pressed, reading->at);
}

static void read_antagonist(void *context, int64_t trial, const void *row)
{
    const struct study_antagonist *from = row;
    struct data_pressed *pressed = find(context, trial);

    if (!pressed)
        return;
    pressed->is_reporter = from->is_reporter == 1;
    pressed->traffic_alone = study_number(from->traffic_alone);
    pressed->traffic_pressed = study_number(from->traffic_pressed);
    pressed->footprint_alone = study_number(from->footprint_alone);
    pressed->footprint_pressed = study_number(from->footprint_pressed);
}

static void read_item(void *context, int64_t trial, const void *row)
{
    struct reading *reading = context;
    const struct study_item *from = row;
    struct data_pressed_item item = {.id = from->id,
                                     .done = g_strcmp0(from->state, "done") == 0 ||
                                             g_strcmp0(from->state, "ok") == 0,
                                     .seconds = study_seconds(from->end_ns) - study_seconds(from->start_ns),
                                     .cpu_s = study_seconds(from->cpu_ns),
                                     .antagonist_bytes = study_number(from->antagonist_bytes),
                                     .antagonist_cpu_s = study_seconds(from->antagonist_cpu_ns)};

    if (!find(reading, trial) || isnan(item.seconds))
        return;
    item.pressed = reading->at;
    g_array_append_val(reading->data->pressed_items, item);
}

int study_pressed_read(struct study *study, struct study_data *data, struct fault *fault)
{
    struct reading reading = {.data = data};

    if (!data->pressed->len)
        return 0;
    if (study_rows_each(study, &study_table_antagonist, read_antagonist, &reading, fault))
        return -1;
    reading.at = 0;
    return study_rows_each(study, &study_table_item, read_item, &reading, fault);
}
