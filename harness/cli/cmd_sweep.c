/* knee sweep: the scaling study of a batch. */
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/sweep_arguments.h"
#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "harness/console/sweep_print.h"
#include "harness/sweep/sweep.h"
#include "harness/sweep/sweep_command.h"
#include "harness/sweep/sweep_synthetic.h"
#include "harness/sweep/sweep_setup.h"
#include "harness/trial/trial_process.h"
#include "pipeline/images/image_workload.h"

static struct sweep_options options;

static const struct trial_names image_names = {
    .stage = image_stage_name, .engine = image_engine_name, .kind = image_kind_name};

/* Everything a sweep holds; released in one place. */
struct job {
    struct sweep_inputs inputs;
    struct sweep_items items;
    struct sweep_plan planned;
    struct study study;
    struct trial_process process;
    struct trial_command foreign; /* with -- CMD, in place of process */
    const struct trial_names *names;
    struct trial_runner runner;
    struct trial_request common;
    struct sweep sweep;
    struct sweep_weak weak; /* with --weak, of the pipeline */
    struct trial_limits limits;
    struct progress progress;
    double done_ns, total_ns; /* shown between two trials' reports */
    char what[160];
    char scratch[PATH_MAX], list[PATH_MAX], out[PATH_MAX], spans[PATH_MAX];
    char *command;
    char **pins;
    bool resumed, keeps_study; /* the study's folder was there, or has a study in it now */
    int stopped_by;
};

/* --- scratch --- */

/* One scratch folder for each study, so that what a killed sweep has left is found and removed by the next.
 */
static void name_scratch(struct job *job)
{
    if (options.out) {
        char *whole = g_canonicalize_filename(options.study, NULL);
        snprintf(job->scratch, sizeof job->scratch, "%s/knee-sweep-%08x", options.out, g_str_hash(whole));
        g_free(whole);
    } else if (options.dry_run) {
        snprintf(job->scratch, sizeof job->scratch, "%s/knee-sweep-%ld", g_get_tmp_dir(), (long)getpid());
    } else {
        snprintf(job->scratch, sizeof job->scratch, "%s/scratch", options.study);
    }
}

static int make_scratch(struct job *job, struct fault *fault)
{
    int length;

    job->keeps_study = access(options.study, F_OK) == 0;
    trial_process_remove(job->scratch);
    if (g_mkdir_with_parents(job->scratch, 0777))
        return fault_set(fault, "%s: %s: give a folder that may be written, with --study or --out",
                         job->scratch, strerror(errno));
    snprintf(job->list, sizeof job->list, "%.4000s/items.txt", job->scratch);
    snprintf(job->spans, sizeof job->spans, "%.4000s/spans.jsonl", job->scratch);
    length = snprintf(job->out, sizeof job->out, "%.4000s/out", job->scratch);
    if (length >= 4000)
        return fault_set(fault, "%.100s...: the path is too long: give another with --out", job->scratch);
    job->common = (struct trial_request){.counters = job->inputs.group.path,
                                         .recipe = options.recipe,
                                         .list = job->list,
                                         .in = options.in,
                                         .out = job->out,
                                         .emulate = (uint32_t)options.emulate};
    return 0;
}

static void release(struct job *job)
{
    if (job->scratch[0])
        trial_process_remove(job->scratch);
    study_close(&job->study);
    if (!job->keeps_study && !options.dry_run)
        rmdir(options.study); /* ours, and empty: nothing came of it */
    for (uint32_t i = 0; job->pins && i < job->planned.plan.cell_count; i++)
        free(job->pins[i]);
    free(job->pins);
    trial_command_release(&job->foreign);
    sweep_release(&job->sweep);
    sweep_weak_release(&job->weak);
    sweep_items_release(&job->items);
    sweep_inputs_release(&job->inputs);
    g_free(job->command);
}

/* --- progress --- */

static void tick(void *context)
{
    struct job *job = context;

    progress_update(&job->progress, job->done_ns, job->total_ns, job->what[0] ? job->what : NULL);
}

/* Before each trial, outside of its time. */
static void prepare_cache(void *context)
{
    struct job *job = context;

    sweep_items_prepare_cache(&job->items, &job->inputs, false);
}

static void tell(void *context, double done_ns, double total_ns, const char *what)
{
    struct job *job = context;

    job->done_ns = done_ns;
    job->total_ns = total_ns;
    snprintf(job->what, sizeof job->what, "%s", what);
    tick(job);
}

/* --- plan --- */

static bool is_foreign(void)
{
    return options.command.words != NULL;
}

static bool is_weak_batch(void)
{
    return options.weak && !is_foreign();
}

static uint32_t most_workers(const struct job *job)
{
    return (uint32_t)(plan_items_most(&job->planned.plan) / job->planned.plan.items);
}

/* A twentieth of the budget is kept for trials that have to be repeated. */
static int make_plan(struct job *job, struct fault *fault)
{
    char mixed[320];

    message_note(is_foreign() ? "measuring what the command costs here"
                              : "measuring what an item costs here");
    if (is_foreign() ? sweep_command_probe(&job->runner, &job->inputs, &job->common, &job->planned.costs,
                                           &job->planned.probe_ns, &job->stopped_by, fault)
                     : sweep_probe(&job->runner, &job->inputs, &job->common, options.seed,
                                   &job->planned.costs, &job->planned.probe_ns, &job->stopped_by, fault))
        return -1;
    if (options.precision > 0 &&
        !options.blocks) /* so that time is left for further blocks at few settings */
        job->inputs.request.blocks = job->inputs.request.items ? PRECISION_BLOCKS : PRECISION_BLOCKS + 2;
    job->inputs.request.budget_ns = 0.95 * ((double)options.budget_ns - (double)job->planned.probe_ns);
    if (plan_make(&job->planned.plan, &job->inputs.request, &job->planned.costs, fault))
        return -1;
    job->planned.plan.weak = options.weak; /* a command's work grows without our doing */
    sweep_plan_predict(&job->planned);     /* with a precision: at most this, within the budget */
    if (options.precision > 0 && !options.blocks)
        job->planned.plan.blocks = PRECISION_BLOCKS_MOST;
    sweep_print_plan(&job->planned, job->inputs.request.worker_count, options.budget_ns);
    if (sweep_plan_mixed(&job->planned, &job->inputs, mixed, sizeof mixed))
        message_note("%s: the curve will bend for that too", mixed);
    return 0;
}

static int start_new(struct job *job, struct fault *fault)
{
    if (make_plan(job, fault) ||
        sweep_items_choose(&job->items, &job->inputs, job->planned.plan.items,
                           is_weak_batch() ? most_workers(job) : 1, options.seed, fault))
        return -1;
    if (options.dry_run)
        return 0;
    if (study_create(&job->study, options.study, options.restart, fault))
        return -1;
    job->keeps_study = true;
    return sweep_facts_record(&job->study, &options, &job->inputs, &job->items, &job->planned, job->command,
                              is_foreign() ? &job->foreign : NULL, fault);
}

static int go_on(struct job *job, struct fault *fault)
{
    job->resumed = job->keeps_study = true;
    if (sweep_check_same(&job->study, &options, &job->inputs, fault) ||
        sweep_read_plan(&job->study, &job->planned, fault) ||
        (is_foreign() ? sweep_command_resume(&job->study, &job->foreign, fault)
                      : sweep_items_from_study(&job->items, &job->inputs, &job->study, fault)))
        return -1;
    return 0;
}

/* --- trials --- */

static int make_pins(struct job *job, struct fault *fault)
{
    const struct plan *plan = &job->planned.plan;

    job->pins = calloc(plan->cell_count, sizeof *job->pins);
    for (uint32_t i = 0; job->pins && i < plan->cell_count; i++) {
        struct pin_plan pins = {0};
        if (pin_plan_make(&pins, &job->inputs.topology, plan->cells[i].workers,
                          (enum pin_placement)options.placement, fault))
            return -1;
        job->pins[i] = pin_plan_text(&pins);
        pin_plan_release(&pins);
        if (!job->pins[i])
            return fault_sys(fault, "sweep: no memory for the pins");
    }
    return job->pins ? 0 : fault_sys(fault, "sweep: no memory for the pins");
}

/* The reference run, when the study has none yet. A command's output is judged by its own check. */
static int make_reference(struct job *job, struct fault *fault)
{
    char *manifest = study_get(&job->study, "serial_manifest_sha256");

    if (!manifest && !is_foreign()) {
        message_note("reference: the serial run that every trial is compared with");
        if (sweep_reference(&job->study, &job->runner, job->names, &job->common, job->planned.probe_ns,
                            is_weak_batch() ? &job->weak : NULL, most_workers(job), &job->stopped_by, fault))
            return -1;
        manifest = study_get(&job->study, "serial_manifest_sha256");
    } else if (is_weak_batch() && sweep_weak_read(&job->weak, &job->study, fault)) {
        g_free(manifest);
        return -1;
    }
    job->limits = options.noise > 0 ? noise_limits_of(options.noise) : trial_limits;
    job->sweep.expected =
        (struct trial_expected){.limits = &job->limits,
                                .cores = job->inputs.request.cores,
                                .items = plan_items_most(&job->planned.plan),
                                .failed = (uint64_t)study_get_number(&job->study, "items_failed", 0),
                                .manifest_sha256 = manifest};
    if (!manifest && !is_foreign())
        return fault_set(fault, "%s: the reference run was not recorded", options.study);
    if (!is_weak_batch())
        return 0;
    job->sweep.weak = &job->weak;
    return sweep_weak_parts(&job->weak, &job->planned.plan, &job->items, &job->inputs, job->scratch,
                            &job->sweep.expected, fault);
}

static enum sweep_state run_trials(struct job *job, struct fault *fault)
{
    struct sweep *sweep = &job->sweep;
    enum sweep_state state = SWEEP_ERROR;

    if (sweep_items_write(&job->items, &job->inputs, job->list, fault) || make_pins(job, fault))
        return SWEEP_ERROR;
    sweep_items_prepare_cache(&job->items, &job->inputs, true);
    if (make_reference(job, fault))
        return job->stopped_by ? SWEEP_INTERRUPTED : SWEEP_ERROR;
    sweep->study = &job->study;
    sweep->runner = &job->runner;
    sweep->names = job->names;
    sweep->plan = job->planned.plan;
    sweep->costs = job->planned.costs;
    sweep->seed = options.seed;
    sweep->budget_ns = (double)options.budget_ns;
    sweep->precision = options.precision;
    sweep->delta = 0.05;
    sweep->common = job->common;
    sweep->pins = (const char *const *)job->pins;
    sweep->prepare_cache = prepare_cache;
    sweep->progress = tell;
    sweep->progress_context = job;
    if (sweep_prepare(sweep, fault) == 0) {
        progress_start(&job->progress, "trials");
        job->process.tick = job->foreign.process.tick = tick;
        state = sweep_go(sweep, fault);
        progress_end(&job->progress);
    }
    if (state == SWEEP_INTERRUPTED)
        job->stopped_by = sweep->stopped_by;
    return state;
}

/* --- the end --- */

static int interrupted(const struct job *job)
{
    if (job->study.db)
        message_note(
            "interrupted: every trial that had ended is in %s/study.db; the same command goes on from there",
            options.study);
    else
        message_note("interrupted before the first trial: nothing was recorded");
    return KNEE_INTERRUPTED + job->stopped_by;
}

static int summarise(struct job *job, struct fault *fault)
{
    int code =
        sweep_print_summary(&job->study, &job->planned, job->inputs.batch.count, options.budget_ns, fault);

    if (code == 0 && options.synthetic)
        code = sweep_synthetic_print(&options, &job->study, &job->planned.plan, fault);
    return code;
}

static int sweep(struct job *job, struct fault *fault)
{
    enum sweep_state state;
    char *finished = NULL;

    if (job->resumed)
        finished = study_get(&job->study, "finished_utc");
    if (finished) {
        message_note("this study was finished at %s: nothing is left to do (--restart makes it anew)",
                     finished);
        g_free(finished);
        return summarise(job, fault);
    }
    if (job->resumed)
        message_note("going on with the study in %s", options.study);
    state = run_trials(job, fault);
    if (state == SWEEP_INTERRUPTED)
        return interrupted(job);
    if (state == SWEEP_ERROR || sweep_finish(&job->sweep, state, fault))
        return -1;
    return summarise(job, fault);
}

/* Returns an exit code, or -1 with fault. */
static int work(struct job *job, struct fault *fault)
{
    if (sweep_inputs_read(&job->inputs, &options, fault) || trial_process_init(&job->process, fault))
        return -1;
    job->process.tick_context = job;
    job->names = is_foreign() ? &sweep_command_names : &image_names;
    job->foreign =
        (struct trial_command){.process = job->process, .study = &options.command, .spans_path = job->spans};
    job->runner = is_foreign() ? trial_command_runner(&job->foreign) : trial_process_runner(&job->process);
    /* The lock first: another sweep of this study may be using the scratch folder. */
    if (!options.dry_run && !options.restart && study_exists(options.study)) {
        if (study_open_to_write(&job->study, options.study, fault))
            return -1;
        name_scratch(job);
        if (make_scratch(job, fault) || go_on(job, fault))
            return -1;
        return sweep(job, fault);
    }
    if (options.resume && !options.dry_run)
        return fault_set(fault, "--resume: %s holds no study: leave the option out to make one",
                         options.study);
    name_scratch(job);
    if (make_scratch(job, fault) || start_new(job, fault))
        return job->stopped_by ? interrupted(job) : -1;
    if (options.dry_run) {
        sweep_print_cells(&job->planned, options.budget_ns);
        return KNEE_OK;
    }
    return sweep(job, fault);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    static struct job job;
    int code;

    options = *sweep_arguments_options();
    job = (struct job){.study = {.lock_fd = -1}, .command = g_strdup(arguments->line)};
    code = work(&job, fault);
    release(&job);
    g_free((char *)job.sweep.expected.manifest_sha256);
    sweep_arguments_release(&options);
    return code;
}

const struct subcommand cmd_sweep = {
    .name = "sweep",
    .summary = "measure how the pipeline, or any command, scales: workers, chunk sizes, policies",
    .usage = "[options] IN | [options] --synthetic WORDS | [options] -- CMD...",
    .details =
        "Each trial is a fresh 'knee run' over the same items of IN; blocks visit every setting once, in "
        "random\n"
        "order. The bytes of every trial are compared with a serial run's. A trial in which a worker left "
        "its\n"
        "CPU, the host took time away or other programs were busy is kept as void and repeated.\n"
        "With -- CMD any command is measured: {workers}, {chunk}, {policy}, {trial}, {out} and {units} are "
        "filled in;\n"
        "it is held on the cores of its setting and timed from start to exit; what it writes as JSON lines "
        "to the file\n"
        "named in KNEE_SPANS becomes items and workers.\n"
        "With --synthetic the command is 'knee synthetic': what it measured stands beside what it must "
        "take.\n"
        "The study is written trial by trial: after Ctrl-C or a crash the same command goes on.\n"
        "exit codes: 0 done, 1 failed (trials whose bytes differ, too), 2 usage, 130 or 143 interrupted\n",
    .table = sweep_arguments_table,
    .most = 1,
    .takes_command = true,
    .check = sweep_arguments_check,
    .run = run,
};
