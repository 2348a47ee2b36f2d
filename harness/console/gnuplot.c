#include "harness/console/gnuplot.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/console/run_program.h"
#include "pipeline/base/paths.h"

enum { WORDS_MOST = 10 };

/* Returns the exit code, or -1 with fault: it could not be run at all. output: where it prints; -1: nowhere. */
static int run(const char *script, const char *const *arguments, int output, char *messages, size_t bytes,
               struct fault *fault)
{
    char path[PATH_MAX];
    char *words[WORDS_MOST + 4] = {(char[]){"gnuplot"}, (char[]){"-c"}, path};
    int code;

    paths_data(script, path, sizeof path);
    for (size_t i = 0; arguments[i] && i < WORDS_MOST; i++)
        words[3 + i] = (char *)arguments[i];
    code = run_program_to(output, words, messages, bytes);
    if (code == -1 && errno == ENOENT)
        return fault_set(fault,
                         "gnuplot is missing: install the Debian package gnuplot-nox, or run 'make deps'");
    return code == -1 ? fault_set(fault, "gnuplot cannot be run (%s)", strerror(errno)) : code;
}

/* gnuplot does not notice when the disk is full: does the picture end as SVG, PNG or PDF do? */
static bool is_whole(const char *path)
{
    static const char *const ends[] = {"</svg>", "IEND", "%%EOF"};
    char tail[32] = "";
    FILE *file = fopen(path, "rb");
    size_t bytes = 0;

    if (!file)
        return false;
    if (fseek(file, -(long)sizeof tail, SEEK_END) == 0)
        bytes = fread(tail, 1, sizeof tail, file);
    fclose(file);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (memmem(tail, bytes, ends[i], strlen(ends[i])))
            return true;
    return false;
}

int gnuplot_draw(const char *script, const char *const *arguments, const struct gnuplot_picture *pictures,
                 size_t count, struct fault *fault)
{
    char messages[2000] = "";
    int code = run(script, arguments, -1, messages, sizeof messages, fault);

    if (code < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (code || !is_whole(pictures[i].made))
            return fault_set(fault, "gnuplot could not draw %s (code %d): %s", pictures[i].name, code,
                             code || messages[0]
                                 ? run_program_line(messages)
                                 : "its end is missing: free space there or give another place");
    return 0;
}

/* gnuplot does not notice that what it prints is lost: so it prints into a file, and we print that. */
int gnuplot_print(const char *script, const char *const *arguments, const char *name, struct fault *fault)
{
    char messages[2000], text[4096];
    FILE *drawn = tmpfile();
    size_t got;
    int code;

    if (!drawn)
        return fault_sys(fault, "a temporary file for %s: %s", name, strerror(errno));
    code = run(script, arguments, fileno(drawn), messages, sizeof messages, fault);
    if (code > 0)
        code = fault_set(fault, "gnuplot could not draw %s (code %d): %s", name, code,
                         run_program_line(messages));
    rewind(drawn);
    while (code == 0 && (got = fread(text, 1, sizeof text, drawn)) > 0)
        fwrite(text, 1, got, stdout);
    fclose(drawn);
    return code;
}
