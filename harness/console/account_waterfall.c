/* account_waterfall.c: the efficiency of one number of workers against another as a fall in steps, one cause a line (fit_account.h). */
#include <math.h>
#include <string.h>

#include "harness/fit/fit_account.h"

/* Width of the bars; steps smaller than a hundredth of a percent are no line. */
enum { BAR = 60 };
static const double LEAST = 0.00005;

struct scale {
    double low, high; /* efficiencies at the bar's ends */
};

static int column_of(const struct scale *scale, double efficiency)
{
    return (int)lround((efficiency - scale->low) / (scale->high - scale->low) * BAR);
}

/* '#' up to the smaller of two efficiencies, `mark` from there to the larger. */
static void print_bar(const struct scale *scale, double one, double other, char mark, FILE *out)
{
    char bar[BAR + 1] = "";
    int kept = column_of(scale, fmin(one, other)), reached = column_of(scale, fmax(one, other));

    /* What is a line has a mark. */
    if (kept == reached && one != other && kept > 0)
        kept--;
    memset(bar, '#', (size_t)kept);
    memset(bar + kept, mark, (size_t)(reached - kept));
    bar[reached] = '\0';
    fprintf(out, "|%s\n", bar);
}

/* What a cause's line loses; 0 no line. The two sizes of an item share one: account_weight(). */
static double step_of(const struct fit_account_difference *difference, int cause)
{
    double lost = account_weight(difference->lost, (enum account_cause)cause);

    return cause == CAUSE_INFLATION_MEGABYTES || isnan(lost) || fabs(lost) < LEAST ? 0 : lost;
}

/* All levels fit; the bars begin at 0 unless less than half would then be lost in them. */
static struct scale scale_of(const struct fit_account_difference *difference)
{
    double level = 1, low = 1;
    struct scale scale = {0, 1};

    for (int c = 0; c < ACCOUNT_CAUSES; c++) {
        level -= step_of(difference, c);
        low = fmin(low, level);
        scale.high = fmax(scale.high, level);
    }
    low = fmin(low, 1 - difference->lost_total);
    if (low < 0 || scale.high - low < 0.5)
        scale.low = floor((low - 0.2 * (scale.high - low)) * 20) / 20;
    return scale;
}

void account_print_waterfall(const struct fit_account *account, const struct fit_account_cell *cell,
                             const struct fit_account_cell *against, FILE *out)
{
    struct fit_account_difference difference;
    struct scale scale;
    double level = 1;
    char title[64];

    fit_account_compare(account, cell, against, &difference);
    scale = scale_of(&difference);
    fprintf(out, "\nefficiency against %u worker%s, from %.0f%% on (- lost, + won)\n", against->workers,
            against->workers == 1 ? "" : "s", 100 * scale.low);
    fprintf(out, "%-31s %8s %8.2f%% ", "no loss", "", 100.0);
    print_bar(&scale, 1, 1, '#', out);
    for (int c = 0; c < ACCOUNT_CAUSES; c++) {
        double lost = step_of(&difference, c), next = level - lost;
        if (lost == 0)
            continue;
        fprintf(out, "%-31s %+7.2f%% %8.2f%% ", account_top_label((enum account_cause)c), -100 * lost,
                100 * next);
        print_bar(&scale, level, next, lost > 0 ? '-' : '+', out);
        level = next;
    }
    snprintf(title, sizeof title, "%u worker%s", cell->workers, cell->workers == 1 ? "" : "s");
    fprintf(out, "%-31s %8s %8.2f%% ", title, "", 100 * (1 - difference.lost_total));
    print_bar(&scale, 1 - difference.lost_total, 1 - difference.lost_total, '#', out);
}
