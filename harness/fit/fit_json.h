/* fit_json.h: building blocks of fit.json, used by the fit_json_*.c files only; docs/formats.md is the
 * format.
 *
 * NaN and infinity become null. Every interval without value or without a bound carries its reason. Building
 * ends the program when memory is out.
 */
#ifndef KNEE_FIT_JSON_H
#define KNEE_FIT_JSON_H

#include "harness/fit/fit.h"

json_t *fit_json_number(double value);
/* Text of foreign origin: what is not UTF-8 is replaced. NULL becomes null. */
json_t *fit_json_text(const char *value);
/* Null for 0. */
json_t *fit_json_count(unsigned count);
json_t *fit_json_interval(const struct interval *interval);
/* Puts an interval's keys into an object, and returns it. */
json_t *fit_json_put_interval(json_t *object, const struct interval *interval);
/* These take over the reference to value. */
void fit_json_put(json_t *object, const char *key, json_t *value);
void fit_json_append(json_t *array, json_t *value);

json_t *fit_json_knee_causes(const struct fit *fit);
json_t *fit_json_phases(const struct fit *fit);
json_t *fit_json_chunks(const struct fit *fit);
json_t *fit_json_size(const struct fit *fit);
json_t *fit_json_size_points(const struct fit *fit);
json_t *fit_json_counters(const struct fit *fit);
json_t *fit_json_quantities(const struct fit *fit);
json_t *fit_json_recommendation(const struct fit *fit);
json_t *fit_json_equivalence(const struct fit *fit);

#endif
