#include "harness/console/gnuplot.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/console/run_program.h"
#include "pipeline/base/paths.h"

enum { WORDS_MOST = 10 };

/* Returns the exit code, or -1 with fault: it could not be run at all. messages NULL: it prints. */
static int run(const char *script, const char *const *arguments, char *messages, size_t bytes,
               struct fault *fault)
{
    char path[PATH_MAX];
    char *words[WORDS_MOST + 4] = {(char[]){"gnuplot"}, (char[]){"-c"}, path};
    int code;

    paths_data(script, path, sizeof path);
    for (size_t i = 0; arguments[i] && i < WORDS_MOST; i++)
        words[3 + i] = (char *)arguments[i];
    code = run_program(words, messages, bytes);
    if (code == -1 && errno == ENOENT)
        return fault_set(fault,
                         "gnuplot is missing: install the Debian package gnuplot-nox, or run 'make deps'");
    return code == -1 ? fault_set(fault, "gnuplot cannot be run (%s)", strerror(errno)) : code;
}

static bool is_drawn(const char *path)
{
    struct stat drawn;

    return stat(path, &drawn) == 0 && drawn.st_size > 0;
}

int gnuplot_draw(const char *script, const char *const *arguments, const struct gnuplot_picture *pictures,
                 size_t count, struct fault *fault)
{
    char messages[2000];
    int code = run(script, arguments, messages, sizeof messages, fault);

    if (code < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (code || !is_drawn(pictures[i].made))
            return fault_set(fault, "gnuplot could not draw %s (code %d): %s", pictures[i].name, code,
                             run_program_line(messages));
    return 0;
}

int gnuplot_print(const char *script, const char *const *arguments, const char *name, struct fault *fault)
{
    int code = run(script, arguments, NULL, 0, fault);

    if (code > 0)
        return fault_set(fault, "gnuplot could not draw %s (code %d): see its message above", name, code);
    return code;
}
