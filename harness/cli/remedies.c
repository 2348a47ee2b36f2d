#include "harness/cli/remedies.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {
    [ADVICE_NONE] = "",
    [ADVICE_START_AGAIN] = ", or --restart",
    [ADVICE_NO_ZYGOTE] = ": use --start fresh",
    [ADVICE_NO_SANDBOX] = ": --sandbox=off leaves it out",
    [ADVICE_PARTIAL_SANDBOX] =
        ": --sandbox=auto confines workers as far as possible, --sandbox=require insists",
    [ADVICE_NO_MEMORY_LIMIT] = ": give more with --memory-per-worker, or none",
    [ADVICE_NULL_LIST] = ": --null (-0) reads a list whose names end so, as 'find -print0' writes it",
};

void remedies_add(struct fault *fault)
{
    size_t used = strlen(fault->text);

    snprintf(fault->text + used, sizeof fault->text - used, "%s", words[fault->advice]);
    fault->advice = ADVICE_NONE;
}
