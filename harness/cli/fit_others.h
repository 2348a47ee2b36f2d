/* fit_others.h: the replayed and the emulated study that a fit is held against (harness/fit/three_ways.h): those that
 * the options name, else those that the fit.json before names, so that `knee fit STUDY` alone keeps the comparison and
 * makes it of what these studies hold now.
 *
 * Sequence: fit_others_give() or fit_others_recall(); fit_others_open() with each; fit_others_json();
 * fit_others_release().
 */
#ifndef KNEE_FIT_OTHERS_H
#define KNEE_FIT_OTHERS_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/fit/three_ways.h"

struct fit_others {
    char *path
        [WAYS]; /* folder or study.db, after opening the folder; NULL none, always for WAY_SIMULATED; owned */
    bool given; /* by options: what does not fit is an error, else a comparison that is left out */

    /* Of fit_others_open(). */
    struct study_data study[WAYS];
    struct fit_account account[WAYS];
    struct three_ways ways; /* rows NULL: there is nothing to compare with */
};

/* Each may be NULL. The struct copies them. */
void fit_others_give(struct fit_others *others, const char *replayed, const char *emulated);
/* What fit.json in the folder of a study names; none where there is no such file. */
void fit_others_recall(struct fit_others *others, const char *folder);

/* Reads them and fills `ways`. study has to outlive it. Returns 0, or -1 with fault: a given one cannot be read, is of
 * another kind or of another batch. */
int fit_others_open(struct fit_others *others, const struct study_data *study, struct fault *fault);
/* Section three_ways of fit.json in that folder, with the paths; null where there is nothing. The caller drops the
 * reference. */
json_t *fit_others_json(const struct fit_others *others, const char *folder);
/* Safe on a zeroed struct. */
void fit_others_release(struct fit_others *others);

#endif
