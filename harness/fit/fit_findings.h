/* fit_findings.h: section `findings` of fit.json: rankings, verdicts and the facts of the report's sentences.
 *
 * The report phrases sentences and draws; whatever it would have to decide is decided here, from the fit: which worker
 * counts a summary reports on, which causes cost most (fit_losses.h), which tests reject at which level, whether a
 * loss is distinguishable from noise, what the knee is, whether outputs are identical. docs/formats.md has the keys.
 */
#ifndef KNEE_FIT_FINDINGS_H
#define KNEE_FIT_FINDINGS_H

#include <jansson.h>

struct fit;

/* The section as a value; the caller drops the reference. */
json_t *fit_findings_json(const struct fit *fit);

#endif
