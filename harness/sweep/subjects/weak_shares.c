#include "harness/sweep/subjects/weak_shares.h"

#include <glib.h>
#include <inttypes.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/image_workload.h"

/* --- the deal --------------------------------------------------------------------------------- */

struct costed {
    double cost;
    uint64_t index;
};

static int costliest_first(const void *a, const void *b)
{
    const struct costed *x = a, *y = b;

    if (x->cost != y->cost)
        return x->cost > y->cost ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int cheapest_first(const void *a, const void *b)
{
    const struct costed *x = a, *y = b;

    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

double weak_shares_deal(const double *cost, uint64_t count, uint32_t shares, uint32_t *share)
{
    struct costed *item = calloc(count + 1, sizeof *item), *load = calloc(shares + 1u, sizeof *load);
    double spread = -1;

    for (uint64_t i = 0; item && i < count; i++)
        item[i] = (struct costed){cost[i], i};
    for (uint32_t s = 0; load && s < shares; s++)
        load[s].index = s;
    if (item && load && shares) {
        qsort(item, count, sizeof *item, costliest_first);
        for (uint64_t i = 0; i < count; i++) {
            struct costed *least = &load[i % shares];
            if (i % shares == 0)
                qsort(load, shares, sizeof *load, cheapest_first);
            least->cost += item[i].cost;
            share[item[i].index] = (uint32_t)least->index + 1;
        }
        qsort(load, shares, sizeof *load, cheapest_first);
        spread = load[0].cost > 0 ? load[shares - 1].cost / load[0].cost - 1 : 0;
    }
    free(item);
    free(load);
    return spread;
}

/* --- from the reference run ------------------------------------------------------------------- */

/* Over the digests of the item's renditions. */
static void digest_of(const struct item_table *table, uint64_t index, uint8_t sha256[32])
{
    const struct image_result *result = item_table_item_payload(table, index);
    uint32_t state = atomic_load_explicit(&item_table_item(table, index)->state, memory_order_acquire);
    unsigned length = 32;

    memset(sha256, 0, 32);
    if (state == ITEM_DONE && result->renditions <= RECIPE_MAX_RENDITIONS)
        EVP_Digest(result->outputs, (size_t)result->renditions * sizeof result->outputs[0], sha256, &length,
                   EVP_sha256(), NULL);
}

static int make_room(struct weak_shares *weak, uint64_t items, struct fault *fault)
{
    *weak = (struct weak_shares){.items = items,
                                 .share = calloc(items + 1, sizeof *weak->share),
                                 .made = calloc(items + 1, sizeof *weak->made)};
    if (weak->share && weak->made)
        return 0;
    fault_sys(fault, "--weak: no memory for %" PRIu64 " items", items);
    return -1;
}

int weak_shares_learn(struct weak_shares *weak, const struct item_table *reference, uint32_t shares,
                      struct fault *fault)
{
    double *cost = calloc(reference->items + 1, sizeof *cost);
    int result = make_room(weak, reference->items, fault);

    for (uint64_t i = 0; result == 0 && cost && i < reference->items; i++) {
        cost[i] = (double)item_table_item(reference, i)->cpu_ns;
        digest_of(reference, i, weak->made[i]);
    }
    if (result == 0) {
        weak->spread = cost ? weak_shares_deal(cost, weak->items, shares, weak->share) : -1;
        if (weak->spread < 0)
            result = fault_sys(fault, "--weak: no memory to deal %" PRIu64 " items", weak->items);
    }
    free(cost);
    return result;
}

/* --- in the study ----------------------------------------------------------------------------- */

/* [[share, "digest"], ...] */
int weak_shares_record(const struct weak_shares *weak, struct study *study, struct fault *fault)
{
    json_t *rows = json_array();
    char *text, hex[65], words[32];
    int result;

    for (uint64_t i = 0; i < weak->items; i++) {
        for (int byte = 0; byte < 32; byte++)
            snprintf(hex + 2 * byte, 3, "%02x", weak->made[i][byte]);
        json_array_append_new(rows, json_pack("[is]", (int)weak->share[i], hex));
    }
    text = json_dumps(rows, JSON_COMPACT);
    snprintf(words, sizeof words, "%.2f%%", 100 * weak->spread);
    result = text ? study_set(study, "weak_shares", text, fault) ||
                        study_set(study, "weak_shares_spread", words, fault)
                  : fault_sys(fault, "--weak: no memory to record %" PRIu64 " items", weak->items);
    free(text);
    json_decref(rows);
    return result ? -1 : 0;
}

static int read_row(struct weak_shares *weak, uint64_t index, json_t *row)
{
    const char *hex = NULL;
    int share = 0;

    if (json_unpack(row, "[is]", &share, &hex) || share < 1 || strlen(hex) != 64)
        return -1;
    weak->share[index] = (uint32_t)share;
    for (int byte = 0; byte < 32; byte++)
        if (sscanf(hex + 2 * byte, "%2hhx", &weak->made[index][byte]) != 1)
            return -1;
    return 0;
}

int weak_shares_read(struct weak_shares *weak, struct study *study, struct fault *fault)
{
    char *text = study_get(study, "weak_shares");
    json_t *rows = text ? json_loads(text, 0, NULL) : NULL;
    int result = make_room(weak, json_array_size(rows), fault);

    if (result == 0 && !weak->items)
        result = -1;
    for (uint64_t i = 0; i < weak->items && result == 0; i++)
        result = read_row(weak, i, json_array_get(rows, i));
    json_decref(rows);
    g_free(text);
    return result
               ? fault_set(fault, "%s: the shares of weak scaling cannot be read: start again with --restart",
                           study->folder)
               : 0;
}

/* --- parts ------------------------------------------------------------------------------------ */

static bool is_failed(const uint8_t made[32])
{
    static const uint8_t none[32];

    return memcmp(made, none, sizeof none) == 0;
}

static int write_part(struct weak_part *made, const struct item_choice *items, const struct batch *batch,
                      const char *folder, struct fault *fault)
{
    struct item_choice chosen = {.index = calloc(made->part.items + 1, sizeof *chosen.index),
                                 .count = made->part.items};
    int result;

    snprintf(made->list, sizeof made->list, "%.4000s/items-%" PRIu32 ".txt", folder, made->workers);
    if (!chosen.index)
        return fault_sys(fault, "--weak: no memory for the items of %" PRIu32 " workers", made->workers);
    for (uint64_t i = 0; i < made->part.items; i++)
        chosen.index[i] = items->index[made->ids[i]];
    result = item_choice_write(&chosen, batch, made->list, fault);
    item_choice_release(&chosen);
    return result;
}

static int make_part(const struct weak_shares *weak, struct weak_part *made, const struct trial_expected *all,
                     struct fault *fault)
{
    uint64_t failed = 0;

    made->ids = calloc(weak->items + 1, sizeof *made->ids);
    if (!made->ids)
        return fault_sys(fault, "--weak: no memory for the items of %" PRIu32 " workers", made->workers);
    made->part = (struct trial_part){.ids = made->ids, .made = weak->made, .digest = digest_of};
    for (uint64_t i = 0; i < weak->items; i++)
        if (weak->share[i] <= made->workers) {
            made->ids[made->part.items++] = (int64_t)i;
            failed += is_failed(weak->made[i]);
        }
    made->expected = *all;
    made->expected.items = made->part.items;
    made->expected.failed = failed;
    made->expected.part = &made->part;
    return 0;
}

int weak_shares_make_parts(struct weak_shares *weak, const struct plan *plan, const struct item_choice *items,
                           const struct batch *batch, const char *folder, const struct trial_expected *all,
                           struct fault *fault)
{
    weak->parts = calloc(plan->cell_count + 1u, sizeof *weak->parts);
    if (!weak->parts || items->count != weak->items)
        return fault_sys(fault,
                         weak->parts ? "--weak: the study has %" PRIu64 " items, its shares others"
                                     : "--weak: no memory for %" PRIu64 " items",
                         (uint64_t)items->count);
    for (uint32_t i = 0; i < plan->cell_count; i++) {
        struct weak_part *made = &weak->parts[weak->part_count];
        if (plan->cells[i].role == PLAN_SERIAL || weak_shares_part(weak, plan->cells[i].workers))
            continue;
        made->workers = plan->cells[i].workers;
        weak->part_count++;
        if (make_part(weak, made, all, fault) || write_part(made, items, batch, folder, fault))
            return -1;
    }
    return 0;
}

const struct weak_part *weak_shares_part(const struct weak_shares *weak, uint32_t workers)
{
    for (uint32_t i = 0; i < weak->part_count; i++)
        if (weak->parts[i].workers == workers)
            return &weak->parts[i];
    return NULL;
}

void weak_shares_release(struct weak_shares *weak)
{
    for (uint32_t i = 0; i < weak->part_count; i++)
        free(weak->parts[i].ids);
    free(weak->parts);
    free(weak->share);
    free(weak->made);
    *weak = (struct weak_shares){0};
}
