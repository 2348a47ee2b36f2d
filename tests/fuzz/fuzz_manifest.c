/* A manifest from anywhere: manifest_read(). Lines come out sorted, digests whole. */
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/output/manifest.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct manifest manifest;
    struct fault fault = {0};

    if (manifest_read(&manifest, fuzz_file("MANIFEST.sha256", data, size), &fault)) {
        if (!fault.text[0])
            abort(); /* refused without a reason */
        return 0;
    }
    for (uint64_t i = 0; i < manifest.count; i++)
        if (strlen(manifest.lines[i].sha256) != 64 ||
            (i && strcmp(manifest.lines[i - 1].path, manifest.lines[i].path) > 0))
            abort();
    manifest_release(&manifest);
    return 0;
}
