#include "harness/cli/reporter.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "harness/console/run_program.h"
#include "pipeline/base/paths.h"

#define PYTHON "/usr/bin/python3" /* Debian's own, the one that sees Debian's packages */

int reporter_run(const struct report_folders *folders, const char *const words[], size_t count,
                 struct fault *fault)
{
    char script[PATH_MAX];
    /* -B: no cache files next to the scripts; -E: the user's PYTHON* variables do not change the report */
    const char *line[REPORTER_WORDS_MOST + 8] = {PYTHON, "-B", "-E", script};
    size_t used = 4;
    int code;

    for (size_t i = 0; i < count; i++)
        line[used++] = words[i];
    if (folders && folders->replayed[0])
        line[used++] = folders->replayed;
    if (folders && folders->emulated[0])
        line[used++] = folders->emulated;

    paths_data("reports/report.py", script, sizeof script);
    if (access(script, R_OK))
        return fault_set(fault,
                         "%s cannot be read (%s): install knee again, or point KNEE_DATA at its shared files",
                         script, strerror(errno));
    code = run_program((char *const *)line, NULL, 0);
    if (code == -1)
        return fault_set(fault,
                         PYTHON " cannot be run (%s): install the Debian package python3, or run 'make deps'",
                         strerror(errno));
    if (code == 1)
        return fault_reported(fault);
    return code ? fault_set(fault, "%s ended with code %d: see its message above", script, code) : 0;
}
