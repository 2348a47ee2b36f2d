#include "harness/trial/trial_command.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/machine/emulation/emulate_table.h"
#include "harness/machine/worker_payload.h"
#include "harness/trial/output_digest.h"
#include "harness/trial/trial_command_internal.h"
#include "harness/trial/trial_process_internal.h"
#include "harness/trial/trial_reason.h"
#include "pipeline/base/clock.h"
#include "pipeline/pool/pool.h"

int command_spec_check(struct command_spec *spec, struct fault *fault)
{
    const char *const hooks[] = {spec->prepare, spec->check, spec->cleanup, spec->output};
    bool in_hooks[COMMAND_PLACES] = {false};

    if (!spec->words[0])
        return fault_set(fault, "a command is missing after '--'");
    for (char **word = spec->words; *word; word++)
        if (command_line_check(*word, spec->used, fault))
            return -1;
    for (int i = 0; i < 4; i++)
        if (hooks[i] && command_line_check(hooks[i], in_hooks, fault))
            return -1;
    if (command_line_in_one_word(spec->words[0]))
        return fault_set(fault,
                         "'%.150s' is one word, and no program: give the words of the command without quotes "
                         "around all of them, or let a shell read it: sh -c '%.150s'",
                         spec->words[0], spec->words[0]);
    if (!spec->used[PLACE_WORKERS])
        return fault_set(fault, "the command has no {workers}: put it where the number of workers goes");
    if ((spec->used[PLACE_UNITS] || in_hooks[PLACE_UNITS]) && !spec->units)
        return fault_set(fault, "{units} is not known: give --units");
    if (spec->weak && !spec->used[PLACE_UNITS])
        return fault_set(fault, "--weak: the command has no {units}, its work cannot grow with the workers");
    return 0;
}

/* --- words and environment of a trial --- */

struct values {
    char workers[24], chunk[24], trial[24], units[24];
    struct command_values of;
};

static uint64_t units_of(const struct command_spec *spec, const struct trial_request *request)
{
    return spec->weak ? spec->units * request->workers : spec->units;
}

static void fill_values(struct values *values, const struct command_spec *spec,
                        const struct trial_request *request)
{
    snprintf(values->workers, sizeof values->workers, "%" PRIu32, request->workers);
    snprintf(values->chunk, sizeof values->chunk, "%" PRIu64, request->chunk);
    snprintf(values->trial, sizeof values->trial, "%" PRIu64, request->number);
    snprintf(values->units, sizeof values->units, "%" PRIu64, units_of(spec, request));
    values->of.text[PLACE_WORKERS] = values->workers;
    values->of.text[PLACE_CHUNK] = values->chunk;
    values->of.text[PLACE_POLICY] = request->policy;
    values->of.text[PLACE_TRIAL] = values->trial;
    values->of.text[PLACE_OUT] = request->out;
    values->of.text[PLACE_UNITS] = values->units;
}

/* The environment of this process and the KNEE_ variables; caller frees with g_strfreev. */
static char **environment(const struct trial_command *command, const struct trial_request *request)
{
    char **env = g_get_environ(), *padding = g_strnfill(request->padding_bytes, 'x');
    char workers[24], begin[24];

    snprintf(workers, sizeof workers, "%" PRIu32, request->workers);
    snprintf(begin, sizeof begin, "%" PRIu64, clock_now_ns());
    env = g_environ_setenv(env, "KNEE_SPANS", command->spans_path, TRUE);
    env = g_environ_setenv(env, "KNEE_WORKERS", workers, TRUE);
    env = g_environ_setenv(env, "KNEE_PADDING", padding, TRUE);
    if (command->gives_begin)
        env = g_environ_setenv(env, "KNEE_BEGIN", begin, TRUE);
    g_free(padding);
    return env;
}

/* --- hooks --- */

/* A hook's command, outside of the time. Returns 0; 1 when it failed, with the reason in outcome->complaint;
 * -1 with fault. */
static int run_hook(const struct trial_command *command, const char *name, const char *text,
                    const struct values *values, char **env, struct trial_outcome *outcome,
                    struct fault *fault)
{
    struct trial_outcome own = {.stopped_by = 0};
    char *words[] = {(char *)"/bin/sh", (char *)"-c", NULL, NULL}, how[96];
    struct command_launch launch = {.words = words, .env = env};
    int status;

    if (!text)
        return 0;
    launch.stderr_fd = trial_process_memory("knee-stderr");
    if (launch.stderr_fd < 0)
        return fault_sys(fault, "--%s cannot be started (memfd: %s): %s", name, strerror(errno),
                         trial_process_remedy(errno));
    words[2] = command_line_fill(text, &values->of, true);
    status = trial_command_hook(command->process, &launch, &own, fault);
    trial_reason_read(launch.stderr_fd, own.stderr_line, sizeof own.stderr_line);
    close(launch.stderr_fd);
    g_free(words[2]);
    if (!outcome->stopped_by)
        outcome->stopped_by = own.stopped_by;
    if (status)
        return -1;
    if (own.wait_status == 0 || outcome->complaint[0])
        return 0;
    snprintf(outcome->complaint, sizeof outcome->complaint, "--%s %s: %.200s", name,
             pool_wait_words(own.wait_status, how, sizeof how),
             own.stderr_line[0] ? own.stderr_line : "it gave no reason");
    return 1;
}

/* The command itself, between two readings of the kernel's counts. */
static int run_timed(const struct trial_command *command, const struct command_launch *launch,
                     struct trial_outcome *outcome, struct fault *fault)
{
    uint64_t own_ns = clock_process_cpu_ns(), begin_ns;
    int status;

    noise_read(&outcome->noise_before);
    outcome->cpu_known = kernel_cpu_read(&outcome->before, NULL) == 0;
    begin_ns = clock_now_ns();
    status = trial_command_timed(command->process, launch, outcome, fault);
    outcome->watched_ns = clock_now_ns() - begin_ns;
    outcome->cpu_known = outcome->cpu_known && kernel_cpu_read(&outcome->after, NULL) == 0;
    noise_read(&outcome->noise_after);
    outcome->own_cpu_ns = clock_process_cpu_ns() - own_ns;
    return status;
}

/* --- emulated cores --- */

/* The cell's emulated cores are shares of all real ones. Returns 0, or -1 with fault. */
static int run_emulated(const struct trial_command *command, const struct trial_request *request,
                        struct command_launch *launch, struct trial_outcome *outcome, struct fault *fault)
{
    bool is_bound = *request->pin >= '0' && *request->pin <= '9';
    struct emulate_tasks tasks;
    int status;

    launch->pin = "none";
    launch->cell_cores =
        is_bound && request->workers < request->emulate ? request->workers : request->emulate;
    if (emulate_tasks_open(&tasks, request->emulate, command->real_cores, launch->cell_cores, fault))
        return -1;
    launch->emulation = &tasks;
    status = run_timed(command, launch, outcome, fault);
    launch->emulation = NULL;
    outcome->share = tasks.cores.share;
    if (tasks.error)
        snprintf(outcome->complaint, sizeof outcome->complaint,
                 "emulated cores: a thread has no group of its own (%s)", strerror(tasks.error));
    emulate_tasks_close(&tasks);
    return status;
}

/* Times of the emulated machine. The kernel counts waiting for a core while the quota holds a thread, too. */
static void to_emulated(struct trial_outcome *outcome)
{
    struct emulate_clock clock;

    emulate_clock_start(&clock, outcome->begin_ns, outcome->share);
    outcome->end_ns = emulate_clock_at(&clock, outcome->end_ns);
    outcome->seen.cpu_ns_per_s_most = (uint64_t)((double)outcome->seen.cpu_ns_per_s_most / outcome->share);
    if (!outcome->table.header)
        return;
    for (uint32_t slot = 0; slot < outcome->table.workers; slot++) {
        struct worker_payload *payload = item_table_worker_payload(&outcome->table, slot);
        payload->runqueue_known = 0;
    }
    emulate_table_rescale(&outcome->table, &clock, outcome->share);
}

/* --- spans --- */

static char *read_spans(const char *path, size_t *length, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat status;
    char *text = NULL;
    ssize_t got;

    *length = 0;
    if (fd < 0)
        return NULL; /* the command writes none */
    if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_size > SPANS_FILE_BYTES)
        fault_set(fault, "spans: the file named in KNEE_SPANS is no file, or larger than %d MiB",
                  SPANS_FILE_BYTES >> 20);
    else if ((text = malloc((size_t)status.st_size + 1)) == NULL)
        fault_sys(fault, "spans: no memory for %lld bytes", (long long)status.st_size);
    while (text && *length < (size_t)status.st_size &&
           (got = read(fd, text + *length, (size_t)status.st_size - *length)) > 0)
        *length += (size_t)got;
    close(fd);
    return text;
}

static int take_spans(struct trial_command *command, const struct trial_request *request,
                      struct trial_outcome *outcome, struct spans *spans, struct fault *fault)
{
    if (spans->bad)
        return fault_set(fault, "spans: line %" PRIu32 ": %s (%zu of %zu lines are bad)", spans->first_bad,
                         spans->reason, spans->bad, spans->lines);
    if (spans_check(spans, request->workers, outcome->begin_ns, outcome->end_ns, fault))
        return -1;
    if (!command->has_items && spans_items_take(&command->items, spans, fault))
        return -1;
    command->has_items = true;
    if (command->items.count == 0)
        return 0;
    return spans_table(&outcome->table, spans, &command->items, request->workers, outcome->begin_ns,
                       outcome->end_ns, fault);
}

/* Bad spans make the trial fail, not the sweep: the reason goes into the complaint. */
static void collect_spans(struct trial_command *command, const struct trial_request *request,
                          struct trial_outcome *outcome)
{
    struct fault fault = {0};
    struct spans spans = {0};
    size_t length;
    char *text = command->spec->weak ? NULL : read_spans(command->spans_path, &length, &fault);

    /* Without a file there are no spans: the trial has none, like an empty file. */
    if (!command->spec->weak && fault.kind == FAULT_NONE &&
        (!text || spans_parse(text, length, &spans, &fault) == 0))
        take_spans(command, request, outcome, &spans, &fault);
    if (fault.kind != FAULT_NONE && !outcome->complaint[0])
        snprintf(outcome->complaint, sizeof outcome->complaint, "%.250s", fault.text);
    spans_release(&spans);
    free(text);
}

/* --- output --- */

static bool writes_stdout(const struct command_spec *spec)
{
    return spec->output && strcmp(spec->output, "-") == 0;
}

/* An output that is not there makes the trial fail, not the sweep: the reason goes into the complaint. */
static void collect_output(const struct trial_command *command, const struct values *values,
                           struct trial_outcome *outcome)
{
    const struct command_spec *spec = command->spec;
    struct fault fault = {0};
    char *path;

    if (!spec->output || outcome->complaint[0])
        return;
    path = writes_stdout(spec) ? g_strdup(command->stdout_path)
                               : command_line_fill(spec->output, &values->of, false);
    if (output_digest(path, outcome->output_sha256, &fault))
        snprintf(outcome->complaint, sizeof outcome->complaint, "%.300s", fault.text);
    g_free(path);
}

/* Above the numbers that the command's process gets its descriptors as; 0 none, -1 with errno. */
static int open_stdout(const struct trial_command *command)
{
    int low, high;

    if (!writes_stdout(command->spec))
        return 0;
    low = open(command->stdout_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    high = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, 10);
    if (low >= 0)
        close(low);
    return high;
}

/* --- a trial --- */

static int run_trial(struct trial_command *command, const struct trial_request *request, int stderr_fd,
                     struct trial_outcome *outcome, struct fault *fault)
{
    const struct command_spec *spec = command->spec;
    struct values values = {0};
    struct command_launch launch = {.pin = request->pin, .stderr_fd = stderr_fd};
    guint count = g_strv_length(spec->words);
    int result;

    fill_values(&values, spec, request);
    launch.env = environment(command, request);
    launch.words = g_strdupv(spec->words);
    for (guint i = 0; i < count; i++) {
        g_free(launch.words[i]);
        launch.words[i] = command_line_fill(spec->words[i], &values.of, false);
    }
    result = run_hook(command, "prepare", spec->prepare, &values, launch.env, outcome, fault);
    launch.stdout_fd = open_stdout(command);
    if (launch.stdout_fd < 0)
        result = fault_sys(fault, "%s: %s: give another scratch folder with --out", command->stdout_path,
                           strerror(errno));
    if (result == 0 && !outcome->stopped_by) {
        result = request->emulate ? run_emulated(command, request, &launch, outcome, fault)
                                  : run_timed(command, &launch, outcome, fault);
        trial_reason_read(stderr_fd, outcome->stderr_line, sizeof outcome->stderr_line);
        if (!outcome->stderr_line[0] && launch.stdout_fd > 0)
            trial_reason_read(launch.stdout_fd, outcome->stderr_line, sizeof outcome->stderr_line);
        if (result == 0 && outcome->wait_status == 0 && !outcome->stopped_by) {
            collect_spans(command, request, outcome);
            collect_output(command, &values, outcome);
            result = run_hook(command, "check", spec->check, &values, launch.env, outcome, fault);
        }
        if (outcome->share > 0)
            to_emulated(outcome);
    }
    if (result >= 0)
        result = run_hook(command, "cleanup", spec->cleanup, &values, launch.env, outcome, fault);
    if (launch.stdout_fd > 0)
        close(launch.stdout_fd);
    g_strfreev(launch.words);
    g_strfreev(launch.env);
    return result < 0 ? -1 : 0;
}

int trial_command_run(struct trial_command *command, const struct trial_request *request,
                      struct trial_outcome *outcome, struct fault *fault)
{
    uint64_t begin_ns = clock_now_ns();
    int stderr_fd = trial_process_memory("knee-stderr"), result = -1;

    *outcome = (struct trial_outcome){
        .table = {.fd = -1}, .stopped_by = trial_process_stopped(), .workers = request->workers};
    outcome->units = units_of(command->spec, request);
    study_utc_now(outcome->started_utc, sizeof outcome->started_utc);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    unlink(command->spans_path);
    if (stderr_fd < 0)
        fault_sys(fault, "a trial cannot be started (memfd: %s): %s", strerror(errno),
                  trial_process_remedy(errno));
    else if (outcome->stopped_by)
        result = 0;
    else if (trial_process_remove(request->out))
        fault_set(fault, "%s: %s: give another scratch folder with --out", request->out, strerror(errno));
    else
        result = run_trial(command, request, stderr_fd, outcome, fault);
    if (stderr_fd >= 0)
        close(stderr_fd);
    trial_process_remove(request->out);
    unlink(command->spans_path);
    if (writes_stdout(command->spec))
        unlink(command->stdout_path);
    outcome->spent_ns = clock_now_ns() - begin_ns;
    return result;
}

void trial_command_release(struct trial_command *command)
{
    spans_items_release(&command->items);
}
