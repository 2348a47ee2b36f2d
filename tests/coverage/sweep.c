#include "tests/coverage/sweep.h"

#include <math.h>

#include "analysis/statistics/random.h"

double sweep_seconds(const struct sweep_truth *truth, double n)
{
    double step = truth->step_at && n >= truth->step_at ? 1 + truth->step : 1;

    if (truth->weak)
        return SWEEP_T1 * step / (n - truth->sigma * (n - 1));
    return SWEEP_T1 * step * (1 + truth->sigma * (n - 1) + truth->kappa * n * (n - 1)) / n;
}

static double noisy(const struct sweep_design *design, struct random_stream *random, double seconds,
                    double block)
{
    double z = design->noise * random_normal(random);

    return seconds * exp(block) * (design->log_normal ? exp(z) : 1 + z);
}

struct scaling_data sweep_make(const struct sweep_truth *truth, const struct sweep_design *design,
                               uint64_t seed, struct observation *observation, unsigned beyond, double *extra)
{
    /* Seeds are mixed: states that are a step apart give one stream, a number apart. */
    struct random_stream mixer = {seed}, random = {random_next(&mixer)};
    size_t count = 0;
    double block;

    for (unsigned b = 0; b < design->blocks; b++) {
        block = design->drift * random_normal(&random);
        for (unsigned n = 1; n <= design->points; n++)
            observation[count++] =
                (struct observation){n, b, noisy(design, &random, sweep_seconds(truth, n), block)};
    }
    block = design->drift * random_normal(&random);
    if (extra)
        *extra = noisy(design, &random, sweep_seconds(truth, beyond), block);
    return (struct scaling_data){
        .observation = observation, .count = count, .paired = true, .weak = truth->weak};
}
