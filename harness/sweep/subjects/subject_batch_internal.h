/* subject_batch_internal.h: the batch as a subject, for the files subject_batch*.c. */
#ifndef KNEE_SUBJECT_BATCH_INTERNAL_H
#define KNEE_SUBJECT_BATCH_INTERNAL_H

#include "harness/machine/counters/counter_group.h"
#include "harness/sweep/subject.h"
#include "harness/sweep/subjects/item_choice.h"
#include "harness/sweep/subjects/item_costs.h"
#include "harness/sweep/subjects/weak_shares.h"
#include "pipeline/images/recipe/recipe.h"

struct subject_batch {
    struct subject subject; /* first: a struct subject is the batch it begins */
    struct recipe recipe;
    struct counter_group group; /* text NULL: nothing is counted */
    struct batch batch;
    char batch_sha256[65];
    uint32_t *kinds;         /* of each item of the batch: enum image_kind; owned */
    struct item_costs costs; /* with emulated cores: of options->times, or of the probe */
    struct item_choice items;
    char list[PATH_MAX]; /* file with the items of a trial, in the scratch folder */

    /* From the serial reference run. */
    struct trial_expected expected;
    char *manifest_sha256;   /* owned, of expected */
    struct weak_shares weak; /* with weak scaling */
};

/* Names of stages, engines and kinds of images. */
extern const struct trial_names subject_batch_names;

/* Makes a subject that begins with a struct subject_batch, and loads recipe, counters and batch of the options. NULL
 * with fault. */
struct subject *subject_batch_new(size_t bytes, const struct subject_kind *kind,
                                  const struct sweep_options *options, const char *scratch,
                                  struct fault *fault);
/* Releases the members of this kind and the memory. */
void subject_batch_work_text(const struct subject *subject, const struct plan *plan, char *text,
                             size_t bytes);
void subject_batch_release(struct subject *subject);

/* Copies what an item table has of each item into the study. Returns 0, or -1 with fault. */
int subject_batch_describe(struct study *study, const struct item_table *table, struct fault *fault);

/* The serial run without a pool over the items in `list`. */
struct trial_request subject_batch_request(const struct subject_batch *batch);

/* Runs one trial of the batch; list, recipe and so on are added to the request. */
int subject_batch_run(struct subject *subject, const struct trial_request *request,
                      struct trial_outcome *outcome, struct fault *fault);

/* Of struct subject_kind. */
int subject_batch_probe(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns,
                        struct fault *fault);
int subject_batch_record(struct subject *subject, const struct plan *plan, struct study *study,
                         struct fault *fault);
int subject_batch_resume(struct subject *subject, struct study *study, struct fault *fault);

/* Runs the serial reference run and records its results in the study: manifest, failed items, the items' sizes,
 * with weak scaling the shares. Its time is added to the time that the study has taken. Returns 0, or -1 with fault
 * or subject->stopped_by. */
int subject_batch_reference(struct subject_batch *batch, const struct plan *plan, struct study *study,
                            struct fault *fault);

#endif
