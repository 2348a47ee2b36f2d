#include "tests/power/gate_sim.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "analysis/gate/pair.h"
#include "analysis/statistics/random.h"

enum { SESSION_PAIRS = 5, SERIES = 2 };

/* A series: of wall times, of CPU times. */
struct machine {
    const struct sim_case *c;
    struct random_stream random;
    double last[SERIES]; /* noise of the trial before, of SIM_AR1 */
    double trials, done; /* in the whole gate; so far */
    double session;
};

static double noise_of(struct machine *machine, int series)
{
    const struct sim_case *c = machine->c;
    double z = random_normal(&machine->random), sum = 0;

    switch (c->noise) {
    case SIM_NORMAL:
        return c->sd * z;
    case SIM_LOGNORMAL: /* skewed: exp of a normal of sd 1, scaled to `sd` */
        return c->sd * (exp(z) - exp(0.5)) / sqrt((exp(1) - 1) * exp(1));
    case SIM_T3: /* its variance is 3 */
        for (int i = 0; i < 3; i++) {
            double other = random_normal(&machine->random);
            sum += other * other / 3;
        }
        return c->sd * z / sqrt(sum) / sqrt(3);
    default:
        machine->last[series] = 0.3 * machine->last[series] + sqrt(1 - 0.09) * c->sd * z;
        return machine->last[series];
    }
}

/* By how much this trial is slower than it should be: a logarithm. */
static double slower(struct machine *machine, int series, double process)
{
    double drift = machine->c->drift * sin(2 * 3.14159265358979 * machine->done / machine->trials);

    return drift + machine->session + process + log1p(fmax(noise_of(machine, series), -0.9));
}

static void run_trial(struct machine *machine, const struct pair_metrics *metrics, size_t i, double loss,
                      struct pair_side *side)
{
    double n = metrics->workers[i], process = machine->c->process_sd * random_normal(&machine->random);
    double efficiency = i == 0 ? 1 : (1 - 0.01 * (n - 1)) * (1 - loss);

    side->wall_s[i] = exp(slower(machine, 0, process)) / n / efficiency;
    side->cpu_s[i] = exp(slower(machine, 1, process));
    side->memory_bytes[i] = 1e8 * (1 + 0.003 * random_normal(&machine->random));
    if (i + 1 == metrics->counts) {
        side->tail_share = 0.03 + machine->c->sd / 2 * random_normal(&machine->random);
        side->start_share = 0.02 + machine->c->sd / 5 * random_normal(&machine->random);
    }
    machine->done++;
}

static void run_pair(struct machine *machine, const struct pair_metrics *metrics, struct pair_side side[2])
{
    uint32_t order[PAIR_WORKERS_MOST];

    random_order(random_next(&machine->random), 0, (uint32_t)metrics->counts, order);
    for (size_t k = 0; k < metrics->counts; k++) {
        bool head_first = random_below(&machine->random, 2);
        for (int t = 0; t < 2; t++) {
            bool head = head_first == (t == 0);
            run_trial(machine, metrics, order[k], head ? machine->c->loss : 0, &side[head]);
        }
    }
}

enum gate_verdict sim_gate(const struct sim_case *c, unsigned pairs, uint64_t seed, uint64_t number,
                           unsigned *pairs_used)
{
    static const struct pair_limits limits = {0.01, 0.05};
    unsigned workers[PAIR_WORKERS_MOST];
    struct machine machine = {.c = c, .random = random_stream_of(seed, (uint64_t)c->name[0], number)};
    struct decision *decision = malloc(sizeof *decision);
    struct pair_metrics metrics;
    double worse[DECISION_METRICS_MOST];
    enum gate_verdict verdict = GATE_UNDECIDED;

    *pairs_used = 0;
    for (unsigned i = 0; i < c->cores; i++)
        workers[i] = i + 1;
    if (!decision || pair_metrics_begin(&metrics, workers, c->cores, true, &limits) ||
        decision_begin(decision, metrics.decision, metrics.metrics, (size_t)pairs * 5 / 2)) {
        free(decision);
        return GATE_UNDECIDED;
    }
    machine.trials = 5.0 * pairs * c->cores;
    do {
        struct pair_side side[2];
        if (*pairs_used % SESSION_PAIRS == 0)
            machine.session = c->session_sd * random_normal(&machine.random);
        run_pair(&machine, &metrics, side);
        pair_worse(&metrics, &side[0], &side[1], worse);
        ++*pairs_used;
    } while (decision_add(decision, worse, 1) != DECISION_OVER);
    verdict = decision->verdict;
    free(decision);
    return verdict;
}
