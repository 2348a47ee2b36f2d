/* What a file holds that no output shows, for a file of any kind: the first byte chooses the kind. */
#include <stdlib.h>

#include "pipeline/images/input/dropped.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct notes notes = {0};

    if (!size)
        return 0;
    dropped_find((enum image_kind)(data[0] % (KIND_COUNT + 1)), data + 1, size - 1, &notes);
    if (notes.set >> NOTE_COUNT)
        abort();
    return 0;
}
