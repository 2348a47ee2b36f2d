/* knee sweep: the scaling study of a batch, a command or the synthetic workload. */
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/sweep_arguments.h"
#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "harness/console/sweep_print.h"
#include "harness/machine/emulation/emulate.h"
#include "harness/sweep/subjects/subjects.h"
#include "harness/sweep/sweep.h"
#include "harness/sweep/sweep_facts.h"
#include "harness/sweep/sweep_scratch.h"
#include "pipeline/base/clock.h"

/* Everything a sweep holds; released in one place. */
struct job {
    struct sweep_options options;
    struct subject *subject;
    struct sweep_plan planned;
    struct study study;
    struct sweep sweep;
    struct progress progress;
    double share, left_ns; /* shown again at each tick: what is left was known at shown_ns */
    uint64_t shown_ns;     /* 0: no trial has begun */
    char now[160];         /* the trial that is running */
    char scratch[PATH_MAX];
    char *command_line;
    char **pins;
    bool resumed, keeps_study; /* the study's folder was there, or has a study in it now */
};

static void release(struct job *job)
{
    if (job->scratch[0])
        trial_process_remove(job->scratch);
    study_close(&job->study);
    if (job->scratch[0] && !job->keeps_study && !job->options.dry_run)
        rmdir(job->options.study); /* made by this sweep, and empty: no study came of it */
    sweep_plan_free_pins(&job->planned, job->pins);
    sweep_release(&job->sweep);
    subject_release(job->subject);
    sweep_arguments_release(&job->options);
    g_free(job->command_line);
}

/* --- progress --------------------------------------------------------------------------------- */

static void tick(void *context)
{
    struct job *job = context;

    if (job->shown_ns)
        progress_show(&job->progress, job->share,
                      fmax(job->left_ns - (double)(clock_now_ns() - job->shown_ns), 0) / 1e9, job->now);
}

static void show_trial(void *context, double share, double left_ns, const char *text)
{
    struct job *job = context;

    job->share = share;
    job->left_ns = left_ns;
    job->shown_ns = clock_now_ns();
    snprintf(job->now, sizeof job->now, "%s", text);
    tick(job);
}

static struct progress *shown; /* of the one job */

/* A line of its own, between two states of the terminal's line of progress. */
static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
    char text[1000];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (shown)
        progress_end(shown);
    message_note("%s", text);
}

static void show_interim(void *context, uint32_t block, const char *text)
{
    const struct job *job = context;
    const struct plan *plan = &job->planned.plan;

    if (plan->stop == PLAN_STOP_PRECISION)
        note("after block %" PRIu32 ": %s", block + 1, text);
    else
        note("after block %" PRIu32 " of %" PRIu32 ": %s", block + 1, plan->blocks, text);
}

static void show_recorded(void *context, const char *text)
{
    (void)context;
    if (!message_verbose)
        return;
    if (shown)
        progress_end(shown);
    message_detail("%s", text);
}

/* --- plan ------------------------------------------------------------------------------------- */

static int make_scratch(struct job *job, struct fault *fault)
{
    job->keeps_study = access(job->options.study, F_OK) == 0;
    sweep_scratch_name(&job->options, job->scratch);
    return sweep_scratch_make(job->scratch, fault);
}

/* Of `knee sweep -- CMD <FILE` the file is knee's: CMD would find nothing to do. */
static void note_input(const struct sweep_options *options)
{
    struct stat status;
    int waiting = 0;

    if (options->subject != SWEEP_COMMAND || fstat(STDIN_FILENO, &status))
        return;
    if ((S_ISREG(status.st_mode) && status.st_size > 0) ||
        (S_ISFIFO(status.st_mode) && ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0))
        message_note(
            "the command's standard input is empty in every trial; a shell gives it a file: knee sweep -- "
            "sh -c 'CMD {workers} <FILE'");
}

static int plan_new(struct job *job, struct fault *fault)
{
    const struct sweep_options *options = &job->options;
    char mixed[320];

    note_input(options);
    if (make_scratch(job, fault))
        return -1;
    message_note("probe: measuring the costs on this machine");
    if (sweep_plan_make(&job->planned, job->subject, fault))
        return -1;
    sweep_print_plan(&job->planned, job->subject);
    if (sweep_plan_mixed(&job->planned, job->subject, mixed, sizeof mixed))
        message_note("%s: this bends the curve too", mixed);
    if (options->dry_run)
        return 0;
    if (study_create(&job->study, options->study, options->restart, fault))
        return -1;
    job->keeps_study = true;
    return sweep_facts_record(&job->study, job->subject, &job->planned, job->command_line, fault);
}

/* The lock of the study first: another sweep of it may be using the scratch folder. */
static int plan_resumed(struct job *job, struct fault *fault)
{
    job->resumed = true;
    return study_open_to_write(&job->study, job->options.study, fault) || make_scratch(job, fault) ||
                   sweep_facts_check(&job->study, job->subject, fault) ||
                   sweep_plan_read(&job->planned, &job->study, fault) ||
                   job->subject->kind->resume(job->subject, &job->study, fault)
               ? -1
               : 0;
}

/* --- run -------------------------------------------------------------------------------------- */

static enum sweep_state run_trials(struct job *job, struct fault *fault)
{
    struct sweep *sweep = &job->sweep;
    enum sweep_state state = SWEEP_ERROR;

    job->pins = sweep_plan_pins(&job->planned, job->subject, fault);
    if (!job->pins)
        return SWEEP_ERROR;
    if (job->subject->kind->prepare(job->subject, &job->planned.plan, &job->study, fault))
        return job->subject->stopped_by ? SWEEP_INTERRUPTED : SWEEP_ERROR;
    *sweep = (struct sweep){.study = &job->study,
                            .subject = job->subject,
                            .plan = job->planned.plan,
                            .costs = job->planned.costs,
                            .seed = job->options.seed,
                            .budget_ns = (double)job->options.budget_ns,
                            .precision = job->options.precision,
                            .delta = job->options.delta,
                            .noise_policy = (enum noise_policy)job->options.noise_policy,
                            .pins = (const char *const *)job->pins,
                            .progress = show_trial,
                            .interim = show_interim,
                            .recorded = show_recorded,
                            .progress_context = job};
    if (job->planned.plan.cells[job->planned.plan.cell_count - 1].role == PLAN_ANTAGONIST &&
        sweep_antagonist_place(&job->subject->topology, (enum pin_placement)job->options.placement,
                               &sweep->place, fault))
        return SWEEP_ERROR;
    if (sweep_prepare(sweep, fault) == 0) {
        progress_start(&job->progress, "trials");
        state = sweep_go(sweep, fault);
        progress_end(&job->progress);
    }
    job->subject->stopped_by = sweep->stopped_by;
    return state;
}

static int interrupted(const struct job *job)
{
    if (job->study.db)
        message_note("interrupted: every trial that had ended is in %s/study.db; the same command continues "
                     "from there",
                     job->options.study);
    else
        message_note("interrupted before the first trial: nothing was recorded");
    return KNEE_INTERRUPTED + job->subject->stopped_by;
}

static int run_study(struct job *job, struct fault *fault)
{
    enum sweep_state state;
    char *finished = NULL;

    if (job->resumed)
        finished = study_get(&job->study, "finished_utc");
    if (finished) {
        message_note("this study was finished at %s: nothing is left to do (--restart repeats it)", finished);
        g_free(finished);
        return sweep_print_summary(&job->study, &job->planned, job->subject, fault);
    }
    if (job->resumed)
        message_note("continuing the study in %s", job->options.study);
    state = run_trials(job, fault);
    if (state == SWEEP_INTERRUPTED)
        return interrupted(job);
    if (state == SWEEP_ERROR || sweep_finish(&job->sweep, state, fault))
        return -1;
    return sweep_print_summary(&job->study, &job->planned, job->subject, fault);
}

/* Returns an exit code, or -1 with fault. */
static int work(struct job *job, struct fault *fault)
{
    const struct sweep_options *options = &job->options;
    bool resume = !options->dry_run && !options->restart && study_exists(options->study);
    char scratch[PATH_MAX];

    sweep_scratch_name(options, scratch);
    job->subject = subject_open(options, scratch, fault);
    if (!job->subject)
        return -1;
    shown = &job->progress;
    job->subject->note = note;
    job->subject->process.tick = tick;
    job->subject->process.tick_context = job;
    if (options->resume && !options->dry_run && !resume)
        return fault_set(fault, "--resume: %s holds no study: leave the option out to make one",
                         options->study);
    if (resume ? plan_resumed(job, fault) : plan_new(job, fault))
        return job->subject->stopped_by ? interrupted(job) : -1;
    if (options->dry_run) {
        sweep_print_cells(&job->planned, job->subject);
        return KNEE_OK;
    }
    return run_study(job, fault);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    static struct job job;
    int code;

    job = (struct job){.options = *sweep_arguments_options(),
                       .study = {.lock_fd = -1},
                       .command_line = g_strdup(arguments->line)};
    emulate_groups_remove_stale();
    code = work(&job, fault);
    release(&job);
    return code;
}

const struct subcommand cmd_sweep = {
    .name = "sweep",
    .summary = "measure how the pipeline, or any command, scales: workers, chunk sizes, policies",
    .usage = "[options] IN | [options] --synthetic WORDS | [options] --replay STUDY | [options] -- CMD...",
    .details =
        "Each trial is a fresh 'knee run' over the same items of IN; blocks visit every cell (workers, "
        "chunk,\n"
        "policy) once, in random order. The bytes of every trial are compared with a serial run's. A trial "
        "is\n"
        "void, and repeated, when a worker left its CPU, the host took CPU time away or other programs were "
        "busy.\n"
        "Where most are, they count by what others took, with wider intervals (--noise-policy).\n"
        "With -- CMD any command is measured: {workers}, {chunk}, {policy}, {trial}, {out} and {units} are "
        "replaced;\n"
        "it is bound to the cores of its cell and timed from start to exit. JSON lines that it writes to the "
        "file\n"
        "named in KNEE_SPANS become items and workers.\n"
        "With --synthetic the command is 'knee synthetic'; the expected times are printed next to the "
        "measured ones.\n"
        "With --replay the whole batch of STUDY is run by the real pool with more workers than there are "
        "cores: "
        "items\n"
        "wait for the time they were measured to take, and store the bytes of one real run. A command that\n"
        "writes spans is replayed, too, without outputs.\n"
        "The study is written trial by trial: after Ctrl-C or a crash the same command continues it.\n"
        "exit codes: 0 done, 1 failed (also when bytes differ), 2 usage, 130 or 143 interrupted\n",
    .table = sweep_arguments_table,
    .most = -1, /* sweep_arguments.c says what is meant by several */
    .takes_command = true,
    .check = sweep_arguments_check,
    .run = run,
};
