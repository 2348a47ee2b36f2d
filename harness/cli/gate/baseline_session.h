/* baseline_session.h: a study as a session of a baseline: where and when it was measured, its figures, its account. */
#ifndef KNEE_BASELINE_SESSION_H
#define KNEE_BASELINE_SESSION_H

#include <jansson.h>

#include "harness/fit/fit.h"
#include "pipeline/base/fault.h"

/* {"host", "created_utc", "knee_version"}: what distinguishes it from others; the caller drops the reference. */
json_t *baseline_session_about(const struct fit *fit);

/* The same with "entries": [...] and "account": {...}; the caller drops the reference. at: list of the worker counts
 * whose efficiency is kept, "1,2,4"; NULL: all up to the cores, and their mean. NULL with fault: a figure that every
 * baseline needs has no interval. */
json_t *baseline_session_of(const struct fit *fit, const char *at, struct fault *fault);

#endif
