#include "harness/cli/history/history_plot.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/console/gnuplot.h"
#include "pipeline/base/scratch.h"
#include "pipeline/base/whole_file.h"

/* One line for each study: its number, then value, low and high of each figure. */
static int write_data(const struct history *history, const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "w");
    int failed;

    if (!file)
        return fault_sys(fault, "%s cannot be written (%s)", path, strerror(errno));
    for (guint i = 0; i < history->studies->len; i++) {
        const struct history_study *study = &g_array_index(history->studies, struct history_study, i);
        fprintf(file, "%u", i + 1);
        for (int f = 0; f < HISTORY_FIGURES; f++) {
            const struct gate_value *v = &study->value[f];
            fprintf(file, " %.9g %.9g %.9g", v->value, isfinite(v->low) ? v->low : v->value,
                    isfinite(v->high) ? v->high : v->value);
        }
        fputc('\n', file);
    }
    failed = ferror(file);
    if (fclose(file) || failed)
        return fault_sys(fault, "%s cannot be written (%s)", path, strerror(errno));
    return 0;
}

/* The picture, from where it was drawn to where it shall be. */
static int copy(FILE *to, const void *context, struct fault *fault)
{
    const char *made = context;
    FILE *from = fopen(made, "r");
    char bytes[4096];
    size_t got;

    if (!from)
        return fault_sys(fault, "%s cannot be read (%s)", made, strerror(errno));
    while ((got = fread(bytes, 1, sizeof bytes, from)) > 0)
        fwrite(bytes, 1, got, to);
    if (ferror(from))
        fault_sys(fault, "%s cannot be read (%s)", made, strerror(errno));
    got = (size_t)ferror(from);
    fclose(from);
    return got ? -1 : 0;
}

int history_plot(const struct history *history, const char *path, struct fault *fault)
{
    struct scratch scratch;
    char data[sizeof scratch.path + 16], made[sizeof scratch.path + 16];
    const struct gnuplot_picture picture = {made, path};
    const char *of_cpu = history->cpu == GATE_CPU_PER_TRIAL ? "trial" : "item";
    int result;

    if (scratch_make(&scratch, "knee-history", fault))
        return -1;
    snprintf(data, sizeof data, "%s/data", scratch.path);
    snprintf(made, sizeof made, "%s/svg", scratch.path);
    result = write_data(history, data, fault) ||
                     gnuplot_draw("reports/history.gp", (const char *[]){data, made, of_cpu, NULL}, &picture,
                                  1, fault) ||
                     whole_file_write(path, copy, made, fault)
                 ? -1
                 : 0;
    scratch_remove(&scratch);
    return result;
}
