#include "harness/cli/history_plot.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/paths.h"

const char *history_title(enum history_figure figure)
{
    static const char *const titles[HISTORY_FIGURES] = {"efficiency", "tail", "CPU s/item", "memory MiB"};
    return titles[figure];
}

/* One line for each study: its number, then value, low and high of each figure. */
static int write_data(const GArray *studies, const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return fault_sys(fault, "%s cannot be written (%s)", path, strerror(errno));
    for (guint i = 0; i < studies->len; i++) {
        const struct history_study *study = &g_array_index(studies, struct history_study, i);
        fprintf(file, "%u", i + 1);
        for (int f = 0; f < HISTORY_FIGURES; f++) {
            const struct gate_value *v = &study->value[f];
            fprintf(file, " %.9g %.9g %.9g", v->value, isfinite(v->low) ? v->low : v->value,
                    isfinite(v->high) ? v->high : v->value);
        }
        fputc('\n', file);
    }
    if (fclose(file))
        return fault_sys(fault, "%s cannot be written (%s)", path, strerror(errno));
    return 0;
}

static int draw(const char *data, const char *picture, struct fault *fault)
{
    char script[PATH_MAX];
    char *argv[] = {(char[]){"gnuplot"}, (char[]){"-c"}, script, (char *)data, (char *)picture, NULL};
    GError *error = NULL;
    gchar *said = NULL;
    int status, result = 0;

    paths_data("reports/history.gp", script, sizeof script);
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                      &said, &status, &error)) {
        result = fault_set(
            fault, "gnuplot cannot be run (%s): install the Debian package gnuplot-nox, or run 'make deps'",
            error->message);
        g_error_free(error);
    } else if (status != 0) {
        result = fault_set(fault, "gnuplot could not draw %s: %.200s", picture, said);
    }
    g_free(said);
    return result;
}

int history_plot(const GArray *studies, const char *path, struct fault *fault)
{
    char *data = g_strconcat(path, ".dat", NULL), *made = g_strconcat(path, ".new", NULL);
    int result = write_data(studies, data, fault) || draw(data, made, fault) ? -1 : 0;

    if (result == 0 && rename(made, path))
        result = fault_sys(fault, "%s cannot be written (%s)", path, strerror(errno));
    if (result)
        unlink(made);
    unlink(data);
    g_free(data);
    g_free(made);
    return result;
}
