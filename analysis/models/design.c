#include "analysis/models/design_internal.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- indices -------------------------------------------------------------------------------------- */

struct row {
    unsigned workers, block;
    double seconds;
};

static int by_block(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->block != y->block)
        return (x->block > y->block) - (x->block < y->block);
    return (x->workers > y->workers) - (x->workers < y->workers);
}

static int by_value(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

/* The rows that take part, sorted by block; NULL without memory. */
static struct row *take_rows(const struct scaling_data *data, size_t *count)
{
    struct row *rows = calloc(data->count + 1, sizeof *rows);

    *count = 0;
    for (size_t i = 0; i < data->count && rows; i++) {
        const struct observation *o = &data->observation[i];
        if (data->cores == 0 || o->workers <= data->cores)
            rows[(*count)++] = (struct row){o->workers, data->paired ? o->block : 0, o->seconds};
    }
    if (rows)
        qsort(rows, *count, sizeof *rows, by_block);
    return rows;
}

/* Distinct worker counts, rising; NULL without memory. */
static unsigned *list_workers(const struct row *rows, size_t count, size_t *cells)
{
    unsigned *list = calloc(count + 1, sizeof *list);

    *cells = 0;
    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = rows[i].workers;
    qsort(list, count, sizeof *list, by_value);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || list[i] != list[i - 1])
            list[(*cells)++] = list[i];
    return list;
}

static size_t cell_of(const unsigned *workers, size_t cells, unsigned value)
{
    const unsigned *found = bsearch(&value, workers, cells, sizeof *workers, by_value);

    return found ? (size_t)(found - workers) : 0;
}

/* --- connection ----------------------------------------------------------------------------------- */

static size_t root_of(size_t *parent, size_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static size_t count_parts(const struct row *rows, size_t count, const unsigned *workers, size_t cells)
{
    size_t *parent = calloc(cells + 1, sizeof *parent), parts = 0;

    for (size_t c = 0; c < cells && parent; c++)
        parent[c] = c;
    for (size_t i = 1; i < count && parent; i++)
        if (rows[i].block == rows[i - 1].block)
            parent[root_of(parent, cell_of(workers, cells, rows[i].workers))] =
                root_of(parent, cell_of(workers, cells, rows[i - 1].workers));
    for (size_t c = 0; c < cells && parent; c++)
        parts += parent[c] == c;
    free(parent);
    return parts;
}

size_t design_parts(const struct scaling_data *data)
{
    size_t count, cells = 0, parts = 0;
    struct row *rows = take_rows(data, &count);
    unsigned *workers = rows ? list_workers(rows, count, &cells) : NULL;

    if (workers)
        parts = count_parts(rows, count, workers, cells);
    free(rows);
    free(workers);
    return parts;
}

/* --- effects -------------------------------------------------------------------------------------- */

/* B, and A = what the elimination of the blocks makes of log T, summed by worker count (into effect). */
static void fill_metric(struct design *d, const double *weight)
{
    size_t n = d->cells;

    memset(d->metric, 0, n * n * sizeof *d->metric);
    memset(d->cell_size, 0, n * sizeof *d->cell_size);
    memset(d->effect, 0, n * sizeof *d->effect);
    for (size_t from = 0, to; from < d->count; from = to) {
        size_t b = d->block[from];
        double w = weight ? weight[b] : 1, sum = 0, size;
        memset(d->work, 0, n * sizeof *d->work);
        for (to = from; to < d->count && d->block[to] == b; to++) {
            d->work[d->cell[to]] += 1;
            sum += d->log_time[to];
        }
        size = (double)(to - from);
        d->block_size[b] = size;
        d->block_mean[b] = sum / size;
        for (size_t i = from; i < to; i++) {
            d->effect[d->cell[i]] += w * (d->log_time[i] - d->block_mean[b]);
            d->cell_size[d->cell[i]] += w;
            d->metric[d->cell[i] * n + d->cell[i]] += w;
        }
        /* Observations are sorted by worker count within a block: each cell once. */
        for (size_t i = from; i < to; i++)
            if (i == from || d->cell[i] != d->cell[i - 1])
                for (size_t k = from; k < to; k++) {
                    d->metric[d->cell[i] * n + d->cell[k]] -= w * d->work[d->cell[i]] / size;
                }
    }
}

static int solve(struct design *d)
{
    size_t n = d->cells;
    gsl_matrix_view inverse = gsl_matrix_view_array(d->inverse, n, n);
    gsl_vector_view a = gsl_vector_view_array(d->effect, n);
    double trace = 0, ridge, mean = 0, diagonal;

    for (size_t c = 0; c < n; c++)
        trace += d->metric[c * n + c];
    ridge = trace / (double)(n * n);
    if (!(ridge > 0)) { /* one worker count */
        memset(d->inverse, 0, n * n * sizeof *d->inverse);
        memset(d->effect, 0, n * sizeof *d->effect);
        return n == 1 ? 0 : -1;
    }
    for (size_t i = 0; i < n * n; i++)
        d->inverse[i] = d->metric[i] + ridge;
    if (gsl_linalg_cholesky_decomp1(&inverse.matrix))
        return -1;
    for (size_t c = 0; c < n; c++) {
        diagonal = d->inverse[c * n + c];
        if (!(diagonal * diagonal > 1e-10 * ridge)) /* no block connects this worker count to the others */
            return -1;
    }
    gsl_linalg_cholesky_svx(&inverse.matrix, &a.vector);
    gsl_linalg_cholesky_invert(&inverse.matrix);
    for (size_t c = 0; c < n; c++)
        mean += d->effect[c] / (double)n;
    for (size_t c = 0; c < n; c++)
        d->effect[c] -= mean;
    return 0;
}

static void find_residuals(struct design *d, const double *weight)
{
    d->pure = 0;
    for (size_t from = 0, to; from < d->count; from = to) {
        double mean = 0;
        for (to = from; to < d->count && d->block[to] == d->block[from]; to++)
            mean += d->log_time[to] - d->effect[d->cell[to]];
        mean /= (double)(to - from);
        for (size_t i = from; i < to; i++) {
            d->residual[i] = d->log_time[i] - d->effect[d->cell[i]] - mean;
            d->pure += (weight ? weight[d->block[i]] : 1) * d->residual[i] * d->residual[i];
        }
    }
}

int design_weigh(struct design *d, const double *weight)
{
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    int status;

    fill_metric(d, weight);
    status = solve(d);
    if (status == 0)
        find_residuals(d, weight);
    gsl_set_error_handler(handler);
    return status;
}

double design_distance(const struct design *d, double *g)
{
    size_t n = d->cells;
    double sum = 0, mean = 0;

    for (size_t c = 0; c < n; c++) {
        g[c] = d->effect[c] - g[c];
        mean += g[c] / (double)n;
    }
    for (size_t c = 0; c < n; c++)
        g[c] -= mean;
    for (size_t c = 0; c < n; c++) {
        double row = 0;
        for (size_t k = 0; k < n; k++)
            row += d->metric[c * n + k] * g[k];
        sum += g[c] * row;
    }
    return fmax(sum, 0);
}

/* --- making --------------------------------------------------------------------------------------- */

static int reserve(struct design *d)
{
    size_t rows = d->count + 1, cells = d->cells + 1;

    d->cell = calloc(rows, sizeof *d->cell);
    d->block = calloc(rows, sizeof *d->block);
    d->log_time = calloc(rows, sizeof *d->log_time);
    d->residual = calloc(rows, sizeof *d->residual);
    d->block_size = calloc(rows, sizeof *d->block_size);
    d->block_mean = calloc(rows, sizeof *d->block_mean);
    d->cell_size = calloc(cells, sizeof *d->cell_size);
    d->effect = calloc(cells, sizeof *d->effect);
    d->rounding = calloc(cells, sizeof *d->rounding);
    d->work = calloc(cells, sizeof *d->work);
    d->metric = calloc(cells * cells, sizeof *d->metric);
    d->inverse = calloc(cells * cells, sizeof *d->inverse);
    return d->cell && d->block && d->log_time && d->residual && d->block_size && d->block_mean &&
                   d->cell_size && d->effect && d->rounding && d->work && d->metric && d->inverse
               ? 0
               : -1;
}

void design_release(struct design *d)
{
    free(d->workers);
    free(d->cell);
    free(d->block);
    free(d->log_time);
    free(d->residual);
    free(d->block_size);
    free(d->block_mean);
    free(d->cell_size);
    free(d->effect);
    free(d->rounding);
    free(d->work);
    free(d->metric);
    free(d->inverse);
    *d = (struct design){0};
}

static const struct row *find_bad(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(rows[i].seconds > 0) || !isfinite(rows[i].seconds) || rows[i].workers == 0)
            return &rows[i];
    return NULL;
}

static void find_rounding(struct design *d, const struct scaling_data *data)
{
    double variance = d->df > 0 ? d->pure / d->df : 0;

    for (size_t i = 0; i < d->count; i++)
        d->rounding[d->cell[i]] += d->log_time[i] / d->cell_size[d->cell[i]];
    for (size_t c = 0; c < d->cells; c++)
        d->rounding[c] = scaling_rounding(data->resolution,
                                          exp(d->rounding[c]) * (data->weak ? d->workers[c] : 1), variance);
}

static int fill(struct design *d, const struct scaling_data *data, const struct row *rows, char *reason,
                size_t reason_bytes)
{
    if (d->cells > DESIGN_MOST_CELLS) {
        snprintf(reason, reason_bytes, "%zu worker counts: at most %d can be fitted", d->cells,
                 (int)DESIGN_MOST_CELLS);
        return -1;
    }
    if (reserve(d)) {
        snprintf(reason, reason_bytes, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < d->count; i++) {
        d->blocks += i == 0 || rows[i].block != rows[i - 1].block;
        d->block[i] = d->blocks - 1;
        d->cell[i] = cell_of(d->workers, d->cells, rows[i].workers);
        d->log_time[i] = log(rows[i].seconds);
    }
    if (d->count > 0 && (count_parts(rows, d->count, d->workers, d->cells) != 1 || design_weigh(d, NULL))) {
        snprintf(reason, reason_bytes,
                 "no block connects all worker counts: blocks and worker counts cannot be separated");
        return -1;
    }
    d->df = d->count + 1 > d->cells + d->blocks ? (unsigned)(d->count + 1 - d->cells - d->blocks) : 0;
    if (data->resolution > 0)
        find_rounding(d, data);
    return 0;
}

int design_make(struct design *d, const struct scaling_data *data, char *reason, size_t reason_bytes)
{
    struct row *rows;
    const struct row *bad;
    int status = -1;

    *d = (struct design){.paired = data->paired};
    rows = take_rows(data, &d->count);
    d->workers = rows ? list_workers(rows, d->count, &d->cells) : NULL;
    if (!d->workers)
        snprintf(reason, reason_bytes, "out of memory");
    else if ((bad = find_bad(rows, d->count)))
        snprintf(reason, reason_bytes, "a time at %u workers is not a finite number above 0", bad->workers);
    else
        status = fill(d, data, rows, reason, reason_bytes);
    free(rows);
    if (status)
        design_release(d);
    return status;
}
