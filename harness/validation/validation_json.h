/* validation_json.h: a validation as JSON (knee validate --json; docs/formats.md). */
#ifndef KNEE_VALIDATION_JSON_H
#define KNEE_VALIDATION_JSON_H

#include <jansson.h>

#include "harness/validation/validation.h"

/* The caller drops the reference. */
json_t *validation_json(const struct validation *validation);

#endif
