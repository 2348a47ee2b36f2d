/* run_settings.h: what `knee run` was asked to do: its defaults and its table of options.
 *
 * Caller's sequence: run_settings_init(), run_settings_read().
 */
#ifndef KNEE_RUN_SETTINGS_H
#define KNEE_RUN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/console/options.h"
#include "pipeline/images/output/run_journal.h"

enum { RUN_NO_TABLE_FD = 1 << 20 };

/* How a worker comes to what all of them need: by itself, or from the parent as a zygote. */
enum run_start { RUN_START_FRESH, RUN_START_ZYGOTE };

struct run_settings {
    const char *recipe_path;
    const char *list_path, *pin_list; /* NULL none */
    const char *counters;             /* name or path of the counter group; NULL counts nothing */
    uint64_t workers, chunk;
    uint64_t table_fd; /* RUN_NO_TABLE_FD none */
    uint64_t item_timeout_ns;
    uint64_t memory_mib;  /* 0 no limit */
    uint64_t start_order; /* seed of the order in which workers are forked; 0 by number */
    uint64_t emulate;     /* so many cores; 0: those that are there */
    int policy;           /* enum chunk_policy */
    int start;            /* enum run_start */
    int sandbox;          /* enum sandbox_mode */
    bool serial, stats, quiet, dry_run;
    struct run_journal_options journal;
    const char *in, *out;
};

/* Defaults; recipe is room for the path of the shipped recipe, and stays the caller's. */
void run_settings_init(struct run_settings *set, char *recipe, size_t recipe_bytes);

enum options_result run_settings_read(struct run_settings *set, const struct subcommand *subcommand, int argc,
                                      char **argv);

#endif
