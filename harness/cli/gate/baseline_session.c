#include "harness/cli/gate/baseline_session.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "harness/cli/gate/baseline_causes.h"
#include "harness/cli/gate/baseline_values.h"

/* As the reader wants it: of a relative quantity only what has a logarithm can be compared. */
static bool is_known(const struct gate_quantity_kind *kind, const struct gate_value *value)
{
    return isfinite(value->value) && isfinite(value->low) && isfinite(value->high) && value->level > 0 &&
           (!kind->relative || value->value > 0);
}

static int append(json_t *entries, enum gate_quantity quantity, unsigned workers,
                  const struct gate_value *value)
{
    return json_array_append_new(entries,
                                 json_pack("{s:s, s:i, s:f, s:f, s:f, s:f, s:I}", "quantity",
                                           gate_quantity_of(quantity)->name, "workers", (int)workers, "value",
                                           value->value, "low", value->low, "high", value->high, "level",
                                           value->level, "n_blocks", (json_int_t)value->blocks));
}

/* needed: a study without it is refused; else it is left out. */
static int add_entry(json_t *entries, const struct fit *fit, enum gate_quantity quantity, unsigned workers,
                     bool needed, struct fault *fault)
{
    struct gate_value value = baseline_value_of(fit, quantity, workers);

    if (!is_known(gate_quantity_of(quantity), &value))
        return needed
                   ? fault_set(
                         fault,
                         "%s at %u worker%s has no interval in %s: sweep it with at least 3 blocks, up to "
                         "the cores",
                         gate_quantity_of(quantity)->name, workers, workers == 1 ? "" : "s", fit->study->name)
                   : 0;
    return append(entries, quantity, workers, &value) ? fault_sys(fault, "out of memory") : 0;
}

static int add_listed(json_t *entries, const struct fit *fit, const char *list, struct fault *fault)
{
    const char *rest = list;
    unsigned long before = 0;

    do {
        char *end;
        unsigned long workers = strtoul(rest, &end, 10);
        if (end == rest || (*end && *end != ',') || workers <= before || workers > 1000000)
            return fault_set(fault, "--workers %s: give whole numbers from 1, ascending, such as 1,2,4",
                             list);
        before = workers;
        if (workers > 1 && add_entry(entries, fit, GATE_EFFICIENCY, (unsigned)workers, true, fault))
            return -1;
        rest = *end ? end + 1 : end;
    } while (*rest);
    return 0;
}

/* E at every worker count up to the cores, with their mean where there are several. */
static int add_efficiencies(json_t *entries, const struct fit *fit, struct fault *fault)
{
    unsigned counts = 0;

    for (guint i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *point = &g_array_index(fit->curve, struct fit_point, i).scaling;
        if (point->workers < 2 || point->oversubscribed)
            continue;
        if (add_entry(entries, fit, GATE_EFFICIENCY, point->workers, true, fault))
            return -1;
        counts++;
    }
    return counts > 1 ? add_entry(entries, fit, GATE_EFFICIENCY, 0, false, fault) : 0;
}

json_t *baseline_session_about(const struct fit *fit)
{
    static const char *const about[] = {"host", "created_utc", "knee_version"};
    json_t *session = json_object();

    for (size_t i = 0; i < G_N_ELEMENTS(about); i++) {
        const char *fact = study_data_fact(fit->study, about[i]);
        json_object_set_new(session, about[i], json_string(fact ? fact : ""));
    }
    return session;
}

json_t *baseline_session_of(const struct fit *fit, const char *at, struct fault *fault)
{
    const struct fit_point *full = fit_point_full(fit);
    json_t *session = baseline_session_about(fit), *entries = json_array(), *causes = NULL;
    unsigned most = full ? full->scaling.workers : 1;

    json_object_set_new(session, "entries", entries);
    causes = baseline_causes_of(fit);
    if ((at ? add_listed(entries, fit, at, fault) : add_efficiencies(entries, fit, fault)) ||
        (most > 1 && (add_entry(entries, fit, GATE_SERIAL, most, false, fault) ||
                      add_entry(entries, fit, GATE_TAIL, most, false, fault) ||
                      add_entry(entries, fit, GATE_DISPATCH, most, false, fault) ||
                      add_entry(entries, fit, GATE_START, most, false, fault))) ||
        add_entry(entries, fit, baseline_cpu_of(fit), 1, true, fault) ||
        add_entry(entries, fit, GATE_MEMORY, most, false, fault)) {
        json_decref(session);
        json_decref(causes);
        return NULL;
    }
    if (causes)
        json_object_set(session, "account", causes);
    json_decref(causes);
    return session;
}
