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

/* Cells of the curve, in pieces of as many as a line takes. */
enum { CELLS_OF_LINE = 6 };

struct piece {
    const struct fit_account_cell *cell[CELLS_OF_LINE];
    unsigned cells;
};

/* The piece that begins with cell number `from`; returns where the next one begins, 0 at the end. */
static unsigned next_piece(const struct fit_account *account, unsigned from, struct piece *piece)
{
    piece->cells = 0;
    for (unsigned i = from; i < account->cells->len; i++) {
        if (!is_scaling(account, cell_at(account, i)))
            continue;
        if (piece->cells == CELLS_OF_LINE)
            return i;
        piece->cell[piece->cells++] = cell_at(account, i);
    }
    return 0;
}

static void print_row(const struct piece *piece, const char *label, FILE *out,
                      struct interval (*value)(const struct fit_account_cell *cell, int which), int which)
{
    char text[64];

    fprintf(out, "%-31s", label);
    for (unsigned i = 0; i < piece->cells; i++) {
        struct interval share = value(piece->cell[i], which);
        fprintf(out, " %9s", interval_percent_text(&share, text, sizeof text));
    }
    fputc('\n', out);
}

static struct interval share(const struct fit_account_cell *cell, int cause)
{
    return interval_scaled(&cell->core_s[cause], 1 / cell->total_s.value);
}

static struct interval factor(const struct fit_account_cell *cell, int which)
{
    return cell->pop[which];
}

static struct interval named(const struct fit_account_cell *cell, int which)
{
    (void)which;
    return interval_point(cell->named, "the least of all trials");
}

static struct interval closure(const struct fit_account_cell *cell, int which)
{
    (void)which;
    return interval_point(cell->closure, "the largest of all trials");
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
            wrapped_print(out, 2, "- %s: %s", account_cause_label((enum account_cause)c),
                          cell->core_s[c].reason);
    for (int f = 0; cell && f < POP_FACTORS; f++)
        if (!interval_has_value(&cell->pop[f]))
            wrapped_print(out, 2, "- %s: %s", pop_factor_name((enum pop_factor)f), cell->pop[f].reason);
}

static void print_shares(const struct piece *piece, FILE *out)
{
    fprintf(out, "%-31s", "workers");
    for (unsigned i = 0; i < piece->cells; i++)
        fprintf(out, " %9u", piece->cell[i]->workers);
    fputc('\n', out);
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        print_row(piece, account_cause_label((enum account_cause)c), out, share, c);
    print_row(piece, "attributed to causes, at least", out, named, 0);
    print_row(piece, "sum differs from n T, at most", out, closure, 0);
}

static void print_efficiencies(const struct piece *piece, FILE *out)
{
    char label[64];

    for (int f = 0; f < POP_FACTORS; f++) {
        snprintf(label, sizeof label, "%*s%s", 2 * (int)pop_factor_depth((enum pop_factor)f), "",
                 pop_factor_name((enum pop_factor)f));
        print_row(piece, label, out, factor, f);
    }
}

void account_print_overview(const struct fit_account *account, FILE *out)
{
    struct piece piece;
    unsigned from = 0;

    wrapped_print(out, 2,
                  "%s: share of all core-seconds, by workers (cost of items with one worker: %zu items, %zu "
                  "trials)",
                  account->study->name, account->cost_count, account->cost_trials);
    do {
        from = next_piece(account, from, &piece);
        fputc('\n', out);
        print_shares(&piece, out);
        fprintf(out, "\nefficiencies (geometric means; each is the product of those indented below it)\n");
        print_efficiencies(&piece, out);
    } while (from);
    print_reasons(account, out);
}

/* What is left of sums of nanoseconds by the rounding of doubles is 0. */
static struct interval without_rounding(const struct interval *seconds)
{
    static const double clock_s = 1e-7;
    double low = isnan(seconds->low) ? seconds->value : seconds->low,
           high = isnan(seconds->high) ? seconds->value : seconds->high;

    if (fmax(fabs(low), fabs(high)) < clock_s)
        return interval_exact(0, seconds->level, "below the clock");
    return *seconds;
}

static void print_seconds(const char *label, const struct interval *here, const struct interval *there,
                          FILE *out)
{
    char one[VALUE_TEXT_BYTES], other[VALUE_TEXT_BYTES];
    struct interval left = without_rounding(here), right = without_rounding(there);
    int columns = fprintf(out, "%-31s %-30s ", label, interval_text_digits(&left, "", one, sizeof one));

    interval_text_digits(&right, "", other, sizeof other);
    /* Two intervals near 0 have the digits of both their ends: too long for one line. */
    if (columns + (int)strlen(other) > WRAPPED_COLUMNS)
        fprintf(out, "\n%-62s ", "");
    fprintf(out, "%s\n", other);
}

static void print_loss_row(const char *label, const struct interval *more, double lost,
                           const struct interval *speedup, FILE *out)
{
    struct interval rounded = without_rounding(more);
    char difference[VALUE_TEXT_BYTES], lost_text[64], without[VALUE_TEXT_BYTES];
    int columns = fprintf(out, "%-27s %-31s ", label,
                          interval_text_digits(&rounded, "", difference, sizeof difference));

    percent_text(lost, lost_text, sizeof lost_text);
    interval_text_digits(speedup, "", without, sizeof without);
    if (columns + 10 + (int)strlen(without) > WRAPPED_COLUMNS) /* as in print_seconds() */
        fprintf(out, "\n%-60s", "");
    fprintf(out, "%8s  %s\n", lost_text, without);
}

static void print_notes(const struct fit_account *account, const struct fit_account_cell *cell,
                        const struct fit_account_cell *against, FILE *out)
{
    struct fit_losses losses = fit_losses_rank(account, cell, against);
    char more[VALUE_TEXT_BYTES], one[64], other[64];

    wrapped_print(out, 2, "lost: share of the core-seconds of %u workers", cell->workers);
    if (losses.count && losses.loss[0].headline)
        wrapped_print(out, 2, "largest loss: %s (%s of the core-seconds)", losses.loss[0].label,
                      interval_percent_text(&losses.loss[0].share, one, sizeof one));
    if (against->workers == 1 && !isnan(cell->size_lost))
        wrapped_print(
            out, 2,
            "by item size: %s core-seconds, %s (large items that are slower, and the tail that items "
            "of equal size would not have)",
            interval_text_digits(&cell->size_core_s, "", more, sizeof more),
            percent_text(cell->size_lost, one, sizeof one));
    wrapped_print(
        out, 2, "in every trial: at least %s attributed to causes; their sum differs from n T by at most %s",
        percent_text(fmin(cell->named, against->named), one, sizeof one),
        percent_text(fmax(cell->closure, against->closure), other, sizeof other));
}

/* The waterfall: from the efficiency of `against` (1) down to that of the cell, one cause a step. */
void account_print_comparison(const struct fit_account *account, const struct fit_account_cell *cell,
                              const struct fit_account_cell *against, FILE *out)
{
    struct fit_account_difference difference;
    char here[48], there[48];

    fit_account_compare(account, cell, against, &difference);
    snprintf(here, sizeof here, "%u worker%s", cell->workers, cell->workers == 1 ? "" : "s");
    snprintf(there, sizeof there, "%u worker%s", against->workers, against->workers == 1 ? "" : "s");
    wrapped_print(out, 2, "%s: %s against %u, core-seconds (in brackets: 95%% intervals over blocks)",
                  account->study->name, here, against->workers);
    fprintf(out, "\n%-31s %-30s %s\n", "cause", here, there);
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        print_seconds(account_cause_label((enum account_cause)c), &cell->core_s[c], &against->core_s[c], out);
    print_seconds("all", &cell->total_s, &against->total_s, out);
    fprintf(out, "\n%-27s %-31s %8s  %s\n", "cause", "difference", "lost", "speedup without it");
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        print_loss_row(account_cause_label((enum account_cause)c), &difference.core_s[c], difference.lost[c],
                       &cell->speedup_without[c], out);
    print_loss_row("all", &difference.total_s, difference.lost_total, &cell->speedup, out);
    fputc('\n', out);
    print_notes(account, cell, against, out);
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
    char lost[64], share_text[64];

    if (!losses.cell || !losses.count || !first->headline ||
        (account->study->cores && losses.cell->workers > account->study->cores))
        return;
    wrapped_print(
        out, 7, "loss:  %s of the core-seconds at %u workers, the largest: %s (%s); details: 'knee account'",
        percent_text(1 - losses.efficiency, lost, sizeof lost), losses.cell->workers, first->label,
        interval_percent_text(&first->share, share_text, sizeof share_text));
    if (!isnan(losses.cell->size_share))
        fprintf(out, "       by item size: %.0f%% of that loss\n",
                without_negative_zero(100 * losses.cell->size_share, 0));
}
