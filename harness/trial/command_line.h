/* command_line.h: a command with places to be filled in, as `knee sweep -- CMD` takes it.
 *
 *     {workers} {chunk} {policy}   of the cell            {trial}  number of the trial, 0 for the probe
 *     {out}  a path for outputs, not there before the trial and removed after it
 *     {units}  the work of the trial: the number of --units, times the workers with --weak
 *
 * Words in braces of small letters only are places, and one that is not above is an error; a {word} of the
 * command's own is written {{word}}. Anything else is left as it is.
 */
#ifndef KNEE_COMMAND_LINE_H
#define KNEE_COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

enum command_place {
    PLACE_WORKERS,
    PLACE_CHUNK,
    PLACE_POLICY,
    PLACE_TRIAL,
    PLACE_OUT,
    PLACE_UNITS,
    COMMAND_PLACES
};

struct command_values {
    const char *text[COMMAND_PLACES]; /* by enum command_place */
};

/* Notes in used[COMMAND_PLACES] which places the text has. Returns 0, or -1 with fault: an unknown place. */
int command_line_check(const char *text, bool *used, struct fault *fault);

/* The text with its places filled in; for a shell (quote true) a value with special characters is quoted. Caller frees
 * with g_free. The text has been checked. */
char *command_line_fill(const char *text, const struct command_values *values, bool quote);

/* The text with its braces doubled where they look like places, so that filling gives it back. Caller frees with
 * g_free. */
char *command_line_quote(const char *text);

/* Whether a single word is a whole command line, as 'xz -T{workers} file' within quotes: it has blanks, is no file, and
 * begins with a program that is found. */
bool command_line_in_one_word(const char *word);

#endif
