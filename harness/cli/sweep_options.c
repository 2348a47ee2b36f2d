#include "harness/cli/sweep_options.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

#include "harness/console/message.h"
#include "harness/machine/pin_plan.h"
#include "harness/sweep/sweep_synthetic.h"
#include "pipeline/base/paths.h"

const char *const sweep_cache_names[] = {"warm", "cold", NULL};

static struct sweep_settings set;
static bool no_counters;

static const struct option_spec table[] = {
    {.name = "study",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .target = &set.study,
     .help = "folder of the study; default results/<name of IN>"},
    {.name = "budget",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .target = &set.budget_ns,
     .help = "how long it may take: 90s, 10m, 1.5h; default 10m"},
    {.name = "workers",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &set.workers,
     .help = "worker counts: 1..16 (default) or 1,2,4; 1 is always among them"},
    {.name = "emulate",
     .argument = "CORES",
     .kind = OPTION_COUNT,
     .target = &set.emulate,
     .min = 1,
     .max = POOL_MAX_WORKERS,
     .help = "as if there were so many: each worker gets a share of a real one"},
    {.name = "chunks",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &set.chunks,
     .help = "chunk sizes to compare at full cores; default 1,4,16,64"},
    {.name = "policies",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &set.policies,
     .help = "policies to compare at full cores; default all four"},
    {.name = "items",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.items,
     .min = 1,
     .max = 1000000000,
     .help = "items in each trial; default: what fits the budget"},
    {.name = "blocks",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.blocks,
     .min = 1,
     .max = 1000,
     .help = "passes over all settings; default: what fits the budget"},
    {.name = "precision",
     .argument = "SHARE",
     .kind = OPTION_REAL,
     .target = &set.precision,
     .real_min = 0.0005,
     .real_max = 0.5,
     .help = "half-width of E(n) at knee and best setting: 1%; ends there or with the budget"},
    {.name = "placement",
     .argument = "P",
     .kind = OPTION_CHOICE,
     .target = &set.placement,
     .choices = pin_placement_names,
     .help = "compact (default), scatter, core-type or none"},
    {.name = "recipe",
     .letter = 'r',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &set.recipe,
     .help = "what is made of each item; default: the shipped web.recipe"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.seed,
     .min = 0,
     .max = INT64_MAX,
     .help = "of the order of trials and the choice of items; default 1"},
    {.name = "noise",
     .argument = "SHARE",
     .kind = OPTION_REAL,
     .target = &set.noise,
     .real_min = 0.001,
     .real_max = 1,
     .help = "share that others may take before a trial is void; default 5% (host 2%)"},
    {.name = "counters",
     .argument = "GROUP",
     .kind = OPTION_TEXT,
     .target = &set.counters,
     .help = "events that are counted: a group of 'knee doctor', or a file; default 'default'"},
    {.name = "no-counters", .kind = OPTION_FLAG, .target = &no_counters, .help = "count no events"},
    {.name = "out",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .target = &set.out,
     .help = "where trials put their outputs, removed after each; default: in STUDY"},
    {.name = "cache",
     .argument = "STATE",
     .kind = OPTION_CHOICE,
     .target = &set.cache,
     .choices = sweep_cache_names,
     .help = "files of IN before every trial: warm (default) or cold"},
    {.name = "prepare",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &set.command.prepare,
     .help = "with -- CMD: shell command before each trial, outside its time"},
    {.name = "check",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &set.command.check,
     .help = "with -- CMD: exits with 0 when the trial's output is right"},
    {.name = "cleanup",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &set.command.cleanup,
     .help = "with -- CMD: shell command after each trial"},
    {.name = "units",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.command.units,
     .min = 1,
     .max = 1000000000000,
     .help = "with -- CMD: how much work a trial does, for throughput"},
    {.name = "weak",
     .kind = OPTION_FLAG,
     .target = &set.weak,
     .help = "weak scaling: --items for each worker; with -- CMD: {units} grows"},
    {.name = "synthetic",
     .alias = "model",
     .argument = "WORDS",
     .kind = OPTION_TEXT,
     .target = &set.synthetic,
     .help = "in place of IN: a made-up batch whose truth is known, as of 'knee synthetic'"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .target = &set.dry_run,
     .help = "print the plan and end"},
    {.name = "resume",
     .kind = OPTION_FLAG,
     .target = &set.resume,
     .help = "go on with the study that is there; without it this is done too"},
    {.name = "restart",
     .kind = OPTION_FLAG,
     .target = &set.restart,
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

static enum options_result usage(const char *text)
{
    message_error("%s", text);
    return OPTIONS_USAGE;
}

static enum options_result check_command(void)
{
    struct fault fault;

    if (!set.command.words[0])
        return usage("a command is missing after '--'");
    if (set.items)
        return usage("--items: a command's items are its own; --units tells how much work a trial is");
    if (set.counters)
        return usage(
            "--counters: events are counted in the pipeline's workers, not in a command: leave it out");
    if (set.cache == CACHE_COLD)
        return usage("--cache: the files of a command are not known; let --prepare see to them");
    set.command.weak = set.weak;
    if (command_study_check(&set.command, &fault))
        return usage(fault.text);
    if (!set.study)
        set.study = set.study_made = default_study(set.command.words[0]);
    return OPTIONS_GO;
}

static enum options_result check_batch(const char *in)
{
    if (set.command.prepare || set.command.check || set.command.cleanup || set.command.units)
        return usage("--prepare, --check, --cleanup and --units belong to a command: knee sweep [options] "
                     "-- CMD");
    if (set.counters && no_counters)
        return usage("--counters and --no-counters: give one of them");
    if (!set.counters && !no_counters)
        set.counters = COUNTER_GROUP_DEFAULT;
    set.in = in;
    if (!set.study)
        set.study = set.study_made = default_study(in);
    return OPTIONS_GO;
}

/* One of IN, -- CMD and --synthetic. A synthetic workload becomes a command. */
static enum options_result check_operand(int operands)
{
    struct fault fault;

    if (operands + (set.command.words != NULL) + (set.synthetic != NULL) != 1)
        return usage(operands || set.command.words || set.synthetic
                         ? "IN, --synthetic and -- CMD: give one of them"
                         : "operand missing: give a folder of images, --synthetic or -- CMD");
    if (set.synthetic && sweep_synthetic_command(&set, &fault))
        return usage(fault.text);
    if (set.synthetic && !set.study)
        set.study = "results/synthetic";
    return OPTIONS_GO;
}

enum options_result sweep_options_parse(const struct subcommand *subcommand, int argc, char **argv,
                                        struct sweep_settings *parsed)
{
    static char recipe[PATH_MAX];
    enum options_result result;
    char **operands;
    int count, own = 0;

    set = (struct sweep_settings){.recipe = paths_data("pipeline/recipes/web.recipe", recipe, sizeof recipe),
                                  .workers = "1..16",
                                  .chunks = "1,4,16,64",
                                  .policies = "static,dynamic,guided,largest-first",
                                  .budget_ns = 600000000000u,
                                  .seed = 1};
    /* What is behind "--" is the command, options of its own included. */
    while (own < argc && strcmp(argv[own], "--") != 0)
        own++;
    if (own < argc)
        set.command.words = argv + own + 1;
    result = options_parse(subcommand, table, own, argv, 0, 1, &operands, &count);
    if (result == OPTIONS_GO)
        result = check_operand(count);
    if (result == OPTIONS_GO)
        result = set.command.words ? check_command() : check_batch(operands[0]);
    if (result == OPTIONS_GO && set.resume && set.restart) {
        message_error("--resume and --restart: give one of them");
        result = OPTIONS_USAGE;
    }
    *parsed = set;
    return result;
}

void sweep_options_release(struct sweep_settings *parsed)
{
    g_free(parsed->study_made);
    parsed->study_made = NULL;
    g_strfreev(parsed->synthetic_words);
    parsed->synthetic_words = NULL;
}
