/* prediction_print.h: a prediction as a table for people (knee predict). */
#ifndef KNEE_PREDICTION_PRINT_H
#define KNEE_PREDICTION_PRINT_H

#include <stdio.h>

#include "harness/fit/prediction.h"
#include "harness/fit/prediction_model.h"

void prediction_print(const struct prediction *prediction, FILE *out);
/* One of the fitted model. */
void prediction_print_model(const struct prediction_model *prediction, FILE *out);

#endif
