/* table_knee.c: knees that are there are found, knees that are not are not invented. */
#include <stdio.h>

#include "tests/coverage/tables.h"

struct row {
    double noise, delta, to; /* E falls from 1 to `to` at 9 workers; 0: exactly linear */
    unsigned blocks, noisy_at;
    bool one_slow;
};

static void print_row(const struct row *row, unsigned sweeps, uint64_t number)
{
    struct setting set = {.design = {16, row->blocks, row->noise, 0.02, true, .noisy_at = row->noisy_at,
                                     .one_slow = row->one_slow},
                          .delta = row->delta};
    struct tally tally;

    if (row->to > 0)
        set.truth = (struct sweep_truth){.step_at = 9, .step = 1 / row->to - 1};
    tally = tally_run(&set, sweeps, number);
    if (row->noisy_at)
        printf("five times noisier at %u, ", row->noisy_at);
    if (row->one_slow)
        printf("one trial ten times too slow, ");
    printf("noise %.1f%%, %2u blocks, delta %.1f%%: ", 100 * row->noise, row->blocks, 100 * row->delta);
    if (row->to > 0) {
        printf("E falls from 1 to %.2f at 9 workers: found within one worker in", row->to);
        print_percent(tally.knees_near, tally.sweeps, 95, 100);
    } else {
        printf("exactly linear: a knee reported in");
        print_percent(tally.knees, tally.sweeps, 0, 1);
    }
    printf("%%\n");
    tally_release(&tally);
}

void print_knees(unsigned sweeps)
{
    static const struct row rows[] = {
        {0.005, 0.05, 0, 5, 0, false},   {0.01, 0.05, 0, 5, 0, false},     {0.02, 0.05, 0, 5, 0, false},
        {0.05, 0.05, 0, 5, 0, false},    {0.02, 0.05, 0, 3, 0, false},     {0.05, 0.05, 0, 3, 0, false},
        {0.05, 0.05, 0, 10, 0, false},   {0.01, 0.025, 0, 5, 0, false},    {0.01, 0.05, 0, 5, 8, false},
        {0.02, 0.05, 0, 5, 4, false},    {0.02, 0.05, 0, 3, 8, false},     {0.01, 0.05, 0, 5, 0, true},
        {0.01, 0.05, 0.9, 5, 0, false},  {0.01, 0.025, 0.95, 5, 0, false}, {0.01, 0.05, 0.9, 5, 4, false},
        {0.01, 0.05, 0.9, 5, 8, false},  {0.01, 0.05, 0.9, 5, 9, false},   {0.01, 0.05, 0.9, 5, 0, true},
        {0.01, 0.025, 0.95, 5, 0, true}, {0.01, 0.025, 0.95, 5, 4, false}};

    printf("\nknee: 16 worker counts, drift 2%%\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        print_row(&rows[i], sweeps, 300 + i);
}
