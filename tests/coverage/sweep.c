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

/* Noise of unit scale; *before is that of the trial before. */
static double draw(const struct sweep_design *design, struct random_stream *random, double *before)
{
    double z = random_normal(random), squares = 0, r = design->correlation;

    if (design->heavy) {
        for (int i = 0; i < 3; i++)
            squares += pow(random_normal(random), 2);
        return z / sqrt(squares / 3);
    }
    if (r > 0)
        z = isnan(*before) ? z : r * *before + sqrt(1 - r * r) * z;
    *before = z;
    return z;
}

static double noise_at(const struct sweep_design *design, double workers)
{
    double along = fmin((workers - 1) / (design->points - 1.0), 1), noise = design->noise;

    if (design->noise_at_most > 0)
        noise += (design->noise_at_most - design->noise) * along;
    return workers == design->noisy_at ? 5 * noise : noise;
}

static double noisy(const struct sweep_design *design, struct random_stream *random,
                    const struct sweep_truth *truth, double workers, double block, double *before)
{
    double z = noise_at(design, workers) * draw(design, random, before);
    double seconds =
        sweep_seconds(truth, workers) * exp(block) * (design->log_normal ? exp(z) : fmax(1 + z, 0.05));

    if (design->outliers > 0 && random_uniform(random) < design->outliers)
        seconds *= 3 + 7 * random_uniform(random);
    return seconds;
}

static size_t uneven(const struct sweep_truth *truth, const struct sweep_design *design,
                     struct random_stream *random, struct observation *observation)
{
    size_t count = 0;
    double before = NAN;

    for (unsigned n = 1; n <= design->points; n++)
        for (unsigned i = 0; i < (n == 1 ? 2 : n == 2 ? 20 : design->blocks); i++)
            observation[count++] = (struct observation){n, 0, noisy(design, random, truth, n, 0, &before)};
    return count;
}

static size_t one_block(const struct sweep_truth *truth, const struct sweep_design *design,
                        struct random_stream *random, unsigned b, double *before,
                        struct observation *observation)
{
    unsigned order[SWEEP_MOST_POINTS] = {0};
    double block = design->drift * random_normal(random);
    size_t count = 0;

    for (unsigned i = 0; i < design->points; i++) {
        unsigned k = (unsigned)(random_uniform(random) * (i + 1));
        order[i] = order[k < i ? k : i];
        order[k < i ? k : i] = i + 1;
    }
    for (unsigned i = 0; i < design->points; i++) {
        unsigned n = design->correlation > 0 ? order[i] : i + 1;
        double seconds = noisy(design, random, truth, n, block, before);
        if (design->missing == 0 || random_uniform(random) >= design->missing)
            observation[count++] = (struct observation){n, b, seconds};
    }
    return count;
}

struct scaling_data sweep_make(const struct sweep_truth *truth, const struct sweep_design *design,
                               uint64_t seed, struct observation *observation, unsigned beyond, double *extra)
{
    /* Seeds are mixed: states that are a step apart give one stream, a number apart. */
    struct random_stream mixer = {seed}, random = {random_next(&mixer)};
    struct sweep_design quiet = *design;
    size_t count = 0;
    double before = NAN, other = NAN;

    if (design->uneven)
        count = uneven(truth, design, &random, observation);
    for (unsigned b = 0; b < design->blocks && !design->uneven; b++)
        count += one_block(truth, design, &random, b, &before, observation + count);
    if (design->one_slow && count > 0)
        observation[(size_t)(random_uniform(&random) * (double)count)].seconds *= 10;
    quiet.outliers = 0; /* a prediction is of a trial that nothing disturbs */
    if (extra)
        *extra = noisy(&quiet, &random, truth, beyond,
                       (design->uneven ? 0 : design->drift) * random_normal(&random), &other);
    return (struct scaling_data){
        .observation = observation, .count = count, .paired = !design->uneven, .weak = truth->weak};
}
