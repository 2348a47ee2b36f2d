/* What a trial on several machines runs: the items, and the words of `knee submit`. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "analysis/statistics/random.h"
#include "harness/sweep/subjects/subject_nodes_internal.h"
#include "harness/sweep/subjects/subjects_internal.h"

/* --- items ------------------------------------------------------------------------------------ */

static bool has_lists(const struct subject_nodes *nodes)
{
    return nodes->batch.subject.options->weak || nodes->batch.items.count < nodes->batch.batch.count;
}

uint64_t nodes_items(const struct subject_nodes *nodes, uint32_t workers)
{
    const struct subject *subject = &nodes->batch.subject;

    return subject->options->weak ? subject->request.items * workers : nodes->batch.items.count;
}

static const char *list_path(const struct subject_nodes *nodes, uint32_t workers, char path[PATH_MAX])
{
    char name[32];

    snprintf(name, sizeof name, "items-%" PRIu32, nodes->batch.subject.options->weak ? workers : 0);
    subject_scratch_path(&nodes->batch.subject, name, path);
    return path;
}

static int by_index(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* With weak scaling the first n shares of the items in a random order: each worker count has those of the one below
 * it. */
static int write_list(const struct subject_nodes *nodes, uint32_t workers, const uint32_t *order,
                      struct fault *fault)
{
    const struct item_choice *all = &nodes->batch.items;
    struct item_choice part = {.count = nodes_items(nodes, workers)};
    char path[PATH_MAX];
    int result;

    part.index = g_new(size_t, part.count + 1);
    for (size_t i = 0; i < part.count; i++)
        part.index[i] = all->index[order[i]];
    qsort(part.index, part.count, sizeof *part.index, by_index);
    result = item_choice_write(&part, &nodes->batch.batch, list_path(nodes, workers, path), fault);
    g_free(part.index);
    return result;
}

int nodes_write_lists(const struct subject_nodes *nodes, const struct plan *plan, struct fault *fault)
{
    bool weak = nodes->batch.subject.options->weak;
    uint32_t *order;
    int result = 0;

    if (!has_lists(nodes))
        return 0;
    order = g_new(uint32_t, nodes->batch.items.count + 1);
    random_order(nodes->batch.subject.options->seed, 0, (uint32_t)nodes->batch.items.count, order);
    for (uint32_t i = 0; i < (weak ? plan->cell_count : 1) && result == 0; i++) /* else all have one list */
        result = write_list(nodes, plan->cells[i].workers, order, fault);
    g_free(order);
    return result;
}

/* --- the command of a trial ------------------------------------------------------------------- */

/* A word without places: braces in it are its own. */
static void add(GPtrArray *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(GPtrArray *words, const char *format, ...)
{
    va_list values;
    char *word;

    va_start(values, format);
    word = g_strdup_vprintf(format, values);
    va_end(values);
    g_ptr_array_add(words, command_line_quote(word));
    g_free(word);
}

/* Tasks may run on the first nodes only: a limit on how many run at once would not keep them there. */
static void add_exclude(GPtrArray *words, const GPtrArray *names, uint32_t nodes)
{
    GString *list = g_string_new(NULL);

    for (unsigned i = nodes; i < names->len; i++)
        g_string_append_printf(list, "%s%s", list->len ? "," : "", (const char *)g_ptr_array_index(names, i));
    if (list->len)
        add(words, "--sbatch=--exclude=%s", list->str);
    g_string_free(list, TRUE);
}

GPtrArray *nodes_words(const struct subject_nodes *nodes, const struct trial_request *request)
{
    const struct subject *subject = &nodes->batch.subject;
    const struct sweep_options *options = subject->options;
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    char path[PATH_MAX], *recipe = g_canonicalize_filename(options->recipe, NULL);

    add(words, "%s", subject->process.program);
    add(words, "submit");
    add(words, "--quiet");
    add(words, "--nodes=%" PRIu32, request->nodes);
    add(words, "--shards=%" PRIu64, request->nodes * options->shards);
    add_exclude(words, nodes->nodes.names, request->nodes);
    add(words, "%s", options->in);
    add(words, "%s", nodes->out);
    add(words, "--");
    add(words, "--workers=%" PRIu32, request->workers / request->nodes);
    add(words, "--recipe=%s", recipe);
    if (has_lists(nodes)) {
        char *list = g_canonicalize_filename(list_path(nodes, request->workers, path), NULL);
        add(words, "--list=%s", list);
        g_free(list);
    }
    g_ptr_array_add(words, NULL);
    g_free(recipe);
    return words;
}
