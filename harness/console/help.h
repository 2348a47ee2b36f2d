/* help.h: the texts that the option tables give: --help, manual pages, completions of shells. */
#ifndef KNEE_HELP_H
#define KNEE_HELP_H

#include <stdio.h>

#include "harness/console/options.h"

/* `knee --help`. subcommands here and below: all, in the order of that text; NULL-terminated. */
void help_print_all(const struct subcommand *const *subcommands, FILE *out);
/* `knee NAME --help`. */
void help_print(const struct subcommand *subcommand, FILE *out);

/* Manual pages knee(1) and knee-NAME(1), in the macros of man(7). version: number and commit; date: of it. */
void help_man_all(const struct subcommand *const *subcommands, const char *version, const char *date,
                  FILE *out);
void help_man(const struct subcommand *subcommand, const char *version, const char *date, FILE *out);

/* Scripts that a shell reads to complete subcommands, options and choices; files otherwise. */
void help_completion_bash(const struct subcommand *const *subcommands, FILE *out);
void help_completion_zsh(const struct subcommand *const *subcommands, FILE *out);

#endif
