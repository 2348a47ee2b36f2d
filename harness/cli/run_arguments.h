/* run_arguments.h: the command line of `knee run`: its options, their defaults and their check. */
#ifndef KNEE_RUN_ARGUMENTS_H
#define KNEE_RUN_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/cli/pool_arguments.h"
#include "harness/cli/run_shard.h"
#include "harness/console/options.h"
#include "pipeline/images/output/run_journal.h"

enum { RUN_NO_TABLE_FD = 1 << 20 };

struct run_options {
    struct pool_arguments pool;
    const char *recipe_path;
    const char *list_path; /* NULL: all items of the batch */
    const char *counters;  /* name or path of the counter group; NULL: nothing is counted */
    const char
        *replay;       /* folder of a replay (pipeline/images/image_replay.h); NULL: the items are computed */
    uint64_t table_fd; /* RUN_NO_TABLE_FD: none */
    struct run_shard_choice shard; /* shards 0: the whole batch */
    bool null;                     /* names of the list end with zero bytes */
    bool follow_links;
    int rendition_list; /* enum rendition_list_form */
    bool serial, stats, dry_run, json;
    struct run_journal_options journal;
    const char *in, *out;
};

extern const struct option_spec run_arguments_table[];

/* The check function of struct subcommand. Texts in the options point into the arguments or are the options' own. */
int run_arguments_check(const struct arguments *arguments, struct fault *fault);
/* The options, once they have been checked. */
const struct run_options *run_arguments_options(void);

#endif
