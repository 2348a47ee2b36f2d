/* requirement.h: a bound that a study must keep, without a baseline: "E(4)>=0.6", "S(16)>=10 emulated".
 *
 * A requirement is QUANTITY, for some quantities (WORKERS), then >= or <=, a number from 0, and for a study of
 * emulated or replayed cores the word "emulated" or "replayed". A number that its quantity cannot reach, such as 5 for
 * a share of 5%, is refused: the bound would always be kept, or never. Quantities:
 *   E(n)  efficiency     S(n)  speedup     T(n)  wall time of the batch, seconds
 *   tail(n)          share of n T(n) in which workers wait for the last one
 *   maxrss(n)        largest peak memory of a process, MiB
 *   cpu_per_item(n)  CPU time per item, seconds; of one worker without (n)
 *   start            mean time of a worker's initializer, milliseconds
 *   knee             the smallest number of workers whose efficiency is lost beyond doubt (knee.h)
 *
 * Decision, by the quantity's interval: met when the whole interval keeps the bound, failed when the whole interval
 * breaks it, otherwise undecided. With intervals of a two-sided level L, a quantity that lies exactly at its bound is
 * failed, or met, in (1 - L) / 2 of studies each, and one that keeps it in fewer; of k requirements that are all kept
 * one or more is failed in at most k times as many (Bonferroni 1936).
 */
#ifndef KNEE_REQUIREMENT_H
#define KNEE_REQUIREMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/statistics/interval.h"

enum requirement_quantity {
    REQUIRE_EFFICIENCY,
    REQUIRE_SPEEDUP,
    REQUIRE_WALL,
    REQUIRE_TAIL,
    REQUIRE_MAXRSS,
    REQUIRE_CPU_PER_ITEM,
    REQUIRE_START,
    REQUIRE_KNEE,
    REQUIREMENT_QUANTITIES
};

/* Of the study that the bound is for. */
enum requirement_cores { REQUIRE_REAL, REQUIRE_EMULATED, REQUIRE_REPLAYED, REQUIREMENT_CORES };

enum requirement_verdict { REQUIREMENT_MET, REQUIREMENT_FAILED, REQUIREMENT_UNDECIDED, REQUIREMENT_SKIPPED };

struct requirement {
    enum requirement_quantity quantity;
    unsigned workers; /* 0: the quantity has none */
    bool at_least;    /* >=, otherwise <= */
    double bound;
    enum requirement_cores cores;
    const char *text; /* as given, not owned */
};

/* Returns 0, or -1 with the reason in `problem`. Blanks are allowed between the parts; a share may be in percent. */
int requirement_parse(const char *text, struct requirement *requirement, char *problem, size_t bytes);

/* MET, FAILED, or UNDECIDED when the interval holds the bound or lacks the side that decides. */
enum requirement_verdict requirement_decide(const struct requirement *requirement,
                                            const struct interval *value);

const char *requirement_cores_name(enum requirement_cores cores); /* "real", "emulated", "replayed" */
const char *
requirement_verdict_name(enum requirement_verdict verdict); /* "met", "failed", "undecided", "skipped" */

#endif
