#include "analysis/statistics/linear.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { REFINEMENTS = 20 };

struct factored {
    size_t rows, columns;
    const long double *design, *y;
    long double *a;           /* [rows][columns] reflections below, R on and above the diagonal */
    long double *work, *left; /* [rows] */
    long double head[LINEAR_MOST_COLUMNS];   /* first element of each reflection */
    long double factor[LINEAR_MOST_COLUMNS]; /* 2 / |v|^2 */
    int scale[LINEAR_MOST_COLUMNS];          /* column j was multiplied by 2^-scale */
};

static int scale_columns(struct factored *f)
{
    for (size_t j = 0; j < f->columns; j++) {
        long double length = 0;
        for (size_t i = 0; i < f->rows; i++)
            length = hypotl(length, f->design[i * f->columns + j]);
        if (!isfinite(length) || !(length > 0))
            return -1;
        frexpl(length, &f->scale[j]);
        for (size_t i = 0; i < f->rows; i++)
            f->a[i * f->columns + j] = ldexpl(f->design[i * f->columns + j], -f->scale[j]);
    }
    return 0;
}

/* Reflects `target` (column `column` of a matrix `stride` wide) by reflection k. */
static void reflect(const struct factored *f, size_t k, long double *target, size_t stride, size_t column)
{
    long double sum = f->head[k] * target[k * stride + column];

    for (size_t i = k + 1; i < f->rows; i++)
        sum += f->a[i * f->columns + k] * target[i * stride + column];
    sum *= f->factor[k];
    target[k * stride + column] -= sum * f->head[k];
    for (size_t i = k + 1; i < f->rows; i++)
        target[i * stride + column] -= sum * f->a[i * f->columns + k];
}

static int factor(struct factored *f)
{
    if (scale_columns(f))
        return -1;
    for (size_t k = 0; k < f->columns; k++) {
        long double length = 0, below = 0, top = f->a[k * f->columns + k];
        for (size_t i = k + 1; i < f->rows; i++)
            below += f->a[i * f->columns + k] * f->a[i * f->columns + k];
        length = sqrtl(top * top + below);
        /* Scaled columns are about 1 long: what is left of one that depends on the others is rounding. */
        if (!(length > 64 * LDBL_EPSILON))
            return -1;
        length = top > 0 ? -length : length;
        f->head[k] = top - length;
        f->factor[k] = 2 / (f->head[k] * f->head[k] + below);
        for (size_t j = k + 1; j < f->columns; j++)
            reflect(f, k, f->a, f->columns, j);
        f->a[k * f->columns + k] = length;
    }
    return 0;
}

/* A sum in twice the digits of long double: Neumaier's summation of exact products (Dekker's by fmal). */
struct long_sum {
    long double high, low;
};

static void add(struct long_sum *sum, long double value)
{
    long double total = sum->high + value;

    sum->low += fabsl(sum->high) >= fabsl(value) ? (sum->high - total) + value : (value - total) + sum->high;
    sum->high = total;
}

static void add_product(struct long_sum *sum, long double a, long double b)
{
    long double product = a * b;

    add(sum, product);
    sum->low += fmal(a, b, -product);
}

/* How far x and what it leaves (r) are from the two equations r + A x = y and A' r = 0: into work and
 * gap_columns. */
static void find_gaps(const struct factored *f, const long double *x, long double *gap_columns)
{
    for (size_t i = 0; i < f->rows; i++) {
        struct long_sum sum = {f->y[i], 0};
        add(&sum, -f->left[i]);
        for (size_t j = 0; j < f->columns; j++)
            add_product(&sum, -f->design[i * f->columns + j], x[j]);
        f->work[i] = sum.high + sum.low;
    }
    for (size_t j = 0; j < f->columns; j++) {
        struct long_sum sum = {0, 0};
        for (size_t i = 0; i < f->rows; i++)
            add_product(&sum, -f->design[i * f->columns + j], f->left[i]);
        gap_columns[j] = ldexpl(sum.high + sum.low, -f->scale[j]);
    }
}

/* One step of both x and what it leaves; returns the largest relative change of x. */
static long double step_both(const struct factored *f, long double *x, long double *step)
{
    long double gap[LINEAR_MOST_COLUMNS], size = 0;

    find_gaps(f, x, gap);
    for (size_t k = 0; k < f->columns; k++) /* gap = R'^-1 gap */
        for (size_t j = 0; j <= k; j++)
            gap[k] = j < k ? gap[k] - f->a[j * f->columns + k] * gap[j] : gap[k] / f->a[k * f->columns + k];
    for (size_t k = 0; k < f->columns; k++)
        reflect(f, k, f->work, 1, 0);
    for (size_t k = f->columns; k-- > 0;) {
        step[k] = f->work[k] - gap[k];
        for (size_t j = k + 1; j < f->columns; j++)
            step[k] -= f->a[k * f->columns + j] * step[j];
        step[k] /= f->a[k * f->columns + k];
    }
    for (size_t k = 0; k < f->columns; k++) {
        f->work[k] = gap[k];
        step[k] = ldexpl(step[k], -f->scale[k]);
        size = fmaxl(size, fabsl(step[k]) / fmaxl(fabsl(x[k]), LDBL_MIN));
    }
    for (size_t k = f->columns; k-- > 0;)
        reflect(f, k, f->work, 1, 0);
    return size;
}

/* x may be zero at the start: the first step is the plain solution. Returns the sum of squares left. */
static long double refine(const struct factored *f, long double *x)
{
    long double step[LINEAR_MOST_COLUMNS], before = INFINITY, squares = 0;

    for (int round = 0; round < REFINEMENTS; round++) {
        long double size = step_both(f, x, step);
        if (round > 1 && !(size < before / 2))
            break;
        before = size;
        for (size_t j = 0; j < f->columns; j++)
            x[j] += step[j];
        for (size_t i = 0; i < f->rows; i++)
            f->left[i] += f->work[i];
    }
    for (size_t i = 0; i < f->rows; i++)
        squares += f->left[i] * f->left[i];
    return squares;
}

/* Row j of R^-1 has the length of coefficient j's standard error, in units of the residual's. */
static void find_errors(const struct factored *f, long double squares, struct linear_fit *fit)
{
    fit->df = f->rows - f->columns;
    fit->residual_sd = fit->df ? (double)sqrtl(squares / (long double)fit->df) : NAN;
    for (size_t j = 0; j < f->columns; j++) {
        long double row[LINEAR_MOST_COLUMNS] = {0}, sum = 0;
        for (size_t k = j; k < f->columns; k++) { /* row j of the inverse: x R = e_j, forward */
            long double value = k == j;
            for (size_t m = j; m < k; m++)
                value -= row[m] * f->a[m * f->columns + k];
            row[k] = value / f->a[k * f->columns + k];
            sum += row[k] * row[k];
        }
        fit->standard_error[j] = (double)ldexpl(sqrtl(sum), -f->scale[j]) * fit->residual_sd;
    }
}

static int all_finite(const struct factored *f)
{
    for (size_t i = 0; i < f->rows; i++)
        if (!isfinite(f->y[i]))
            return 0;
    return 1;
}

int linear_fit(const long double *design, const long double *y, size_t rows, size_t columns,
               struct linear_fit *fit)
{
    struct factored f = {.rows = rows, .columns = columns, .design = design, .y = y};
    long double x[LINEAR_MOST_COLUMNS] = {0};
    int status = -1;

    *fit = (struct linear_fit){.columns = columns};
    if (columns == 0 || columns > LINEAR_MOST_COLUMNS || rows < columns || !all_finite(&f))
        return -1;
    f.a = calloc(rows * columns, sizeof *f.a);
    f.work = calloc(rows, sizeof *f.work);
    f.left = calloc(rows, sizeof *f.left);
    if (f.a && f.work && f.left && factor(&f) == 0) {
        find_errors(&f, refine(&f, x), fit);
        for (size_t j = 0; j < columns; j++)
            fit->coefficient[j] = (double)x[j];
        status = 0;
    }
    free(f.a);
    free(f.work);
    free(f.left);
    return status;
}
