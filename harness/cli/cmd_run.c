/* knee run: the pipeline on a batch, by the pool or without one. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/statistics/random.h"
#include "harness/cli/commands.h"
#include "harness/cli/remedies.h"
#include "harness/cli/run_settings.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "harness/console/progress.h"
#include "harness/machine/emulation/emulate_run.h"
#include "harness/trial/run_hooks.h"
#include "pipeline/base/clock.h"
#include "pipeline/images/image_workload.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/output/run_journal.h"
#include "pipeline/images/output/run_output.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/sandbox.h"

/* Everything a run holds; released in one place. */
struct run {
    struct run_settings set;
    struct recipe recipe;
    struct batch batch;
    struct item_table table;
    struct run_journal journal;
    struct image_workload images;
    struct run_hooks hooks;
    struct counter_group group; /* event_count 0: nothing is counted */
    struct emulate_run emulation;
    struct sandbox sandbox;
    struct progress progress;
    uint64_t start_ns;
};

/* A run needs some twenty at once, its libraries more for a moment; that they are missing shows in strange
 * places otherwise. */
static int have_descriptors(struct fault *fault)
{
    enum { WANTED = 256, LEAST = 40 };
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 0;
    if (limit.rlim_cur < WANTED) {
        limit.rlim_cur = limit.rlim_max < WANTED ? limit.rlim_max : WANTED;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur >= LEAST
               ? 0
               : fault_set(fault, "no more than %llu files may be open at once: raise 'ulimit -n' to %d",
                           (unsigned long long)limit.rlim_cur, WANTED);
}

static void print_plan(const struct run *run)
{
    const struct run_settings *set = &run->set;

    printf("batch      %s: %" PRIu64 " items, %.1f MB\n", set->in, run->batch.count,
           (double)run->batch.total_bytes / 1e6);
    printf("recipe     %s (%.12s): %d renditions\n", set->recipe_path, run->recipe.sha256,
           run->recipe.rendition_count);
    if (set->serial)
        printf("workers    none: serial\n");
    else
        printf("workers    %" PRIu64 ", chunk %" PRIu64 ", %s\n", set->workers, set->chunk,
               chunk_policy_name((enum chunk_policy)set->policy));
    printf("output     %s\n", set->out);
}

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Reads what is asked for; nothing is written yet. */
static int prepare_inputs(struct run *run, struct fault *fault)
{
    const struct run_settings *set = &run->set;

    if (recipe_load(set->recipe_path, &run->recipe, fault) ||
        (set->counters && counter_group_load(set->counters, &run->group, fault)))
        return -1;
    if (same_folder(set->in, set->out))
        return fault_set(fault, "output folder %s: is the batch itself: give another folder", set->out);
    if (batch_list(&run->batch, set->in, set->out, fault))
        return -1;
    if (set->list_path && batch_keep_listed(&run->batch, set->list_path, fault))
        return -1;
    return run_output_check_names(&run->batch, &run->recipe, fault);
}

static int prepare_run(struct run *run, struct fault *fault)
{
    const struct run_settings *set = &run->set;

    if (item_table_create(&run->table, set->table_fd == RUN_NO_TABLE_FD ? -1 : (int)set->table_fd,
                          run->batch.count, image_result_bytes(&run->recipe), (uint32_t)set->workers,
                          sizeof(struct worker_payload), fault))
        return -1;
    run->table.header->start_ns = run->start_ns;
    if (run_output_make(set->out, set->in, &run->recipe, fault) ||
        run_journal_open(&run->journal, set->out, &run->recipe, &run->batch, &set->journal, fault) ||
        run_output_begin(set->out, fault) ||
        run_journal_resume(&run->journal, &run->table, &set->journal, fault))
        return -1;
    if (run->journal.finished)
        message_note("going on: %" PRIu64 " of %" PRIu64 " items were finished before", run->journal.finished,
                     run->batch.count);
    if (run_hooks_init(&run->hooks, set->pin_list, set->counters ? &run->group : NULL, fault))
        return -1;
    run->hooks.emulation = set->emulate ? &run->emulation : NULL;
    if (image_workload_init(&run->images, &run->recipe, run->batch.root,
                            (const char *const *)run->batch.paths, run->batch.bytes, run->batch.count,
                            set->out, fault))
        return -1;
    run->images.durable = set->journal.durable;
    run->images.positions = run->batch.positions;
    return !set->serial && set->start == RUN_START_ZYGOTE ? image_workload_prepare(&run->images, fault) : 0;
}

/* Before anything is written. The run without a pool decodes in this process, which stays free. */
static int prepare_sandbox(struct run *run, struct fault *fault)
{
    const struct run_settings *set = &run->set;

    if (set->serial && set->sandbox == SANDBOX_REQUIRE)
        return fault_set(fault,
                         "--sandbox=require: --serial has no worker to confine: leave out one of them");
    return sandbox_prepare(&run->sandbox, set->serial ? SANDBOX_OFF : (enum sandbox_mode)set->sandbox, fault);
}

/* Once the output folder is there. */
static void fill_sandbox(struct run *run)
{
    char text[512];

    sandbox_allow_read(&run->sandbox, run->batch.root);
    sandbox_allow_read(&run->sandbox, run->recipe.watermark_path);
    sandbox_allow_read(&run->sandbox, run->recipe.font_path);
    sandbox_allow_write(&run->sandbox, run->set.out);
    sandbox_keep_descriptor(&run->sandbox, run->journal.log.fd);
    if (run->batch.closed && geteuid() == 0)
        sandbox_keep_override(&run->sandbox);
    if (run->sandbox.mode == SANDBOX_AUTO && !sandbox_is_whole(&run->sandbox))
        message_note("workers are less confined than they could be: %s: see 'knee doctor'",
                     sandbox_describe(&run->sandbox, text, sizeof text));
}

static void show_progress(void *context, const struct item_table *table)
{
    struct run *run = context;
    double done = 0;

    for (uint64_t i = 0; i < table->items; i++)
        if (atomic_load_explicit(&item_table_item(table, i)->state, memory_order_relaxed) >= ITEM_DONE)
            done += (double)run->batch.bytes[i] + 1;
    progress_update(&run->progress, done, (double)(run->batch.total_bytes + run->batch.count), NULL);
}

static int finish(struct run *run, enum pool_result result, int signal_number, struct fault *fault)
{
    const struct run_settings *set = &run->set;
    struct run_outcome outcome;

    progress_end(&run->progress);
    run_output_clean(&run->table, set->out);
    if (result == POOL_ERROR)
        return KNEE_FAILED;
    if (result == POOL_INTERRUPTED) {
        message_note("interrupted: finished items are in %s; run the same command again to go on", set->out);
        return KNEE_INTERRUPTED + signal_number;
    }
    failpoint("manifest", FAILPOINT_NO_ITEM);
    if (run_journal_check(&run->journal, fault) ||
        run_output_close(&run->table, &run->recipe, &run->batch, set->out, run->images.libraries,
                         set->journal.durable, &outcome, fault))
        return KNEE_FAILED;
    run->table.header->end_ns = clock_now_ns();
    if (set->emulate)
        emulate_run_end(&run->emulation, &run->table);
    if (set->stats) {
        run_output_print_start(&run->table);
        run_output_print_stages(&run->table);
    }
    if (!set->quiet && set->emulate)
        printf("times are those of %" PRIu64 " emulated cores\n", set->emulate);
    if (!set->quiet)
        run_output_print_summary(&run->table, &run->batch, set->out, &outcome);
    if (outcome.failed)
        message_error("%" PRIu64 " of %" PRIu64 " items failed: see %s/FAILED.tsv", outcome.failed,
                      run->batch.count, set->out);
    return outcome.failed ? KNEE_FAILED : KNEE_OK;
}

static int do_run(struct run *run, struct fault *fault)
{
    const struct run_settings *set = &run->set;
    struct workload workload;
    struct pool_options options = {.workers = (uint32_t)set->workers,
                                   .chunk = set->chunk,
                                   .policy = (enum chunk_policy)set->policy,
                                   .hooks = &run->hooks.hooks,
                                   .item_timeout_ns = set->item_timeout_ns,
                                   .item_timeout_advice = REMEDY_ITEM_TIMEOUT,
                                   .memory_bytes = set->memory_mib << 20,
                                   .sandbox = &run->sandbox,
                                   .on_item_final = run_journal_append,
                                   .on_item_final_context = &run->journal,
                                   .progress = set->quiet ? NULL : show_progress,
                                   .progress_context = run};
    enum pool_result result = POOL_OK;
    uint32_t order[POOL_MAX_WORKERS];
    int signal_number = 0;

    if (set->start_order) {
        random_order(set->start_order, 0, (uint32_t)set->workers, order);
        options.fork_order = order;
    }
    if (prepare_sandbox(run, fault) || prepare_run(run, fault))
        return KNEE_FAILED;
    fill_sandbox(run);
    image_workload_fill(&run->images, &workload);
    progress_start(&run->progress, "items");
    if (run->journal.finished < run->batch.count)
        result = (set->serial ? pool_run_serial : pool_run)(&workload, &options, &run->table, &signal_number,
                                                            fault);
    return finish(run, result, signal_number, fault);
}

static void release(struct run *run)
{
    image_workload_release(&run->images);
    run_hooks_release(&run->hooks);
    counter_group_release(&run->group);
    emulate_run_close(&run->emulation);
    sandbox_release(&run->sandbox);
    run_journal_close(&run->journal);
    item_table_close(&run->table);
    batch_release(&run->batch);
    recipe_release(&run->recipe);
}

/* The parent of this process reads the outcome from the table, however we end. */
static void record_outcome(struct run *run, int code, const struct fault *fault)
{
    if (!run->table.header)
        return;
    run->table.header->exit_code = code;
    snprintf(run->table.header->message, sizeof run->table.header->message, "%s", fault->text);
}

/* The serial part runs on an emulated core, too. */
static int emulate(struct run *run, struct fault *fault)
{
    if (!run->set.emulate || run->set.dry_run)
        return 0;
    if (emulate_run_begin(&run->emulation, (uint32_t)run->set.emulate, (uint32_t)run->set.workers, fault))
        return -1;
    run->start_ns = clock_now_ns();
    return 0;
}

static int run_run(int argc, char **argv)
{
    char shipped[4096];
    struct run run = {.start_ns = clock_now_ns(), .table = {.fd = -1}, .journal = {.log = {.fd = -1}}};
    struct fault fault = {0};
    int code = KNEE_FAILED;

    run_settings_init(&run.set, shipped, sizeof shipped);
    switch (run_settings_read(&run.set, &cmd_run, argc, argv)) {
    case OPTIONS_HELP:
        return KNEE_OK;
    case OPTIONS_USAGE:
        return KNEE_USAGE;
    case OPTIONS_GO:
        break;
    }
    message_set_quiet(run.set.quiet);
    if (run.set.serial)
        run.set.workers = 1;
    if (failpoint_arm(&fault) == 0 && have_descriptors(&fault) == 0 && emulate(&run, &fault) == 0 &&
        prepare_inputs(&run, &fault) == 0) {
        if (run.set.dry_run) {
            print_plan(&run);
            code = KNEE_OK;
        } else {
            code = do_run(&run, &fault);
        }
    }
    remedies_add(&fault);
    if (code == KNEE_FAILED)
        code = message_fault(&fault);
    record_outcome(&run, code, &fault);
    release(&run);
    return code;
}

const struct subcommand cmd_run = {
    .name = "run",
    .summary = "run the image pipeline on a batch",
    .usage = "[options] IN OUT",
    .details = "Every file below IN is an item; OUT gets <rendition>/<path>.<ext>, MANIFEST.sha256 (for "
               "'knee verify' or\n"
               "'sha256sum -c') and, when items failed, FAILED.tsv with the reasons; the others are done all "
               "the same.\n"
               "The bytes do not depend on workers, chunk or policy. Killed or interrupted, the same command "
               "again goes on\n"
               "where it was; OUT/.knee/journal tells what is finished.\n"
               "Workers read IN and the recipe's files, write OUT, and can do nothing else, as far as the "
               "kernel has the\n"
               "means ('knee doctor' tells; --sandbox=require insists). --serial decodes unconfined.\n"
               "exit codes: 0 all done, 1 something failed, 2 usage, 130 or 143 interrupted\n",
    .run = run_run};
