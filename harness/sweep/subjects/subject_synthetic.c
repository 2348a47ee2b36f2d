#include "harness/study/study_read.h"
#include "harness/sweep/subjects/subject_synthetic.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/sweep/subjects/subject_command_internal.h"
#include "harness/sweep/subjects/subjects_internal.h"
#include "pipeline/base/paths.h"
#include "pipeline/synthetic/synthetic_expected.h"

struct subject_synthetic {
    struct subject_command command; /* first: a struct subject is the workload it begins */
    struct subject_kind kind;       /* a command's but for record and print */
    struct synthetic_spec spec;
};

/* --- the command ------------------------------------------------------------------------------ */

int subject_synthetic_command(struct sweep_options *options, struct fault *fault)
{
    char program[PATH_MAX];
    struct synthetic_spec spec;

    if (synthetic_parse(&spec, options->synthetic, fault))
        return -1;
    if (strpbrk(options->synthetic, "{}"))
        return fault_set(fault,
                         "--synthetic: braces are placeholders of a command: a synthetic workload has none");
    if (paths_program(program, sizeof program, fault))
        return -1;
    char *quoted = command_line_quote(program);
    const char *const words[] = {quoted,
                                 "synthetic",
                                 "--workers={workers}",
                                 "--chunk={chunk}",
                                 "--policy={policy}",
                                 options->synthetic,
                                 NULL};
    options->synthetic_words = g_strdupv((char **)words);
    g_free(quoted);
    options->command.words = options->synthetic_words;
    return 0;
}

/* --- facts ------------------------------------------------------------------------------------ */

/* Items that only wait need no core. */
static bool is_waiting(const struct synthetic_spec *spec)
{
    return spec->kind == SYNTHETIC_WAIT && spec->slow_ns == 0;
}

static int record(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    const struct subject_synthetic *synthetic = (const struct subject_synthetic *)subject;
    const char *waiting =
        is_waiting(&synthetic->spec)
            ? "the items of the synthetic workload wait: each worker counts as if it had a core"
            : NULL;

    return subject_command_record(subject, plan, study, fault) ||
                   study_set(study, "synthetic", subject->options->synthetic, fault) ||
                   study_set(study, "waiting", waiting, fault)
               ? -1
               : 0;
}

/* --- measured and expected -------------------------------------------------------------------- */

/* NAN: none counts. */
static double measured_s(const struct study_data *data, uint32_t cell)
{
    double logs = 0, counted = 0;

    for (guint i = 0; i < data->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(data->trials, struct data_trial, i);
        if (trial->cell == cell && trial->wall_s > 0 && trial->status == TRIAL_OK) {
            logs += log(trial->wall_s);
            counted++;
        }
    }
    return counted > 0 ? exp(logs / counted) : NAN;
}

static int print(const struct subject *subject, const struct plan *plan, struct study *study, bool all_right,
                 FILE *file, struct fault *fault)
{
    const struct synthetic_spec *spec = &((const struct subject_synthetic *)subject)->spec;
    struct synthetic_pool_part none = {0};
    struct study_data data;

    if (study_load(study, STUDY_TRIALS, &data, fault))
        return -1;
    subject_command_print(subject, plan, study, all_right, file, fault);
    fprintf(file, "expected workers  measured s  expected s   ratio   more s\n");
    for (uint32_t i = 0; i < plan->cell_count; i++) {
        const struct plan_cell *cell = &plan->cells[i];
        double expected = synthetic_expected_s(spec, cell->workers, cell->chunk, cell->policy, &none),
               measured = measured_s(&data, i);
        if (cell->role != PLAN_SCALING)
            continue;
        fprintf(file, "%16" PRIu32 "  ", cell->workers);
        if (isnan(measured))
            fprintf(file, "%10s  %10.4f  %6s  %7s  no trial counts\n", "-", expected, "-", "-");
        else
            fprintf(file, "%10.4f  %10.4f  %6.4f  %+7.4f\n", measured, expected, measured / expected,
                    measured - expected);
    }
    fprintf(file, "         expected: the work alone; measured: with start and end of the programs\n");
    study_data_release(&data);
    return 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

struct subject *subject_synthetic_open(const struct sweep_options *options, const char *scratch,
                                       struct fault *fault)
{
    struct subject_synthetic *synthetic =
        subject_new(sizeof *synthetic, &subject_command_kind, options, scratch, fault);
    struct subject *subject = &synthetic->command.subject;
    uint32_t most;

    if (!synthetic)
        return NULL;
    synthetic->kind = subject_command_kind;
    synthetic->kind.record = record;
    synthetic->kind.print = print;
    subject->kind = &synthetic->kind;
    subject_command_init(&synthetic->command);
    if (synthetic_parse(&synthetic->spec, options->synthetic, fault)) {
        subject_release(subject);
        return NULL;
    }
    if (!options->workers && is_waiting(&synthetic->spec) &&
        plan_request_parse_workers(&subject->request, PLAN_WORKERS_WITHOUT_CORES, fault)) {
        subject_release(subject);
        return NULL;
    }
    most = subject->request.workers[subject->request.worker_count - 1];
    if (is_waiting(&synthetic->spec) && most > subject->cores)
        subject->cores = subject->request.cores = most;
    return subject;
}
