/* The first bytes of a file: what kind it is, and what it is when it is none that we read. */
#include <stdlib.h>

#include "pipeline/images/input/sniff.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum image_kind kind = sniff_kind(data, size);

    if (kind < KIND_UNKNOWN || kind >= KIND_COUNT || !sniff_name(kind)[0])
        abort();
    sniff_unsupported(data, size);
    return 0;
}
