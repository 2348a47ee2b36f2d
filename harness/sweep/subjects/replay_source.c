#include "harness/sweep/subjects/replay_source.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/fit/fit_account.h"
#include "harness/fit/prediction.h"
#include "harness/study/study_read.h"

static int check_kind(const struct study_data *study, struct fault *fault)
{
    if (!study_data_fact(study, "batch_path"))
        return fault_set(
            fault,
            "--replay %s: a study of a command%s: only a study of a batch of images can be replayed; "
            "'knee predict %s' simulates it",
            study->name, study->items->len ? "" : ", which wrote no spans, so that its items are not known",
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
        *time = (struct replay_item){(uint64_t)wall_ns, (uint64_t)cpu_ns};
        g_hash_table_insert(source->times, g_strdup(item->path), time);
        sum_ns += wall_ns;
    }
    source->mean_item_ns = sum_ns / fmax(g_hash_table_size(source->times), 1);
    source->contention = fmax(prediction->pool.contention, 0);
    source->start_ns = 1e9 * (prediction->pool.begin_s + prediction->pool.init_s);
    source->serial_ns = 1e9 * (prediction->pool.prefix_s + prediction->pool.suffix_s);
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
    fit_account_release(&account);
    return result;
}

/* Batch and recipe of the study, where they are not given. */
static int find_inputs(struct replay_source *source, const struct study_data *study, struct fault *fault)
{
    struct sweep_options *options = &source->options;
    struct stat status;

    source->name = g_strdup(study->name);
    source->batch_path = g_strdup(study_data_fact(study, "batch_path"));
    source->recipe_path = g_strdup(study_data_fact(study, "recipe_path"));
    source->batch_sha256 = g_strdup(study_data_fact(study, "batch_sha256"));
    source->recipe_sha256 = g_strdup(study_data_fact(study, "recipe_sha256"));
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
                         predict(source, &study, workers, fault)
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
    g_free(source->batch_path);
    g_free(source->recipe_path);
    g_free(source->batch_sha256);
    g_free(source->recipe_sha256);
    g_free(source);
}
