#include "harness/console/knob_print.h"

#include <math.h>

#include "harness/console/wrapped.h"

static const char *number(double value, int decimals, char *text, size_t bytes)
{
    if (isnan(value))
        snprintf(text, bytes, "-");
    else
        snprintf(text, bytes, "%.*f", decimals, value);
    return text;
}

static const char *output_text(const struct knob_cell *cell)
{
    if (cell->outputs == 0)
        return "not compared";
    if (cell->outputs > 1)
        return "differs from trial to trial";
    if (cell->workers == 1 || cell->same_as_one == 1)
        return "as one worker's";
    return cell->same_as_two == 1 && cell->workers > 2 ? "as two workers'" : "another than one worker's";
}

static bool is_compared(const struct knob_study *knob)
{
    for (size_t i = 0; i < knob->count; i++)
        if (knob->cells[i].outputs)
            return true;
    return false;
}

void knob_print_table(const struct knob_study *knob, FILE *out)
{
    char used[24], most[24], wanted[24], threads[24], processes[24], largest[24], sum[24];
    bool compared = is_compared(knob);

    if (knob->count == 0)
        return;
    fprintf(out, "%7s  %9s  %7s  %6s  %7s  %9s  %11s  %7s%s\n", "workers", "CPUs used", "at most", "wanted",
            "threads", "processes", "largest MiB", "all MiB", compared ? "  output" : "");
    for (size_t i = 0; i < knob->count; i++) {
        const struct knob_cell *cell = &knob->cells[i];
        fprintf(out, "%7u  %9s  %7s  %6s  %7s  %9s  %11s  %7s%s%s\n", cell->workers,
                number(knob_cpus_used(cell), 1, used, sizeof used),
                number(cell->cpus_most, 1, most, sizeof most),
                number(knob_cpus_wanted(cell), 1, wanted, sizeof wanted),
                number(cell->threads_most, 0, threads, sizeof threads),
                number(cell->processes_most, 0, processes, sizeof processes),
                number(cell->maxrss_mib, 1, largest, sizeof largest),
                number(cell->rss_sum_mib, 1, sum, sizeof sum), compared ? "  " : "",
                compared ? output_text(cell) : "");
    }
}

void knob_print_findings(const struct knob_study *knob, FILE *out)
{
    for (size_t i = 0; i < knob->found; i++)
        wrapped_print(out, 9, "warning: %s", knob->findings[i].sentence);
}
