#include "analysis/models/model_table.h"

#include <math.h>

#define FRACTION(name)                                                                                       \
    {                                                                                                        \
        name, "", 0, 1                                                                                       \
    }
#define UNBOUNDED(name)                                                                                      \
    {                                                                                                        \
        name, "", 0, INFINITY                                                                                \
    }

static double ideal(const double *theta, double n)
{
    (void)theta;
    (void)n;
    return 1;
}

static void ideal_gradient(const double *theta, double n, double gradient[MODEL_SHAPES])
{
    (void)theta;
    (void)n;
    gradient[0] = gradient[1] = 0;
}

static double amdahl(const double *theta, double n)
{
    return 1 + theta[0] * (n - 1);
}

static void amdahl_gradient(const double *theta, double n, double gradient[MODEL_SHAPES])
{
    gradient[0] = (n - 1) / amdahl(theta, n);
    gradient[1] = 0;
}

static double amdahl_limit(const double *theta)
{
    return theta[0] > 0 ? 1 / theta[0] : INFINITY;
}

static double overhead(const double *theta, double n)
{
    return 1 + theta[0] * (n - 1) + theta[1] * n * n;
}

static void overhead_gradient(const double *theta, double n, double gradient[MODEL_SHAPES])
{
    gradient[0] = (n - 1) / overhead(theta, n);
    gradient[1] = n * n / overhead(theta, n);
}

static double usl(const double *theta, double n)
{
    return 1 + theta[0] * (n - 1) + theta[1] * n * (n - 1);
}

static void usl_gradient(const double *theta, double n, double gradient[MODEL_SHAPES])
{
    gradient[0] = (n - 1) / usl(theta, n);
    gradient[1] = n * (n - 1) / usl(theta, n);
}

/* dT/dn = 0 at n^2 = (1 - sigma) / kappa, for usl and for amdahl-overhead. */
static double quadratic_peak(const double *theta)
{
    return theta[1] > 0 ? fmax(sqrt(fmax(1 - theta[0], 0) / theta[1]), 1) : INFINITY;
}

static double quadratic_limit(const double *theta, double (*relative)(const double *, double))
{
    double peak = quadratic_peak(theta);

    return isfinite(peak) ? relative(theta, 1) * peak / relative(theta, peak) : amdahl_limit(theta);
}

static double overhead_limit(const double *theta)
{
    return quadratic_limit(theta, overhead);
}

static double usl_limit(const double *theta)
{
    return quadratic_limit(theta, usl);
}

static double gustafson(const double *theta, double n)
{
    return n / (n - theta[0] * (n - 1));
}

static void gustafson_gradient(const double *theta, double n, double gradient[MODEL_SHAPES])
{
    gradient[0] = (n - 1) / (n - theta[0] * (n - 1));
    gradient[1] = 0;
}

const struct model_description model_table[MODEL_KINDS] = {
    [MODEL_IDEAL] = {.name = "ideal",
                     .title = "ideal line",
                     .sentence = "n workers are n times as fast",
                     .formula = "T1 / n",
                     .strong = true,
                     .weak = true,
                     .may_be_chosen = true,
                     .needs = MODEL_IDEAL,
                     .relative = ideal,
                     .gradient = ideal_gradient,
                     .no_limit = "no limit: the ideal line rises without end"},
    [MODEL_AMDAHL] = {.name = "amdahl",
                      .title = "Amdahl",
                      .sentence = "a serial fraction of the work gains nothing from more workers",
                      .formula = "T1 (s + (1 - s) / n)",
                      .strong = true,
                      .may_be_chosen = true,
                      .needs = MODEL_IDEAL,
                      .shapes = 1,
                      .parameter = {FRACTION("serial fraction")},
                      .relative = amdahl,
                      .gradient = amdahl_gradient,
                      .limit = amdahl_limit},
    [MODEL_AMDAHL_OVERHEAD] = {.name = "amdahl-overhead",
                               .title = "Amdahl with overhead",
                               .sentence = "a serial fraction, and each worker adds a cost of its own",
                               .formula = "T1 (s + (1 - s) / n + c n)",
                               .strong = true,
                               .needs = MODEL_AMDAHL,
                               .shapes = 2,
                               .parameter = {FRACTION("serial fraction"), UNBOUNDED("overhead per worker")},
                               .relative = overhead,
                               .gradient = overhead_gradient,
                               .peak = quadratic_peak,
                               .limit = overhead_limit},
    [MODEL_USL] = {.name = "usl",
                   .title = "USL",
                   .sentence = "contention (sigma) and coherency between pairs of workers (kappa)",
                   .formula = "T1 (1 + sigma (n - 1) + kappa n (n - 1)) / n",
                   .strong = true,
                   .may_be_chosen = true,
                   .needs = MODEL_AMDAHL,
                   .shapes = 2,
                   .parameter = {FRACTION("sigma"), UNBOUNDED("kappa")},
                   .relative = usl,
                   .gradient = usl_gradient,
                   .peak = quadratic_peak,
                   .limit = usl_limit},
    [MODEL_GUSTAFSON] = {.name = "gustafson",
                         .title = "Gustafson",
                         .sentence = "the work grows with the workers, its serial fraction does not shrink",
                         .formula = "n T1 / (n - s (n - 1))",
                         .weak = true,
                         .may_be_chosen = true,
                         .needs = MODEL_IDEAL,
                         .shapes = 1,
                         .parameter = {FRACTION("serial fraction")},
                         .relative = gustafson,
                         .gradient = gustafson_gradient,
                         .no_limit = "no limit: the scaled speedup rises with the work"},
};

double model_log_time(enum model_kind kind, const double *theta, double workers)
{
    double relative = model_table[kind].relative(theta, workers);

    return relative > 1e-12 ? log(relative / workers) : MODEL_OUTSIDE;
}

void model_log_gradient(enum model_kind kind, const double *theta, double workers,
                        double gradient[MODEL_SHAPES])
{
    model_table[kind].gradient(theta, workers, gradient);
}

double model_peak(enum model_kind kind, const double *theta)
{
    return model_table[kind].peak ? model_table[kind].peak(theta) : INFINITY;
}

double model_limit(enum model_kind kind, const double *theta)
{
    return model_table[kind].limit ? model_table[kind].limit(theta) : INFINITY;
}

bool model_is_for(enum model_kind kind, bool weak)
{
    return weak ? model_table[kind].weak : model_table[kind].strong;
}

const char *model_name(enum model_kind kind)
{
    return model_table[kind].name;
}

const char *model_parameter_name(enum model_kind kind, size_t i)
{
    return model_table[kind].parameter[i].name;
}
