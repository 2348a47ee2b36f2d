/* study_diff.h: what differs between two studies: the facts of machine, libraries, work and settings, and the figures.
 *
 * Sequence: study_diff_make(); the fields; study_diff_release().
 */
#ifndef KNEE_STUDY_DIFF_H
#define KNEE_STUDY_DIFF_H

#include <jansson.h>

#include "analysis/gate/gate.h"
#include "harness/fit/fit.h"

enum diff_part { DIFF_MACHINE, DIFF_LIBRARIES, DIFF_WORK, DIFF_SETTINGS, DIFF_PARTS };
const char *diff_part_name(enum diff_part part); /* "machine", ... */

/* A fact that differs. Texts are the studies'. */
struct diff_fact {
    enum diff_part part;
    const char *key;      /* of the fact */
    const char *was, *is; /* NULL: not recorded */
};

/* A figure that both studies have. */
struct diff_figure {
    const char *name, *title; /* "cpu_s_per_item", "CPU time per item" */
    unsigned workers;
    struct gate_value was, is;
    bool relative;        /* `more` is a part of the value, else in points of 1 */
    struct interval more; /* by how much the second is larger: Welch's */
    bool differs;         /* more excludes 0 */
};

struct study_diff {
    const struct fit *first, *second;
    GArray *facts;   /* struct diff_fact, by part, then by key */
    GArray *figures; /* struct diff_figure, by workers */
    bool workers;    /* the curves are of other numbers of workers, so that some have no figure in both */
};

/* Both fits, with their studies, must outlive it. */
void study_diff_make(const struct fit *first, const struct fit *second, struct study_diff *diff);
void study_diff_release(struct study_diff *diff);

/* Facts and figures that differ, and one more where the numbers of workers do. */
size_t study_diff_count(const struct study_diff *diff);

/* As docs/schemas/diff.schema.json describes it; the caller drops the reference. */
json_t *study_diff_json(const struct study_diff *diff);

#endif
