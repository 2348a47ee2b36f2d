/* fit_json_account.c: section `account` of fit.json; docs/formats.md is the format. */
#include <math.h>

#include "harness/fit/fit.h"
#include "harness/fit/fit_json.h"

static json_t *causes_json(const struct fit_account *account, const struct fit_account_cell *cell)
{
    const struct fit_account_cell *one = fit_account_cell_at(account, 1);
    struct fit_account_difference beyond;
    json_t *array = json_array();

    if (one)
        fit_account_compare(account, cell, one, &beyond);
    for (int c = 0; c < ACCOUNT_CAUSES; c++) {
        json_t *row = json_object();
        struct interval none = interval_unknown("no one-worker trials");
        fit_json_put(row, "cause", fit_json_text(account_cause_name((enum account_cause)c)));
        fit_json_put(row, "label", fit_json_text(account_cause_label((enum account_cause)c)));
        fit_json_put(row, "core_s", fit_json_interval(&cell->core_s[c]));
        fit_json_put(row, "share", fit_json_number(cell->core_s[c].value / cell->total_s.value));
        fit_json_put(row, "beyond_one_core_s", fit_json_interval(one ? &beyond.core_s[c] : &none));
        fit_json_put(row, "lost", fit_json_number(one ? beyond.lost[c] : NAN));
        fit_json_put(row, "speedup_without", fit_json_interval(&cell->speedup_without[c]));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *pop_json(const struct fit_account_cell *cell)
{
    json_t *array = json_array();

    for (int f = 0; f < POP_FACTORS; f++) {
        json_t *row = json_object();
        fit_json_put(row, "factor", fit_json_text(pop_factor_name((enum pop_factor)f)));
        fit_json_put(row, "depth", json_integer(pop_factor_depth((enum pop_factor)f)));
        fit_json_put(row, "efficiency", fit_json_interval(&cell->pop[f]));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *cell_json(const struct fit_account *account, const struct fit_account_cell *cell)
{
    const struct data_cell *about = &g_array_index(account->study->cells, struct data_cell, cell->cell);
    json_t *row = json_object();

    fit_json_put(row, "role", fit_json_text(about->role));
    fit_json_put(row, "workers", json_integer(cell->workers));
    fit_json_put(row, "chunk", fit_json_count((unsigned)about->chunk));
    fit_json_put(row, "policy", fit_json_text(about->policy));
    fit_json_put(row, "trials", json_integer((json_int_t)cell->trials));
    fit_json_put(row, "total_core_s", fit_json_interval(&cell->total_s));
    fit_json_put(row, "closure", fit_json_number(cell->closure));
    fit_json_put(row, "named", fit_json_number(cell->named));
    fit_json_put(row, "top",
                 cell->top == ACCOUNT_CAUSES ? json_null() : fit_json_text(account_cause_name(cell->top)));
    fit_json_put(row, "size_core_s", fit_json_interval(&cell->size_core_s));
    fit_json_put(row, "size_lost", fit_json_number(cell->size_lost));
    fit_json_put(row, "size_share_of_loss", fit_json_number(cell->size_share));
    fit_json_put(row, "speedup", fit_json_interval(&cell->speedup));
    fit_json_put(row, "causes", causes_json(account, cell));
    fit_json_put(row, "pop", pop_json(cell));
    return row;
}

json_t *fit_account_json(const struct fit_account *account)
{
    json_t *object = json_object(), *cells = json_array();

    if (account->reason[0]) {
        fit_json_put(object, "value", json_null());
        fit_json_put(object, "reason", fit_json_text(account->reason));
    }
    fit_json_put(object, "reference_trials", json_integer((json_int_t)account->cost_trials));
    fit_json_put(object, "reference_items", json_integer((json_int_t)account->cost_count));
    for (unsigned i = 0; i < account->cells->len; i++)
        fit_json_append(cells,
                        cell_json(account, &g_array_index(account->cells, struct fit_account_cell, i)));
    fit_json_put(object, "cells", cells);
    return object;
}
