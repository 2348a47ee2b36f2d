#include "analysis/models/models_law.h"

#include <math.h>

static const struct {
    const char *name;
    size_t shapes;
    const char *parameter[MODEL_SHAPES];
    double start[MODEL_SHAPES], most[MODEL_SHAPES];
} laws[MODEL_KINDS] = {
    [MODEL_IDEAL] = {.name = "ideal"},
    [MODEL_AMDAHL] = {"amdahl", 1, {"serial fraction"}, {0.05}, {1}},
    [MODEL_AMDAHL_OVERHEAD] =
        {"amdahl-overhead", 2, {"serial fraction", "overhead per worker"}, {0.05, 0.001}, {1, INFINITY}},
    [MODEL_USL] = {"usl", 2, {"sigma", "kappa"}, {0.05, 0.001}, {1, INFINITY}},
    [MODEL_GUSTAFSON] = {"gustafson", 1, {"serial fraction"}, {0.05}, {1}},
};

const char *model_name(enum model_kind kind)
{
    return laws[kind].name;
}

bool model_is_for(enum model_kind kind, bool weak)
{
    return kind == MODEL_IDEAL || weak == (kind == MODEL_GUSTAFSON);
}

const char *model_parameter_name(enum model_kind kind, size_t i)
{
    return laws[kind].parameter[i];
}

size_t law_shapes(enum model_kind kind)
{
    return laws[kind].shapes;
}

double law_start(enum model_kind kind, size_t i)
{
    return laws[kind].start[i];
}

double law_least(enum model_kind kind, size_t i)
{
    (void)kind;
    (void)i;
    return 0;
}

double law_most(enum model_kind kind, size_t i)
{
    return laws[kind].most[i];
}

static double inner(enum model_kind kind, const double *theta, double n)
{
    switch (kind) {
    case MODEL_AMDAHL:
        return 1 + theta[0] * (n - 1);
    case MODEL_AMDAHL_OVERHEAD:
        return 1 + theta[0] * (n - 1) + theta[1] * n * n;
    case MODEL_USL:
        return 1 + theta[0] * (n - 1) + theta[1] * n * (n - 1);
    case MODEL_GUSTAFSON: /* not positive, too, where no scaled speedup is left */
        return n / (n - theta[0] * (n - 1));
    case MODEL_IDEAL:
    case MODEL_KINDS:
        break;
    }
    return 1;
}

double law_shape(enum model_kind kind, const double *theta, double workers)
{
    double u = inner(kind, theta, workers);

    return u > 1e-12 ? log(u / workers) : LAW_OUTSIDE;
}

void law_gradient(enum model_kind kind, const double *theta, double workers, double gradient[MODEL_SHAPES])
{
    double u = inner(kind, theta, workers), n = workers;

    gradient[0] = kind == MODEL_IDEAL ? 0 : kind == MODEL_GUSTAFSON ? (n - 1) * u / n : (n - 1) / u;
    gradient[1] = kind == MODEL_AMDAHL_OVERHEAD ? n * n / u : kind == MODEL_USL ? n * (n - 1) / u : 0;
}

double law_peak(enum model_kind kind, const double *theta)
{
    if ((kind != MODEL_USL && kind != MODEL_AMDAHL_OVERHEAD) || !(theta[1] > 0))
        return INFINITY;
    return sqrt(fmax(1 - theta[0], 0) / theta[1]);
}

double law_limit(enum model_kind kind, const double *theta)
{
    double peak = law_peak(kind, theta);

    if (isfinite(peak))
        return exp(law_shape(kind, theta, 1) - law_shape(kind, theta, fmax(peak, 1)));
    return kind != MODEL_IDEAL && kind != MODEL_GUSTAFSON && theta[0] > 0 ? 1 / theta[0] : INFINITY;
}
