/* message.h: messages to the user, apart from the primary output.
 *
 * Messages go to stderr, one line each, "knee: ..." or "knee run: ..." once message_set_command() has been
 * called.
 */
#ifndef KNEE_MESSAGE_H
#define KNEE_MESSAGE_H

#include <stdbool.h>

#include "pipeline/base/fault.h"

void message_set_command(const char *name);
/* "knee run: error: TEXT" */
void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "knee run: warning: TEXT" */
void message_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "knee run: TEXT", left out when message_quiet */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "knee run: TEXT", only when message_verbose */
void message_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Set by --quiet and --verbose. */
extern bool message_quiet, message_verbose;

/* Prints why something failed, once, where the decision is taken: nothing for FAULT_NONE and FAULT_REPORTED. Returns
 * the exit code of the fault's kind: KNEE_USAGE for a wrong command line, else KNEE_FAILED. */
int message_fault(const struct fault *fault);

#endif
