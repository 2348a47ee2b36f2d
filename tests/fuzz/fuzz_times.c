/* Times of a replay from anywhere: replay_plan_read(). */
#include <math.h>
#include <stdlib.h>

#include "pipeline/replay/replay_plan.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct replay_plan plan;
    struct fault fault = {0};

    if (replay_plan_read(&plan, fuzz_file("times", data, size), &fault)) {
        if (!fault.text[0] || plan.item)
            abort(); /* refused without a reason, or something left to release */
        return 0;
    }
    if ((plan.items && !plan.item) || (plan.excess_most && !plan.excess))
        abort();
    for (uint32_t i = 0; i < plan.excess_most; i++)
        if (!isfinite(plan.excess[i]) || plan.excess[i] < 0)
            abort();
    replay_plan_release(&plan);
    return 0;
}
