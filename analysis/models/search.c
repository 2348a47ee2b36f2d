#include "analysis/models/search_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID_MOST = 40, STARTS = 4, STEPS_MOST = 300 };
#define PER_DECADE    2.0
#define DECADES_BELOW 3.0
#define DECADES_ABOVE 8.0

int search_open(struct search *s, const struct design *design, enum model_kind kind)
{
    *s = (struct search){.design = design, .kind = kind};
    s->at = calloc(design->cells + 1, sizeof *s->at);
    s->jacobian = calloc(MODEL_SHAPES * (design->cells + 1), sizeof *s->jacobian);
    s->image = calloc(MODEL_SHAPES * (design->cells + 1), sizeof *s->image);
    if (s->at && s->jacobian && s->image)
        return 0;
    search_close(s);
    return -1;
}

void search_close(struct search *s)
{
    free(s->at);
    free(s->jacobian);
    free(s->image);
    *s = (struct search){0};
}

double search_rss(struct search *s, const double *theta)
{
    for (size_t c = 0; c < s->design->cells; c++)
        s->at[c] = model_log_time(s->kind, theta, s->design->workers[c]);
    return design_distance(s->design, s->at);
}

/* J, B J, the normal matrix J' B J and the right side J' B (effect - g); at[] must hold effect - g. */
static void linearise(struct search *s, const double *theta, double normal[MODEL_SHAPES][MODEL_SHAPES],
                      double right[MODEL_SHAPES])
{
    const struct design *d = s->design;
    size_t n = d->cells, shapes = model_table[s->kind].shapes;

    memset(normal, 0, sizeof(double[MODEL_SHAPES][MODEL_SHAPES]));
    memset(right, 0, sizeof(double[MODEL_SHAPES]));
    for (size_t c = 0; c < n; c++) {
        double gradient[MODEL_SHAPES];
        model_log_gradient(s->kind, theta, d->workers[c], gradient);
        for (size_t j = 0; j < shapes; j++)
            s->jacobian[j * n + c] = gradient[j];
    }
    for (size_t j = 0; j < shapes; j++) {
        double mean = 0, *column = s->jacobian + j * n;
        for (size_t c = 0; c < n; c++)
            mean += column[c] / (double)n;
        for (size_t c = 0; c < n; c++)
            column[c] -= mean;
        design_apply(d, column, s->image + j * n);
        for (size_t c = 0; c < n; c++)
            right[j] += s->image[j * n + c] * s->at[c];
    }
    for (size_t j = 0; j < shapes; j++)
        for (size_t k = 0; k < shapes; k++)
            for (size_t c = 0; c < n; c++)
                normal[j][k] += s->jacobian[j * n + c] * s->image[k * n + c];
}

static double clip(const struct model_parameter *parameter, double value)
{
    return fmin(fmax(value, parameter->least), parameter->most);
}

/* Levenberg and Marquardt's step for the parameters that are free to move; returns false when none is. */
static bool find_step(double normal[MODEL_SHAPES][MODEL_SHAPES], const double right[MODEL_SHAPES],
                      const bool still[MODEL_SHAPES], size_t shapes, double damping,
                      double step[MODEL_SHAPES])
{
    double a = normal[0][0] * (1 + damping), b = normal[0][1], c = normal[1][1] * (1 + damping), determinant;

    step[0] = step[1] = 0;
    if (shapes == 1 || still[1]) {
        if (still[0] || !(a > 0))
            return false;
        step[0] = right[0] / a;
    } else if (still[0]) {
        if (!(c > 0))
            return false;
        step[1] = right[1] / c;
    } else {
        determinant = a * c - b * b;
        if (!(determinant > 1e-300))
            return false;
        step[0] = (right[0] * c - right[1] * b) / determinant;
        step[1] = (right[1] * a - right[0] * b) / determinant;
    }
    return true;
}

/* A parameter at its bound that would leave its range stays for this step. */
static void mark_still(const struct search *s, const bool hold[MODEL_SHAPES], bool bounded,
                       const double *theta, const double right[MODEL_SHAPES], bool still[MODEL_SHAPES])
{
    const struct model_description *model = &model_table[s->kind];

    for (size_t j = 0; j < MODEL_SHAPES; j++) {
        const struct model_parameter *p = &model->parameter[j];
        still[j] =
            j >= model->shapes || hold[j] ||
            (bounded && ((theta[j] <= p->least && right[j] <= 0) || (theta[j] >= p->most && right[j] >= 0)));
    }
}

double search_descend(struct search *s, const bool hold[MODEL_SHAPES], bool bounded,
                      double theta[MODEL_SHAPES], bool *settled)
{
    const struct model_description *model = &model_table[s->kind];
    double rss = search_rss(s, theta), damping = 1e-3;

    *settled = false;
    for (int round = 0; round < STEPS_MOST && !*settled; round++) {
        double normal[MODEL_SHAPES][MODEL_SHAPES], right[MODEL_SHAPES], step[MODEL_SHAPES],
            tried[MODEL_SHAPES] = {0};
        bool still[MODEL_SHAPES], better = false;
        linearise(s, theta, normal, right);
        mark_still(s, hold, bounded, theta, right, still);
        while (!better) {
            double moved = 0, fresh;
            if (!find_step(normal, right, still, model->shapes, damping, step) || damping > 1e12) {
                *settled = true;
                break;
            }
            for (size_t j = 0; j < model->shapes && j < MODEL_SHAPES; j++) {
                tried[j] = theta[j] + step[j];
                if (bounded)
                    tried[j] = clip(&model->parameter[j], tried[j]);
                moved += fabs(tried[j] - theta[j]) * sqrt(normal[j][j]);
            }
            fresh = search_rss(s, tried);
            better = fresh < rss;
            if (!better) {
                search_rss(s, theta);
                damping = fmax(damping, 1e-12) * 10;
                /* No descent within what the sum of squares resolves: this is the minimum. */
                *settled = moved * moved <= 1e-24 * (1 + rss);
                if (*settled)
                    break;
                continue;
            }
            *settled = rss - fresh <= 1e-16 * rss && moved * moved <= 1e-22;
            memcpy(theta, tried, model->shapes * sizeof *theta);
            rss = fresh;
            damping /= 10;
        }
    }
    return rss;
}

void search_covariance(struct search *s, const bool hold[MODEL_SHAPES], const double *theta,
                       double covariance[MODEL_SHAPES][MODEL_SHAPES])
{
    double normal[MODEL_SHAPES][MODEL_SHAPES], right[MODEL_SHAPES], determinant;
    size_t shapes = model_table[s->kind].shapes;
    bool two = shapes == 2 && !hold[0] && !hold[1];

    memset(covariance, 0, sizeof(double[MODEL_SHAPES][MODEL_SHAPES]));
    search_rss(s, theta);
    linearise(s, theta, normal, right);
    for (size_t j = 0; j < shapes && !two; j++)
        if (!hold[j])
            covariance[j][j] = normal[j][j] > 0 ? 1 / normal[j][j] : NAN;
    if (!two)
        return;
    determinant = normal[0][0] * normal[1][1] - normal[0][1] * normal[1][0];
    if (!(determinant > 1e-14 * normal[0][0] * normal[1][1]))
        determinant = NAN;
    covariance[0][0] = normal[1][1] / determinant;
    covariance[1][1] = normal[0][0] / determinant;
    covariance[0][1] = covariance[1][0] = -normal[0][1] / determinant;
}

/* --- grid ----------------------------------------------------------------------------------------- */

/* 0 and then even in the logarithm; a fixed parameter has its one value. */
static size_t fill_axis(const struct search *s, size_t j, double fixed, double *value)
{
    const struct model_parameter *p = &model_table[s->kind].parameter[j];
    double zero[MODEL_SHAPES] = {0}, gradient[MODEL_SHAPES], scale;
    size_t count = 0;

    if (!isnan(fixed) || j >= model_table[s->kind].shapes) {
        value[0] = isnan(fixed) ? 0 : fixed;
        return 1;
    }
    model_log_gradient(s->kind, zero, s->design->workers[s->design->cells - 1], gradient);
    scale = gradient[j] > 0 ? 1 / gradient[j] : 1;
    value[count++] = p->least;
    for (int i = 0; i <= (DECADES_BELOW + DECADES_ABOVE) * PER_DECADE && count < GRID_MOST; i++) {
        double next = p->least + scale * pow(10, i / PER_DECADE - DECADES_BELOW);
        value[count++] = fmin(next, p->most);
        if (next >= p->most)
            break;
    }
    return count;
}

struct start {
    double rss, theta[MODEL_SHAPES];
};

/* Keeps the best grid points that are no worse than their neighbours. */
static size_t grid_starts(struct search *s, double *const axis[MODEL_SHAPES],
                          const size_t count[MODEL_SHAPES], double *rss, struct start start[STARTS])
{
    size_t kept = 0;

    for (size_t i = 0; i < count[0]; i++)
        for (size_t k = 0; k < count[1]; k++)
            rss[i * count[1] + k] = search_rss(s, (double[MODEL_SHAPES]){axis[0][i], axis[1][k]});
    for (size_t i = 0; i < count[0]; i++)
        for (size_t k = 0; k < count[1]; k++) {
            double here = rss[i * count[1] + k];
            struct start fresh = {here, {axis[0][i], axis[1][k]}};
            size_t place = kept;
            if ((i > 0 && rss[(i - 1) * count[1] + k] < here) ||
                (i + 1 < count[0] && rss[(i + 1) * count[1] + k] < here) ||
                (k > 0 && rss[i * count[1] + k - 1] < here) ||
                (k + 1 < count[1] && rss[i * count[1] + k + 1] < here))
                continue;
            while (place > 0 && start[place - 1].rss > here)
                place--;
            if (place == STARTS)
                continue;
            kept = kept < STARTS ? kept + 1 : STARTS;
            memmove(start + place + 1, start + place, (kept - place - 1) * sizeof *start);
            start[place] = fresh;
        }
    return kept;
}

static void take_better(struct search *s, const bool hold[MODEL_SHAPES], const double *from, double *best,
                        double theta[MODEL_SHAPES])
{
    double place[MODEL_SHAPES] = {from[0], from[1]}, rss;
    bool settled;

    rss = search_descend(s, hold, true, place, &settled);
    if (rss < *best) {
        *best = rss;
        memcpy(theta, place, sizeof place);
    }
}

double search_least(struct search *s, const double fixed[MODEL_SHAPES], double theta[MODEL_SHAPES])
{
    double first[GRID_MOST], second[GRID_MOST], rss[GRID_MOST * GRID_MOST], best = INFINITY;
    double *const axis[MODEL_SHAPES] = {first, second};
    size_t count[MODEL_SHAPES], kept, shapes = model_table[s->kind].shapes;
    bool hold[MODEL_SHAPES];
    struct start start[STARTS];

    for (size_t j = 0; j < MODEL_SHAPES; j++) {
        hold[j] = j >= shapes || !isnan(fixed[j]);
        count[j] = fill_axis(s, j, j < shapes ? fixed[j] : 0, axis[j]);
    }
    theta[0] = axis[0][0];
    theta[1] = axis[1][0];
    best = search_rss(s, theta);
    if (!hold[0] && !hold[1]) { /* the smaller model, which has the last parameter at its least */
        double smaller[MODEL_SHAPES], one[MODEL_SHAPES] = {NAN, model_table[s->kind].parameter[1].least};
        double small = search_least(s, one, smaller);
        if (small < best) {
            best = small;
            memcpy(theta, smaller, sizeof smaller);
        }
        take_better(s, hold, smaller, &best, theta);
    }
    kept = grid_starts(s, axis, count, rss, start);
    for (size_t i = 0; i < kept; i++)
        take_better(s, hold, start[i].theta, &best, theta);
    return best;
}
