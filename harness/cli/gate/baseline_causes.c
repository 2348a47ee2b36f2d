#include "harness/cli/gate/baseline_causes.h"

#include <math.h>

static const struct fit_account_cell *cell_of(const struct fit *fit)
{
    const struct fit_point *full = fit_point_full(fit);
    const struct fit_account_cell *cell =
        full && full->scaling.workers > 1 ? fit_account_cell_at(&fit->account, full->scaling.workers) : NULL;

    return cell && cell->total_s.value > 0 ? cell : NULL;
}

json_t *baseline_causes_of(const struct fit *fit)
{
    const struct fit_account_cell *cell = cell_of(fit);
    json_t *causes;

    if (!cell)
        return NULL;
    causes = json_pack("{s:i}", "workers", (int)cell->workers);
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        if (isfinite(cell->core_s[c].value))
            json_object_set_new(causes, account_cause_name((enum account_cause)c),
                                json_real(cell->core_s[c].value / cell->total_s.value));
    return causes;
}

/* NaN: no session has it. */
static double mean_share(const struct baseline_file *baseline, unsigned workers, const char *name)
{
    const json_t *sessions = json_object_get(baseline->json, "sessions");
    double sum = 0, count = 0;

    for (size_t i = 0; i < json_array_size(sessions); i++) {
        const json_t *account = json_object_get(json_array_get(sessions, i), "account"),
                     *share = json_object_get(account, name);
        if (json_integer_value(json_object_get(account, "workers")) != (json_int_t)workers ||
            !json_is_number(share))
            continue;
        sum += json_number_value(share);
        count++;
    }
    return count > 0 ? sum / count : NAN;
}

static int by_rise(const void *a, const void *b)
{
    const struct gate_cause *x = a, *y = b;

    return (x->more.value < y->more.value) - (x->more.value > y->more.value);
}

void baseline_causes_add(const struct baseline_file *baseline, const struct fit *fit,
                         struct gate_report *report)
{
    const struct fit_account_cell *cell = cell_of(fit);

    for (int c = 0; cell && c < ACCOUNT_CAUSES; c++) {
        enum account_cause which = (enum account_cause)c;
        struct interval share = interval_scaled(&cell->core_s[c], 1 / cell->total_s.value);
        struct gate_cause cause = {.name = account_cause_name(which), .label = account_cause_label(which)};
        cause.was = mean_share(baseline, cell->workers, cause.name);
        cause.is = share.value;
        cause.more = share;
        cause.more.value -= cause.was;
        cause.more.low -= cause.was;
        cause.more.high -= cause.was;
        if (which != CAUSE_USEFUL && isfinite(cause.more.value))
            g_array_append_val(report->causes, cause);
    }
    g_array_sort(report->causes, by_rise);
}
