/* history_plot.h: the picture of a history, which reports/history.gp draws. */
#ifndef KNEE_HISTORY_PLOT_H
#define KNEE_HISTORY_PLOT_H

#include "harness/cli/history/history.h"

/* Draws it into an SVG file, which is replaced as a whole. Returns 0, or -1 with fault, and the file as it was. */
int history_plot(const struct history *history, const char *path, struct fault *fault);

#endif
