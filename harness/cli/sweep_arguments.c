#include "harness/cli/sweep_arguments.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

#include "harness/machine/pin_plan.h"
#include "harness/sweep/sweep_synthetic.h"
#include "pipeline/base/paths.h"

const char *const sweep_cache_names[] = {"warm", "cold", NULL};

static struct sweep_options options = {
    .workers = "1..16", .chunks = "1,4,16,64", .budget_ns = 600000000000u, .seed = 1};
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
     .help = "how long it may take: 90s, 10m, 1.5h; default 10m"},
    {.name = "workers",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.workers,
     .help = "worker counts: 1..16 (default) or 1,2,4; 1 is always among them"},
    {.name = "emulate",
     .argument = "CORES",
     .kind = OPTION_COUNT,
     .target = &options.emulate,
     .min = 1,
     .max = POOL_MAX_WORKERS,
     .help = "as if there were so many: each worker gets a share of a real one"},
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
     .help = "items in each trial; default: what fits the budget"},
    {.name = "blocks",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.blocks,
     .min = 1,
     .max = 1000,
     .help = "passes over all settings; default: what fits the budget"},
    {.name = "precision",
     .argument = "SHARE",
     .kind = OPTION_REAL,
     .target = &options.precision,
     .real_min = 0.0005,
     .real_max = 0.5,
     .help = "half-width of E(n) at knee and best setting: 1%; ends there or with the budget"},
    {.name = "placement",
     .argument = "P",
     .kind = OPTION_CHOICE,
     .target = &options.placement,
     .choices = pin_placement_names,
     .help = "compact (default), scatter, core-type or none"},
    {.name = "recipe",
     .letter = 'r',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.recipe,
     .help = "what is made of each item; default: the shipped web.recipe"},
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
     .help = "share that others may take before a trial is void; default 5% (host 2%)"},
    {.name = "counters",
     .argument = "GROUP",
     .kind = OPTION_TEXT,
     .target = &options.counters,
     .help = "events that are counted: a group of 'knee doctor', or a file; default 'default'"},
    {.name = "no-counters", .kind = OPTION_FLAG, .target = &no_counters, .help = "count no events"},
    {.name = "out",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .target = &options.out,
     .help = "where trials put their outputs, removed after each; default: in STUDY"},
    {.name = "cache",
     .argument = "STATE",
     .kind = OPTION_CHOICE,
     .target = &options.cache,
     .choices = sweep_cache_names,
     .help = "files of IN before every trial: warm (default) or cold"},
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
     .help = "with -- CMD: how much work a trial does, for throughput"},
    {.name = "weak",
     .kind = OPTION_FLAG,
     .target = &options.weak,
     .help = "weak scaling: --items for each worker; with -- CMD: {units} grows"},
    {.name = "synthetic",
     .alias = "model",
     .argument = "WORDS",
     .kind = OPTION_TEXT,
     .target = &options.synthetic,
     .help = "in place of IN: a made-up batch whose truth is known, as of 'knee synthetic'"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .target = &options.dry_run,
     .help = "print the plan and end"},
    {.name = "resume",
     .kind = OPTION_FLAG,
     .target = &options.resume,
     .help = "go on with the study that is there; without it this is done too"},
    {.name = "restart",
     .kind = OPTION_FLAG,
     .target = &options.restart,
     .help = "forget the study that is there"},
    {.name = NULL}};

static char *default_study(const char *in)
{
    char *whole = g_canonicalize_filename(in, NULL), *name = g_path_get_basename(whole), *study;

    study = g_build_filename("results", name, NULL);
    g_free(whole);
    g_free(name);
    return study;
}

static int check_command(struct fault *fault)
{
    if (!options.command.words[0])
        return fault_usage(fault, "a command is missing after '--'");
    if (options.items)
        return fault_usage(fault,
                           "--items: a command's items are its own; --units gives the work of a trial");
    if (options.counters)
        return fault_usage(
            fault,
            "--counters: events are counted in the pipeline's workers, not in a command: leave it out");
    if (options.cache == CACHE_COLD)
        return fault_usage(fault, "--cache: the files of a command are not known; use --prepare instead");
    options.command.weak = options.weak;
    if (command_study_check(&options.command, fault))
        return fault_is_usage(fault);
    if (!options.study)
        options.study = options.study_made = default_study(options.command.words[0]);
    return 0;
}

static int check_batch(const char *in, struct fault *fault)
{
    if (options.command.prepare || options.command.check || options.command.cleanup || options.command.units)
        return fault_usage(fault, "--prepare, --check, --cleanup and --units belong to a command: knee sweep "
                                  "[options] -- CMD");
    if (options.counters && no_counters)
        return fault_usage(fault, "--counters and --no-counters: give one of them");
    if (!options.counters && !no_counters)
        options.counters = COUNTER_GROUP_DEFAULT;
    options.in = in;
    if (!options.study)
        options.study = options.study_made = default_study(in);
    return 0;
}

/* One of IN, -- CMD and --synthetic. A synthetic workload becomes a command. */
static int check_operand(int operands, struct fault *fault)
{
    if (operands + (options.command.words != NULL) + (options.synthetic != NULL) != 1)
        return fault_usage(fault, "%s",
                           operands || options.command.words || options.synthetic
                               ? "IN, --synthetic and -- CMD: give one of them"
                               : "operand missing: give a folder of images, --synthetic or -- CMD");
    if (options.synthetic && sweep_synthetic_command(&options, fault))
        return fault_is_usage(fault);
    if (options.synthetic && !options.study)
        options.study = "results/synthetic";
    return 0;
}

int sweep_arguments_check(const struct arguments *arguments, struct fault *fault)
{
    static char recipe[PATH_MAX], policies[CHUNK_POLICY_LIST_BYTES];

    if (!options.recipe)
        options.recipe = paths_data("pipeline/recipes/web.recipe", recipe, sizeof recipe);
    if (!options.policies)
        options.policies = chunk_policy_list(policies, sizeof policies);
    options.command.words = arguments->command;
    if (check_operand(arguments->count, fault) ||
        (options.command.words ? check_command(fault) : check_batch(arguments->operands[0], fault)))
        return -1;
    return options.resume && options.restart ? fault_usage(fault, "--resume and --restart: give one of them")
                                             : 0;
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
