#include "analysis/prediction/contention.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/statistics/stats.h"

/* Steps of the search for a pressure, in each direction, and rounds, each on a finer grid. */
enum { GRID = 40, ROUNDS = 4 };

/* --- curves ----------------------------------------------------------------------------------- */

double contention_curve_at(const struct contention_curve *curve, double step, bool flat)
{
    size_t last = curve->count - 1;
    double slope;

    if (curve->count == 0)
        return 0;
    for (size_t i = 1; i < curve->count; i++)
        if (step <= curve->step[i]) {
            double part = fmax(step - curve->step[i - 1], 0) / (curve->step[i] - curve->step[i - 1]);
            return curve->excess[i - 1] + part * (curve->excess[i] - curve->excess[i - 1]);
        }
    if (flat || last == 0)
        return curve->excess[last];
    slope = (curve->excess[last] - curve->excess[last - 1]) / (curve->step[last] - curve->step[last - 1]);
    return curve->excess[last] + slope * (step - curve->step[last]);
}

struct sums {
    double step, logs, count;
};

static int by_step(const void *a, const void *b)
{
    const struct sums *x = a, *y = b;

    return (x->step > y->step) - (x->step < y->step);
}

/* Adds a reading to the sums of its step. */
static void add(struct sums *sums, size_t *count, double step, double slower)
{
    size_t i = 0;

    if (!(slower > 0) || !isfinite(slower + step))
        return;
    while (i < *count && sums[i].step != step)
        i++;
    if (i == CONTENTION_STEPS_MOST - 1)
        return;
    if (i == *count)
        sums[(*count)++] = (struct sums){.step = step};
    sums[i].logs += log(slower);
    sums[i].count++;
}

/* Pools neighbours that fall: each gets the mean of its pool. */
static void make_monotone(struct sums *sums, size_t count)
{
    struct sums pool[CONTENTION_STEPS_MOST]; /* .step: how many steps it holds */
    size_t pools = 0, at = 0;

    for (size_t i = 0; i < count; i++) {
        pool[pools++] = (struct sums){1, sums[i].logs, sums[i].count};
        while (pools > 1 &&
               pool[pools - 2].logs / pool[pools - 2].count > pool[pools - 1].logs / pool[pools - 1].count) {
            pools--;
            pool[pools - 1].step += pool[pools].step;
            pool[pools - 1].logs += pool[pools].logs;
            pool[pools - 1].count += pool[pools].count;
        }
    }
    for (size_t p = 0; p < pools; p++)
        for (size_t last = at + (size_t)pool[p].step; at < last; at++)
            sums[at].logs = pool[p].logs / pool[p].count * sums[at].count;
}

/* The base is the first point of both curves; the smallest excess is 0. */
static void set_curve(const struct contention_data *data, int without, enum contention_program program,
                      enum contention_resource resource, double base, struct contention_curve *curve)
{
    struct sums sums[CONTENTION_STEPS_MOST] = {{0}};
    size_t count = 0;

    for (size_t i = 0; i < data->reading_count; i++) {
        const struct contention_reading *reading = &data->readings[i];
        if (reading->resource == resource && (int)reading->block != without && reading->step > 0)
            add(sums, &count, reading->step, reading->slower[program]);
    }
    qsort(sums, count, sizeof *sums, by_step);
    make_monotone(sums, count);
    *curve = (struct contention_curve){.count = 1, .excess = {base}};
    for (size_t i = 0; i < count; i++) {
        curve->step[curve->count] = sums[i].step;
        curve->excess[curve->count++] = fmax(exp(sums[i].logs / sums[i].count) - 1, base);
    }
}

/* Excess next to a core that is busy and moves nothing. */
static double base_of(const struct contention_data *data, int without, enum contention_program program)
{
    double logs = 0, count = 0;

    for (size_t i = 0; i < data->reading_count; i++) {
        const struct contention_reading *reading = &data->readings[i];
        if (reading->step == 0 && (int)reading->block != without && reading->slower[program] > 0 &&
            isfinite(reading->slower[program])) {
            logs += log(reading->slower[program]);
            count++;
        }
    }
    return count > 0 ? fmax(exp(logs / count) - 1, 0) : 0;
}

/* --- pressure --------------------------------------------------------------------------------- */

static double last_step(const struct contention_model *model, enum contention_resource resource)
{
    double last = 0;

    for (int p = 0; p < CONTENTION_PROGRAMS; p++) {
        const struct contention_curve *curve = &model->curve[p][resource];
        last = fmax(last, curve->step[curve->count - 1]);
    }
    return last;
}

static double excess_of(const struct contention_model *model, int program, double traffic, double footprint,
                        bool flat)
{
    const struct contention_curve *curves = model->curve[program];

    return contention_curve_at(&curves[CONTENTION_TRAFFIC], traffic, flat) +
           contention_curve_at(&curves[CONTENTION_FOOTPRINT], footprint, true) - model->base[program];
}

/* How far the reporters would be from their measured excess; of equal pressures the smaller is taken. */
static double distance(const struct contention_model *model, double traffic, double footprint)
{
    double sum = 0, largest[] = {fmax(last_step(model, CONTENTION_TRAFFIC), 1),
                                 fmax(last_step(model, CONTENTION_FOOTPRINT), 1)};

    for (int r = 0; r < CONTENTION_RESOURCES; r++)
        if (!isnan(model->reporter_excess[r]))
            sum += pow(excess_of(model, CONTENTION_REPORTERS + r, traffic, footprint, true) -
                           model->reporter_excess[r],
                       2);
    return sum + 1e-9 * (pow(traffic / largest[0], 2) + pow(footprint / largest[1], 2));
}

/* The least distance on a grid, which is then narrowed around it. */
static void find_pressure(struct contention_model *model, double counted_traffic)
{
    double low[2] = {0, 0},
           high[2] = {last_step(model, CONTENTION_TRAFFIC), last_step(model, CONTENTION_FOOTPRINT)};
    double most[2] = {high[0], high[1]}, best[2] = {0, 0}, least = INFINITY;

    if (!isnan(counted_traffic))
        low[0] = high[0] = counted_traffic;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i <= GRID; i++)
            for (int j = 0; j <= GRID; j++) {
                double t = low[0] + (high[0] - low[0]) * i / GRID, f = low[1] + (high[1] - low[1]) * j / GRID;
                double found = distance(model, t, f);
                if (found < least) {
                    least = found;
                    best[0] = t;
                    best[1] = f;
                }
            }
        for (int r = 0; r < 2; r++) {
            double half = 2 * (high[r] - low[r]) / GRID;
            low[r] = fmax(best[r] - half, low[r]);
            high[r] = fmin(best[r] + half, high[r]);
        }
    }
    model->pressure[CONTENTION_TRAFFIC] = best[0];
    model->pressure[CONTENTION_FOOTPRINT] = best[1];
    model->beyond =
        (most[0] > 0 && best[0] >= 0.999 * most[0]) || (most[1] > 0 && best[1] >= 0.999 * most[1]);
}

/* --- all -------------------------------------------------------------------------------------- */

static double reporter_excess(const struct contention_data *data, int without,
                              enum contention_resource reporter)
{
    double logs = 0, count = 0;

    for (size_t i = 0; i < data->pressure_count; i++) {
        const struct contention_pressure *pressure = &data->pressures[i];
        if (pressure->reporter == reporter && (int)pressure->block != without && pressure->slower > 0 &&
            isfinite(pressure->slower)) {
            logs += log(pressure->slower);
            count++;
        }
    }
    return count > 0 ? exp(logs / count) - 1 : NAN;
}

int contention_fit(const struct contention_data *data, int without, struct contention_model *model)
{
    bool has_items = false;

    *model = (struct contention_model){.beyond = false};
    for (int p = 0; p < CONTENTION_PROGRAMS; p++) {
        model->base[p] = base_of(data, without, (enum contention_program)p);
        for (int r = 0; r < CONTENTION_RESOURCES; r++) {
            set_curve(data, without, (enum contention_program)p, (enum contention_resource)r, model->base[p],
                      &model->curve[p][r]);
            has_items |= p == CONTENTION_ITEMS && model->curve[p][r].count > 1;
        }
    }
    for (int r = 0; r < CONTENTION_RESOURCES; r++)
        model->reporter_excess[r] = reporter_excess(data, without, (enum contention_resource)r);
    if (!has_items || (isnan(model->reporter_excess[0]) && isnan(model->reporter_excess[1])))
        return -1;
    find_pressure(model, data->traffic);
    return 0;
}

/* Others in a worker's own group of cores, the mean over the workers. */
static double others_sharing(unsigned workers, unsigned sharing)
{
    double full, rest;

    if (!sharing || sharing >= workers)
        return workers - 1.0;
    rest = workers % sharing;
    full = (workers - rest) / sharing;
    return (full * sharing * (sharing - 1.0) + rest * (rest - 1)) / workers;
}

double contention_excess(const struct contention_model *model, const struct contention_machine *machine,
                         unsigned workers, bool flat)
{
    if (workers < 2)
        return 0;
    return excess_of(model, CONTENTION_ITEMS,
                     model->pressure[CONTENTION_TRAFFIC] * (workers - 1.0) / machine->traffic,
                     model->pressure[CONTENTION_FOOTPRINT] * others_sharing(workers, machine->sharing) /
                         machine->footprint,
                     flat);
}

static bool is_new(const struct contention_data *data, size_t reading)
{
    for (size_t i = 0; i < reading; i++)
        if (data->readings[i].block == data->readings[reading].block)
            return false;
    return true;
}

int contention_fit_blocks(const struct contention_data *data, struct contention_fits *fits)
{
    fits->blocks = 0;
    if (contention_fit(data, -1, &fits->all))
        return -1;
    for (size_t i = 0; i < data->reading_count && fits->blocks < CONTENTION_BLOCKS_MOST; i++)
        if (is_new(data, i) &&
            contention_fit(data, (int)data->readings[i].block, &fits->without[fits->blocks]) == 0)
            fits->blocks++;
    return 0;
}

struct interval contention_interval(const struct contention_fits *fits,
                                    const struct contention_machine *machine, unsigned workers, double level)
{
    double excess[CONTENTION_BLOCKS_MOST], blocks = (double)fits->blocks, value, flat, half;

    if (workers < 2)
        return interval_exact(0, level, "one worker has no others");
    value = contention_excess(&fits->all, machine, workers, false);
    flat = contention_excess(&fits->all, machine, workers, true);
    if (fits->blocks < 2)
        return interval_point(value, "antagonists in one block only");
    for (size_t i = 0; i < fits->blocks; i++)
        excess[i] = contention_excess(&fits->without[i], machine, workers, false);
    /* The sum of squares times (blocks - 1) / blocks. */
    half = stats_t(level, blocks - 1) * stats_sd(excess, fits->blocks) * (blocks - 1) / sqrt(blocks);
    return interval_bounded(value, fmax(fmin(value, flat) - half, 0), value + half, level,
                            "jackknife over %zu blocks of trials next to antagonists", fits->blocks);
}
