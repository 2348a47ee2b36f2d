/* fit_print.h: a fit as tables and sentences for people (knee fit), in lines of at most 100 columns.
 *
 * The answer comes first: what to run, what the whole batch does with the most workers, the knee, what to buy, the
 * chosen model, how sure that is. Times are geometric means. A table of
 * throughputs is printed in its own unit.
 */
#ifndef KNEE_FIT_PRINT_H
#define KNEE_FIT_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/answer/answer.h"
#include "harness/fit/fit.h"

enum { FIT_PRINT_LINES = 36 };

/* Without `verbose`: the answer, the curve (at most 10 of its points), predictions, and as many warnings as fit into
 * FIT_PRINT_LINES. With it: every point and warning, all models, item sizes, counters and the knee of each cause. */
void fit_print(const struct fit *fit, const struct answer *answer, bool verbose, FILE *out);

/* Its parts. */
/* What to run, batch, knee, what to buy, model, how sure. */
void fit_print_answer(const struct fit *fit, const struct answer *answer, FILE *out);
/* Of the answer: the batch with the most workers, and what it loses there; the knee; what to buy. The first and the
 * last print nothing where nothing is known. */
void fit_print_batch(const struct answer *answer, FILE *out);
void fit_print_knee(const struct fit *fit, const struct answer *answer, FILE *out);
void fit_print_advice(const struct answer *answer, FILE *out);
/* The curve, at most `rows` points of it: the first, the knee, the advised one, the last, and some between. */
void fit_print_curve(const struct fit *fit, unsigned rows, FILE *out);
/* Predictions of the chosen model. */
void fit_print_predictions(const struct fit *fit, FILE *out);
/* Every model of this kind of scaling, limit and peak of the chosen one, and whether coherency is above 0. */
void fit_print_models(const struct fit *fit, FILE *out);
/* Item time by size and kind, with the residuals of every kind; nothing without a regression. */
void fit_print_sizes(const struct fit *fit, FILE *out);
/* The knee of each cause; nothing without an account. */
void fit_print_knee_causes(const struct fit *fit, FILE *out);
/* Quantities computed from the counters: a small table, one line when nothing was measured, nothing without any. */
void fit_print_quantities(const struct fit *fit, FILE *out);

/* What was measured, in the unit in which it is printed. */
struct fit_measure_unit {
    const char *heading; /* "seconds"; "items/s", or "throughput" where the table gives no unit */
    const char *before;  /* a value: "", or "throughput " where there is no unit */
    const char *name;    /* behind a value: "s", "items/s", or "" */
    double factor;       /* printed time over seconds; of a throughput 1 */
    bool is_throughput;
};
struct fit_measure_unit fit_measure_unit(const struct fit *fit);
/* A time at a number of workers in that unit. Returns text. */
const char *fit_measure_text(const struct fit *fit, const struct interval *seconds, unsigned workers,
                             char *text, size_t bytes);

#endif
