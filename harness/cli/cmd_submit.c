/* knee submit: a batch on several machines, by job arrays of Slurm. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "harness/cli/commands.h"
#include "harness/cli/merge_shards.h"
#include "harness/cli/run_arguments.h"
#include "harness/cluster/follow.h"
#include "harness/cluster/probe.h"
#include "harness/cluster/sbatch_options.h"
#include "harness/cluster/shard_arrays.h"
#include "harness/cluster/slurm.h"
#include "harness/cluster/submission.h"
#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "pipeline/base/paths.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/shards/shard_split.h"

static struct {
    const char *shards_text;
    uint64_t shards; /* 0: auto */
    uint64_t nodes;
    const char *time, *memory;
    struct option_texts slurm;
    bool dry_run, json;
} options = {.nodes = 1};

static const struct option_spec table[] = {
    {.name = "nodes",
     .letter = 'N',
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.nodes,
     .min = 1,
     .max = 100000,
     .help = "nodes that work at the same time, at most; default 1"},
    {.name = "shards",
     .argument = "K",
     .kind = OPTION_TEXT,
     .target = &options.shards_text,
     .help = "parts of the batch; auto (default): of 30 s and more, by a few items here"},
    {.name = "time",
     .argument = "TIME",
     .kind = OPTION_TEXT,
     .target = &options.time,
     .help = "limit of a task, as sbatch takes it: 30 (minutes), 1:30:00; default the site's"},
    {.name = "memory",
     .argument = "SIZE",
     .kind = OPTION_TEXT,
     .target = &options.memory,
     .help = "memory of a task, as sbatch takes it: 16G; default the site's"},
    {.name = "sbatch",
     .argument = "OPTION",
     .kind = OPTION_TEXTS,
     .target = &options.slurm,
     .help = "one more option for sbatch: --sbatch=--partition=long; may be given several times"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .target = &options.dry_run,
     .help = "print the script and the arrays, and submit nothing"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .target = &options.json,
     .help = "print OUT/SUMMARY.json instead of a line, when all is done"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .target = &message_quiet,
     .help = "print errors only"},
    OPTION_VERBOSE,
    {.name = NULL}};

static int check(const struct arguments *arguments, struct fault *fault)
{
    const char *text = options.shards_text;
    char *end;

    (void)arguments;
    if (!text || strcmp(text, "auto") == 0)
        return 0;
    errno = 0;
    options.shards = strtoull(text, &end, 10);
    if (*text < '1' || *text > '9' || *end || errno || options.shards > SHARDS_MOST)
        return fault_usage(fault, "--shards %.40s: not a number from 1 to %d, nor auto", text, SHARDS_MOST);
    return 0;
}

/* The operands as absolute paths: tasks begin elsewhere. */
static int resolve(const char *given, bool output, char path[PATH_MAX], struct fault *fault)
{
    if (output && !options.dry_run && g_mkdir_with_parents(given, 0777))
        return fault_set(fault, "output folder %s: %s: give a folder that can be written", given,
                         strerror(errno));
    if (realpath(given, path))
        return 0;
    if (output && errno == ENOENT) { /* a dry run makes no folder */
        char *absolute = g_canonicalize_filename(given, NULL);
        snprintf(path, PATH_MAX, "%s", absolute);
        g_free(absolute);
        return 0;
    }
    if (output || errno != ENOENT)
        return fault_set(fault, "%s: %s", given, strerror(errno));
    return fault_set(fault, "batch %s: %s: give a folder that holds the images", given, strerror(errno));
}

/* The options for `knee run`, as every task will parse them; in and out: its operands. They choose the items by which
 * shards are sized, and a wrong one is refused here and not by every task. Returns 0, KNEE_USAGE after a message, or -1
 * with fault. */
static int read_run_words(char *const *words, char *in, char *out, struct run_options *run,
                          struct fault *fault)
{
    bool quiet = message_quiet; /* --quiet among them is for the tasks */
    struct arguments arguments;
    GPtrArray *argv = g_ptr_array_new();
    enum options_result result;

    g_ptr_array_add(argv, (char[]){"run"});
    for (char *const *word = words; word && *word; word++)
        g_ptr_array_add(argv, *word);
    g_ptr_array_add(argv, (char[]){"--"});
    g_ptr_array_add(argv, in);
    g_ptr_array_add(argv, out);
    g_ptr_array_add(argv, NULL);
    result = options_parse(&cmd_run, (int)argv->len - 1, (char **)argv->pdata, &arguments);
    message_quiet = quiet;
    if (result == OPTIONS_GO && run_arguments_check(&arguments, fault) == 0)
        *run = *run_arguments_options();
    g_ptr_array_free(argv, TRUE);
    if (result != OPTIONS_GO)
        return KNEE_USAGE;
    if (fault->kind != FAULT_NONE)
        return -1;
    if (run->list_path && strcmp(run->list_path, "-") == 0)
        return fault_usage(fault, "--list -: tasks have no standard input: give the name of a file");
    return 0;
}

/* The cores of a node of the partition that tasks go to. Nodes that are away now may come back: no error. */
static uint64_t look_at_nodes(const struct submission_options *where)
{
    const char *partition = sbatch_options_partition(where->slurm, getenv("SBATCH_PARTITION"));
    struct slurm_nodes nodes;
    struct fault fault = {0};
    uint64_t cores;

    if (slurm_nodes_read(&nodes, partition, &fault)) {
        message_warning("%s", fault.text);
        return 1;
    }
    if (nodes.names->len < where->nodes)
        message_warning("--nodes %" PRIu64 ": partition %.200s has %u node%s that answer%s and take%s tasks",
                        where->nodes, partition ? partition : "default", nodes.names->len,
                        nodes.names->len == 1 ? "" : "s", nodes.names->len == 1 ? "s" : "",
                        nodes.names->len == 1 ? "s" : "");
    cores = nodes.cores ? nodes.cores : 1;
    slurm_nodes_release(&nodes);
    return cores;
}

/* The items of the shards: what `knee run` will make of the same words. */
static int list_items(struct batch *batch, const struct submission_options *where,
                      const struct run_options *run, struct fault *fault)
{
    const struct batch_options how = {.exclude = where->out, .follow_links = run->follow_links};

    if (batch_list(batch, where->in, &how, fault))
        return -1;
    if (!run->list_path || batch_keep_listed(batch, run->list_path, run->null, fault) == 0)
        return 0;
    batch_release(batch);
    return -1;
}

static int choose_size(struct submission *submission, const struct submission_options *where,
                       const struct run_options *run, uint64_t cores, struct fault *fault)
{
    struct shard_size *size = &submission->size;
    struct probe probe = {.node_s = NAN};
    struct batch batch;

    if (options.shards) {
        shard_size_of(size, NAN, options.shards, options.nodes);
        return 0;
    }
    if (options.nodes == 1) {
        shard_size_of(size, NAN, 1, 1);
        return 0;
    }
    if (list_items(&batch, where, run, fault))
        return -1;
    probe_batch(&probe, where->knee, where->run_words, where->in, batch.paths, batch.bytes, batch.count,
                cores);
    shard_size_choose(size, probe.node_s, probe.items, options.nodes);
    if (!isfinite(probe.node_s))
        message_note("the time of a few items could not be measured: one shard a node");
    batch_release(&batch);
    return 0;
}

static void print_size(const struct submission *submission)
{
    const struct shard_size *size = &submission->size;
    char time[64] = "of unknown time";

    if (isfinite(size->shard_s))
        progress_duration(size->shard_s, time, sizeof time);
    printf("%" PRIu64 " shards (%s each on a node), %" PRIu64 " a task: %" PRIu64 " tasks, %" PRIu64
           " at the same time\n",
           size->shards, time, size->per_task, size->tasks, options.nodes);
}

static void print_command(const struct slurm_array *array)
{
    char **words = slurm_array_command(array);

    for (char **word = words; *word; word++) {
        char *quoted = strpbrk(*word, " \t\n'\"\\$`;&|<>()*?[]{}~#!") ? g_shell_quote(*word) : NULL;
        printf("%s%s", word == words ? "" : " ", quoted ? quoted : *word);
        g_free(quoted);
    }
    printf("\n");
    g_strfreev(words);
}

/* The jobs have no numbers yet: an array that waits for another has "JOB" and the other's place. */
static void print_arrays(const GArray *arrays, char *const *words)
{
    for (guint i = 0; i < arrays->len; i++) {
        const struct shard_array *planned = &g_array_index(arrays, struct shard_array, i);
        struct slurm_array array = {.script = "task.sh",
                                    .words = words,
                                    .indices = planned->indices,
                                    .offset = planned->first,
                                    .at_once = planned->at_once};
        char after[32];
        snprintf(after, sizeof after, "JOB%zu", planned->after + 1);
        array.after = planned->after == SHARD_ARRAYS_NONE ? NULL : after;
        print_command(&array);
    }
}

static int print_plan(struct submission *submission, const struct submission_options *where,
                      uint64_t index_most)
{
    bool *done = g_new0(bool, submission->size.shards);
    GArray *arrays = shard_arrays(&submission->size, done, index_most + 1, options.nodes);
    char *script, **words = submission_words(where);

    submission->options = where;
    script = submission_script(submission);
    print_size(submission);
    print_arrays(arrays, words);
    printf("\n%s", script);
    g_free(script);
    g_strfreev(words);
    g_array_unref(arrays);
    g_free(done);
    return KNEE_OK;
}

static int submit(struct submission *submission, const struct submission_options *where, uint64_t index_most,
                  struct fault *fault)
{
    int signal_number = 0;
    enum follow_result result;

    if (submission_write(submission, where, fault))
        return -1;
    if (submission->jobs->len)
        message_note("attached to job %s", submission->jobs->str);
    else if (!message_quiet)
        print_size(submission);
    result = follow(submission, index_most, &signal_number, fault);
    if (result == FOLLOW_ERROR)
        return -1;
    if (result == FOLLOW_INTERRUPTED) {
        message_note("job %s goes on: the same command attaches to it again; 'scancel %s' ends it",
                     submission->jobs->str, submission->jobs->str);
        return KNEE_INTERRUPTED + signal_number;
    }
    return merge_shards(where->out, submission->begun_ns, options.json, fault);
}

static int plan_and_submit(const struct submission_options *where, const struct run_options *run,
                           struct fault *fault)
{
    struct submission submission = {0};
    uint64_t index_most = 1000;
    int known = submission_read(&submission, where, fault), code = -1;

    bool has_slurm = known >= 0 && slurm_open(&index_most, fault) == 0;

    if (known >= 0 && !has_slurm && options.dry_run) {
        message_note("%s; MaxArraySize is taken as its default, 1001", fault->text);
        *fault = (struct fault){0};
    }
    if (fault->kind == FAULT_NONE && known > 0 && options.shards && options.shards != submission.size.shards)
        fault_set(fault,
                  "output folder %s: was submitted as %" PRIu64
                  " shards: leave --shards out, or give another folder",
                  where->out, submission.size.shards);
    if (fault->kind == FAULT_NONE && known > 0)
        submission_check(&submission, fault);
    if (fault->kind == FAULT_NONE && known == 0)
        choose_size(&submission, where, run, has_slurm ? look_at_nodes(where) : 1, fault);
    if (fault->kind == FAULT_NONE)
        code = options.dry_run ? print_plan(&submission, where, index_most)
                               : submit(&submission, where, index_most, fault);
    submission_release(&submission);
    return code;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    char in[PATH_MAX], out[PATH_MAX], knee[PATH_MAX];
    char **slurm = sbatch_options_split(options.slurm.text, options.slurm.count, fault);
    struct submission_options where = {.in = in,
                                       .out = out,
                                       .knee = knee,
                                       .run_words = arguments->command,
                                       .slurm = slurm,
                                       .time = options.time,
                                       .memory = options.memory,
                                       .nodes = options.nodes};
    struct run_options tasks = {.in = in, .out = out};
    int code = -1;

    if (!slurm)
        return -1;
    if (paths_program(knee, sizeof knee, fault) == 0 &&
        resolve(arguments->operands[0], false, in, fault) == 0 &&
        resolve(arguments->operands[1], true, out, fault) == 0)
        code = read_run_words(arguments->command, in, out, &tasks, fault);
    if (code == 0)
        code = plan_and_submit(&where, &tasks, fault);
    g_strfreev(slurm);
    return code;
}

const struct subcommand cmd_submit = {
    .name = "submit",
    .summary = "process a batch on several machines, by Slurm",
    .usage = "[options] IN OUT [-- OPTIONS OF knee run]",
    .details =
        "Divides the batch into shards, submits them as a job array that does them (one task a node at a\n"
        "time), follows it, submits again what has no marker, and joins the shards ('knee merge'). IN, OUT\n"
        "and this program are on a file system that all nodes share. After an interrupt the tasks go on, "
        "and\n"
        "the same command attaches to them again.\n"
        "exit codes: 0 all done, 1 something failed, 2 usage, 130 or 143 interrupted\n",
    .table = table,
    .least = 2,
    .most = 2,
    .takes_command = true,
    .check = check,
    .run = run,
};
