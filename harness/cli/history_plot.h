/* history_plot.h: the studies of a history, and their picture (reports/history.gp draws it). */
#ifndef KNEE_HISTORY_PLOT_H
#define KNEE_HISTORY_PLOT_H

#include <glib.h>

#include "analysis/gate/gate.h"
#include "pipeline/base/fault.h"

enum history_figure { HISTORY_EFFICIENCY, HISTORY_TAIL, HISTORY_CPU, HISTORY_MEMORY, HISTORY_FIGURES };
/* "efficiency", "tail", "CPU s/item", "memory MiB" */
const char *history_title(enum history_figure figure);

struct history_study {
    const char *name;                         /* as given; the caller's */
    guint given;                              /* place on the command line */
    char *created_utc, *version;              /* owned */
    struct gate_value value[HISTORY_FIGURES]; /* without a value: not measured */
};

/* Draws them (struct history_study) into an SVG file, which is replaced. Returns 0, or -1 with fault. */
int history_plot(const GArray *studies, const char *path, struct fault *fault);

#endif
