/* remedies.h: the options that remedy a fault of the pipeline, which knows no options itself (pipeline/base/fault.h).
 */
#ifndef KNEE_REMEDIES_H
#define KNEE_REMEDIES_H

#include "pipeline/base/fault.h"

/* For FAILED.tsv: the option that lets an item take longer (struct pool_options). */
#define REMEDY_ITEM_TIMEOUT "--item-timeout"

/* Adds the words for fault->advice to the text, once. */
void remedies_add(struct fault *fault);

#endif
