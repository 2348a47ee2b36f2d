#include "harness/console/account_print.h"

#include <math.h>
#include <string.h>

#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_losses.h"

static bool is_scaling(const struct fit_account *account, const struct fit_account_cell *cell)
{
    return study_data_curve_cell(account->study, cell->workers) == (int)cell->cell;
}

static const struct fit_account_cell *cell_at(const struct fit_account *account, unsigned i)
{
    return &g_array_index(account->cells, struct fit_account_cell, i);
}

static void print_row(const struct fit_account *account, const char *label, FILE *out,
                      double (*value)(const struct fit_account_cell *cell, int which), int which)
{
    char text[32];

    fprintf(out, "%-31s", label);
    for (unsigned i = 0; i < account->cells->len; i++)
        if (is_scaling(account, cell_at(account, i)))
            fprintf(out, " %9s", percent_text(value(cell_at(account, i), which), text, sizeof text));
    fputc('\n', out);
}

static double share(const struct fit_account_cell *cell, int cause)
{
    return cell->core_s[cause].value / cell->total_s.value;
}

static double factor(const struct fit_account_cell *cell, int which)
{
    return cell->pop[which].value;
}

static double named(const struct fit_account_cell *cell, int which)
{
    (void)which;
    return cell->named;
}

static double closure(const struct fit_account_cell *cell, int which)
{
    (void)which;
    return cell->closure;
}

/* Why values are missing, from the cell with the most workers. */
static void print_reasons(const struct fit_account *account, FILE *out)
{
    const struct fit_account_cell *cell = NULL;

    for (unsigned i = 0; i < account->cells->len; i++)
        if (is_scaling(account, cell_at(account, i)))
            cell = cell_at(account, i);
    for (int c = 0; cell && c < ACCOUNT_CAUSES; c++)
        if (!interval_has_value(&cell->core_s[c]))
            fprintf(out, "- %s: %s\n", account_cause_label((enum account_cause)c), cell->core_s[c].reason);
    for (int f = 0; cell && f < POP_FACTORS; f++)
        if (!interval_has_value(&cell->pop[f]))
            fprintf(out, "- %s: %s\n", pop_factor_name((enum pop_factor)f), cell->pop[f].reason);
}

void account_print_overview(const struct fit_account *account, FILE *out)
{
    char label[64];

    fprintf(out,
            "%s: share of all core-seconds, by workers (cost of items with one worker: %zu items, %zu "
            "trials)\n\n",
            account->study->name, account->cost_count, account->cost_trials);
    fprintf(out, "%-31s", "workers");
    for (unsigned i = 0; i < account->cells->len; i++)
        if (is_scaling(account, cell_at(account, i)))
            fprintf(out, " %9u", cell_at(account, i)->workers);
    fputc('\n', out);
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        print_row(account, account_cause_label((enum account_cause)c), out, share, c);
    print_row(account, "attributed to causes, at least", out, named, 0);
    print_row(account, "sum differs from n T, at most", out, closure, 0);
    fprintf(out, "\nefficiencies (each is the product of the ones indented below it)\n");
    for (int f = 0; f < POP_FACTORS; f++) {
        snprintf(label, sizeof label, "%*s%s", 2 * (int)pop_factor_depth((enum pop_factor)f), "",
                 pop_factor_name((enum pop_factor)f));
        print_row(account, label, out, factor, f);
    }
    print_reasons(account, out);
}

/* The waterfall: from the efficiency of `against` (1) down to that of the cell, one cause a step. */
void account_print_comparison(const struct fit_account *account, const struct fit_account_cell *cell,
                              const struct fit_account_cell *against, FILE *out)
{
    struct fit_account_difference difference;
    struct fit_losses losses = fit_losses_rank(account, cell, against);
    char here[VALUE_TEXT_BYTES], there[VALUE_TEXT_BYTES], more[VALUE_TEXT_BYTES], without[VALUE_TEXT_BYTES];
    char lost[32], left[32];
    int decimals = decimals_for(against->total_s.value, 5);

    fit_account_compare(account, cell, against, &difference);
    snprintf(here, sizeof here, "%u worker%s", cell->workers, cell->workers == 1 ? "" : "s");
    snprintf(there, sizeof there, "%u worker%s", against->workers, against->workers == 1 ? "" : "s");
    fprintf(out,
            "%s: %u workers against %u, core-seconds (in brackets: 95%% intervals over blocks)\n\n"
            "%-31s %-26s %-26s %-26s %8s %8s  %s\n",
            account->study->name, cell->workers, against->workers, "cause", here, there, "difference", "lost",
            "left", "speedup without it");
    for (int c = 0; c < ACCOUNT_CAUSES; c++) {
        fprintf(out, "%-31s %-26s %-26s %-26s %8s %8s  %s\n", account_cause_label((enum account_cause)c),
                interval_text(&cell->core_s[c], decimals, "", here, sizeof here),
                interval_text(&against->core_s[c], decimals, "", there, sizeof there),
                interval_text(&difference.core_s[c], decimals, "", more, sizeof more),
                percent_text(difference.lost[c], lost, sizeof lost),
                percent_text(difference.left[c], left, sizeof left),
                interval_text(&cell->speedup_without[c], 2, "", without, sizeof without));
    }
    fprintf(out, "%-31s %-26s %-26s %-26s %8s %8s  %s\n", "all",
            interval_text(&cell->total_s, decimals, "", here, sizeof here),
            interval_text(&against->total_s, decimals, "", there, sizeof there),
            interval_text(&difference.total_s, decimals, "", more, sizeof more),
            percent_text(difference.lost_total, lost, sizeof lost),
            percent_text(1 - difference.lost_total, left, sizeof left),
            interval_text(&cell->speedup, 2, "", without, sizeof without));
    fprintf(out, "\nlost: share of the core-seconds of %u workers; left: efficiency against %u worker%s\n",
            cell->workers, against->workers, against->workers == 1 ? "" : "s");
    if (losses.count && losses.loss[0].headline)
        fprintf(out, "largest loss: %s (%s of the core-seconds)\n", losses.loss[0].label,
                percent_text(losses.loss[0].share.value, lost, sizeof lost));
    if (against->workers == 1 && !isnan(cell->size_lost))
        fprintf(out,
                "by item size: %s core-seconds, %s (large items that are slower, and the tail that items of "
                "equal "
                "size would not have)\n",
                interval_text(&cell->size_core_s, decimals, "", more, sizeof more),
                percent_text(cell->size_lost, lost, sizeof lost));
    fprintf(out,
            "in every trial: at least %s attributed to causes; their sum differs from n T by at most %s\n",
            percent_text(fmin(cell->named, against->named), here, sizeof here),
            percent_text(fmax(cell->closure, against->closure), there, sizeof there));
}

static void print_number(double value, FILE *out)
{
    if (isnan(value))
        fputc('\t', out);
    else
        fprintf(out, "\t%.9g", value);
}

void account_print_trials(const struct fit_account *account, FILE *out)
{
    fprintf(out, "trial\tblock\trole\tworkers\tstatus\ttotal_core_s");
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        fprintf(out, "\t%s", account_cause_name((enum account_cause)c));
    fprintf(out, "\tgap_core_s\tunnamed_core_s\thidden_cpu_s\n");
    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = &g_array_index(account->trials, struct fit_account_trial, i);
        const struct data_trial *trial =
            &g_array_index(account->study->trials, struct data_trial, row->trial);
        const struct data_cell *cell = study_data_cell(account->study, trial);
        fprintf(out, "%lld\t%u\t%s\t%u\t%s", (long long)trial->id, trial->block, cell->role, cell->workers,
                trial->status == TRIAL_OK       ? "ok"
                : trial->status == TRIAL_HICCUP ? "hiccup"
                                                : "void");
        print_number(row->account.total_s, out);
        for (int c = 0; c < ACCOUNT_CAUSES; c++)
            print_number(row->account.core_s[c], out);
        print_number(row->account.gap_s, out);
        print_number(row->account.unnamed_s, out);
        print_number(row->account.hidden_cpu_s, out);
        fputc('\n', out);
    }
}

void account_print_loss(const struct fit_account *account, FILE *out)
{
    struct fit_losses losses = fit_losses_summary(account);
    const struct fit_loss *first = &losses.loss[0];
    char lost[32], share[32];

    if (!losses.cell || !losses.count || !first->headline ||
        (account->study->cores && losses.cell->workers > account->study->cores))
        return;
    wrapped_print(
        out, 7, "loss:  %s of the core-seconds at %u workers, the largest: %s (%s); details: 'knee account'",
        percent_text(1 - losses.efficiency, lost, sizeof lost), losses.cell->workers, first->label,
        percent_text(first->share.value, share, sizeof share));
    if (!isnan(losses.cell->size_share))
        fprintf(out, "       by item size: %.0f%% of that loss\n",
                without_negative_zero(100 * losses.cell->size_share, 0));
}
