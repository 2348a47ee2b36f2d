/* help_internal.h: parts of the texts of help.h that have several forms. */
#ifndef KNEE_HELP_INTERNAL_H
#define KNEE_HELP_INTERNAL_H

#include "harness/console/help.h"

/* The help of an option; that of a choice has its choices for %s. Returns text, or the option's own text. */
const char *help_of_option(const struct option_spec *spec, char *text, size_t bytes);
/* "-j, --workers N". Returns text. */
const char *help_option_words(const struct option_spec *spec, char *text, size_t bytes);

#endif
