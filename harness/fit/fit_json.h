/* fit_json.h: numbers, texts and intervals as JSON, and JSON as text; docs/formats.md has the formats.
 *
 * NaN and infinity become null. Every interval without value or without a bound carries its reason. Building
 * ends the program when memory is out.
 */
#ifndef KNEE_FIT_JSON_H
#define KNEE_FIT_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "analysis/speedup/scaling.h"
#include "analysis/statistics/interval.h"
#include "pipeline/base/fault.h"

json_t *fit_json_number(double value);
/* Bytes that are no UTF-8 are replaced. NULL becomes null. */
json_t *fit_json_text(const char *value);
/* Null for 0. */
json_t *fit_json_count(unsigned count);
json_t *fit_json_interval(const struct interval *interval);
/* Puts an interval's keys into an object, and returns it. */
json_t *fit_json_put_interval(json_t *object, const struct interval *interval);
/* A point of the curve: workers, trials, oversubscribed, wall_s, speedup, efficiency. */
json_t *fit_json_scaling(const struct scaling_point *point);
/* These take over the reference to value. Bytes of a key that are no UTF-8 are replaced. */
void fit_json_put(json_t *object, const char *key, json_t *value);
void fit_json_append(json_t *array, json_t *value);

/* json as text: one key a line, 12 digits. Returns 0, or -1. */
int fit_json_print(const json_t *json, FILE *out);
/* The same into a file, which is replaced as a whole: written under another name in that folder, flushed, renamed.
 * Returns 0, or -1 with fault. */
int fit_json_write(const json_t *json, const char *path, struct fault *fault);

#endif
