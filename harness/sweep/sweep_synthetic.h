/* sweep_synthetic.h: `knee sweep --synthetic "WORD ..."`: the sweep of a made-up batch whose truth is known, with the truth beside what
 * was measured. It is a sweep of the command `knee synthetic`, with all its places.
 *
 * Items that wait need no core: all worker counts then run at once on any machine, and count as if each worker had a
 * core. Fact 'waiting' of the study says so.
 *
 * Sequence: sweep_synthetic_command() while options are read; sweep_synthetic_cores() when the machine is known;
 * sweep_synthetic_print() at the end.
 */
#ifndef KNEE_SWEEP_SYNTHETIC_H
#define KNEE_SWEEP_SYNTHETIC_H

#include "harness/sweep/sweep_setup.h"

/* Makes options->command.words, owned by options->synthetic_words (g_strfreev), of options->synthetic. Returns 0, or -1 with fault: a word that
 * is none of a spec. */
int sweep_synthetic_command(struct sweep_options *options, struct fault *fault);

/* The cores that the study counts with: those there are, or with items that wait as many as workers. */
uint32_t sweep_synthetic_cores(const struct sweep_options *options, const struct plan_request *request,
                               uint32_t usable);
/* Why these are more than there are; NULL when they are not. */
const char *sweep_synthetic_waiting(const struct sweep_options *options);

/* What each worker count took (geometric mean of the trials that count) and must take, to stdout. Returns 0, or -1 with
 * fault. */
int sweep_synthetic_print(const struct sweep_options *options, struct study *study, const struct plan *plan,
                          struct fault *fault);

#endif
