/* prediction_serial.c: which part of the serial parts grows with the items (prediction.h). */
#include <math.h>

#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/fit/prediction_internal.h"

/* A program that records items but no phases has a serial part, too: at which end it is changes no wall time. */
double prediction_serial_s(const struct fit_account_trial *row, const struct data_trial *trial,
                           double workers)
{
    double phases_s = trial->prefix_s + trial->suffix_s;

    return isnan(phases_s) ? row->account.core_s[CAUSE_SERIAL] / workers : phases_s;
}

/* Sums of a straight line through serial parts over items. */
struct line {
    double count, x, y, xx, xy, yy;
};

static void add_trials(const struct fit_account *account, double per_worker_s, struct line *line)
{
    const struct study_data *study = account->study;

    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = &g_array_index(account->trials, struct fit_account_trial, i);
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, row->trial);
        double workers = study_data_cell(study, trial)->workers, x = trial->items,
               y = prediction_serial_s(row, trial, workers) - per_worker_s * workers;
        if (trial->status != TRIAL_OK || !study_data_on_curve(study, trial) || !isfinite(x + y))
            continue;
        line->count++;
        line->x += x;
        line->y += y;
        line->xx += x * x;
        line->xy += x * y;
        line->yy += y * y;
    }
}

/* Share of the serial parts at `items` that grows, from the slope; cut to [0, 1]. */
static struct interval share_of(const struct line *l, double items, double serial_s)
{
    double sxx = l->xx - l->x * l->x / l->count, sxy = l->xy - l->x * l->y / l->count;
    double syy = l->yy - l->y * l->y / l->count, slope = sxy / sxx, df = l->count - 2, half;
    struct interval share;

    if (!(serial_s > 0) || !(sxx > 0))
        return interval_exact(1, FIT_LEVEL, "no serial parts");
    if (df < 1)
        return interval_bounded(fmin(fmax(slope * items / serial_s, 0), 1), 0, 1, FIT_LEVEL,
                                "two trials have no spread");
    half = stats_t(FIT_LEVEL, df) * sqrt(fmax(syy - slope * sxy, 0) / df / sxx);
    share = interval_bounded(slope * items / serial_s, (slope - half) * items / serial_s,
                             (slope + half) * items / serial_s, FIT_LEVEL,
                             "straight line of serial parts over items, %.0f trials", l->count);
    return interval_clipped(&share, 0, 1);
}

static void assume(const struct predict_request *request, struct prediction_serial *serial)
{
    serial->from = request->serial_grows == SERIAL_UNSTATED ? SERIAL_ASSUMED : SERIAL_STATED;
    if (request->serial_grows == SERIAL_FIXED)
        serial->grows = interval_exact(0, FIT_LEVEL, "stated");
    else if (request->serial_grows == SERIAL_ITEMS)
        serial->grows = interval_exact(1, FIT_LEVEL, "stated");
    else
        serial->grows = interval_bounded(1, 0, 1, FIT_LEVEL, "nothing is known");
}

int prediction_find_serial(const struct prediction_basis *basis, const struct predict_request *request,
                           struct prediction_serial *serial, struct fault *fault)
{
    double items = (double)basis->items;
    struct line line = {0};

    *serial = (struct prediction_serial){.measured_s = basis->pool.prefix_s + basis->pool.suffix_s};
    add_trials(basis->account, basis->pool.suffix_per_worker_s, &line);
    if (!request->other) {
        assume(request, serial);
        return 0;
    }
    add_trials(request->other, basis->pool.suffix_per_worker_s, &line);
    if (!(line.xx / line.count - pow(line.x / line.count, 2) > 1e-9 * line.xx / line.count))
        return fault_set(fault,
                         "%s: its trials show no serial parts with another number of items than %.0f: give "
                         "--serial-from a study with another number of items, or one of knee sweep --weak",
                         request->other->study->name, items);
    serial->from = SERIAL_LEARNED;
    serial->grows = share_of(&line, items, serial->measured_s);
    return 0;
}

double prediction_serial_factor(double grows, double items, double measured)
{
    return 1 + grows * (items / measured - 1);
}

/* Serial parts add to each time: the ends of their interval need no simulation. */
void prediction_serial_ends(const struct prediction *p, size_t items, double wall_s, double at[2])
{
    const struct prediction_serial *serial = &p->serial;
    double ends[2] = {serial->grows.low, serial->grows.high};

    for (int i = 0; i < 2; i++)
        at[i] = wall_s +
                serial->measured_s *
                    (prediction_serial_factor(ends[i], (double)items, (double)p->measured_items) -
                     prediction_serial_factor(serial->grows.value, (double)items, (double)p->measured_items));
}

void prediction_note_serial(const struct prediction *p, char *text, size_t bytes)
{
    const struct prediction_serial *serial = &p->serial;
    double wanted_s =
        serial->measured_s *
        prediction_serial_factor(serial->grows.value, (double)p->request.items, (double)p->measured_items);

    text[0] = '\0';
    if (p->request.items == p->measured_items || !(serial->measured_s > 0))
        return;
    if (serial->from == SERIAL_LEARNED)
        snprintf(
            text, bytes,
            "%.0f%% (%.0f to %.0f%%) of them grow with the items, as studies of several numbers of items "
            "show: %.3g s with %zu items, %.3g s with %zu",
            100 * serial->grows.value, 100 * serial->grows.low, 100 * serial->grows.high, serial->measured_s,
            p->measured_items, wanted_s, p->request.items);
    else if (serial->from == SERIAL_STATED)
        snprintf(text, bytes, "%s, as stated: %.3g s with %zu items, %.3g s with %zu",
                 serial->grows.value > 0 ? "grow with the items" : "stay fixed", serial->measured_s,
                 p->measured_items, wanted_s, p->request.items);
    else
        snprintf(
            text, bytes,
            "assumed to grow with the items: %.3g s with %zu items, %.3g s with %zu; S(%u) %.3g, or %.3g if "
            "they stay fixed: intervals hold both; say which by --serial-grows items or fixed, or let "
            "--serial-from STUDY of another number of items show it",
            serial->measured_s, p->measured_items, wanted_s, p->request.items, serial->workers,
            serial->speedup_items, serial->speedup_fixed);
}
