#include "harness/cli/predict_nodes.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/prediction/nodes_schedule.h"
#include "analysis/statistics/random.h"
#include "harness/cluster/shard_size.h"
#include "harness/console/options.h"
#include "harness/console/progress.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_json.h"

struct nodes_prediction {
    unsigned nodes, workers;
    uint64_t items, chunk;
    const char *policy;
    struct shard_size size;
    double shard_s; /* mean */
    struct nodes_schedule schedule;
    struct interval wall_s;
};

/* --- shards ----------------------------------------------------------------------------------- */

static void draw(const struct predict_pool *pool, struct random_stream *random, double *cost_s,
                 uint64_t items)
{
    for (uint64_t i = 0; i < items; i++)
        cost_s[i] = pool->cost_s[random_below(random, pool->items)];
}

/* The time of every shard. Returns 0, or -1 when memory is short. */
static int simulate_shards(const struct prediction *model, const struct nodes_prediction *made,
                           double *shard_s)
{
    uint64_t shards = made->size.shards, most = made->items / shards + 1;
    double *cost_s = malloc(most * sizeof *cost_s);
    size_t *order = malloc(most * sizeof *order);
    struct random_stream random = random_stream_of(1, 1, 1);
    int failed = cost_s && order ? 0 : -1;

    for (uint64_t i = 0; i < shards && !failed; i++) {
        struct predict_pool pool = model->pool;
        pool.items = (size_t)(made->items / shards + (i < made->items % shards));
        draw(&model->pool, &random, cost_s, pool.items);
        pool.cost_s = cost_s;
        pool.largest_first = order;
        if (model->best.setting.policy == SIMULATE_LARGEST_FIRST)
            failed = simulate_largest_first(cost_s, pool.items, order);
        shard_s[i] = failed ? NAN : predict_seconds(&pool, &model->best.setting, model->request.cores);
        failed = failed || isnan(shard_s[i]) ? -1 : 0;
    }
    free(cost_s);
    free(order);
    return failed;
}

/* --- the batch -------------------------------------------------------------------------------- */

static int schedule(const struct nodes_prediction *made, const double *shard_s, double pause_s,
                    struct nodes_schedule *result)
{
    return nodes_schedule_run(shard_s, made->size.shards, made->size.per_task, made->nodes, pause_s, result);
}

static int find_time(const struct prediction *model, struct nodes_prediction *made, const double *shard_s)
{
    struct nodes_schedule least, most;
    const struct interval *one = &model->best_wall_s;
    double below, above, pauses;

    if (schedule(made, shard_s, SHARD_SIZE_PAUSE_LEAST_S, &least) ||
        schedule(made, shard_s, SHARD_SIZE_PAUSE_S, &most) ||
        schedule(made, shard_s, (SHARD_SIZE_PAUSE_LEAST_S + SHARD_SIZE_PAUSE_S) / 2, &made->schedule))
        return -1;
    made->shard_s = made->schedule.work_s / (double)made->size.shards;
    if (!interval_has_bounds(one)) {
        made->wall_s = interval_point(made->schedule.wall_s, "%s", one->reason);
        return 0;
    }
    pauses = log(most.wall_s / least.wall_s) / 2;
    below = hypot(log(one->value / one->low), pauses);
    above = hypot(log(one->high / one->value), pauses);
    made->wall_s = interval_bounded(made->schedule.wall_s, made->schedule.wall_s * exp(-below),
                                    made->schedule.wall_s * exp(above), one->level,
                                    "a shard's time on one node; Slurm's pauses");
    return 0;
}

static int make(const struct fit_account *account, const struct predict_request *request, unsigned nodes,
                struct nodes_prediction *made, struct fault *fault)
{
    struct predict_request one = *request;
    struct prediction model;
    double *shard_s;
    uint64_t items = request->items;
    int failed;

    one.items = 0;
    if (prediction_make(account, &one, &model, fault))
        return -1;
    *made = (struct nodes_prediction){.nodes = nodes, .items = items ? items : model.measured_items};
    shard_size_choose(&made->size, model.best.seconds / (double)model.measured_items * (double)made->items,
                      made->items, nodes);
    prediction_release(&model);
    one.items = (size_t)((made->items + made->size.shards - 1) / made->size.shards);
    if (prediction_make(account, &one, &model, fault))
        return -1;
    made->workers = model.best.setting.workers;
    made->chunk = model.best.setting.chunk;
    made->policy = prediction_policy_name(model.best.setting.policy);
    shard_s = malloc(made->size.shards * sizeof *shard_s);
    failed = !shard_s || simulate_shards(&model, made, shard_s) || find_time(&model, made, shard_s);
    if (failed)
        fault_sys(fault, "%s: no memory to simulate %" PRIu64 " shards", account->study->name,
                  made->size.shards);
    free(shard_s);
    prediction_release(&model);
    return failed ? -1 : 0;
}

/* --- output ----------------------------------------------------------------------------------- */

static double node_hours(const struct nodes_prediction *made)
{
    return made->nodes * made->schedule.wall_s / 3600;
}

static void print_text(const struct nodes_prediction *made, const struct study_data *study)
{
    const struct nodes_schedule *schedule = &made->schedule;
    double all_s = made->nodes * schedule->wall_s;
    char wall[VALUE_TEXT_BYTES], words[64];

    printf("%s on %u nodes like its machine, by 'knee submit'; in brackets: 95%% interval\n", study->name,
           made->nodes);
    printf("items    %" PRIu64 "\n", made->items);
    printf("a node   %u workers, chunk %" PRIu64 ", %s\n", made->workers, made->chunk, made->policy);
    printf("shards   %" PRIu64 " of %s, %" PRIu64 " a task: %" PRIu64 " tasks\n", made->size.shards,
           progress_duration(made->shard_s, words, sizeof words), made->size.per_task, made->size.tasks);
    printf("time     %s s (%s)\n", interval_text_digits(&made->wall_s, NO_INTERVAL, wall, sizeof wall),
           progress_duration(schedule->wall_s, words, sizeof words));
    printf("cost     %.3g node-hours, %.3g core-hours of workers\n", node_hours(made),
           node_hours(made) * made->workers);
    printf("of it    %.1f%% shards, %.1f%% scheduling, %.1f%% no shard left\n",
           100 * schedule->work_s / all_s, 100 * schedule->pause_s / all_s, 100 * schedule->idle_s / all_s);
    wrapped_print(
        stdout, 2,
        "not in it: nodes that share a disk or network too slow for all of them, waiting for the nodes, and "
        "'knee merge'");
}

static int print_json(const struct nodes_prediction *made)
{
    json_t *object = json_object(), *node_s = json_object();
    int status;

    fit_json_put(object, "nodes", json_integer(made->nodes));
    fit_json_put(object, "items", json_integer((json_int_t)made->items));
    fit_json_put(object, "workers", json_integer(made->workers));
    fit_json_put(object, "chunk", json_integer((json_int_t)made->chunk));
    fit_json_put(object, "policy", fit_json_text(made->policy));
    fit_json_put(object, "shards", json_integer((json_int_t)made->size.shards));
    fit_json_put(object, "per_task", json_integer((json_int_t)made->size.per_task));
    fit_json_put(object, "tasks", json_integer((json_int_t)made->size.tasks));
    fit_json_put(object, "shard_s", fit_json_number(made->shard_s));
    fit_json_put(object, "wall_s", fit_json_interval(&made->wall_s));
    fit_json_put(object, "node_hours", fit_json_number(node_hours(made)));
    fit_json_put(object, "core_hours", fit_json_number(node_hours(made) * made->workers));
    fit_json_put(node_s, "work", fit_json_number(made->schedule.work_s));
    fit_json_put(node_s, "scheduling", fit_json_number(made->schedule.pause_s));
    fit_json_put(node_s, "imbalance", fit_json_number(made->schedule.idle_s));
    fit_json_put(object, "node_s", node_s);
    status = fit_json_print(object, stdout);
    json_decref(object);
    return status ? KNEE_FAILED : KNEE_OK;
}

int predict_nodes(const struct fit_account *account, const struct predict_request *request, unsigned nodes,
                  bool json, struct fault *fault)
{
    struct nodes_prediction made;

    if (make(account, request, nodes, &made, fault))
        return -1;
    if (json)
        return print_json(&made);
    print_text(&made, account->study);
    return KNEE_OK;
}
