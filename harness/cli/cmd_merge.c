/* knee merge: one result from the shards of an output folder. */
#include "harness/cli/commands.h"
#include "harness/cli/merge_shards.h"
#include "harness/console/message.h"

static bool json;

static const struct option_spec table[] = {{.name = "json",
                                            .kind = OPTION_FLAG,
                                            .target = &json,
                                            .help = "print OUT/SUMMARY.json instead of a line"},
                                           {.name = "quiet",
                                            .letter = 'q',
                                            .kind = OPTION_FLAG,
                                            .target = &message_quiet,
                                            .help = "print errors only"},
                                           OPTION_VERBOSE,
                                           {.name = NULL}};

static int run(const struct arguments *arguments, struct fault *fault)
{
    return merge_shards(arguments->operands[0], 0, json, fault);
}

const struct subcommand cmd_merge = {
    .name = "merge",
    .summary = "join the shards of an output folder",
    .usage = "[options] OUT",
    .details = "OUT was filled by 'knee run --shard I/K IN OUT', on any machines. All K shards have to be "
               "done; those "
               "that are\n"
               "not are named. Writes MANIFEST.sha256, the list of renditions, SUMMARY.json, NOTES.tsv and "
               "FAILED.tsv, the\n"
               "same bytes as those of a run without shards. Shards of other recipes, batches, versions or "
               "libraries are\n"
               "refused.\n"
               "exit codes: 0 all done, 1 items failed or shards are missing, 2 usage\n",
    .table = table,
    .least = 1,
    .most = 1,
    .run = run,
};
