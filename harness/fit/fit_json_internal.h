/* fit_json_internal.h: the sections of fit.json, put together by fit_json() (fit.h); docs/formats.md is the format.
 * Each returns a new reference. */
#ifndef KNEE_FIT_JSON_INTERNAL_H
#define KNEE_FIT_JSON_INTERNAL_H

#include "harness/fit/fit.h"
#include "harness/fit/fit_json.h"

json_t *fit_json_models(const struct fit *fit);
json_t *fit_json_criteria(const struct fit *fit);
json_t *fit_json_coherency(const struct fit *fit);
json_t *fit_json_predictions(const struct fit *fit);
json_t *fit_json_lack_of_fit(const struct fit *fit);
json_t *fit_json_knee(const struct fit *fit);
json_t *fit_json_phases(const struct fit *fit);
json_t *fit_json_knob(const struct knob_study *knob);
json_t *fit_json_variations(const struct fit *fit);
json_t *fit_json_size(const struct fit *fit);
json_t *fit_json_size_points(const struct fit *fit);
json_t *fit_json_counters(const struct fit *fit);
json_t *fit_json_quantities(const struct fit *fit);
json_t *fit_json_recommendation(const struct fit *fit);
json_t *fit_json_equivalence(const struct fit *fit);

#endif
