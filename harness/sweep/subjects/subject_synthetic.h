/* subject_synthetic.h: the synthetic workload as a subject (`knee sweep --synthetic WORDS`): a sweep of the command
 * `knee synthetic`, whose summary gives the expected time of each worker count next to the measured one.
 *
 * Items that wait need no core: then all worker counts can run at once on any machine, and the study counts a core for
 * each worker. Its fact 'waiting' says so; fact 'synthetic' has the spec.
 */
#ifndef KNEE_SUBJECT_SYNTHETIC_H
#define KNEE_SUBJECT_SYNTHETIC_H

#include "harness/sweep/sweep_options.h"

/* Makes options->command.words, owned by options->synthetic_words (g_strfreev), of options->synthetic. Returns 0, or
 * -1 with fault: a word that does not belong to a spec. */
int subject_synthetic_command(struct sweep_options *options, struct fault *fault);

#endif
