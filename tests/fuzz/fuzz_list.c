/* A list of items from anywhere (`knee run --list`): batch_keep_listed() keeps some of the batch or refuses.
 */
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/input/batch.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.jpg", "b b.jpg", "c/d.png", "\xff\xfe.gif"};
    enum { NAMES = sizeof names / sizeof names[0] };
    struct batch batch = {.root = strdup("batch"),
                          .paths = calloc(NAMES, sizeof *batch.paths),
                          .bytes = calloc(NAMES, sizeof *batch.bytes),
                          .positions = calloc(NAMES, sizeof *batch.positions),
                          .count = NAMES};
    struct fault fault = {0};
    bool null = size && data[0] & 1;

    if (!batch.root || !batch.paths || !batch.bytes || !batch.positions)
        abort();
    for (int i = 0; i < NAMES; i++)
        batch.paths[i] = strdup(names[i]);
    if (batch_keep_listed(&batch, fuzz_file("list", data, size), null, &fault)
            ? !fault.text[0]
            : !batch.count || batch.count > NAMES)
        abort();
    batch_release(&batch);
    return 0;
}
