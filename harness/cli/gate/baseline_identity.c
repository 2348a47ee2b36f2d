#include "harness/cli/gate/baseline_identity.h"

#include <stdbool.h>
#include <string.h>

enum { TEXT_SHOWN = 64, DIGEST_SHOWN = 12 /* the first digits tell that it is another */ };

/* Facts that must agree, and their names for people. */
static const struct {
    const char *key, *words, *unsaid; /* taken where the fact is not recorded */
    bool digest;
} identity[] = {{"machine_class", "machine class", "", false},
                {"recipe_sha256", "recipe", "", true},
                {"batch_sha256", "data set", "", true},
                {"items", "number of items in each trial", "", false},
                {"sample", "choice of items", "", false},
                {"scaling", "scaling (strong or weak)", "strong", false},
                {"items_failed", "number of failed items", "0", false}};

/* Properties of the trials that the curve is made of: cores, chunk, policy and placement change E(n), whatever the
 * program does. */
enum property { CORES, CHUNK, POLICY, PLACEMENT, START_METHOD, PROPERTIES };
static const struct {
    const char *key, *words;
} properties[PROPERTIES] = {{"cores", "cores"},
                            {"chunk", "chunk"},
                            {"policy", "policy"},
                            {"placement", "placement"},
                            {"start_method", "start method"}};

/* "real", "16 emulated", "16 replayed": the machine class of all of them is that of the machine. */
static char *cores_of(const struct study_data *study)
{
    const char *emulated = study_data_fact(study, "emulated_cores"),
               *replayed = study_data_fact(study, "replayed_cores");

    if (emulated)
        return g_strdup_printf("%s emulated", emulated);
    return replayed ? g_strdup_printf("%s replayed", replayed) : g_strdup("real");
}

/* Of the curve's cell with the most workers; caller frees with g_free. NULL: not recorded. */
static char *property_of(const struct fit *fit, enum property which)
{
    const struct fit_point *full = fit_point_full(fit);
    int index = full ? study_data_curve_cell(fit->study, full->scaling.workers) : -1;
    const struct data_cell *cell;

    if (which == CORES)
        return cores_of(fit->study);
    if (index < 0)
        return NULL;
    cell = &g_array_index(fit->study->cells, struct data_cell, (guint)index);
    switch (which) {
    case CHUNK:
        return cell->chunk > 0 ? g_strdup_printf("%lld", (long long)cell->chunk) : NULL;
    case POLICY:
        return g_strdup(cell->policy);
    case PLACEMENT:
        return g_strdup(cell->placement);
    default:
        return g_strdup(cell->start_method);
    }
}

void baseline_identity_put(json_t *json, const struct fit *fit)
{
    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++) {
        const char *fact = study_data_fact(fit->study, identity[i].key);
        json_object_set_new(json, identity[i].key, json_string(fact ? fact : identity[i].unsaid));
    }
    for (int i = 0; i < PROPERTIES; i++) {
        char *property = property_of(fit, (enum property)i);
        if (property)
            json_object_set_new(json, properties[i].key, json_string(property));
        g_free(property);
    }
}

/* most: characters that are shown. */
static void compare(GPtrArray *differences, const char *words, const char *whose, const char *was,
                    const char *is, int most)
{
    if (strcmp(was, is) != 0)
        g_ptr_array_add(differences, g_strdup_printf("%s: %s has '%.*s', the study '%.*s'", words, whose,
                                                     most, was, most, is));
}

static const char *words_of(size_t fact, const struct fit *fit)
{
    bool command = g_strcmp0(study_data_fact(fit->study, "subject"), "command") == 0;

    return command && strcmp(identity[fact].key, "recipe_sha256") == 0
               ? "command with --prepare, --check, --cleanup, --output and --units"
               : identity[fact].words;
}

GPtrArray *baseline_identity_differences(const json_t *json, const struct fit *fit, const char *whose)
{
    GPtrArray *differences = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++) {
        const char *was = json_string_value(json_object_get(json, identity[i].key));
        const char *is = study_data_fact(fit->study, identity[i].key);
        compare(differences, words_of(i, fit), whose, was ? was : identity[i].unsaid,
                is ? is : identity[i].unsaid, identity[i].digest ? DIGEST_SHOWN : TEXT_SHOWN);
    }
    /* Older baselines lack them, and are compared as before. */
    for (int i = 0; i < PROPERTIES; i++) {
        const json_t *was = json_object_get(json, properties[i].key);
        char *is = property_of(fit, (enum property)i);
        if (was && is)
            compare(differences, properties[i].words, whose,
                    json_is_string(was) ? json_string_value(was) : "", is, TEXT_SHOWN);
        g_free(is);
    }
    return differences;
}
