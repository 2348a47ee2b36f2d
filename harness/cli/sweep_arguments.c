#include "harness/cli/sweep_arguments.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

#include "analysis/knee/knee.h"
#include "harness/cli/study_names.h"
#include "harness/machine/counters/counter_group.h"
#include "harness/machine/pin_plan.h"
#include "harness/sweep/subjects/subject_synthetic.h"
#include "harness/sweep/subjects/subjects.h"
#include "pipeline/images/recipe/shipped.h"

static struct sweep_options options = {
    .chunks = "1,4,16,64", .budget_ns = 600000000000u, .seed = 1, .delta = KNEE_DELTA, .shards = 2};
static bool no_counters;

const struct option_spec sweep_arguments_table[] = {
    {.name = "study",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .target = &options.study,
     .help = "folder of the study; default results/<name of IN>"},
    {.name = "budget",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .target = &options.budget_ns,
     .help = "time for the study: 90s, 10m, 1.5h; default 10m"},
    {.name = "workers",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.workers,
     .help = "worker counts: 1..16 or 1,2,4 (with 1); default: up to two above the cores"},
    {.name = "nodes",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.nodes,
     .help = "run IN on several machines, by Slurm: 1,2,4,8 nodes; --workers is 1 then"},
    {.name = "shards",
     .argument = "K",
     .kind = OPTION_COUNT,
     .target = &options.shards,
     .min = 1,
     .max = 10000,
     .help = "with --nodes: shards for each node; default 2"},
    {.name = "emulate",
     .argument = "CORES",
     .kind = OPTION_COUNT,
     .target = &options.emulate,
     .min = 1,
     .max = POOL_MAX_WORKERS,
     .help = "emulate CORES cores by CPU quotas"},
    {.name = "times",
     .argument = "STUDY",
     .kind = OPTION_TEXT,
     .target = &options.times,
     .help = "with --emulate: choose items by their times in this study of the same batch"},
    {.name = "chunks",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.chunks,
     .help = "chunk sizes to compare at full cores; default 1,4,16,64"},
    {.name = "policies",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.policies,
     .help = "policies to compare at full cores; default all four"},
    {.name = "items",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.items,
     .min = 1,
     .max = 1000000000,
     .help = "items in each trial (--weak: of each worker); default: what fits (--nodes: all)"},
    {.name = "blocks",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.blocks,
     .min = 1,
     .max = 1000,
     .help = "passes over all cells; default: as many as fit the budget"},
    {.name = "precision",
     .argument = "SHARE",
     .kind = OPTION_REAL,
     .target = &options.precision,
     .real_min = 0.0005,
     .real_max = 0.5,
     .help = "end when the half-width of E(n) at knee and best cell is below SHARE, as 1%"},
    {.name = "delta",
     .argument = "SHARE",
     .kind = OPTION_REAL,
     .target = &options.delta,
     .real_min = 0.001,
     .real_max = 0.9,
     .help = "the knee is where efficiency falls below 1 - SHARE; default 5%"},
    {.name = "placement",
     .argument = "P",
     .kind = OPTION_CHOICE,
     .target = &options.placement,
     .choices = pin_placement_names,
     .help = "compact (default), scatter, core-type or none"},
    {.name = "recipe",
     .letter = 'r',
     .argument = "RECIPE",
     .kind = OPTION_TEXT,
     .target = &options.recipe,
     .help = "recipe of the renditions: a file, or a name of 'knee recipe list'; default web"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.seed,
     .min = 0,
     .max = INT64_MAX,
     .help = "of the order of trials and the choice of items; default 1"},
    {.name = "noise",
     .argument = "SHARE",
     .kind = OPTION_REAL,
     .target = &options.noise,
     .real_min = 0.001,
     .real_max = 1,
     .help = "CPU share other processes may use before a trial is void; default 5% (host 2%)"},
    {.name = "noise-policy",
     .argument = "POLICY",
     .kind = OPTION_CHOICE,
     .target = &options.noise_policy,
     .choices = noise_policy_names,
     .help = "disturbed trials: void, weigh, keep; auto (default): weigh when most are"},
    {.name = "counters",
     .argument = "GROUP",
     .kind = OPTION_TEXT,
     .target = &options.counters,
     .help = "events to count: a group of 'knee doctor', or a file; default 'default'"},
    {.name = "no-counters", .kind = OPTION_FLAG, .target = &no_counters, .help = "count no events"},
    {.name = "out",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .target = &options.out,
     .help = "folder for outputs of trials, removed after each; default: in STUDY"},
    {.name = "cache",
     .argument = "STATE",
     .kind = OPTION_CHOICE,
     .target = &options.cache,
     .choices = sweep_cache_names,
     .help = "page cache before every trial: warm (default) or cold"},
    {.name = "prepare",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.command.prepare,
     .help = "with -- CMD: shell command before each trial, outside its time"},
    {.name = "check",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.command.check,
     .help = "with -- CMD: exits with 0 when the trial's output is right"},
    {.name = "output",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.command.output,
     .help = "with -- CMD: file or folder that it writes ('-': stdout), compared between trials"},
    {.name = "cleanup",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.command.cleanup,
     .help = "with -- CMD: shell command after each trial"},
    {.name = "units",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.command.units,
     .min = 1,
     .max = 1000000000000,
     .help = "with -- CMD: the work of a trial, for throughput"},
    {.name = "weak",
     .kind = OPTION_FLAG,
     .target = &options.weak,
     .help = "weak scaling: --items for each worker; with -- CMD: {units} grows"},
    {.name = "antagonists",
     .argument = "STEPS",
     .kind = OPTION_TEXT,
     .target = &options.antagonists,
     .help = "press on memory from another core: auto, or steps as 0GB/s,2GB/s,max,8MiB"},
    {.name = "synthetic",
     .alias = "model",
     .argument = "WORDS",
     .kind = OPTION_TEXT,
     .target = &options.synthetic,
     .help = "instead of IN: a synthetic batch with known costs, as for 'knee synthetic'"},
    {.name = "replay",
     .argument = "STUDY",
     .kind = OPTION_TEXT,
     .target = &options.replay,
     .help = "replay the whole batch of STUDY: items wait for their measured time"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .target = &options.dry_run,
     .help = "print the plan and exit"},
    {.name = "resume",
     .kind = OPTION_FLAG,
     .target = &options.resume,
     .help = "continue the existing study (the default); fail when there is none"},
    {.name = "restart",
     .kind = OPTION_FLAG,
     .target = &options.restart,
     .help = "replace the existing study"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .target = &options.json,
     .help = "print the summary as JSON; 'knee fit --json' has the results"},
    OPTION_QUIET,
    {.name = "verbose",
     .letter = 'v',
     .kind = OPTION_FLAG,
     .target = &message_verbose,
     .help = "details on stderr: each trial, files used, programs started, time and memory"},
    {.name = NULL}};

static int check_command(struct fault *fault)
{
    if (options.items)
        return fault_usage(
            fault, "--items: the items of a command are its own; give the work of a trial with --units");
    if (options.counters)
        return fault_usage(
            fault,
            "--counters: events are counted in the pipeline's workers, not in a command: leave it out");
    if (options.cache == CACHE_COLD)
        return fault_usage(fault, "--cache: the files of a command are not known; use --prepare instead");
    options.command.weak = options.weak;
    if (command_spec_check(&options.command, fault))
        return fault_is_usage(fault);
    if (!options.study)
        options.study = options.study_made = study_name_of_command(&options.command);
    return 0;
}

static int check_synthetic(struct fault *fault)
{
    if (options.emulate)
        return fault_usage(fault,
                           "--emulate with --synthetic: knee sweep --emulate %d -- knee synthetic -j "
                           "{workers} 'WORDS' does that",
                           (int)options.emulate);
    if (subject_synthetic_command(&options, fault))
        return fault_is_usage(fault);
    if (!options.study)
        options.study = "results/synthetic";
    return check_command(fault);
}

static int check_batch(const char *in, struct fault *fault)
{
    if (options.command.prepare || options.command.check || options.command.output ||
        options.command.cleanup || options.command.units)
        return fault_usage(
            fault, "--prepare, --check, --output, --cleanup and --units belong to a command: knee sweep "
                   "[options] -- CMD");
    if (options.counters && no_counters)
        return fault_usage(fault, "--counters and --no-counters: give one of them");
    if (!options.counters && !no_counters)
        options.counters = COUNTER_GROUP_DEFAULT;
    options.in = in;
    if (!options.study)
        options.study = options.study_made = study_name_of_folder(in);
    return 0;
}

/* in: NULL, or the batch of that study at another place. Items that wait are not counted, pinned or cached. */
static int check_replay(const char *in, struct fault *fault)
{
    if (options.weak || options.emulate || options.items || options.cache || options.counters ||
        options.antagonists || options.placement || options.command.prepare || options.command.check ||
        options.command.output || options.command.cleanup || options.command.units)
        return fault_usage(fault, "--replay takes batch, items and times from its study: leave out --weak, "
                                  "--emulate, --items, --cache, --counters, --antagonists, --placement, "
                                  "--prepare, --check, --output, --cleanup and --units");
    options.in = in;
    options.placement = PIN_NONE;
    if (!options.study)
        options.study = options.study_made = study_name_of_replay(options.replay);
    return 0;
}

/* The nodes do the work: this machine's cores, counters and page cache have no part in it. */
static int check_nodes(const char *in, struct fault *fault)
{
    if (options.emulate || options.cache || options.counters || options.antagonists || options.placement)
        return fault_usage(fault,
                           "--nodes: the work is done on other machines: leave out --emulate, --cache, "
                           "--counters, --antagonists and --placement");
    if (options.weak && !options.items)
        return fault_usage(fault, "--nodes with --weak: give the items of each worker with --items");
    no_counters = true;
    options.placement = PIN_NONE;
    options.subject = SWEEP_NODES;
    return check_batch(in, fault);
}

/* One of IN, -- CMD, --synthetic and --replay; IN may go with --replay. in: NULL when it was not given. */
static int check_subject(const char *in, struct fault *fault)
{
    int given = (in != NULL && !options.replay) + (options.command.words != NULL) +
                (options.synthetic != NULL) + (options.replay != NULL);

    if (given != 1)
        return fault_usage(fault, "%s",
                           given
                               ? "IN, --synthetic, --replay and -- CMD: give one of them"
                               : "operand missing: give a folder of images, --synthetic, --replay or -- CMD");
    options.subject = options.replay      ? SWEEP_REPLAY
                      : in                ? SWEEP_BATCH
                      : options.synthetic ? SWEEP_SYNTHETIC
                                          : SWEEP_COMMAND;
    if (options.nodes)
        return options.subject == SWEEP_BATCH
                   ? check_nodes(in, fault)
                   : fault_usage(fault, "--nodes belongs to a folder of images: knee sweep --nodes 1,2,4 IN");
    switch (options.subject) {
    case SWEEP_COMMAND:
        return check_command(fault);
    case SWEEP_SYNTHETIC:
        return check_synthetic(fault);
    case SWEEP_REPLAY:
        return check_replay(in, fault);
    case SWEEP_BATCH:
    case SWEEP_NODES:
        break;
    }
    return check_batch(in, fault);
}

/* At most one operand; a command without "--" in front of it looks like several, or like a folder. */
static int check_operands(const struct arguments *arguments, struct fault *fault)
{
    GString *line = g_string_new(NULL);
    bool places = false;

    for (int i = 0; i < arguments->count; i++) {
        places = places || strstr(arguments->operands[i], "{workers}") ||
                 command_line_in_one_word(arguments->operands[i]);
        g_string_append_printf(line, " %s", arguments->operands[i]);
    }
    if (places)
        fault_usage(fault, "%.200s is no folder of images; did you mean: knee sweep --%.200s", line->str + 1,
                    line->str);
    else if (arguments->count > 1)
        fault_usage(fault, "unexpected '%s': one folder of images is given, or a command: knee sweep -- CMD",
                    arguments->operands[1]);
    g_string_free(line, TRUE);
    return places || arguments->count > 1 ? -1 : 0;
}

int sweep_arguments_check(const struct arguments *arguments, struct fault *fault)
{
    static char recipe[PATH_MAX], policies[CHUNK_POLICY_LIST_BYTES];

    if (options.recipe || !options.replay) {
        options.recipe = shipped_find(options.recipe, recipe, sizeof recipe, fault);
        if (!options.recipe)
            return -1;
    }
    if (!options.policies)
        options.policies = chunk_policy_list(policies, sizeof policies);
    if (!options.workers && options.nodes)
        options.workers = "1";
    options.command.words = arguments->command;
    if (options.antagonists && (options.emulate || options.weak))
        return fault_usage(
            fault, "--antagonists: they press on real cores, with the same items in every trial: leave out "
                   "--emulate and --weak");
    if (options.times && (!options.emulate || options.weak))
        return fault_usage(fault, "--times: only --emulate without --weak chooses items by their times");
    if (check_operands(arguments, fault) ||
        check_subject(arguments->count ? arguments->operands[0] : NULL, fault))
        return -1;
    if (options.resume && options.restart)
        return fault_usage(fault, "--resume and --restart: give one of them");
    return sweep_options_read_plan(&options, fault) ? fault_is_usage(fault) : 0;
}

const struct sweep_options *sweep_arguments_options(void)
{
    return &options;
}

void sweep_arguments_release(struct sweep_options *parsed)
{
    g_free(parsed->study_made);
    parsed->study_made = NULL;
    g_strfreev(parsed->synthetic_words);
    parsed->synthetic_words = NULL;
}
