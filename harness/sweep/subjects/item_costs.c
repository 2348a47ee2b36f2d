#include "harness/sweep/subjects/item_costs.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "harness/fit/fit_account.h"
#include "harness/study/study_read.h"

static void make_room(struct item_costs *costs, const struct batch *batch)
{
    if (costs->cost)
        return;
    costs->count = batch->count;
    costs->cost = g_new0(double, batch->count + 1);
    costs->measured = g_new0(bool, batch->count + 1);
}

void item_costs_note(struct item_costs *costs, const struct batch *batch, size_t index, double cpu_ns)
{
    make_room(costs, batch);
    if (!(cpu_ns > 0))
        return;
    costs->measured_count += !costs->measured[index];
    costs->measured[index] = true;
    costs->cost[index] = fmax(cpu_ns, 1);
}

/* --- of a study ------------------------------------------------------------------------------- */

static void take_costs(struct item_costs *costs, const struct batch *batch, const struct study_data *study,
                       const struct fit_account *account)
{
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal); /* path to index plus 1 */

    for (size_t i = 0; i < batch->count; i++)
        g_hash_table_insert(index, batch->paths[i], GSIZE_TO_POINTER(i + 1));
    for (size_t i = 0; i < account->cost_count; i++) {
        const struct account_cost *cost = &account->costs[i];
        const struct data_batch_item *item = study_data_batch_item(study, cost->id);
        size_t found = item ? GPOINTER_TO_SIZE(g_hash_table_lookup(index, item->path)) : 0;
        double seconds = isnan(cost->cpu_s) ? cost->wall_s : cost->cpu_s;
        if (found)
            item_costs_note(costs, batch, found - 1, 1e9 * seconds);
    }
    g_hash_table_destroy(index);
}

int item_costs_read(struct item_costs *costs, const struct batch *batch, const char *sha256,
                    const char *study, struct fault *fault)
{
    struct study_data data;
    struct fit_account account = {.cost_count = 0};
    char *folder = NULL;
    int result;

    make_room(costs, batch);
    if (study_read(study, &data, &folder, fault))
        return -1;
    g_free(folder);
    if (g_strcmp0(study_data_fact(&data, "batch_sha256"), sha256) != 0)
        result = fault_set(fault, "--times %s: the study is of another batch (paths and sizes)", data.name);
    else
        result = fit_account_make(&data, &account, fault);
    if (result == 0) {
        take_costs(costs, batch, &data, &account);
        fit_account_release(&account);
        if (!costs->measured_count)
            result = fault_set(fault, "--times %s: no item of its one-worker trials has a time", data.name);
    }
    study_data_release(&data);
    return result;
}

/* --- the others ------------------------------------------------------------------------------- */

void item_costs_finish(struct item_costs *costs, const struct batch *batch, const uint32_t *kinds,
                       uint32_t most)
{
    double *ns = g_new0(double, most + 1), *bytes = g_new0(double, most + 1); /* [most]: all kinds */

    make_room(costs, batch);
    for (size_t i = 0; i < costs->count; i++)
        if (costs->measured[i]) {
            uint32_t groups[] = {kinds[i] < most ? kinds[i] : most, most};
            for (int g = groups[0] == most; g < 2; g++) {
                ns[groups[g]] += costs->cost[i];
                bytes[groups[g]] += (double)batch->bytes[i];
            }
        }
    for (size_t i = 0; i < costs->count; i++) {
        uint32_t group = kinds[i] < most && bytes[kinds[i]] > 0 ? kinds[i] : most;
        double rate = bytes[group] > 0 ? ns[group] / bytes[group] : 1;
        if (!costs->measured[i])
            costs->cost[i] = fmax(rate * (double)batch->bytes[i], 1);
    }
    g_free(ns);
    g_free(bytes);
}

void item_costs_release(struct item_costs *costs)
{
    g_free(costs->cost);
    g_free(costs->measured);
    *costs = (struct item_costs){0};
}
