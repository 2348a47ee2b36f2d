/* no_item.h: the item of a workload that does nothing, for programs that measure the pool around it. */
#ifndef KNEE_NO_ITEM_H
#define KNEE_NO_ITEM_H

#include "pipeline/pool/workload.h"

static inline int no_item(void *context, void *state, uint64_t index, struct item_record *record,
                          void *payload, struct fault *fault)
{
    (void)context;
    (void)state;
    (void)index;
    (void)record;
    (void)payload;
    (void)fault;
    return 0;
}

#endif
