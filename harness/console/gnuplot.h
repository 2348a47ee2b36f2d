/* gnuplot.h: runs the scripts of reports/ that gnuplot draws with, and looks whether they have drawn. */
#ifndef KNEE_GNUPLOT_H
#define KNEE_GNUPLOT_H

#include <stddef.h>

#include "pipeline/base/fault.h"

/* A file that a script makes. */
struct gnuplot_picture {
    const char *made; /* where */
    const char *name; /* what people know it as, for messages */
};

/* Runs reports/SCRIPT with the arguments, which end with NULL. Returns 0 when every picture (SVG, PNG or PDF) is there
 * as a whole, or -1 with fault: gnuplot is missing, or which one it could not draw, with its message. */
int gnuplot_draw(const char *script, const char *const *arguments, const struct gnuplot_picture *pictures,
                 size_t count, struct fault *fault);

/* The same of a script that prints to standard output; name: of what it draws. */
int gnuplot_print(const char *script, const char *const *arguments, const char *name, struct fault *fault);

#endif
