/* validation_print.h: a validation as a table for people (knee validate). */
#ifndef KNEE_VALIDATION_PRINT_H
#define KNEE_VALIDATION_PRINT_H

#include <stdio.h>

#include "harness/validation/validation.h"

void validation_print(const struct validation *validation, FILE *out);

#endif
