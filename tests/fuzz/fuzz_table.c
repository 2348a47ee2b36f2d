/* A table of times from anywhere (CSV): study_read_csv(). */
#include <math.h>
#include <stdlib.h>

#include "harness/study/study_read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct study_data study;
    struct fault fault = {0};

    if (study_read_csv(fuzz_file("times.csv", data, size), 0, size % 2, &study, &fault)) {
        if (!fault.text[0])
            abort(); /* refused without a reason */
        return 0;
    }
    for (unsigned i = 0; i < study.trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study.trials, struct data_trial, i);
        if (!(trial->wall_s >= 0) || trial->cell >= study.cells->len)
            abort();
    }
    study_data_release(&study);
    return 0;
}
