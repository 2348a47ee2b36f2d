/* spans_write.h: writes the item table of a run as spans (spans.h) to the file named by KNEE_SPANS, so that a sweep or
 * a gate of `knee run` or `knee synthetic` as a command knows its workers and items. */
#ifndef KNEE_SPANS_WRITE_H
#define KNEE_SPANS_WRITE_H

#include "pipeline/base/fault.h"
#include "pipeline/pool/item_table.h"

/* name: the name of an item; NULL: "item-000017". Items that were not worked on, and workers that did not begin, are
 * left out. Does nothing when KNEE_SPANS is not set or empty. Returns 0, or -1 with fault. */
int spans_write(const struct item_table *table, const char *(*name)(void *context, uint64_t index),
                void *context, struct fault *fault);

#endif
