/* report_curve.h: the scaling curve of `knee report`: curve.dat, which reports/report.py writes, drawn by gnuplot. */
#ifndef KNEE_REPORT_CURVE_H
#define KNEE_REPORT_CURVE_H

#include "harness/cli/reporter.h"

/* Replaces curve.dat, curve.svg, curve.png and curve.pdf in the study's folder, all or none of them, and names the
 * pictures on standard output. Returns 0, or -1 with fault. */
int report_curve_draw(const struct report_folders *folders, struct fault *fault);

/* Prints the curve with letters, as wide as the terminal, else 100 columns. Returns 0, or -1 with fault. */
int report_curve_print(const struct report_folders *folders, struct fault *fault);

#endif
