/* study_read.h: the one reader of studies: study.db, or a table of times, into a struct study_data (study_data.h).
 *
 * A study.db is read without writing to it: it may belong to somebody else, or be on read-only storage.
 *
 * Sequence: study_read() or study_read_csv(), the fields and functions of study_data.h, study_data_release().
 */
#ifndef KNEE_STUDY_READ_H
#define KNEE_STUDY_READ_H

#include "harness/study/study.h"
#include "harness/study/study_data.h"
#include "pipeline/base/fault.h"

/* operand: a study's folder or its study.db. *folder gets the study's folder (caller frees with g_free). Returns 0, or
 * -1 with fault, *folder NULL and nothing to release. */
int study_read(const char *operand, struct study_data *data, char **folder, struct fault *fault);

/* STUDY_TRIALS: facts, cells and trials, without what comes from their workers (tail, dispatch, initializers); the other
 * arrays stay empty. */
enum study_part { STUDY_TRIALS, STUDY_ALL };

/* The same of a study that is open, for reading or writing. Returns 0, or -1 with fault and nothing to release. */
int study_load(struct study *study, enum study_part part, struct study_data *data, struct fault *fault);

/* path: a file, or "-" for standard input. A table with a header line: columns `workers` and one of `seconds` or
 * `throughput` in any order; `block` (or `repeat`) may say which rows were measured together; other columns are ignored.
 * Comma, semicolon or tab; quotes, spaces, a byte order mark, blank lines and lines that begin with # are accepted.
 * cores 0: unknown. weak: a row with n workers did n times the work of one. Returns 0, or -1 with fault, which names the
 * line, and nothing to release. */
int study_read_csv(const char *path, unsigned cores, bool weak, struct study_data *data, struct fault *fault);

#endif
