/* reporter.h: reports/report.py, which draws what `knee report` writes from study.db and fit.json. */
#ifndef KNEE_REPORTER_H
#define KNEE_REPORTER_H

#include <limits.h>
#include <stddef.h>

#include "pipeline/base/fault.h"

/* The study, its replay, and the study of emulated cores whose points are added; "" none. */
struct report_folders {
    char study[PATH_MAX], replayed[PATH_MAX], emulated[PATH_MAX];
};

enum { REPORTER_WORDS_MOST = 20 };

/* Runs it with these words, count of them, and the other folders (NULL: none); it prints its own error, in one line.
 * Returns 0, or -1 with fault. */
int reporter_run(const struct report_folders *folders, const char *const words[], size_t count,
                 struct fault *fault);

#endif
