#include "analysis/models/design_internal.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

size_t design_block_end(const struct design *d, size_t from)
{
    size_t to = from;

    while (to < d->count && d->block[to] == d->block[from])
        to++;
    return to;
}

/* Adds w times what one block of this composition gives to B, on and above the diagonal. Its observations are [from,
 * to), sorted by cell. */
static void add_block(struct design *d, size_t from, size_t to, double w)
{
    size_t n = d->cells;
    double size = (double)(to - from);

    for (size_t i = from, next; i < to; i = next) {
        double *row = d->metric + d->cell[i] * n, times;
        for (next = i; next < to && d->cell[next] == d->cell[i];)
            next++;
        times = w * (double)(next - i);
        row[d->cell[i]] += times;
        for (size_t k = i; k < to; k++)
            row[d->cell[k]] -= times / size;
    }
}

static void mirror(double *matrix, size_t n)
{
    for (size_t c = 0; c < n; c++)
        for (size_t k = 0; k < c; k++)
            matrix[c * n + k] = matrix[k * n + c];
}

/* B, and A = what the elimination of the blocks makes of log T, summed by worker count (into effect). */
static void fill_metric(struct design *d, const double *weight)
{
    size_t n = d->cells;

    memset(d->metric, 0, n * n * sizeof *d->metric);
    memset(d->cell_size, 0, n * sizeof *d->cell_size);
    memset(d->effect, 0, n * sizeof *d->effect);
    memset(d->pattern_weight, 0, d->patterns * sizeof *d->pattern_weight);
    for (size_t b = 0; b < d->blocks; b++)
        d->pattern_weight[d->pattern[b]] += weight ? weight[b] : 1;
    for (size_t from = 0, to; from < d->count; from = to) {
        size_t b = d->block[from];
        double w = weight ? weight[b] : 1;
        to = design_block_end(d, from);
        if (w == 0)
            continue;
        for (size_t i = from; i < to; i++) {
            d->effect[d->cell[i]] += w * d->centred[i];
            d->cell_size[d->cell[i]] += w;
        }
        if (d->pattern_weight[d->pattern[b]] > 0) { /* the first of its pattern: all of them */
            add_block(d, from, to, d->pattern_weight[d->pattern[b]]);
            d->pattern_weight[d->pattern[b]] = 0;
        }
    }
    mirror(d->metric, n);
}

static void centre_effects(struct design *d)
{
    double mean = 0;

    for (size_t c = 0; c < d->cells; c++)
        mean += d->effect[c] / (double)d->cells;
    for (size_t c = 0; c < d->cells; c++)
        d->effect[c] -= mean;
}

/* B is diag(cell_size) on vectors whose weighted sum is 0, as the sums in `effect` are; and so is its inverse for sums
 * of 0. */
static int solve_proportional(struct design *d)
{
    memset(d->inverse, 0, d->cells * d->cells * sizeof *d->inverse);
    for (size_t c = 0; c < d->cells; c++) {
        if (!(d->cell_size[c] > 0))
            return -1;
        d->inverse[c * d->cells + c] = 1 / d->cell_size[c];
        d->effect[c] /= d->cell_size[c];
    }
    centre_effects(d);
    return 0;
}

static int solve(struct design *d)
{
    size_t n = d->cells;
    gsl_matrix_view inverse = gsl_matrix_view_array(d->inverse, n, n);
    gsl_vector_view a = gsl_vector_view_array(d->effect, n);
    double trace = 0, ridge, diagonal;

    if (d->proportional && n > 1)
        return solve_proportional(d);
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
    centre_effects(d);
    return 0;
}

int design_weigh(struct design *d, const double *weight)
{
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    int status;

    fill_metric(d, weight);
    status = solve(d);
    gsl_set_error_handler(handler);
    return status;
}

void design_apply(const struct design *d, const double *v, double *image)
{
    size_t n = d->cells;
    double total = 0, mean = 0;

    if (d->proportional) {
        for (size_t c = 0; c < n; c++) {
            total += d->cell_size[c];
            mean += d->cell_size[c] * v[c];
        }
        mean /= total;
        for (size_t c = 0; c < n; c++)
            image[c] = d->cell_size[c] * (v[c] - mean);
        return;
    }
    for (size_t c = 0; c < n; c++) {
        double row = 0;
        for (size_t k = 0; k < n; k++)
            row += d->metric[c * n + k] * v[k];
        image[c] = row;
    }
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
    design_apply(d, g, d->image);
    for (size_t c = 0; c < n; c++)
        sum += g[c] * d->image[c];
    return fmax(sum, 0);
}
