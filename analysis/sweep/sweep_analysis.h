/* sweep_analysis.h: everything that the times of one sweep say, in the order in which the parts depend on one another.
 *
 *   hiccups     trials far too slow are named and kept out of all that follows
 *   points      T(n), speedup, efficiency, Karp and Flatt's fraction (scaling.h)
 *   models      every model fitted, one chosen (models.h)
 *   knee        where efficiency is lost beyond doubt (knee.h)
 *   facts       what else has to be known of the data to read the results
 *
 * Both `knee fit` and tests/coverage go through here, so that what is shown to cover is what users see.
 *
 * Sequence: sweep_analyse(), the fields, sweep_analysis_release(). All is in memory of the analysis: the data may go.
 */
#ifndef KNEE_SWEEP_ANALYSIS_H
#define KNEE_SWEEP_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/knee/knee.h"
#include "analysis/models/models.h"
#include "analysis/speedup/hiccups.h"
#include "analysis/speedup/scaling.h"

struct sweep_analysis_options {
    double level;          /* of intervals, 0.95 */
    double delta;          /* of the knee */
    bool keep_hiccups;     /* let them take part; they are named all the same */
    bool predict_rejected; /* let a model that the data reject predict beyond the largest measured n */
};

/* What the data are like; each is a warning to whoever reads the results. */
struct sweep_facts {
    bool unpaired; /* blocks share no worker counts: the block effect is left out everywhere */
    /* The trials, as handed over, rise or fall with n: all of them where there are no blocks, else those of every block
     * in the same direction. Drift of the machine then looks like scaling. */
    bool in_order;
    double
        resolution; /* of the times, in seconds, or of the throughputs: 0.01 when all are multiples of it; 0: finer */
    char resolution_sentence[192]; /* where a step is more than a third of the noise; else empty */
    struct model_noise noise;
    char noise_sentence[192]; /* where noise differs between worker counts beyond doubt (1%); else empty */
};

struct sweep_analysis {
    struct observation *used; /* [used_count] the trials that took part */
    size_t used_count;
    bool paired; /* blocks took part */
    struct hiccup *hiccups;
    size_t hiccup_count;
    struct scaling_point *points;
    size_t point_count;
    struct model_fit models[MODEL_KINDS];
    char choice[256];
    struct knee knee;
    struct sweep_facts facts;
};

/* Returns 0, or -1 when memory is short. */
int sweep_analyse(const struct scaling_data *data, const struct sweep_analysis_options *options,
                  struct sweep_analysis *analysis);
void sweep_analysis_release(struct sweep_analysis *analysis);

/* The data that took part, for further analyses (a bootstrap); valid as long as the analysis. */
struct scaling_data sweep_analysis_data(const struct sweep_analysis *analysis,
                                        const struct scaling_data *given);

/* The chosen model; NULL when none is fitted. */
const struct model_fit *sweep_analysis_chosen(const struct sweep_analysis *analysis);

#endif
