/* tables.h: the tables of `make coverage`, one function each. */
#ifndef KNEE_COVERAGE_TABLES_H
#define KNEE_COVERAGE_TABLES_H

#include <stdint.h>

#include "tests/coverage/tally.h"

/* Figures outside of their range so far; each is marked with '!'. */
unsigned tables_outside(void);
/* A share in percent, '-' where nothing was asked. */
void print_percent(unsigned held, unsigned asked, double least, double most);
/* A number with two decimals that shall be at most `most`. */
void print_factor(double factor, double most);

void print_intervals(unsigned sweeps); /* table_intervals.c: equal noise */
void print_noise(unsigned sweeps);     /* the same: unequal, heavy and disturbed noise */
void print_extrapolation(
    unsigned sweeps); /* table_extrapolation.c: what a user sees at four times the largest n */
void print_selection(unsigned sweeps);  /* table_models.c: which model is chosen */
void print_prediction(unsigned sweeps); /* the same: errors of the true model */
void print_knees(unsigned sweeps);      /* table_knee.c */

#endif
