/* How often the gate raises a false alarm, and how often it finds a loss, on simulated builds. Prints a table; exit 1
 * when a goal is missed: false alarms at most 0.1% of commits, a loss of 2% found in 94%, of 5% in 99.9%.
 *
 * usage: gate_power [GATES [FILE]]    GATES of each case (2000). FILE: what was done so far, a line for each case; it
 *                                     is continued by the same build, so that a run can be stopped at any time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/version.h"
#include "tests/power/gate_sim.h"

enum { PAIRS = 16, SEED = 2, STEP = 500 };

struct goal {
    struct sim_case c;
    double most_alarms; /* share; below 0: none */
    double least_alarms;
};

#define NOT_WORSE .most_alarms = 0.001
#define AB(n, l)  .c = {n, SIM_NORMAL, 0.01, 0, 0.02, 0, l, 4}

static const struct goal goals[] = {
    {.c = {"normal", SIM_NORMAL, 0.01, 0, 0, 0, 0, 4}, NOT_WORSE},
    {.c = {"log-normal", SIM_LOGNORMAL, 0.01, 0, 0, 0, 0, 4}, NOT_WORSE},
    {.c = {"t3", SIM_T3, 0.01, 0, 0, 0, 0, 4}, NOT_WORSE},
    {.c = {"AR(1) 0.3", SIM_AR1, 0.01, 0, 0, 0, 0, 4}, NOT_WORSE},
    {.c = {"process sd 4 times", SIM_NORMAL, 0.01, 0.04, 0, 0, 0, 4}, NOT_WORSE},
    {.c = {"drift 2%", SIM_NORMAL, 0.01, 0, 0.02, 0, 0, 4}, NOT_WORSE},
    {.c = {"sessions 3%", SIM_NORMAL, 0.01, 0, 0, 0.03, 0, 4}, NOT_WORSE},
    {AB("loss 2%, 4 cores", 0.02), .most_alarms = 1, .least_alarms = 0.94},
    {AB("loss 5%, 4 cores", 0.05), .most_alarms = 1, .least_alarms = 0.999},
    {.c = {"loss 2%, 2 cores", SIM_NORMAL, 0.01, 0, 0.02, 0, 0.02, 2}, .most_alarms = 1},
    {.c = {"loss 5%, 2 cores", SIM_NORMAL, 0.01, 0, 0.02, 0, 0.05, 2},
     .most_alarms = 1,
     .least_alarms = 0.999},
};

enum { CASES = sizeof goals / sizeof *goals };

struct count {
    unsigned gates, alarms, undecided, pairs;
};

static void read_counts(const char *path, struct count *counts)
{
    FILE *file = path ? fopen(path, "re") : NULL;
    char name[64], version[64];
    struct count read;

    if (file && (fscanf(file, "%63[^\n]\n", version) != 1 || strcmp(version, knee_version) != 0)) {
        fclose(file);
        return;
    }
    while (file && fscanf(file, "%u %u %u %u %63[^\n]\n", &read.gates, &read.alarms, &read.undecided,
                          &read.pairs, name) == 5)
        for (size_t g = 0; g < CASES; g++)
            if (strcmp(name, goals[g].c.name) == 0)
                counts[g] = read;
    if (file)
        fclose(file);
}

static void write_counts(const char *path, const struct count *counts)
{
    char next[4096];
    FILE *file;

    if (!path)
        return;
    snprintf(next, sizeof next, "%s.new", path);
    file = fopen(next, "we");
    if (file)
        fprintf(file, "%s\n", knee_version);
    for (size_t g = 0; file && g < CASES; g++)
        fprintf(file, "%u %u %u %u %s\n", counts[g].gates, counts[g].alarms, counts[g].undecided,
                counts[g].pairs, goals[g].c.name);
    if (!file || fclose(file) || rename(next, path))
        fprintf(stderr, "gate_power: %s cannot be written\n", path);
}

static void run_case(const struct goal *goal, struct count *count, unsigned gates)
{
    for (unsigned end = count->gates + STEP; count->gates < gates && count->gates < end; count->gates++) {
        unsigned pairs;
        enum gate_verdict verdict = sim_gate(&goal->c, PAIRS, SEED, count->gates, &pairs);
        count->alarms += verdict == GATE_REGRESSION;
        count->undecided += verdict == GATE_UNDECIDED;
        count->pairs += pairs;
    }
}

static int print_case(const struct goal *goal, const struct count *count)
{
    double gates = count->gates, alarms = count->alarms / gates;
    int missed = alarms > goal->most_alarms || alarms < goal->least_alarms;

    printf("%-20s %6u  %8.3f%%  %8.3f%%  %6.1f  %s\n", goal->c.name, count->gates, 100 * alarms,
           100 * count->undecided / gates, count->pairs / gates, missed ? "MISSED" : "");
    return missed;
}

int main(int argc, char **argv)
{
    struct count counts[CASES] = {{0}};
    unsigned gates = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 2000;
    const char *path = argc > 2 ? argv[2] : NULL;
    int missed = 0;

    read_counts(path, counts);
    printf("%-20s %6s  %9s  %9s  %6s\n", "case", "gates", "alarms", "undecided", "pairs");
    for (size_t g = 0; g < CASES && gates > 0; g++) {
        while (counts[g].gates < gates) {
            run_case(&goals[g], &counts[g], gates);
            write_counts(path, counts);
        }
        missed += print_case(&goals[g], &counts[g]);
        fflush(stdout);
    }
    return missed || gates == 0;
}
