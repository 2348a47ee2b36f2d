#include "harness/sweep/sweep_curve.h"

#include <stdlib.h>

#include "harness/study/observations.h"

int sweep_curve_make(const struct study_data *data, const struct plan *plan, uint32_t block, bool of_one,
                     struct sweep_curve *curve, struct fault *fault)
{
    struct observation *observations;
    struct scaling_data observed = observations_of_curve(data, block, &observations);
    size_t most = plan->cell_count + 1;
    int made;

    observed.cores = plan->cores;
    observed.weak = observed.weak && !of_one;
    *curve = (struct sweep_curve){.points = calloc(most, sizeof *curve->points)};
    made = curve->points ? scaling_curve(&observed, SWEEP_CURVE_LEVEL, curve->points, most) : -1;
    g_free(observations);
    if (made < 0) {
        sweep_curve_release(curve);
        return fault_sys(fault, "sweep: no memory for the curve");
    }
    curve->count = (size_t)made;
    return 0;
}

void sweep_curve_release(struct sweep_curve *curve)
{
    free(curve->points);
    *curve = (struct sweep_curve){.points = NULL};
}
