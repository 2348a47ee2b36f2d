/* A table of times from anywhere (CSV): fit_study_read_table(). */
#include <math.h>
#include <stdlib.h>

#include "harness/study/fit_study.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fit_study study;
    struct fault fault = {""};

    if (fit_study_read_table(fuzz_file("times.csv", data, size), 0, size % 2, &study, &fault)) {
        if (!fault.text[0])
            abort(); /* refused without a reason */
        return 0;
    }
    for (unsigned i = 0; i < study.trials->len; i++) {
        const struct fit_trial *trial = &g_array_index(study.trials, struct fit_trial, i);
        if (!(trial->wall_s >= 0) || trial->cell >= study.cells->len)
            abort();
    }
    fit_study_release(&study);
    return 0;
}
