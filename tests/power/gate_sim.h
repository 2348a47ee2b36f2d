/* gate_sim.h: gates of simulated builds, decided as `knee gate --against` decides: the same metrics, order and pairs.
 *
 * Trials follow one another in time. The time of a trial of n workers is T(1) / (n E(n)) times a drift, the session's
 * level, a level of its process, and noise; CPU time is T(1) times the same kinds of noise.
 */
#ifndef KNEE_GATE_SIM_H
#define KNEE_GATE_SIM_H

#include <stdint.h>

#include "analysis/gate/decision.h"

enum sim_noise { SIM_NORMAL, SIM_LOGNORMAL, SIM_T3, SIM_AR1 };

struct sim_case {
    const char *name;
    enum sim_noise noise;
    double sd;         /* of the noise of a trial, relative */
    double process_sd; /* of the level of each process, relative */
    double drift;      /* over the whole gate, up and down, relative */
    double session_sd; /* of the level of a stretch of pairs (a session), relative */
    double loss;       /* of E(n) of the new build, relative */
    unsigned cores;    /* numbers of workers: 1, 2, ... cores */
};

/* One gate of `pairs` screening pairs and half as many again as those for the confirmation. *pairs_used gets how many
 * it took. */
enum gate_verdict sim_gate(const struct sim_case *c, unsigned pairs, uint64_t seed, uint64_t number,
                           unsigned *pairs_used);

#endif
