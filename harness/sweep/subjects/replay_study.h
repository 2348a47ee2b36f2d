/* replay_study.h: what the replays of a batch and of a command have in common: the plan, facts of the study, lines of
 * the summary. */
#ifndef KNEE_REPLAY_STUDY_H
#define KNEE_REPLAY_STUDY_H

#include "harness/sweep/subject.h"
#include "harness/sweep/subjects/replay_source.h"

/* All `items`, without the run that needs no pool, and as many blocks as fit, for every worker count asked for; where
 * not even one fits, those that the real cores can measure are left out first. As many cores as the most workers.
 * reference_ns: what has to be run before the trials. */
void replay_study_request(struct subject *subject, const struct replay_source *source, uint64_t items,
                          double reference_ns);
/* Nothing is measured: the costs are those of the source. */
void replay_study_costs(const struct replay_source *source, struct plan_costs *costs);
/* Facts replay_excess, replay_of, replay_parts, replay_contention and its two others. Returns 0, or -1 with fault. */
int replay_study_record(const struct replay_source *source, struct study *study, struct fault *fault);
/* excess of the plan, g_free(), as the study has recorded it, whatever its source has now. Returns 0, or -1 with
 * fault. */
int replay_study_excess(struct study *study, struct replay_plan *plan, struct fault *fault);

/* For messages, as costs_text() of struct subject_kind. */
void replay_study_costs_text(const struct replay_source *source, const struct plan_costs *costs, char *text,
                             size_t bytes);
/* Records the times of an item, and reads them back. */
int replay_study_time(struct study *study, uint64_t item, const struct replay_item *time,
                      struct fault *fault);
struct replay_item replay_study_item(const struct study_batch_item *row);
/* work_text() of struct subject_kind. */
void replay_study_work_text(const struct subject *subject, const struct plan *plan, char *text, size_t bytes);
/* Of which study, which times, what the pool cost on fewer cores than it has workers. Returns 0, or -1 with fault. */
int replay_study_print(const struct subject *subject, struct study *study, FILE *file, struct fault *fault);

#endif
