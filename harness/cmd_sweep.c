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

#include "commands.h"
#include "message.h"
#include "pipeline/image_workload.h"
#include "progress.h"
#include "sweep.h"
#include "sweep_command.h"
#include "sweep_options.h"
#include "sweep_print.h"
#include "sweep_setup.h"
#include "trial_process.h"

static struct sweep_settings set;

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
    struct trial_setting common;
    struct sweep sweep;
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
    if (set.out) {
        char *whole = g_canonicalize_filename(set.study, NULL);
        snprintf(job->scratch, sizeof job->scratch, "%s/knee-sweep-%08x", set.out, g_str_hash(whole));
        g_free(whole);
    } else if (set.dry_run) {
        snprintf(job->scratch, sizeof job->scratch, "%s/knee-sweep-%ld", g_get_tmp_dir(), (long)getpid());
    } else {
        snprintf(job->scratch, sizeof job->scratch, "%s/scratch", set.study);
    }
}

static int make_scratch(struct job *job, struct fault *fault)
{
    int length;

    job->keeps_study = access(set.study, F_OK) == 0;
    trial_process_remove(job->scratch);
    if (g_mkdir_with_parents(job->scratch, 0777))
        return fault_set(fault, "%s: %s: give a folder that may be written, with --study or --out",
                         job->scratch, strerror(errno));
    snprintf(job->list, sizeof job->list, "%.4000s/items.txt", job->scratch);
    snprintf(job->spans, sizeof job->spans, "%.4000s/spans.jsonl", job->scratch);
    length = snprintf(job->out, sizeof job->out, "%.4000s/out", job->scratch);
    if (length >= 4000)
        return fault_set(fault, "%.100s...: the path is too long: give another with --out", job->scratch);
    job->common = (struct trial_setting){.counters = job->inputs.group.path,
                                         .recipe = set.recipe,
                                         .list = job->list,
                                         .in = set.in,
                                         .out = job->out,
                                         .emulate = (uint32_t)set.emulate};
    return 0;
}

static void release(struct job *job)
{
    if (job->scratch[0])
        trial_process_remove(job->scratch);
    study_close(&job->study);
    if (!job->keeps_study && !set.dry_run)
        rmdir(set.study); /* ours, and empty: nothing came of it */
    for (uint32_t i = 0; job->pins && i < job->planned.plan.cell_count; i++)
        free(job->pins[i]);
    free(job->pins);
    trial_command_release(&job->foreign);
    sweep_release(&job->sweep);
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
static void settle(void *context)
{
    struct job *job = context;

    sweep_items_settle(&job->items, &job->inputs, false);
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
    return set.command.words != NULL;
}

/* A twentieth of the budget is kept for trials that have to be repeated. */
static int make_plan(struct job *job, struct fault *fault)
{
    char mixed[320];

    message_note(is_foreign() ? "measuring what the command costs here"
                              : "measuring what an item costs here");
    if (is_foreign() ? sweep_command_probe(&job->runner, &job->inputs, &job->common, &job->planned.costs,
                                           &job->planned.probe_ns, &job->stopped_by, fault)
                     : sweep_probe(&job->runner, &job->inputs, &job->common, set.seed, &job->planned.costs,
                                   &job->planned.probe_ns, &job->stopped_by, fault))
        return -1;
    if (set.precision > 0 && !set.blocks) /* so that time is left for further blocks at few settings */
        job->inputs.wish.blocks = job->inputs.wish.items ? PRECISION_BLOCKS : PRECISION_BLOCKS + 2;
    job->inputs.wish.budget_ns = 0.95 * ((double)set.budget_ns - (double)job->planned.probe_ns);
    if (plan_make(&job->planned.plan, &job->inputs.wish, &job->planned.costs, fault))
        return -1;
    sweep_plan_predict(&job->planned); /* with a precision: at most this, within the budget */
    if (set.precision > 0 && !set.blocks)
        job->planned.plan.blocks = PRECISION_BLOCKS_MOST;
    sweep_print_plan(&job->planned, job->inputs.wish.worker_count, set.budget_ns);
    if (sweep_plan_mixed(&job->planned, &job->inputs, mixed, sizeof mixed))
        message_note("%s: the curve will bend for that too", mixed);
    return 0;
}

static int start_new(struct job *job, struct fault *fault)
{
    if (make_plan(job, fault) ||
        sweep_items_choose(&job->items, &job->inputs, job->planned.plan.items, set.seed, fault))
        return -1;
    if (set.dry_run)
        return 0;
    if (study_create(&job->study, set.study, set.restart, fault))
        return -1;
    job->keeps_study = true;
    return sweep_record_new(&job->study, &set, &job->inputs, &job->items, &job->planned, job->command,
                            is_foreign() ? &job->foreign : NULL, fault);
}

static int go_on(struct job *job, struct fault *fault)
{
    job->resumed = job->keeps_study = true;
    if (sweep_check_same(&job->study, &set, &job->inputs, fault) ||
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
                          (enum pin_placement)set.placement, fault))
            return -1;
        job->pins[i] = pin_plan_text(&pins);
        pin_plan_release(&pins);
        if (!job->pins[i])
            return fault_set(fault, "sweep: no memory for the pins");
    }
    return job->pins ? 0 : fault_set(fault, "sweep: no memory for the pins");
}

/* The reference run, when the study has none yet. A command's output is judged by its own check. */
static int make_reference(struct job *job, struct fault *fault)
{
    char *manifest = study_get(&job->study, "serial_manifest_sha256");

    if (!manifest && !is_foreign()) {
        message_note("reference: the serial run that every trial is compared with");
        if (sweep_reference(&job->study, &job->runner, job->names, &job->common, job->planned.probe_ns,
                            &job->stopped_by, fault))
            return -1;
        manifest = study_get(&job->study, "serial_manifest_sha256");
    }
    job->limits = set.noise > 0 ? noise_limits_of(set.noise) : trial_limits;
    job->sweep.expected =
        (struct trial_expected){.limits = &job->limits,
                                .cores = job->inputs.wish.cores,
                                .items = job->planned.plan.items,
                                .failed = (uint64_t)study_get_number(&job->study, "items_failed", 0),
                                .manifest_sha256 = manifest};
    return manifest || is_foreign() ? 0
                                    : fault_set(fault, "%s: the reference run was not recorded", set.study);
}

static enum sweep_state run_trials(struct job *job, struct fault *fault)
{
    struct sweep *sweep = &job->sweep;
    enum sweep_state state = SWEEP_ERROR;

    if (sweep_items_write(&job->items, &job->inputs, job->list, fault) || make_pins(job, fault))
        return SWEEP_ERROR;
    sweep_items_settle(&job->items, &job->inputs, true);
    if (make_reference(job, fault))
        return job->stopped_by ? SWEEP_INTERRUPTED : SWEEP_ERROR;
    sweep->study = &job->study;
    sweep->runner = &job->runner;
    sweep->names = job->names;
    sweep->plan = job->planned.plan;
    sweep->costs = job->planned.costs;
    sweep->seed = set.seed;
    sweep->budget_ns = (double)set.budget_ns;
    sweep->precision = set.precision;
    sweep->delta = 0.05;
    sweep->common = job->common;
    sweep->pins = (const char *const *)job->pins;
    sweep->settle = settle;
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

/* What ended the sweep, and the precision that was reached. */
static int record_stop(struct job *job, enum sweep_state state, struct fault *fault)
{
    const struct sweep_precision *reached = &job->sweep.reached;
    const char *why = state == SWEEP_PRECISE ? "precision" : state == SWEEP_SHORT ? "budget" : "plan";
    char text[200];

    if (set.precision <= 0)
        return study_set(&job->study, "stopped_by", why, fault);
    if (isfinite(reached->half_width))
        snprintf(text, sizeof text,
                 "%.2f%% at %" PRIu32 " workers (half-width of the efficiency; %g%% asked for)",
                 100 * reached->half_width, reached->workers, 100 * set.precision);
    else if (isinf(reached->half_width))
        snprintf(text, sizeof text, "not known: the efficiency of %" PRIu32 " workers has no interval",
                 reached->workers);
    else
        snprintf(text, sizeof text, "not known: there is one worker count within the cores");
    return study_set(&job->study, "stopped_by", why, fault) ||
                   study_set(&job->study, "precision_reached", text, fault)
               ? -1
               : 0;
}

static int record_facts(struct job *job, enum sweep_state state, struct fault *fault)
{
    char utc[32], text[300], first[300];
    uint32_t run = job->sweep.blocks_run, planned = job->planned.plan.blocks;

    if (set.precision > 0)
        snprintf(text, sizeof text, "%" PRIu32 " blocks, pace %.2f", run, sweep_pace(&job->sweep));
    else
        snprintf(text, sizeof text,
                 run < planned ? "%" PRIu32 " of %" PRIu32
                                 " planned blocks: the pace was %.2f times the predicted"
                               : "%" PRIu32 " of %" PRIu32 " planned blocks, pace %.2f",
                 run, planned, sweep_pace(&job->sweep));
    if (sweep_first_run(&job->study, &job->planned.plan, first, sizeof first, fault) ||
        record_stop(job, state, fault) || study_set_number(&job->study, "blocks_run", run, fault) ||
        study_set(&job->study, "finished_utc", study_utc_now(utc, sizeof utc), fault))
        return -1;
    if (first[0] && study_add_event(&job->study, STUDY_UNKNOWN, "first-run", first, fault))
        return -1;
    return study_add_event(&job->study, STUDY_UNKNOWN, state == SWEEP_SHORT ? "short" : "complete", text,
                           fault);
}

static int record_end(struct job *job, enum sweep_state state, struct fault *fault)
{
    if (study_begin(&job->study, fault))
        return -1;
    if (record_facts(job, state, fault)) {
        study_roll_back(&job->study);
        return -1;
    }
    return study_commit(&job->study, fault);
}

/* --- the end --- */

static int interrupted(const struct job *job)
{
    if (job->study.db)
        message_note(
            "interrupted: every trial that had ended is in %s/study.db; the same command goes on from there",
            set.study);
    else
        message_note("interrupted before the first trial: nothing was recorded");
    return KNEE_INTERRUPTED + job->stopped_by;
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
        return sweep_print_summary(&job->study, &job->planned, job->inputs.batch.count, set.budget_ns, fault);
    }
    if (job->resumed)
        message_note("going on with the study in %s", set.study);
    state = run_trials(job, fault);
    if (state == SWEEP_INTERRUPTED)
        return interrupted(job);
    if (state == SWEEP_ERROR || record_end(job, state, fault))
        return -1;
    return sweep_print_summary(&job->study, &job->planned, job->inputs.batch.count, set.budget_ns, fault);
}

/* Returns an exit code, or -1 with fault. */
static int work(struct job *job, struct fault *fault)
{
    bool usage = false;

    if (sweep_inputs_read(&job->inputs, &set, &usage, fault)) {
        if (!usage)
            return -1;
        message_error("%s", fault->text);
        return KNEE_USAGE;
    }
    if (trial_process_init(&job->process, fault))
        return -1;
    job->process.tick_context = job;
    job->names = is_foreign() ? &sweep_command_names : &image_names;
    job->foreign =
        (struct trial_command){.process = job->process, .study = &set.command, .spans_path = job->spans};
    job->runner = is_foreign() ? trial_command_runner(&job->foreign) : trial_process_runner(&job->process);
    /* The lock first: another sweep of this study may be using the scratch folder. */
    if (!set.dry_run && !set.restart && study_exists(set.study)) {
        if (study_open_to_write(&job->study, set.study, fault))
            return -1;
        name_scratch(job);
        if (make_scratch(job, fault) || go_on(job, fault))
            return -1;
        return sweep(job, fault);
    }
    if (set.resume && !set.dry_run)
        return fault_set(fault, "--resume: %s holds no study: leave the option out to make one", set.study);
    name_scratch(job);
    if (make_scratch(job, fault) || start_new(job, fault))
        return job->stopped_by ? interrupted(job) : -1;
    if (set.dry_run) {
        sweep_print_cells(&job->planned, set.budget_ns);
        return KNEE_OK;
    }
    return sweep(job, fault);
}

static int run(int argc, char **argv)
{
    static struct job job;
    struct fault fault = {""};
    int code;

    job = (struct job){.study = {.lock_fd = -1}, .command = g_strjoinv(" ", argv)};
    switch (sweep_options_parse(&cmd_sweep, argc, argv, &set)) {
    case OPTIONS_HELP:
        return KNEE_OK;
    case OPTIONS_USAGE:
        return KNEE_USAGE;
    case OPTIONS_GO:
        break;
    }
    code = work(&job, &fault);
    if (code < 0)
        message_error("%s", fault.text);
    release(&job);
    g_free((char *)job.sweep.expected.manifest_sha256);
    sweep_options_release(&set);
    return code < 0 ? KNEE_FAILED : code;
}

const struct command cmd_sweep = {
    .name = "sweep",
    .summary = "measure how the pipeline, or any command, scales: workers, chunk sizes, policies",
    .usage = "[options] IN | [options] -- CMD...",
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
        "The study is written trial by trial: after Ctrl-C or a crash the same command goes on.\n"
        "exit codes: 0 done, 1 failed (trials whose bytes differ, too), 2 usage, 130 or 143 interrupted\n",
    .run = run,
};
