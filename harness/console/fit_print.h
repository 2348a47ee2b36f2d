/* fit_print.h: a fit as tables and sentences for people (knee fit). */
#ifndef KNEE_FIT_PRINT_H
#define KNEE_FIT_PRINT_H

#include <stdio.h>

#include "harness/fit/fit.h"

void fit_print(const struct fit *fit, FILE *out);

/* Its parts. */
/* Every model of this kind of scaling, and the predictions of the chosen one. */
void fit_print_models(const struct fit *fit, FILE *out);
/* The knee of each cause; nothing without an account. */
void fit_print_knee_causes(const struct fit *fit, FILE *out);
/* Quantities computed from the counters: a small table, one line when nothing was measured, nothing without any. */
void fit_print_quantities(const struct fit *fit, FILE *out);

#endif
