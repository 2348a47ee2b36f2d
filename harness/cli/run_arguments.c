#include "harness/cli/run_arguments.h"

#include <limits.h>

#include "harness/machine/counters/counter_group.h"
#include "pipeline/images/output/rendition_list.h"
#include "pipeline/images/recipe/shipped.h"

static struct run_options options = {.pool = {POOL_ARGUMENTS_DEFAULTS}, .table_fd = RUN_NO_TABLE_FD};

static const char *shard; /* NULL: the whole batch */

static const char *const groups[] = {COUNTER_GROUP_DEFAULT, NULL};

const struct option_spec run_arguments_table[] = {
    {.name = "recipe",
     .letter = 'r',
     .argument = "RECIPE",
     .kind = OPTION_TEXT,
     .target = &options.recipe_path,
     .help = "how each item is processed: a file, or a name of 'knee recipe list'; default web"},
    {.name = "list",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.list_path,
     .help = "only these items: a list of paths, within IN or with IN first; -: stdin"},
    {.name = "null",
     .letter = '0',
     .kind = OPTION_FLAG,
     .target = &options.null,
     .help = "with --list: names end with zero bytes, as 'find -print0' writes them"},
    {.name = "follow-links",
     .letter = 'L',
     .kind = OPTION_FLAG,
     .target = &options.follow_links,
     .help = "follow symbolic links that lead to files and folders within IN"},
    POOL_ARGUMENTS_TABLE(options.pool, "auto",
                         "fresh (default): each worker loads watermark and font; zygote: the parent does",
                         "by the recipe", "auto"),
    {.name = "serial",
     .letter = 's',
     .kind = OPTION_FLAG,
     .target = &options.serial,
     .help = "one process, one item after another: the reference that any other run must equal"},
    {.name = "counters",
     .argument = "GROUP",
     .kind = OPTION_TEXT_OR,
     .target = &options.counters,
     .choices = groups,
     .help = "count events in every worker: a group of 'knee doctor', or a file"},
    {.name = "stats",
     .kind = OPTION_FLAG,
     .target = &options.stats,
     .help = "print the time spent in each stage"},
    {.name = "renditions",
     .argument = "FORM",
     .kind = OPTION_CHOICE,
     .target = &options.rendition_list,
     .choices = rendition_list_forms,
     .help = "list of the outputs, RENDITIONS.json or .csv: %s; default json"},
    {.name = "shard",
     .argument = "I/K",
     .kind = OPTION_TEXT,
     .target = &shard,
     .help = "only part I of K, for 'knee merge'; auto, auto/K: the scheduler names it"},
    {.name = "restart",
     .kind = OPTION_FLAG,
     .target = &options.journal.restart,
     .help = "discard what OUT holds: its outputs, of another recipe or batch too, are removed"},
    {.name = "retry-failed",
     .kind = OPTION_FLAG,
     .target = &options.journal.retry_failed,
     .help = "process items again that failed in the run before"},
    {.name = "durable",
     .kind = OPTION_FLAG,
     .target = &options.journal.durable,
     .help = "a finished item survives a power cut: folders and journal are synced too"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .target = &options.dry_run,
     .help = "print what would be done and do nothing"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .target = &options.json,
     .help = "print OUT/SUMMARY.json instead of a line"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .target = &message_quiet,
     .help = "print errors only"},
    {.name = "verbose",
     .letter = 'v',
     .kind = OPTION_FLAG,
     .target = &message_verbose,
     .help = "details on stderr: each item, files used, time and memory"},
    {.name = "replay",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .target = &options.replay,
     .help = "items wait as long as DIR of 'knee sweep --replay' says, and store its renditions"},
    {.name = "table-fd",
     .argument = "FD",
     .kind = OPTION_COUNT,
     .target = &options.table_fd,
     .min = 3,
     .max = RUN_NO_TABLE_FD - 1,
     .help = "an inherited, empty memfd that gets the item table"},
    {.name = NULL}};

int run_arguments_check(const struct arguments *arguments, struct fault *fault)
{
    static char recipe[PATH_MAX];

    if (options.replay && options.pool.emulate)
        return fault_usage(fault, "--replay and --emulate: give one of them: items that wait need no core");
    if (options.null && !options.list_path)
        return fault_usage(fault, "--null: there is no --list whose names it could separate: give both");
    if (options.json && (shard || options.stats || options.dry_run))
        return fault_usage(
            fault, "--json: it prints the summary of a whole run, and nothing else: leave out --shard, "
                   "--stats and --dry-run");
    options.recipe_path = shipped_find(options.recipe_path, recipe, sizeof recipe, fault);
    if (!options.recipe_path)
        return -1;
    if (options.serial)
        options.pool.workers = 1;
    pool_arguments_complete(&options.pool);
    options.in = arguments->operands[0];
    options.out = arguments->operands[1];
    if (shard && (options.replay || options.table_fd != RUN_NO_TABLE_FD))
        return fault_usage(fault,
                           "--shard with --replay or --table-fd: these measure a whole run: leave one out");
    return shard ? run_shard_choose(&options.shard, shard, fault) : 0;
}

const struct run_options *run_arguments_options(void)
{
    return &options;
}
