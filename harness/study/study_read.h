/* study_read.h: the one reader of studies: study.db, or a table of times, into a struct study_data (study_data.h).
 *
 * A study.db is read without writing to it: it may belong to somebody else, or be on read-only storage.
 *
 * Sequence: study_read(), or table_study() of a table (harness/tables), the fields and functions of study_data.h,
 * study_data_release().
 */
#ifndef KNEE_STUDY_READ_H
#define KNEE_STUDY_READ_H

#include "harness/study/study.h"
#include "harness/study/study_data.h"
#include "pipeline/base/fault.h"

/* operand: a study's folder or its study.db. *folder gets the study's folder (caller frees with g_free). Returns 0, or
 * -1 with fault, *folder NULL and nothing to release. */
int study_read(const char *operand, struct study_data *data, char **folder, struct fault *fault);

/* STUDY_TRIALS: facts, cells and trials, without the sums over their workers (tail, dispatch, initializers); the other
 * arrays stay empty. */
enum study_part { STUDY_TRIALS, STUDY_ALL };

/* The same of a study that is open, for reading or writing. Returns 0, or -1 with fault and nothing to release. */
int study_load(struct study *study, enum study_part part, struct study_data *data, struct fault *fault);

/* A cell and a trial as the rows of study.db hold them, for other readers of such rows. The trial's cell is the index
 * of one that data has, with its facts. Texts are copies, which g_free() frees. A number of workers that no machine has
 * is
 * 0. When all trials are there: study_noise_apply(). */
struct data_cell study_data_new_cell(const struct study_cell *row);
struct data_trial study_data_new_trial(const struct study_data *data, unsigned cell,
                                       const struct study_trial *row);

#endif
