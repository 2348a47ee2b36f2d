#include "harness/console/options.h"

#include <errno.h>
#include <getopt.h>
#include <glib.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/console/help.h"
#include "harness/console/message.h"
#include "harness/console/similar.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/paths.h"
#include "pipeline/base/version.h"

enum { HELP_VALUE = 1000, LONG_BASE = 1001 };

static size_t table_size(const struct option_spec *table)
{
    size_t count = 0;
    while (table[count].name)
        count++;
    return count;
}

/* --- values ----------------------------------------------------------------------------------- */

static int parse_count(const struct option_spec *spec, const char *text)
{
    char *end;
    unsigned long long value;

    if (spec->zero && strcmp(text, spec->zero) == 0) {
        *(uint64_t *)spec->target = 0;
        return 0;
    }
    errno = 0;
    value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value < spec->min || value > spec->max) {
        message_error("--%s %s: give a whole number from %" PRIu64 " to %" PRIu64 "%s%s", spec->name, text,
                      spec->min, spec->max, spec->zero ? ", or " : "", spec->zero ? spec->zero : "");
        return -1;
    }
    *(uint64_t *)spec->target = value;
    return 0;
}

static int parse_duration(const struct option_spec *spec, const char *text)
{
    static const struct {
        const char *suffix;
        double seconds;
    } units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    char *end;
    double value = strtod(text, &end);

    if (end != text && isfinite(value) && value > 0)
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (strcmp(end, units[i].suffix) == 0 && value * units[i].seconds < 1e8) {
                *(uint64_t *)spec->target = (uint64_t)(value * units[i].seconds * 1e9);
                return 0;
            }
    message_error("--%s %s: give a duration such as 90s, 10m or 1.5h", spec->name, text);
    return -1;
}

static int parse_real(const struct option_spec *spec, const char *text)
{
    char *end;
    double value = strtod(text, &end);

    if (end != text && strcmp(end, "%") == 0) {
        value /= 100;
        end++;
    }
    if (end == text || *end || !isfinite(value) || value < spec->real_min || value > spec->real_max) {
        message_error("--%s %s: give a number from %g to %g", spec->name, text, spec->real_min,
                      spec->real_max);
        return -1;
    }
    *(double *)spec->target = value;
    return 0;
}

static int parse_choice(const struct option_spec *spec, const char *text)
{
    char allowed[256] = "";

    for (int i = 0; spec->choices[i]; i++) {
        size_t used = strlen(allowed);
        if (strcmp(spec->choices[i], text) == 0) {
            *(int *)spec->target = i;
            return 0;
        }
        snprintf(allowed + used, sizeof allowed - used, "%s%s", i ? ", " : "", spec->choices[i]);
    }
    message_error("--%s %s: choose one of: %s", spec->name, text, allowed);
    return -1;
}

static int add_text(const struct option_spec *spec, const char *text)
{
    struct option_texts *texts = spec->target;

    if (texts->count == OPTION_TEXTS_MOST) {
        message_error("--%s %s: give it at most %d times", spec->name, text, OPTION_TEXTS_MOST);
        return -1;
    }
    texts->text[texts->count++] = text;
    return 0;
}

static int parse_value(const struct option_spec *spec, const char *text)
{
    switch (spec->kind) {
    case OPTION_FLAG:
        *(bool *)spec->target = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)spec->target = text;
        return 0;
    case OPTION_TEXTS:
        return add_text(spec, text);
    case OPTION_TEXT_OR:
        *(const char **)spec->target = text ? text : spec->choices[0];
        return 0;
    case OPTION_COUNT:
        return parse_count(spec, text);
    case OPTION_DURATION:
        return parse_duration(spec, text);
    case OPTION_REAL:
        return parse_real(spec, text);
    case OPTION_CHOICE:
        return parse_choice(spec, text);
    }
    abort();
}

/* --- parsing ---------------------------------------------------------------------------------- */

/* getopt's tables, made from struct option_spec. longs has room for two names of each option and two entries more. */
static void fill_getopt(const struct option_spec *table, struct option *longs, char *shorts)
{
    size_t count = table_size(table), used;
    char *s = shorts;

    *s++ = ':'; /* getopt prints nothing: messages are printed here */
    for (size_t i = 0; i < count; i++) {
        longs[i] = (struct option){.name = table[i].name,
                                   .has_arg = !table[i].argument                ? no_argument
                                              : table[i].kind == OPTION_TEXT_OR ? optional_argument
                                                                                : required_argument,
                                   .val = LONG_BASE + (int)i};
        if (table[i].letter) {
            *s++ = table[i].letter;
            if (table[i].argument)
                *s++ = ':';
        }
    }
    *s++ = 'h';
    used = count;
    for (size_t i = 0; i < count; i++)
        if (table[i].alias) {
            longs[used] = longs[i];
            longs[used++].name = table[i].alias;
        }
    longs[used++] = (struct option){.name = "help", .val = HELP_VALUE};
    *s = '\0';
    longs[used] = (struct option){0};
}

static const struct option_spec *find_spec(const struct option_spec *table, int value)
{
    if (value >= LONG_BASE)
        return &table[value - LONG_BASE];
    for (const struct option_spec *spec = table; spec->name; spec++)
        if (spec->letter && spec->letter == value)
            return spec;
    return NULL;
}

/* A word with a place of a command ({workers}) among the options: "--" is missing in front of the command. */
static bool has_command(char **argv)
{
    for (; *argv; argv++)
        if (strstr(*argv, "{workers}"))
            return true;
    return false;
}

/* The long option that a word like --bugdet was probably meant to be; NULL none. */
static const char *option_meant(const struct option_spec *table, const char *word)
{
    const char *names[OPTIONS_MOST + 2] = {NULL}, *meant;
    char *name = strncmp(word, "--", 2) == 0 ? g_strndup(word + 2, strcspn(word + 2, "=")) : NULL;
    size_t count = 0;

    if (!name)
        return NULL;
    for (; table[count].name && count < OPTIONS_MOST; count++)
        names[count] = table[count].name;
    names[count] = "help";
    meant = similar_find(name, names);
    g_free(name);
    return meant;
}

static enum options_result bad_option(const struct subcommand *subcommand, char **argv, const char *what)
{
    const char *meant = option_meant(subcommand->table, argv[optind - 1]);

    if (meant && strcmp(argv[optind - 1] + 2, meant) == 0) /* it is known: its value is missing */
        meant = NULL;

    if (optopt && optopt < HELP_VALUE && !strncmp(argv[optind - 1], "--", 2))
        optopt = 0;
    if (has_command(argv))
        message_error("%s %s: the words of a command come after '--': knee %s [options] -- CMD {workers}",
                      what, argv[optind - 1], subcommand->name);
    else if (optopt && optopt < HELP_VALUE)
        message_error("%s -%c: 'knee %s --help' lists the options", what, optopt, subcommand->name);
    else
        message_error("%s %s: %s%s%s'knee %s --help' lists the options", what, argv[optind - 1],
                      meant ? "did you mean --" : "", meant ? meant : "", meant ? "? " : "",
                      subcommand->name);
    return OPTIONS_USAGE;
}

/* Are there as many operands as the subcommand takes? */
static enum options_result check_operands(const struct subcommand *subcommand,
                                          const struct arguments *arguments)
{
    int least = subcommand->least, most = subcommand->most, count = arguments->count;

    if (count >= least && (most < 0 || count <= most))
        return OPTIONS_GO;
    if (count < least)
        message_error("operand missing: usage: knee %s %s", subcommand->name, subcommand->usage);
    else
        message_error("unexpected '%s': usage: knee %s %s", arguments->operands[most], subcommand->name,
                      subcommand->usage);
    return OPTIONS_USAGE;
}

enum options_result options_parse(const struct subcommand *subcommand, int argc, char **argv,
                                  struct arguments *arguments)
{
    const struct option_spec *table = subcommand->table;
    struct option longs[2 * OPTIONS_MOST + 2];
    char shorts[2 * OPTIONS_MOST + 3];
    int value;

    if (table_size(table) > OPTIONS_MOST)
        abort();
    fill_getopt(table, longs, shorts);
    optind = 0; /* glibc: start again from the first word */
    opterr = 0;
    while ((value = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const struct option_spec *spec;
        if (value == 'h' || value == HELP_VALUE) {
            help_print(subcommand, stdout);
            return OPTIONS_HELP;
        }
        if (value == '?')
            return bad_option(subcommand, argv, "unknown or ambiguous option");
        if (value == ':')
            return bad_option(subcommand, argv, "a value is missing after");
        spec = find_spec(table, value);
        if (!spec || parse_value(spec, optarg))
            return OPTIONS_USAGE;
        arguments->given[spec - table] = true;
    }
    arguments->operands = argv + optind;
    arguments->count = argc - optind;
    return check_operands(subcommand, arguments);
}

/* --- running ---------------------------------------------------------------------------------- */

static double cpu_s(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* With --verbose: what a command began with, and what it took. */
static void say_begin(void)
{
    char data[PATH_MAX];

    message_detail("knee %s, shipped files as %s", knee_version,
                   paths_data("reports/report.py", data, sizeof data));
}

static void say_end(uint64_t begin_ns, int code)
{
    struct rusage own, others;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &others);
    message_detail("exit code %d after %.2f s", code, (double)(clock_now_ns() - begin_ns) / 1e9);
    message_detail("CPU time %.2f s, memory at most %.0f MiB; of processes started: %.2f s, %.0f MiB",
                   cpu_s(&own), (double)own.ru_maxrss / 1024, cpu_s(&others),
                   (double)others.ru_maxrss / 1024);
}

int subcommand_run(const struct subcommand *subcommand, int argc, char **argv)
{
    char *line = g_strjoinv(" ", argv);
    struct arguments arguments = {.line = line};
    struct fault fault = {0};
    uint64_t begin_ns = clock_now_ns();
    int own = argc, code = -1;

    if (subcommand->takes_command)
        for (own = 0; own < argc && strcmp(argv[own], "--") != 0;)
            own++;
    if (own < argc)
        arguments.command = argv + own + 1;
    switch (options_parse(subcommand, own, argv, &arguments)) {
    case OPTIONS_HELP:
        code = KNEE_OK;
        break;
    case OPTIONS_USAGE:
        code = KNEE_USAGE;
        break;
    case OPTIONS_GO:
        if (message_verbose)
            say_begin();
        if (!subcommand->check || subcommand->check(&arguments, &fault) == 0)
            code = subcommand->run(&arguments, &fault);
        if (code < 0)
            code = message_fault(&fault);
        if (message_verbose)
            say_end(begin_ns, code);
        break;
    }
    g_free(line);
    return code;
}
