#include "harness/cli/report_curve.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/run_program.h"
#include "pipeline/base/paths.h"
#include "pipeline/base/plain_file.h"
#include "pipeline/base/scratch.h"

enum curve_file { CURVE_DATA, CURVE_SVG, CURVE_PNG, CURVE_PDF, CURVE_FILES };

static const char *const names[CURVE_FILES] = {"curve.dat", "curve.svg", "curve.png", "curve.pdf"};

struct picture {
    char path[PATH_MAX + 16], temporary[PATH_MAX + 48]; /* final name, and name while it is drawn */
};

/* private: a folder of this process alone. A device or FIFO at the final name would be gone, replaced by the file. */
static int name_picture(struct picture *picture, const char *folder, const char *private, const char *name,
                        struct fault *fault)
{
    snprintf(picture->path, sizeof picture->path, "%s/%s", folder, name);
    snprintf(picture->temporary, sizeof picture->temporary, "%.*s/%s", PATH_MAX + 30, private, name);
    return plain_file_may_be_opened(picture->path)
               ? 0
               : fault_set(fault, "%s cannot be written: it is not a regular file: remove it", picture->path);
}

static bool is_drawn(const struct picture *picture)
{
    struct stat drawn;

    return stat(picture->temporary, &drawn) == 0 && drawn.st_size > 0;
}

/* What keeps gnuplot from running at all: -1 with fault. code: of run_program(). */
static int gnuplot_missing(int code, struct fault *fault)
{
    if (code == -1 && errno == ENOENT)
        return fault_set(fault,
                         "gnuplot is missing: install the Debian package gnuplot-nox, or run 'make deps'");
    return code == -1 ? fault_set(fault, "gnuplot cannot be run (%s)", strerror(errno)) : 0;
}

static int run_gnuplot(const struct picture pictures[CURVE_FILES], struct fault *fault)
{
    char script[PATH_MAX], messages[2000];
    int code;

    paths_data("reports/curve.gp", script, sizeof script);
    code =
        run_program((char *[]){"gnuplot", "-c", script, (char *)pictures[CURVE_DATA].temporary,
                               (char *)pictures[CURVE_SVG].temporary, (char *)pictures[CURVE_PNG].temporary,
                               (char *)pictures[CURVE_PDF].temporary, NULL},
                    messages, sizeof messages);
    if (gnuplot_missing(code, fault))
        return -1;
    for (int file = CURVE_SVG; file < CURVE_FILES; file++)
        if (code || !is_drawn(&pictures[file]))
            return fault_set(fault, "gnuplot could not draw %s (code %d): %s", pictures[file].path, code,
                             run_program_line(messages));
    return 0;
}

static int draw_pictures(const struct report_folders *folders, const char *private,
                         struct picture pictures[CURVE_FILES], struct fault *fault)
{
    for (int file = 0; file < CURVE_FILES; file++)
        if (name_picture(&pictures[file], folders->study, private, names[file], fault))
            return -1;
    if (reporter_run(folders, (const char *[]){"curve-data", folders->study, private}, 3, fault) ||
        run_gnuplot(pictures, fault) || reporter_run(NULL, (const char *[]){"curve-svg", private}, 2, fault))
        return -1;
    for (int file = 0; file < CURVE_FILES; file++)
        if (rename(pictures[file].temporary, pictures[file].path))
            return fault_sys(fault, "%s cannot be written (%s)", pictures[file].path, strerror(errno));
    return 0;
}

int report_curve_draw(const struct report_folders *folders, struct fault *fault)
{
    char private[PATH_MAX + 16];
    struct picture pictures[CURVE_FILES];
    int result;

    snprintf(private, sizeof private, "%s/.curve-XXXXXX", folders->study);
    if (!mkdtemp(private))
        return fault_sys(fault, "%s cannot be written (%s)", folders->study, strerror(errno));
    result = draw_pictures(folders, private, pictures, fault);
    scratch_remove_tree(private);
    if (result == 0)
        printf("curve   %s\n        %s\n        %s\n", pictures[CURVE_SVG].path, pictures[CURVE_PNG].path,
               pictures[CURVE_PDF].path);
    return result;
}

/* --- terminal --------------------------------------------------------------------------------- */

static unsigned columns(void)
{
    enum { USUAL = 100, LEAST = 60, MOST = 160 };
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
        return USUAL;
    return size.ws_col < LEAST ? LEAST : size.ws_col > MOST ? MOST : size.ws_col;
}

int report_curve_print(const struct report_folders *folders, struct fault *fault)
{
    const char *folder = getenv("TMPDIR");
    char script[PATH_MAX], private[PATH_MAX], data[PATH_MAX + 16], width[16];
    int code, result;

    snprintf(private, sizeof private, "%s/knee-curve-XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp(private))
        return fault_sys(fault, "%s cannot be made (%s): point TMPDIR at a folder that can be written to",
                         private, strerror(errno));
    snprintf(data, sizeof data, "%s/%s", private, names[CURVE_DATA]);
    paths_data("reports/curve_terminal.gp", script, sizeof script);
    snprintf(width, sizeof width, "%u", columns());
    fflush(stdout); /* gnuplot prints the rest */
    result = reporter_run(folders, (const char *[]){"curve-data", folders->study, private}, 3, fault);
    if (result == 0) {
        code = run_program((char *[]){"gnuplot", "-c", script, data, width, NULL}, NULL, 0);
        result = gnuplot_missing(code, fault);
        if (code > 0)
            result =
                fault_set(fault, "gnuplot could not draw the curve of %s (code %d): see its message above",
                          folders->study, code);
    }
    scratch_remove_tree(private);
    return result;
}
