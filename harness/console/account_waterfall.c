/* account_waterfall.c: the efficiency of one number of workers against another as a fall in steps (account_print.h). */
#include <math.h>
#include <string.h>

#include "harness/console/account_print.h"
#include "harness/fit/fit_losses.h"

enum { BAR = 48 }; /* characters */

struct scale {
    double low, high; /* efficiencies at the bar's ends */
};

static int column_of(const struct scale *scale, double efficiency)
{
    return (int)lround((efficiency - scale->low) / (scale->high - scale->low) * BAR);
}

/* '#' up to the smaller of two efficiencies, `mark` from there to the larger: at least one mark when they differ. */
static void print_bar(const struct scale *scale, double one, double other, char mark, FILE *out)
{
    char bar[BAR + 1] = "";
    int kept = column_of(scale, fmin(one, other)), reached = column_of(scale, fmax(one, other));

    if (kept == reached && one != other && kept > 0)
        kept--;
    memset(bar, '#', (size_t)kept);
    memset(bar + kept, mark, (size_t)(reached - kept));
    bar[reached] = '\0';
    fprintf(out, "|%s\n", bar);
}

/* Bars begin at 0 unless all levels are in the upper half. */
static struct scale scale_of(const struct fit_losses *losses)
{
    struct scale scale = {0, 1};
    double low = fmin(1, losses->efficiency);

    for (size_t i = 0; i < losses->count; i++) {
        low = fmin(low, losses->loss[i].left);
        scale.high = fmax(scale.high, losses->loss[i].left);
    }
    if (low < 0 || scale.high - low < 0.5)
        scale.low = floor((low - 0.2 * (scale.high - low)) * 20) / 20;
    return scale;
}

void account_print_waterfall(const struct fit_account *account, const struct fit_account_cell *cell,
                             const struct fit_account_cell *against, FILE *out)
{
    struct fit_losses losses = fit_losses_rank(account, cell, against);
    struct scale scale = scale_of(&losses);
    double level = 1;
    char title[64], step[32];

    fprintf(out, "\nefficiency against %u worker%s; bars begin at %.0f%% (- lost, + gained)\n",
            against->workers, against->workers == 1 ? "" : "s", 100 * scale.low);
    fprintf(out, "%-31s %8s %8.2f%% ", "no loss", "", 100.0);
    print_bar(&scale, 1, 1, '#', out);
    for (size_t i = 0; i < losses.count; i++) {
        const struct fit_loss *loss = &losses.loss[i];
        double change = -100 * loss->share.value;
        /* A change that is not 0 keeps its first digit. */
        snprintf(step, sizeof step, fabs(change) < 0.005 ? "%+.1g%%" : "%+.2f%%", change);
        fprintf(out, "%-31s %8s %8.2f%% ", loss->label, step, 100 * loss->left);
        print_bar(&scale, level, loss->left, loss->share.value > 0 ? '-' : '+', out);
        level = loss->left;
    }
    snprintf(title, sizeof title, "%u worker%s", cell->workers, cell->workers == 1 ? "" : "s");
    fprintf(out, "%-31s %8s %8.2f%% ", title, "", 100 * losses.efficiency);
    print_bar(&scale, losses.efficiency, losses.efficiency, '#', out);
}
