/* study_counts.h: does anything in a study count? Reads its cells and trials only, not their workers and items. */
#ifndef KNEE_STUDY_COUNTS_H
#define KNEE_STUDY_COUNTS_H

#include <stdbool.h>

/* operand: the folder of a study, or its study.db. False: it has trials, and none of the scaling curve counts.
 * True also where it cannot be read: who reads it next says why. */
bool study_has_curve(const char *operand);

#endif
