#include "harness/cli/run_settings.h"

#include <sched.h>

#include "harness/machine/counters/counter_group.h"
#include "pipeline/base/paths.h"
#include "pipeline/pool/pool.h"

static uint64_t allowed_cpus(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);

    return count > 0 ? (uint64_t)count : 1;
}

void run_settings_init(struct run_settings *set, char *recipe, size_t recipe_bytes)
{
    *set =
        (struct run_settings){.recipe_path = paths_data("pipeline/recipes/web.recipe", recipe, recipe_bytes),
                              .workers = allowed_cpus(),
                              .chunk = 1,
                              .policy = POLICY_DYNAMIC,
                              .item_timeout_ns = 600ull * 1000000000,
                              .table_fd = RUN_NO_TABLE_FD};
}

enum options_result run_settings_read(struct run_settings *set, const struct subcommand *subcommand, int argc,
                                      char **argv)
{
    static const char *const starts[] = {"fresh", "zygote", NULL};
    static const char *const policies[] = {"static", "dynamic", "guided", "largest-first", NULL};
    static const char *const sandboxes[] = {"auto", "require", "off", NULL}; /* enum sandbox_mode */
    static const char *const groups[] = {COUNTER_GROUP_DEFAULT, NULL};
    const struct option_spec table[] = {
        {.name = "recipe",
         .letter = 'r',
         .argument = "FILE",
         .kind = OPTION_TEXT,
         .target = &set->recipe_path,
         .help = "what is made of each item; default: the shipped web.recipe"},
        {.name = "workers",
         .letter = 'j',
         .argument = "N",
         .kind = OPTION_COUNT,
         .target = &set->workers,
         .min = 1,
         .max = POOL_MAX_WORKERS,
         .help = "worker processes; default: as many as CPUs may be used"},
        {.name = "chunk",
         .letter = 'c',
         .argument = "N",
         .kind = OPTION_COUNT,
         .target = &set->chunk,
         .min = 1,
         .max = 1000000000,
         .help = "items a worker claims at once; default 1"},
        {.name = "policy",
         .letter = 'p',
         .argument = "NAME",
         .kind = OPTION_CHOICE,
         .target = &set->policy,
         .choices = policies,
         .help = "static, dynamic, guided or largest-first; default dynamic"},
        {.name = "serial",
         .letter = 's',
         .kind = OPTION_FLAG,
         .target = &set->serial,
         .help = "no pool at all: the reference that any other run must equal"},
        {.name = "start",
         .argument = "HOW",
         .kind = OPTION_CHOICE,
         .target = &set->start,
         .choices = starts,
         .help = "fresh: workers load watermark and font, zygote: the parent does; default fresh"},
        {.name = "start-order",
         .argument = "SEED",
         .kind = OPTION_COUNT,
         .target = &set->start_order,
         .min = 0,
         .max = UINT32_MAX,
         .help = "fork workers in an order drawn from SEED; default 0: by number"},
        {.name = "item-timeout",
         .argument = "TIME",
         .kind = OPTION_DURATION,
         .target = &set->item_timeout_ns,
         .help = "give up an item whose worker takes longer; default 10m"},
        {.name = "memory-per-worker",
         .argument = "MIB",
         .kind = OPTION_COUNT,
         .target = &set->memory_mib,
         .min = 16,
         .max = 1 << 24,
         .help = "most memory a worker may allocate; default no limit"},
        {.name = "list",
         .argument = "FILE",
         .kind = OPTION_TEXT,
         .target = &set->list_path,
         .help = "only these items: paths within IN, one a line; - is standard input"},
        {.name = "pin",
         .argument = "CPUS",
         .kind = OPTION_TEXT,
         .target = &set->pin_list,
         .help = "bind workers to these CPUs in turn, as 0,2,4-7; default none"},
        {.name = "counters",
         .argument = "GROUP",
         .kind = OPTION_TEXT_OR,
         .target = &set->counters,
         .choices = groups,
         .help = "count events in every worker: a group of 'knee doctor', or a file"},
        {.name = "sandbox",
         .argument = "MODE",
         .kind = OPTION_CHOICE,
         .target = &set->sandbox,
         .choices = sandboxes,
         .help = "confine workers: auto (default), require or off"},
        {.name = "stats",
         .kind = OPTION_FLAG,
         .target = &set->stats,
         .help = "print where the time went, by stage"},
        {.name = "restart",
         .kind = OPTION_FLAG,
         .target = &set->journal.restart,
         .help = "forget what OUT holds: its outputs, of another recipe or batch too, are removed"},
        {.name = "retry-failed",
         .kind = OPTION_FLAG,
         .target = &set->journal.retry_failed,
         .help = "try items again that failed in the run before"},
        {.name = "durable",
         .kind = OPTION_FLAG,
         .target = &set->journal.durable,
         .help = "a finished item survives a power cut: folders and journal are synced too"},
        {.name = "dry-run",
         .letter = 'n',
         .kind = OPTION_FLAG,
         .target = &set->dry_run,
         .help = "say what would be done, do nothing"},
        {.name = "quiet", .letter = 'q', .kind = OPTION_FLAG, .target = &set->quiet, .help = "errors only"},
        {.name = "emulate",
         .argument = "CORES",
         .kind = OPTION_COUNT,
         .target = &set->emulate,
         .min = 1,
         .max = POOL_MAX_WORKERS,
         .help = "as if there were so many: each worker gets a share of a real one"},
        {.name = "table-fd",
         .argument = "FD",
         .kind = OPTION_COUNT,
         .target = &set->table_fd,
         .min = 3,
         .max = RUN_NO_TABLE_FD - 1,
         .help = "an inherited, empty memfd that gets the item table"},
        {.name = NULL}};
    char **operands;
    int count;
    enum options_result result = options_parse(subcommand, table, argc, argv, 2, 2, &operands, &count);

    if (result == OPTIONS_GO) {
        set->in = operands[0];
        set->out = operands[1];
    }
    return result;
}
