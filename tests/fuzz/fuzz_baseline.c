/* A baseline from anywhere: baseline_file_read(). */
#include <math.h>
#include <stdlib.h>

#include "harness/cli/gate/baseline_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct baseline_file baseline;
    struct fault fault = {0};
    int failed = baseline_file_read(fuzz_file("baseline.json", data, size), &baseline, &fault);

    if (failed && !fault.text[0])
        abort(); /* refused without a reason */
    for (size_t i = 0; i < baseline.entries && !failed; i++)
        if (baseline.entry[i].sessions == 0 || baseline.entry[i].sessions > GATE_SESSIONS_MOST ||
            !isfinite(baseline.entry[i].session[0].value))
            abort();
    baseline_file_release(&baseline);
    return 0;
}
