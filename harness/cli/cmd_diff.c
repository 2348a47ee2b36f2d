/* knee diff: what differs between two studies: machine, libraries, settings, figures. */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/baseline_values.h"
#include "harness/cli/commands.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/study/study_read.h"

static const struct option_spec table[] = {{.name = NULL}};

struct side {
    struct study_data data;
    struct fit fit;
    char *folder;
};

/* The facts of each part; a name that ends in a star stands for all that begin like it. */
static const struct part {
    const char *title;
    const char *facts[12];
} parts[] = {
    {"machine",
     {"host", "cpu_model", "cores", "logical_cpus", "emulated_cores", "replayed_cores", "real_cores",
      "memory_bytes", "kernel", "mixed_kinds", "noise_unseen"}},
    {"libraries", {"libraries", "knee_version"}},
    {"work",
     {"subject", "batch_sha256", "batch_items", "items", "items_failed", "sample", "recipe_sha256", "scaling",
      "synthetic", "command_words", "cache", "serial_manifest_sha256"}},
    {"settings", {"option_*", "counter_group"}},
};

/* --- facts ------------------------------------------------------------------------------------ */

static bool belongs(const struct part *part, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(part->facts) && part->facts[i]; i++) {
        size_t length = strlen(part->facts[i]);
        bool begins = part->facts[i][length - 1] == '*';
        if (begins ? strncmp(key, part->facts[i], length - 1) == 0 : strcmp(key, part->facts[i]) == 0)
            return true;
    }
    return false;
}

static void add_keys(GPtrArray *keys, const struct part *part, const struct study_data *data)
{
    GHashTableIter at;
    gpointer key;

    g_hash_table_iter_init(&at, data->facts);
    while (g_hash_table_iter_next(&at, &key, NULL))
        if (belongs(part, key) && !g_ptr_array_find_with_equal_func(keys, key, g_str_equal, NULL))
            g_ptr_array_add(keys, key);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

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

static void print_fact(const char *key, const char *was, const char *is)
{
    const char *name = strncmp(key, "option_", 7) == 0 ? key + 7 : key;

    if (strcmp(key, "libraries") == 0 && was && is) {
        char *before = only_in(was, is), *now = only_in(is, was);
        wrapped_print(stdout, 4, "  %s: %s -> %s", name, before, now);
        g_free(before);
        g_free(now);
    } else {
        wrapped_print(stdout, 4, "  %s: %.200s -> %.200s", name, was ? was : "not recorded",
                      is ? is : "not recorded");
    }
}

/* Returns how many differ. */
static size_t print_part(const struct part *part, const struct study_data *a, const struct study_data *b)
{
    GPtrArray *keys = g_ptr_array_new();
    size_t differ = 0;

    add_keys(keys, part, a);
    add_keys(keys, part, b);
    g_ptr_array_sort(keys, by_name);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i), *was = study_data_fact(a, key),
                   *is = study_data_fact(b, key);
        if (g_strcmp0(was, is) == 0)
            continue;
        if (!differ++)
            printf("%s\n", part->title);
        print_fact(key, was, is);
    }
    if (!differ)
        printf("%s: the same\n", part->title);
    g_ptr_array_free(keys, TRUE);
    return differ;
}

/* --- figures ---------------------------------------------------------------------------------- */

struct compared {
    size_t measured, differ;
};

static const char *text_of(const struct gate_value *value, char *text, size_t bytes)
{
    const struct interval interval = {.value = value->value, .low = value->low, .high = value->high};

    return interval_text_digits(&interval, "", text, bytes);
}

/* Prints the figure where both have it. `more` is the change, of a relative quantity in percent, else in points. */
static void compare(enum gate_quantity quantity, const char *title, const struct gate_value *was,
                    const struct gate_value *is, struct compared *compared)
{
    const struct gate_quantity_kind *kind = gate_quantity_of(quantity);
    struct gate_entry entry = {.quantity = quantity, .session = {*was}, .sessions = 1, .study = *is};
    struct interval more = gate_decide(&entry, 1, FIT_LEVEL).worse;
    char before[VALUE_TEXT_BYTES], now[VALUE_TEXT_BYTES], by[VALUE_TEXT_BYTES];
    char line[3 * VALUE_TEXT_BYTES], change[VALUE_TEXT_BYTES + 16];
    bool differs;

    if (!interval_has_value(&more))
        return;
    if (kind->falls)
        more = (struct interval){-more.value, -more.high, -more.low, more.level, "", ""};
    differs = interval_has_bounds(&more) && (more.low > 0 || more.high < 0);
    more = interval_scaled(&more, 100);
    compared->measured++;
    compared->differ += differs;
    snprintf(line, sizeof line, "  %-22s %-26s %-26s ", title, text_of(was, before, sizeof before),
             text_of(is, now, sizeof now));
    snprintf(change, sizeof change, "%s%s%s", interval_text_digits(&more, NO_INTERVAL, by, sizeof by),
             kind->relative ? "%" : " points", differs ? "  *" : "");
    printf("%s%s%s\n", line, strlen(line) + strlen(change) > WRAPPED_COLUMNS ? "\n    " : "", change);
}

static void compare_quantity(enum gate_quantity quantity, unsigned workers, const struct side *a,
                             const struct side *b, struct compared *compared)
{
    struct gate_value was = baseline_value_of(&a->fit, quantity, workers),
                      is = baseline_value_of(&b->fit, quantity, workers);
    char title[64];

    snprintf(title, sizeof title, "%s at %u", gate_quantity_of(quantity)->title, workers);
    compare(quantity, title, &was, &is, compared);
}

/* Times are compared like costs: relative, and more is worse. */
static void compare_times(unsigned workers, const struct side *a, const struct side *b,
                          struct compared *compared)
{
    const struct fit_point *one = fit_point_at(&a->fit, workers), *two = fit_point_at(&b->fit, workers);
    char title[64];

    if (one && two) {
        const struct interval *t = &one->scaling.seconds, *u = &two->scaling.seconds;
        const struct gate_value was = {t->value, t->low, t->high, t->level, one->blocks},
                                is = {u->value, u->low, u->high, u->level, two->blocks};
        snprintf(title, sizeof title, "seconds at %u", workers);
        compare(GATE_CPU_PER_ITEM, title, &was, &is, compared);
    }
}

static const char *knee_text(const struct knee *knee, char *text, size_t bytes)
{
    if (!knee->workers || knee->oversubscribed)
        return "none within the cores";
    snprintf(text, bytes, "%u workers (%u to %u)", knee->workers, knee->low, knee->high);
    return text;
}

static size_t print_figures(const struct side *a, const struct side *b)
{
    struct compared compared = {0};
    char was[64], is[64];

    printf("%-24s %-26s %-26s change (* differs)\n", "figures, 95% intervals", "first", "second");
    for (guint i = 0; i < a->fit.curve->len; i++) {
        unsigned n = g_array_index(a->fit.curve, struct fit_point, i).scaling.workers;
        compare_times(n, a, b, &compared);
        if (n > 1) {
            compare_quantity(GATE_EFFICIENCY, n, a, b, &compared);
            compare_quantity(GATE_TAIL, n, a, b, &compared);
        }
        compare_quantity(GATE_CPU_PER_ITEM, n, a, b, &compared);
        compare_quantity(GATE_MEMORY, n, a, b, &compared);
    }
    if (!compared.measured)
        printf("  none: no number of workers is in both\n");
    wrapped_print(stdout, 4, "  knee: %s -> %s", knee_text(&a->fit.knee, was, sizeof was),
                  knee_text(&b->fit.knee, is, sizeof is));
    return compared.differ;
}

/* --- all -------------------------------------------------------------------------------------- */

static int open_side(const char *operand, struct side *side, struct fault *fault)
{
    struct fit_request request = {.resamples = 1};

    return study_read(operand, &side->data, &side->folder, fault) ||
                   fit_make(&side->data, &request, &side->fit, fault)
               ? -1
               : 0;
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
    size_t differ = 0;
    int code = -1;

    if (open_side(arguments->operands[0], &a, fault) == 0 &&
        open_side(arguments->operands[1], &b, fault) == 0) {
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
            differ += print_part(&parts[i], &a.data, &b.data);
        differ += print_figures(&a, &b);
        code = differ ? KNEE_FAILED : KNEE_OK;
    }
    close_side(&b);
    close_side(&a);
    /* As diff: 1 says that they differ, trouble is another code. */
    return code < 0 ? fault_is_usage(fault) : code;
}

const struct subcommand cmd_diff = {
    .name = "diff",
    .summary = "what differs between two studies: machine, libraries, settings, figures",
    .usage = "STUDY STUDY",
    .details = "Figures differ when the 95% interval of their change excludes 0 (Welch's): of twenty that "
               "are alike one\n"
               "is marked by chance. A gate decides better whether a build is worse.\n"
               "exit codes: 0 nothing differs, 1 something does, 2 usage, or a study that cannot be read\n",
    .table = table,
    .least = 2,
    .most = 2,
    .run = run,
};
