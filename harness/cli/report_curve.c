#include "harness/cli/report_curve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/console/gnuplot.h"
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

static int run_gnuplot(const struct picture pictures[CURVE_FILES], struct fault *fault)
{
    const char *arguments[CURVE_FILES + 1] = {NULL};
    struct gnuplot_picture drawn[CURVE_FILES];

    for (int file = 0; file < CURVE_FILES; file++) {
        arguments[file] = pictures[file].temporary;
        drawn[file] = (struct gnuplot_picture){pictures[file].temporary, pictures[file].path};
    }
    return gnuplot_draw("reports/curve.gp", arguments, &drawn[CURVE_SVG], CURVE_FILES - CURVE_SVG, fault);
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
    struct scratch scratch;
    char data[sizeof scratch.path + 16], width[16], name[PATH_MAX + 16];
    int result;

    if (scratch_make(&scratch, "knee-curve", fault))
        return -1;
    snprintf(data, sizeof data, "%s/%s", scratch.path, names[CURVE_DATA]);
    snprintf(width, sizeof width, "%u", columns());
    snprintf(name, sizeof name, "the curve of %s", folders->study);
    result =
        reporter_run(folders, (const char *[]){"curve-data", folders->study, scratch.path}, 3, fault) ||
                gnuplot_print("reports/curve_terminal.gp", (const char *[]){data, width, NULL}, name, fault)
            ? -1
            : 0;
    scratch_remove(&scratch);
    return result;
}
