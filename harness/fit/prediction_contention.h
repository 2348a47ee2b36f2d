/* prediction_contention.h: how much items slow each other down with more workers, for prediction.h and fit.json: from
 * trials next to antagonists (knee sweep --antagonists) by analysis/prediction/contention.h, or assumed to go on in
 * proportion to what the cells within the cores show.
 *
 * Where the study has cells of several workers within its cores, the slowdown up to the largest of them, m, is theirs;
 * beyond it the antagonists' is added: excess(n) = measured(m) + antagonists(n) - antagonists(m). antagonists(m)
 * alone, held against measured(m), is the check.
 *
 * Where a counter group counted misses of the last cache (l3-misses) in the one-worker trials, 64 bytes for each miss,
 * over the items' CPU time, are the traffic of an item; otherwise the reporters give it.
 *
 * Sequence: prediction_contention_make(), the fields, prediction_contention_release().
 */
#ifndef KNEE_PREDICTION_CONTENTION_H
#define KNEE_PREDICTION_CONTENTION_H

#include <jansson.h>

#include "analysis/prediction/contention.h"
#include "harness/fit/fit_account.h"

/* Items of one kind. */
struct prediction_kind {
    unsigned kind; /* index in the study's kinds */
    size_t items;
    struct contention_model model;
    struct interval excess; /* next to one more of the study's items */
};

struct prediction_contention {
    bool by_antagonists; /* else assumed */
    bool counted;        /* the traffic is from counters */
    char reason[200];    /* why they were not used; empty when they were, or when there are none */
    struct contention_fits fits;
    GArray *kinds; /* struct prediction_kind; empty when all items are of one kind */
};

/* account and its study must outlive it. Never fails: without antagonists it is assumed. */
void prediction_contention_make(const struct fit_account *account, struct prediction_contention *contention);
void prediction_contention_release(struct prediction_contention *contention);

/* What is known, in a sentence. Returns text. */
enum { PREDICTION_CONTENTION_BYTES = 400 };
const char *prediction_contention_text(const struct prediction_contention *contention, char *text,
                                       size_t bytes);
/* For fit.json and knee predict --json; the caller drops the reference. study: for the names of kinds. */
json_t *prediction_contention_json(const struct prediction_contention *contention,
                                   const struct study_data *study);

#endif
