/* help_man.c: manual pages (help.h). */
#include <ctype.h>
#include <string.h>

#include "harness/console/help_internal.h"

/* Text as it is: backslashes are escaped, hyphens are those that can be searched for and copied, and a line may begin
 * with a dot. */
static void put_text(const char *text, size_t length, FILE *out)
{
    if (length && (*text == '.' || *text == '\''))
        fputs("\\&", out);
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else if (text[i] == '\'')
            fputs("\\(aq", out);
        else
            fputc(text[i], out);
}

static void put(const char *text, FILE *out)
{
    put_text(text, strlen(text), out);
}

static void put_heading(const char *page, const char *version, const char *date, FILE *out)
{
    const char *end = strchr(version, ' ');

    fputs(".TH ", out);
    for (const char *c = page; *c; c++)
        fputc(toupper((unsigned char)*c), out);
    fprintf(out, " 1 \"%s\" \"knee %.*s\" \"knee\"\n", date,
            end ? (int)(end - version) : (int)strlen(version), version);
}

/* Lines that are indented or that belong together stay as they are. */
static void put_details(const char *details, FILE *out)
{
    fputs(".SH DESCRIPTION\n.nf\n", out);
    while (*details) {
        size_t length = strcspn(details, "\n");
        put_text(details, length, out);
        fputc('\n', out);
        details += length + (details[length] == '\n');
    }
    fputs(".fi\n", out);
}

static void put_option(const struct option_spec *spec, FILE *out)
{
    char left[64], text[160];
    const char *words = help_option_words(spec, left, sizeof left);

    fputs(".TP\n.B ", out);
    put(words + strspn(words, " "), out);
    fputc('\n', out);
    put(help_of_option(spec, text, sizeof text), out);
    fputc('\n', out);
}

static void put_options(const struct option_spec *table, FILE *out)
{
    fputs(".SH OPTIONS\n", out);
    for (const struct option_spec *spec = table; spec->name; spec++)
        put_option(spec, out);
    fputs(".TP\n.B \\-h, \\-\\-help\na short form of this page\n", out);
}

static void put_exit_status(const struct subcommand *subcommand, FILE *out)
{
    fputs(".SH EXIT STATUS\n", out);
    fputs(strcmp(subcommand->name, "gate") == 0
              ? "0 pass, 1 regression, 2 usage, 3 undecided, 4 not comparable\n"
              : "0 good, 1 failed, 2 usage, 128 plus the number of the signal that interrupted it\n",
          out);
}

void help_man(const struct subcommand *subcommand, const char *version, const char *date, FILE *out)
{
    char page[64];

    snprintf(page, sizeof page, "knee-%s", subcommand->name);
    put_heading(page, version, date, out);
    fputs(".SH NAME\n", out);
    put(page, out);
    fputs(" \\- ", out);
    put(subcommand->summary, out);
    fprintf(out, "\n.SH SYNOPSIS\n.B knee %s\n", subcommand->name);
    put(subcommand->usage, out);
    fputc('\n', out);
    if (subcommand->details)
        put_details(subcommand->details, out);
    put_options(subcommand->table, out);
    put_exit_status(subcommand, out);
    fputs(".SH SEE ALSO\n.BR knee (1)\n", out);
}

void help_man_all(const struct subcommand *const *subcommands, const char *version, const char *date,
                  FILE *out)
{
    put_heading("knee", version, date, out);
    fputs(".SH NAME\nknee \\- measure how a parallel program scales, and why\n"
          ".SH SYNOPSIS\n.B knee\nCOMMAND [options] ...\n"
          ".SH DESCRIPTION\n"
          "knee measures how a parallel program scales, shows where its speedup leaves the ideal line, and "
          "says why.\n"
          ".SH COMMANDS\n",
          out);
    for (const struct subcommand *const *subcommand = subcommands; *subcommand; subcommand++) {
        fprintf(out, ".TP\n.BR knee\\-%s (1)\n", (*subcommand)->name);
        put((*subcommand)->summary, out);
        fputc('\n', out);
    }
    fputs(".SH EXIT STATUS\n0 good, 1 failed, 2 usage; knee gate adds 3 undecided, 4 not comparable\n"
          ".SH ENVIRONMENT\n.TP\n.B KNEE_DATA\nfolder of recipes, counter groups and report programs, "
          "instead of the "
          "installed one\n.TP\n.B KNEE_SPANS\nset for a command that is measured: the file that it may write "
          "its items to\n",
          out);
}
