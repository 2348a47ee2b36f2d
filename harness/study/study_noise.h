/* study_noise.h: which disturbed trials of a study count.
 *
 * A trial is disturbed when its work was right, and others or the machine took more of it than the limits allow
 * (harness/machine/noise.h): it is void, with `disturbed` set. The policy, which the study records, says what becomes
 * of it:
 *   void    it does not count, and is repeated
 *   weigh   it counts with the weight 1 / (1 + s / l), where s is the share of the time of all CPUs that others took
 *           and l the limit; at most 1/2, also when memory, heat or a quota disturbed it. Times reach down to what they
 *           would have been without the time taken from its workers (analysis/speedup/noisy.h)
 *   keep    it counts in full
 *   auto    void while no more trials are disturbed than count, and while there are fewer than NOISE_LEAST; else weigh
 * So that a study with trials has numbers, auto also weighs where some worker count of the curve has disturbed trials
 * and none that counts, and so does void where one worker has. noise_policy_in_force() decides all of it, for a sweep
 * that goes on and for every reader of the study, from the rows alone. Trials next to antagonists take no part:
 * disturbed ones never count.
 */
#ifndef KNEE_STUDY_NOISE_H
#define KNEE_STUDY_NOISE_H

#include <stdbool.h>
#include <stddef.h>

enum noise_policy { NOISE_AUTO, NOISE_VOID, NOISE_WEIGH, NOISE_KEEP };
/* "auto", "void", "weigh", "keep", NULL */
extern const char *const noise_policy_names[];

enum { NOISE_LEAST = 4 };

/* What a study has, filled by study_noise_apply(). */
struct study_noise {
    enum noise_policy policy; /* in force; NOISE_AUTO: none of the trials is disturbed */
    size_t disturbed;         /* trials */
    bool counted;             /* they count */
    double
        others_share; /* of the time of all CPUs: median over the disturbed trials; NaN: none, or not known */
};

/* What the trials of a cell are. */
struct noise_cell {
    unsigned workers;
    bool on_curve; /* they are the point of the curve at that many workers */
    bool
        is_open; /* a disturbed one is about to be repeated: one that counts may still come. Of readers never */
    size_t ok, disturbed;
};
/* The policy in force: void, weigh or keep. cells: all but those of antagonists. */
enum noise_policy noise_policy_in_force(enum noise_policy asked, const struct noise_cell *cells,
                                        size_t count);
bool noise_policy_counts(enum noise_policy in_force);

struct study_data;
/* Right after the trials were read: gives those that count the status TRIAL_OK, with weight and taken_share, and fills
 * data->noise. */
void study_noise_apply(struct study_data *data);

/* "noisy machine: 12 of 20 trials were disturbed (others took 34% of the CPU time); ..."; empty where none counts.
 * Returns text. */
char *study_noise_words(const struct study_data *data, char *text, size_t bytes);

#endif
