/* coverage: do nominal 95% intervals hold the truth in 95% of synthetic sweeps?
 *
 * usage: coverage [SWEEPS [TABLE [SEED]]]   2,000 in each row by default; 10,000 is the long form; TABLE is one of
 * main()'s, or all; another SEED gives other sweeps, so that a figure outside of its range can be distinguished from
 * chance
 *
 * Every sweep goes through sweep_analyse(), as those of `knee fit` do: hiccups are kept out, the model is chosen.
 * Columns up to "trial 4N" are those of the model that is true; "S(4N)" and "T(4N)" are those of the chosen one, which
 * a user sees: the speedup and one more trial at four times the largest n. An interval that is refused, with its
 * reason, is not counted.
 *
 * As many processes as there are CPUs share the sweeps; results depend on neither their number nor their speed. A
 * figure outside of its range (93 to 97%; 94 to 96% from 10,000 sweeps on) is marked with '!', and the exit status is
 * 1. Some have no upper limit: the knee, as a whole number, is often beyond all doubt; where an estimate is held at its
 *    bound the model's knee is that
 * of the free estimate about the held one, which is too wide, and so is the band of all n; what the chosen model
 * extrapolates allows for a larger model that is not excluded. With outliers every lower limit is 90%.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/coverage/tables.h"

static unsigned outside; /* figures outside of their range */

unsigned tables_outside(void)
{
    return outside;
}

void print_percent(unsigned held, unsigned asked, double least, double most)
{
    double percent = 100.0 * held / asked;

    if (asked == 0) {
        printf(" %9s", "-");
        return;
    }
    outside += !(percent >= least && percent <= most);
    printf(" %8.1f%c", percent, percent >= least && percent <= most ? ' ' : '!');
}

void print_factor(double factor, double most)
{
    outside += !(factor <= most);
    printf(" %5.2f%c", factor, factor <= most ? ' ' : '!');
}

static const struct {
    const char *name;
    void (*print)(unsigned sweeps);
} tables[] = {{"intervals", print_intervals},         {"noise", print_noise},
              {"extrapolation", print_extrapolation}, {"selection", print_selection},
              {"prediction", print_prediction},       {"knee", print_knees}};

int main(int argc, char **argv)
{
    unsigned sweeps = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 2000, printed = 0;

    if (argc > 3)
        tally_seed(strtoull(argv[3], NULL, 10));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (sweeps >= 100 && argc <= 4 &&
            (argc < 3 || strcmp(argv[2], "all") == 0 || strcmp(argv[2], tables[i].name) == 0)) {
            tables[i].print(sweeps);
            printed++;
        }
    if (!printed) {
        fprintf(stderr,
                "usage: coverage [SWEEPS [TABLE [SEED]]]: 100 or more; all intervals noise extrapolation "
                "selection prediction knee\n");
        return 2;
    }
    printf("\n%u figures outside of their range\n", outside);
    return outside > 0;
}
