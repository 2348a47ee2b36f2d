/* prediction_print_model.c: a prediction from a fitted model as a table (prediction_print.h). */
#include <math.h>

#include "harness/console/fit_print.h"
#include "harness/console/prediction_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

static void print_point(const struct prediction_model *p, const struct fit_prediction *point, FILE *out)
{
    const struct prediction *memory = &p->memory;
    bool large = memory->memory_limits && point->workers > memory->memory_workers;
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES];

    if (!interval_has_value(&point->wall_s)) {
        wrapped_print(out, 10, "%7u%c not predicted: %s", point->workers, large ? '!' : ' ',
                      point->wall_s.reason);
        return;
    }
    fprintf(out, "%7u%c %-26s %-*s%s\n", point->workers, large ? '!' : ' ',
            interval_text_digits(&point->wall_s, "", wall, sizeof wall), point->extrapolated ? 26 : 0,
            interval_text_digits(&point->speedup, "", speedup, sizeof speedup),
            point->extrapolated ? " extrapolated" : "");
}

void prediction_print_model(const struct prediction_model *p, FILE *out)
{
    char note[PREDICTION_NOTE_BYTES];

    wrapped_print(out, 2, "%s on %u core%s: %s", p->memory.study->name, p->cores, p->cores == 1 ? "" : "s",
                  p->sentence);
    fprintf(out, "%7s  %-26s %s\n", "workers", "seconds of one more trial",
            study_data_is_weak(p->memory.study) ? "scaled speedup" : "speedup");
    for (size_t i = 0; i < p->fit.prediction_count; i++)
        print_point(p, &p->fit.predictions[i], out);
    if (p->best)
        wrapped_print(out, 2, "best: %u worker%s%s", p->best, p->best == 1 ? "" : "s",
                      study_data_is_weak(p->memory.study) ? ", by time for the same work" : "");
    else
        wrapped_print(out, 2, "best: none is predicted within the memory");
    if (p->memory.memory_limits)
        wrapped_print(out, 2, "memory is enough for %u worker%s of %.0f MiB; ! needs more",
                      p->memory.memory_workers, p->memory.memory_workers == 1 ? "" : "s",
                      p->memory.worker_mib);
    prediction_note_memory(&p->memory, note, sizeof note);
    if (note[0])
        wrapped_print(out, 2, "note: %s", note);
}
