/* knee diff: what differs between two studies: machine, libraries, settings, figures. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/history/study_diff.h"
#include "harness/console/message.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_json.h"
#include "harness/study/study_read.h"

static bool as_json;

static const struct option_spec table[] = {
    {.name = "json", .kind = OPTION_FLAG, .target = &as_json, .help = "print JSON instead of lines"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

struct side {
    struct study_data data;
    struct fit fit;
    char *folder;
};

/* --- facts ------------------------------------------------------------------------------------ */

/* "vips 8.14.1, webp 1.2.4": the entries of one list that the other lacks. Caller frees. */
static char *only_in(const char *list, const char *other)
{
    char **words = g_strsplit(list, ", ", -1), **others = g_strsplit(other, ", ", -1);
    GString *only = g_string_new("");

    for (char **word = words; *word; word++)
        if (!g_strv_contains((const char *const *)others, *word))
            g_string_append_printf(only, "%s%s", only->len ? ", " : "", *word);
    g_strfreev(words);
    g_strfreev(others);
    return g_string_free(only, FALSE);
}

static void print_fact(const struct diff_fact *fact)
{
    const char *name = strncmp(fact->key, "option_", 7) == 0 ? fact->key + 7 : fact->key;

    if (strcmp(fact->key, "libraries") == 0 && fact->was && fact->is) {
        char *before = only_in(fact->was, fact->is), *now = only_in(fact->is, fact->was);
        wrapped_print(stdout, 4, "  %s: %s -> %s", name, before, now);
        g_free(before);
        g_free(now);
    } else {
        wrapped_print(stdout, 4, "  %s: %.200s -> %.200s", name, fact->was ? fact->was : "not recorded",
                      fact->is ? fact->is : "not recorded");
    }
}

static void print_part(const struct study_diff *diff, enum diff_part part)
{
    size_t differ = 0;

    for (guint i = 0; i < diff->facts->len; i++) {
        const struct diff_fact *fact = &g_array_index(diff->facts, struct diff_fact, i);
        if (fact->part != part)
            continue;
        if (!differ++)
            printf("%s\n", diff_part_name(part));
        print_fact(fact);
    }
    if (!differ)
        printf("%s: the same\n", diff_part_name(part));
}

/* --- figures ---------------------------------------------------------------------------------- */

static const char *text_of(const struct gate_value *value, char *text, size_t bytes)
{
    const struct interval interval = {.value = value->value, .low = value->low, .high = value->high};

    return interval_text_digits(&interval, "", text, bytes);
}

/* The change, of a relative quantity in percent, else in points. */
static void print_figure(const struct diff_figure *figure)
{
    struct interval more = interval_scaled(&figure->more, 100);
    char before[VALUE_TEXT_BYTES], now[VALUE_TEXT_BYTES], by[VALUE_TEXT_BYTES], title[64];
    char line[3 * VALUE_TEXT_BYTES], change[VALUE_TEXT_BYTES + 16];

    snprintf(title, sizeof title, "%s at %u", figure->title, figure->workers);
    snprintf(line, sizeof line, "  %-22s %-26s %-26s ", title, text_of(&figure->was, before, sizeof before),
             text_of(&figure->is, now, sizeof now));
    snprintf(change, sizeof change, "%s%s%s", interval_text_digits(&more, NO_INTERVAL, by, sizeof by),
             figure->relative ? "%" : " points", figure->differs ? "  *" : "");
    printf("%s%s%s\n", line, strlen(line) + strlen(change) > WRAPPED_COLUMNS ? "\n    " : "", change);
}

static const char *knee_text(const struct knee *knee, char *text, size_t bytes)
{
    if (!knee->workers || knee->oversubscribed)
        return "none within the cores";
    snprintf(text, bytes, "%u workers (%u to %u)", knee->workers, knee->low, knee->high);
    return text;
}

static void print_workers(const struct study_diff *diff)
{
    char *was = fit_workers_text(diff->first, false), *is = fit_workers_text(diff->second, false);

    if (diff->workers)
        wrapped_print(stdout, 4, "  numbers of workers: %s -> %s  *", was, is);
    g_free(was);
    g_free(is);
}

static void print_figures(const struct study_diff *diff)
{
    char was[64], is[64];

    printf("%-24s %-26s %-26s change (* differs)\n", "figures, 95% intervals", "first", "second");
    for (guint i = 0; i < diff->figures->len; i++)
        print_figure(&g_array_index(diff->figures, struct diff_figure, i));
    if (!diff->figures->len)
        printf("  none: no number of workers is in both\n");
    print_workers(diff);
    wrapped_print(stdout, 4, "  knee: %s -> %s", knee_text(&diff->first->knee, was, sizeof was),
                  knee_text(&diff->second->knee, is, sizeof is));
}

/* --- all -------------------------------------------------------------------------------------- */

/* Returns 0, or -1: standard output took no more. */
static int print(const struct study_diff *diff)
{
    json_t *json;
    int status;

    if (as_json) {
        json = study_diff_json(diff);
        status = fit_json_print(json, stdout);
        json_decref(json);
        return status;
    }
    for (int part = 0; part < DIFF_PARTS; part++)
        print_part(diff, (enum diff_part)part);
    print_figures(diff);
    return 0;
}

static int open_side(const char *operand, struct side *side, struct fault *fault)
{
    struct fit_request request = {.resamples = 1};
    char failed[300];

    if (study_read(operand, &side->data, &side->folder, fault) ||
        fit_make(&side->data, &request, &side->fit, fault))
        return -1;
    if (study_data_trials_failed_words(&side->data, failed, sizeof failed)[0])
        message_warning("%s: %s: the figures are those of the others", operand, failed);
    return 0;
}

static void close_side(struct side *side)
{
    fit_release(&side->fit);
    study_data_release(&side->data);
    g_free(side->folder);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct side a = {.folder = NULL}, b = {.folder = NULL};
    struct study_diff diff;
    int code = -1;

    if (open_side(arguments->operands[0], &a, fault) == 0 &&
        open_side(arguments->operands[1], &b, fault) == 0) {
        study_diff_make(&a.fit, &b.fit, &diff);
        if (print(&diff) == 0)
            code = study_diff_count(&diff) ? KNEE_FAILED : KNEE_OK;
        else
            fault_sys(fault, "the JSON cannot be written");
        study_diff_release(&diff);
    }
    close_side(&b);
    close_side(&a);
    /* As diff: 1 says that they differ, trouble is another code. */
    return code < 0 ? fault_is_usage(fault) : code;
}

const struct subcommand cmd_diff = {
    .name = "diff",
    .summary = "what differs between two studies: machine, libraries, settings, figures",
    .usage = "[options] STUDY STUDY",
    .details = "Figures differ when the 95% interval of their change excludes 0 (Welch's): of twenty that "
               "are alike one\n"
               "is marked by chance. A gate decides better whether a build is worse.\n"
               "exit codes: 0 nothing differs, 1 something does, 2 usage, or a study that cannot be read\n",
    .table = table,
    .least = 2,
    .most = 2,
    .run = run,
};
