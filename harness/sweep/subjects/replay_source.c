#include "harness/sweep/subjects/replay_source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/fit/fit_account.h"
#include "harness/fit/prediction.h"
#include "harness/study/study_read.h"

static int check_kind(const struct study_data *study, struct fault *fault)
{
    if (!study_data_fact(study, "batch_path") && !study->items->len)
        return fault_set(
            fault,
            "--replay %s: a study of a command, which wrote no spans, so that its items are not known: "
            "let it write them to $KNEE_SPANS (docs/formats.md) and sweep again",
            study->name);
    if (study_data_fact(study, "replayed_cores") || study_data_fact(study, "emulated_cores"))
        return fault_set(fault, "--replay %s: the study is %s: give the study on real cores", study->name,
                         study_data_fact(study, "replayed_cores") ? "itself replayed" : "of emulated cores");
    if (study_data_is_weak(study))
        return fault_set(fault,
                         "--replay %s: a study of weak scaling has no trials of all items: give one without "
                         "--weak",
                         study->name);
    return 0;
}

/* Of the prediction: by any number of workers at work, as it has it. */
static void take_excess(struct replay_source *source, const struct prediction *prediction)
{
    const struct predict_pool *pool = &prediction->pool;

    source->excess_most = pool->excess ? pool->excess_most : 0;
    source->excess = g_new0(double, source->excess_most + 1);
    for (uint32_t a = 1; a <= source->excess_most; a++)
        source->excess[a - 1] = fmax(pool->excess[a] + fmax(pool->contention, 0) * (a - 1.0), 0);
    if (source->excess_most > 1)
        source->contention = source->excess[source->excess_most - 1] / (source->excess_most - 1.0);
}

/* The account's costs, at the level of the blocks, by path. */
static void take_times(struct replay_source *source, const struct study_data *study,
                       const struct fit_account *account, const struct prediction *prediction)
{
    double sum_ns = 0;

    source->times = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < account->cost_count; i++) {
        const struct account_cost *cost = &account->costs[i];
        const struct data_batch_item *item = study_data_batch_item(study, cost->id);
        double wall_ns = prediction->pool.cost_s[i] * 1e9, level = prediction->pool.cost_s[i] / cost->wall_s;
        double cpu_ns = isnan(cost->cpu_s) ? wall_ns : fmin(cost->cpu_s * level * 1e9, wall_ns);
        struct replay_item *time;
        if (!item || !(wall_ns > 0) || !isfinite(cpu_ns))
            continue;
        time = g_new(struct replay_item, 1);
        *time = (struct replay_item){.wall_ns = (uint64_t)wall_ns, .cpu_ns = (uint64_t)cpu_ns};
        if (prediction->pool.lock) {
            time->lock_at_ns = MIN((uint64_t)(1e9 * prediction->pool.lock[i].at_s), time->wall_ns);
            time->locked_ns =
                MIN((uint64_t)(1e9 * prediction->pool.lock[i].held_s), time->wall_ns - time->lock_at_ns);
        }
        g_hash_table_insert(source->times, g_strdup(item->path), time);
        sum_ns += wall_ns;
    }
    source->mean_item_ns = sum_ns / fmax(g_hash_table_size(source->times), 1);
    take_excess(source, prediction);
    source->contention_to = prediction->measured_workers;
    source->contention_from = prediction->shared.by_antagonists ? "antagonists" : "assumed";
    source->start_ns = 1e9 * (prediction->pool.begin_s + prediction->pool.init_s);
    source->init_ns = 1e9 * fmax(prediction->pool.init_s, 0);
    source->prefix_ns = 1e9 * fmax(prediction->pool.prefix_s, 0);
    source->suffix_ns = 1e9 * fmax(prediction->pool.suffix_s, 0);
}

static void add_ratios(GString *text, const struct interval *interval)
{
    char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(text, " %s %s",
                           g_ascii_formatd(low, sizeof low, "%.5f", interval->low / interval->value),
                           g_ascii_formatd(high, sizeof high, "%.5f", interval->high / interval->value));
}

/* Of the prediction of the whole batch; contention that was not measured adds nothing. */
static void describe_parts(struct replay_source *source, const struct prediction *whole)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < whole->points->len; i++) {
        const struct prediction_point *point = &g_array_index(whole->points, struct prediction_point, i);
        struct interval others = prediction_speedup_rest(point),
                        contention = prediction_speedup_contention(point);
        if (!interval_has_bounds(&others) || !interval_has_bounds(&point->wall_s))
            continue;
        g_string_append_printf(text, "%s%u", text->len ? ";" : "", point->workers);
        add_ratios(text, &others);
        if (interval_has_bounds(&contention))
            add_ratios(text, &contention);
        else
            g_string_append(text, " 1 1");
        add_ratios(text, &point->wall_s);
    }
    source->parts = g_string_free(text, FALSE);
}

/* The whole batch, simulated: only its intervals are used. */
static int predict_whole(struct replay_source *source, const struct study_data *study,
                         const struct fit_account *account, uint32_t workers, struct fault *fault)
{
    const char *items = study_data_fact(study, "batch_items");
    struct predict_request request = {.cores = workers,
                                      .items = items ? (size_t)g_ascii_strtoull(items, NULL, 10) : 0};
    struct prediction whole;

    if (prediction_make(account, &request, &whole, fault))
        return -1;
    describe_parts(source, &whole);
    prediction_release(&whole);
    return 0;
}

static int predict(struct replay_source *source, const struct study_data *study, uint32_t workers,
                   struct fault *fault)
{
    struct predict_request request = {.cores = workers};
    struct fit_account account;
    struct prediction prediction;
    int result;

    if (fit_account_make(study, &account, fault))
        return -1;
    result = prediction_make(&account, &request, &prediction, fault);
    if (result == 0) {
        take_times(source, study, &account, &prediction);
        prediction_release(&prediction);
        if (!g_hash_table_size(source->times))
            result =
                fault_set(fault, "--replay %s: no item of its one-worker trials has a time", study->name);
    }
    if (result == 0)
        result = predict_whole(source, study, &account, workers, fault);
    fit_account_release(&account);
    return result;
}

/* As spans have it: empty where they had none. */
static const char *kind_of(const struct study_data *study, const struct data_batch_item *item)
{
    const char *kind = g_ptr_array_index(study->kinds, item->kind);

    return strcmp(kind, "unknown") == 0 ? "" : kind;
}

/* The items of a command, in the order of its studies, which is that of their names. */
static int take_items(struct replay_source *source, const struct study_data *study, struct fault *fault)
{
    source->items.item = calloc(study->batch->len + 1, sizeof *source->items.item);
    for (unsigned i = 0; source->items.item && i < study->batch->len; i++) {
        const struct data_batch_item *from = &g_array_index(study->batch, struct data_batch_item, i);
        struct spans_item *item = &source->items.item[i];
        item->name = strdup(from->path);
        if (!item->name)
            break;
        item->bytes = isnan(from->megabytes) ? -1 : llround(1e6 * from->megabytes);
        snprintf(item->kind, sizeof item->kind, "%s", kind_of(study, from));
        source->items.count++;
        if (!g_hash_table_contains(source->times, from->path))
            return fault_set(fault,
                             "--replay %s: item %.200s has no time in its one-worker trials: sweep again",
                             study->name, from->path);
    }
    return source->items.count == study->batch->len ? 0 : fault_sys(fault, "sweep: no memory for the items");
}

static int find_command(struct replay_source *source, const struct study_data *study, struct fault *fault)
{
    if (source->options.in || source->options.recipe)
        return fault_set(
            fault,
            "--replay %s: the study is of a command, which has no folder of images and no recipe: leave "
            "out IN and --recipe",
            study->name);
    return 0;
}

/* Batch and recipe of the study, where they are not given. */
static int find_batch(struct replay_source *source, const struct study_data *study, struct fault *fault)
{
    struct sweep_options *options = &source->options;
    struct stat status;

    if (!source->recipe_path || !source->batch_sha256 || !source->recipe_sha256)
        return fault_set(fault, "--replay %s: the study does not name its batch and recipe", study->name);
    if (!options->in && stat(source->batch_path, &status))
        return fault_set(fault, "--replay %s: its batch %s is not there: give its folder as IN", study->name,
                         source->batch_path);
    if (!options->recipe && stat(source->recipe_path, &status))
        return fault_set(fault, "--replay %s: its recipe %s is not there: give it with --recipe", study->name,
                         source->recipe_path);
    options->in = options->in ? options->in : source->batch_path;
    options->recipe = options->recipe ? options->recipe : source->recipe_path;
    return 0;
}

static int find_inputs(struct replay_source *source, const struct study_data *study, struct fault *fault)
{
    source->name = g_strdup(study->name);
    source->facts = g_hash_table_ref(study->facts);
    source->batch_path = study_data_fact(study, "batch_path");
    source->recipe_path = study_data_fact(study, "recipe_path");
    source->batch_sha256 = study_data_fact(study, "batch_sha256");
    source->recipe_sha256 = study_data_fact(study, "recipe_sha256");
    return source->batch_path ? find_batch(source, study, fault) : find_command(source, study, fault);
}

struct replay_source *replay_source_read(const struct sweep_options *options, uint32_t workers,
                                         struct fault *fault)
{
    struct replay_source *source = g_new0(struct replay_source, 1);
    struct study_data study;
    char *folder = NULL;
    int result;

    source->options = *options;
    result = study_read(options->replay, &study, &folder, fault);
    if (result == 0) {
        result = check_kind(&study, fault) || find_inputs(source, &study, fault) ||
                         predict(source, &study, workers, fault) ||
                         (!source->batch_path && take_items(source, &study, fault))
                     ? -1
                     : 0;
        study_data_release(&study);
        g_free(folder);
    }
    if (result == 0)
        return source;
    replay_source_release(source);
    return NULL;
}

void replay_source_release(struct replay_source *source)
{
    if (!source)
        return;
    if (source->times)
        g_hash_table_destroy(source->times);
    g_free(source->name);
    g_free(source->parts);
    g_free(source->excess);
    spans_items_release(&source->items);
    if (source->facts)
        g_hash_table_unref(source->facts);
    g_free(source);
}
