#include "harness/console/help_internal.h"

#include <string.h>

const char *help_of_option(const struct option_spec *spec, char *text, size_t bytes)
{
    const char *at = strstr(spec->help, "%s");
    size_t used;

    if (spec->kind != OPTION_CHOICE || !at)
        return spec->help;
    used = (size_t)snprintf(text, bytes, "%.*s", (int)(at - spec->help), spec->help);
    for (int i = 0; spec->choices[i] && used < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s",
                                 i == 0                 ? ""
                                 : spec->choices[i + 1] ? ", "
                                                        : " or ",
                                 spec->choices[i]);
    if (used < bytes)
        snprintf(text + used, bytes - used, "%s", at + 2);
    return text;
}

const char *help_option_words(const struct option_spec *spec, char *text, size_t bytes)
{
    if (spec->kind == OPTION_TEXT_OR)
        snprintf(text, bytes, "    --%s[=%s]", spec->name, spec->argument);
    else if (spec->letter)
        snprintf(text, bytes, "-%c, --%s%s%s", spec->letter, spec->name, spec->argument ? " " : "",
                 spec->argument ? spec->argument : "");
    else
        snprintf(text, bytes, "    --%s%s%s", spec->name, spec->argument ? " " : "",
                 spec->argument ? spec->argument : "");
    return text;
}

void help_print(const struct subcommand *subcommand, FILE *out)
{
    char left[64], text[160];

    fprintf(out, "usage: knee %s %s\n\n%s\n\noptions:\n", subcommand->name, subcommand->usage,
            subcommand->summary);
    for (const struct option_spec *spec = subcommand->table; spec->name; spec++)
        fprintf(out, "  %-26s %s\n", help_option_words(spec, left, sizeof left),
                help_of_option(spec, text, sizeof text));
    fprintf(out, "  %-26s %s\n", "-h, --help", "this text");
    if (subcommand->details)
        fprintf(out, "\n%s", subcommand->details);
}

void help_print_all(const struct subcommand *const *subcommands, FILE *out)
{
    fputs("usage: knee COMMAND [options] ...\n\n"
          "knee measures how a parallel program scales, shows where its speedup leaves the ideal line,\n"
          "and says why.\n\ncommands:\n",
          out);
    for (; *subcommands; subcommands++)
        fprintf(out, "  %-9s %s\n", (*subcommands)->name, (*subcommands)->summary);
    fputs("\n'knee help COMMAND' lists the options of a command; 'knee --version' names this build.\n"
          "exit codes: 0 good, 1 failed, 2 usage; knee gate adds 3 undecided, 4 not comparable\n",
          out);
}
