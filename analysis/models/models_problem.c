#include "analysis/models/models_problem_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/minimise.h"

static int reserve(struct problem *p, size_t room)
{
    p->workers = calloc(room, sizeof *p->workers);
    p->cell = calloc(room, sizeof *p->cell);
    p->block = calloc(room, sizeof *p->block);
    p->weight = calloc(room, sizeof *p->weight);
    p->log_time = calloc(room, sizeof *p->log_time);
    p->centred = calloc(room, sizeof *p->centred);
    p->block_mean = calloc(room, sizeof *p->block_mean);
    p->block_weight = calloc(room, sizeof *p->block_weight);
    p->at_cell = calloc(room, sizeof *p->at_cell);
    p->at_block = calloc(room, sizeof *p->at_block);
    return p->workers && p->cell && p->block && p->weight && p->log_time && p->centred && p->block_mean &&
                   p->block_weight && p->at_cell && p->at_block
               ? 0
               : -1;
}

void problem_release(struct problem *p)
{
    free(p->workers);
    free(p->cell);
    free(p->block);
    free(p->weight);
    free(p->log_time);
    free(p->centred);
    free(p->block_mean);
    free(p->block_weight);
    free(p->at_cell);
    free(p->at_block);
    *p = (struct problem){0};
}

static size_t find_or_add(unsigned *known, size_t *count, unsigned value)
{
    size_t i = 0;

    while (i < *count && known[i] != value)
        i++;
    if (i == *count)
        known[(*count)++] = value;
    return i;
}

static void centre(struct problem *p)
{
    for (size_t i = 0; i < p->count; i++) {
        p->block_mean[p->block[i]] += p->weight[i] * p->log_time[i];
        p->block_weight[p->block[i]] += p->weight[i];
    }
    for (size_t b = 0; b < p->blocks; b++)
        if (p->block_weight[b] > 0)
            p->block_mean[b] /= p->block_weight[b];
    for (size_t i = 0; i < p->count; i++)
        p->centred[i] = p->log_time[i] - p->block_mean[p->block[i]];
}

int problem_make(struct problem *p, enum model_kind kind, const struct scaling_data *data,
                 const double *weights, char *reason, size_t reason_bytes)
{
    unsigned *block_names = calloc(data->count + 1, sizeof *block_names);
    int status = -1;

    *p = (struct problem){.kind = kind};
    if (!block_names || reserve(p, data->count + 1)) {
        snprintf(reason, reason_bytes, "out of memory");
        goto done;
    }
    for (size_t i = 0; i < data->count; i++) {
        const struct observation *o = &data->observation[i];
        if (data->cores > 0 && o->workers > data->cores)
            continue;
        if (!(o->seconds > 0) || !isfinite(o->seconds) || o->workers == 0) {
            snprintf(reason, reason_bytes, "a time at %u workers is not a finite number above 0", o->workers);
            goto done;
        }
        p->cell[p->count] = find_or_add(p->workers, &p->cells, o->workers);
        p->block[p->count] = find_or_add(block_names, &p->blocks, data->paired ? o->block : 0);
        p->weight[p->count] = weights ? weights[i] : 1;
        p->log_time[p->count++] = log(o->seconds);
    }
    centre(p);
    status = 0;
done:
    free(block_names);
    if (status)
        problem_release(p);
    return status;
}

/* The model at each cell, and its weighted mean in each block. */
static void evaluate(struct problem *p, const double *theta)
{
    for (size_t c = 0; c < p->cells; c++)
        p->at_cell[c] = model_log_time(p->kind, theta, p->workers[c]);
    memset(p->at_block, 0, p->blocks * sizeof *p->at_block);
    for (size_t i = 0; i < p->count; i++)
        p->at_block[p->block[i]] += p->weight[i] * p->at_cell[p->cell[i]];
    for (size_t b = 0; b < p->blocks; b++)
        if (p->block_weight[b] > 0)
            p->at_block[b] /= p->block_weight[b];
}

static double residual(const struct problem *p, size_t i)
{
    return p->at_cell[p->cell[i]] - p->at_block[p->block[i]] - p->centred[i];
}

double problem_rss(struct problem *p, const double *theta)
{
    double sum = 0;

    evaluate(p, theta);
    for (size_t i = 0; i < p->count; i++)
        sum += p->weight[i] * residual(p, i) * residual(p, i);
    return sum;
}

/* --- gsl_multifit_nlinear --------------------------------------------------------------------- */

struct search {
    struct problem *problem;
    const bool *fixed;
    double theta[MODEL_SHAPES];
};

static void take(struct search *search, const gsl_vector *x)
{
    size_t free_index = 0;

    for (size_t j = 0; j < model_table[search->problem->kind].shapes; j++)
        if (!search->fixed[j])
            search->theta[j] = gsl_vector_get(x, free_index++);
}

static int search_residuals(const gsl_vector *x, void *context, gsl_vector *f)
{
    struct search *search = context;
    struct problem *p = search->problem;

    take(search, x);
    evaluate(p, search->theta);
    for (size_t i = 0; i < p->count; i++)
        gsl_vector_set(f, i, sqrt(p->weight[i]) * residual(p, i));
    return GSL_SUCCESS;
}

static int search_jacobian(const gsl_vector *x, void *context, gsl_matrix *jacobian)
{
    struct search *search = context;
    struct problem *p = search->problem;
    size_t column = 0;

    take(search, x);
    for (size_t j = 0; j < model_table[p->kind].shapes; j++) {
        if (search->fixed[j])
            continue;
        memset(p->at_block, 0, p->blocks * sizeof *p->at_block);
        for (size_t c = 0; c < p->cells; c++) {
            double gradient[MODEL_SHAPES];
            model_log_gradient(p->kind, search->theta, p->workers[c], gradient);
            p->at_cell[c] = gradient[j];
        }
        for (size_t i = 0; i < p->count; i++)
            p->at_block[p->block[i]] += p->weight[i] * p->at_cell[p->cell[i]];
        for (size_t b = 0; b < p->blocks; b++)
            if (p->block_weight[b] > 0)
                p->at_block[b] /= p->block_weight[b];
        for (size_t i = 0; i < p->count; i++)
            gsl_matrix_set(jacobian, i, column,
                           sqrt(p->weight[i]) * (p->at_cell[p->cell[i]] - p->at_block[p->block[i]]));
        column++;
    }
    return GSL_SUCCESS;
}

/* The covariance of the free parameters, with zeros for those that are held. */
static void spread_covariance(const gsl_matrix *small, const bool *fixed, size_t shapes,
                              double covariance[MODEL_SHAPES][MODEL_SHAPES])
{
    memset(covariance, 0, sizeof(double[MODEL_SHAPES][MODEL_SHAPES]));
    for (size_t j = 0, a = 0; j < shapes; j++) {
        if (fixed[j])
            continue;
        for (size_t k = 0, b = 0; k < shapes; k++)
            if (!fixed[k])
                covariance[j][k] = gsl_matrix_get(small, a, b++);
        a++;
    }
}

int problem_minimise(struct problem *p, const bool fixed[MODEL_SHAPES], double theta[MODEL_SHAPES],
                     double covariance[MODEL_SHAPES][MODEL_SHAPES])
{
    struct search search = {.problem = p, .fixed = fixed};
    size_t shapes = model_table[p->kind].shapes, free_count = 0;
    gsl_multifit_nlinear_fdf system = {
        .f = search_residuals, .df = search_jacobian, .n = p->count, .params = &search};
    double start[MODEL_SHAPES], spread[MODEL_SHAPES * MODEL_SHAPES];
    gsl_vector_view x;
    gsl_matrix_view small;

    for (size_t j = 0; j < shapes; j++) {
        search.theta[j] = theta[j];
        if (!fixed[j])
            start[free_count++] = theta[j];
    }
    if (free_count == 0)
        return 0;
    x = gsl_vector_view_array(start, free_count);
    small = gsl_matrix_view_array(spread, free_count, free_count);
    if (minimise(&system, &x.vector, covariance ? &small.matrix : NULL))
        return -1;
    take(&search, &x.vector);
    for (size_t j = 0; j < shapes; j++)
        theta[j] = search.theta[j];
    if (covariance)
        spread_covariance(&small.matrix, fixed, shapes, covariance);
    return 0;
}

/* --- pure error ------------------------------------------------------------------------------- */

/* How many parts the design falls into that share neither a block nor an n: each takes a degree of freedom
 * less. */
static size_t design_parts(const struct problem *p)
{
    size_t *label = calloc(p->cells + p->blocks + 1, sizeof *label), parts = 0;
    bool changed = true;

    if (!label)
        return 1;
    for (size_t i = 0; i < p->cells + p->blocks; i++)
        label[i] = i;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < p->count; i++) {
            size_t *a = &label[p->cell[i]], *b = &label[p->cells + p->block[i]];
            if (*a != *b) {
                *a = *b = *a < *b ? *a : *b;
                changed = true;
            }
        }
    }
    for (size_t c = 0; c < p->cells; c++)
        parts += label[c] == c;
    free(label);
    return parts;
}

/* One round of means: of what `other` leaves, by `index`. Returns the largest change. */
static double sweep_means(const struct problem *p, const size_t *index, double *mean, size_t means,
                          const size_t *other_index, const double *other, double *work)
{
    double change = 0;

    for (size_t k = 0; k < 2 * means; k++)
        work[k] = 0;
    for (size_t i = 0; i < p->count; i++) {
        work[2 * index[i]] += p->log_time[i] - other[other_index[i]];
        work[2 * index[i] + 1] += 1;
    }
    for (size_t k = 0; k < means; k++) {
        double fresh = work[2 * k + 1] > 0 ? work[2 * k] / work[2 * k + 1] : 0;
        change = fmax(change, fabs(fresh - mean[k]));
        mean[k] = fresh;
    }
    return change;
}

double problem_pure_error(const struct problem *p, unsigned *df)
{
    size_t taken = p->cells + p->blocks - design_parts(p), room = p->count > 0 ? p->count : 1;
    double *cell = calloc(room, sizeof *cell), *block = calloc(room, sizeof *block);
    double *work = calloc(room, 2 * sizeof *work), sum = 0;

    *df = p->count > taken ? (unsigned)(p->count - taken) : 0;
    if (cell && block && work) {
        /* Means for n and for blocks in turn (Gauss-Seidel of the normal equations): one round when every
         * block is whole, a few more when trials are missing. */
        for (int round = 0; round < 500; round++) {
            double change = sweep_means(p, p->cell, cell, p->cells, p->block, block, work);
            change = fmax(change, sweep_means(p, p->block, block, p->blocks, p->cell, cell, work));
            if (change < 1e-13)
                break;
        }
        for (size_t i = 0; i < p->count; i++) {
            double left = p->log_time[i] - cell[p->cell[i]] - block[p->block[i]];
            sum += left * left;
        }
    } else {
        *df = 0;
    }
    free(cell);
    free(block);
    free(work);
    return sum;
}

void problem_block_model(struct problem *p, const double *theta, double *mean_gradient)
{
    memset(mean_gradient, 0, MODEL_SHAPES * sizeof *mean_gradient);
    for (size_t i = 0; i < p->count; i++) {
        double gradient[MODEL_SHAPES];
        model_log_gradient(p->kind, theta, p->workers[p->cell[i]], gradient);
        for (size_t j = 0; j < MODEL_SHAPES; j++)
            mean_gradient[j] += gradient[j] * p->weight[i] / p->block_weight[p->block[i]] / (double)p->blocks;
    }
    evaluate(p, theta);
}
