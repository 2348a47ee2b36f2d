/* run_journal_internal.h: the parts of the journal (run_journal.h): its first line is run_journal_owner.c, the lines of
 * the items are run_journal.c. */
#ifndef KNEE_RUN_JOURNAL_INTERNAL_H
#define KNEE_RUN_JOURNAL_INTERNAL_H

#include "pipeline/images/output/run_journal.h"

enum { FIELDS_MOST = 16 + 4 * RECIPE_MAX_RENDITIONS };

/* The fields of a line, unescaped. */
struct journal_fields {
    char *at[FIELDS_MOST];
    int count;
};

/* Splits text in place into fields. Returns 0, or -1 when it has too many or a wrong escape. */
int run_journal_split(char *text, struct journal_fields *fields);

/* Reads the first line; writes this run's when there is none, or when options discard it. Sets
 * journal->fresh. Returns 0, or -1 with fault. */
int run_journal_check_owner(struct run_journal *journal, const struct run_journal_options *options,
                            struct fault *fault);

#endif
