/* baseline_identity.h: what two studies must have in common for their figures to be comparable: machine class, kind of
 * cores (real, emulated, replayed), recipe, data set (batch and the part of it that was measured), chunk, policy,
 * placement, start method and failed items. Other inputs give other numbers, whatever the program does.
 */
#ifndef KNEE_BASELINE_IDENTITY_H
#define KNEE_BASELINE_IDENTITY_H

#include <glib.h>
#include <jansson.h>

#include "harness/fit/fit.h"

/* Puts it, as texts, into a JSON object. */
void baseline_identity_put(json_t *json, const struct fit *fit);

/* What does not agree with such an object, a sentence each (char *): "policy: the baseline has 'static', the study
 * 'dynamic'". whose: what the object is of. The caller frees with g_ptr_array_free(). */
GPtrArray *baseline_identity_differences(const json_t *json, const struct fit *fit, const char *whose);

#endif
