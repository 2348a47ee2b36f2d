/* knee run: the pipeline on a batch, by the pool or without one. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/remedies.h"
#include "harness/cli/run_arguments.h"
#include "harness/cli/run_checks.h"
#include "harness/cli/run_details.h"
#include "harness/cli/run_plan.h"
#include "harness/cli/run_shard.h"
#include "harness/cli/summary_json.h"
#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "harness/machine/emulation/emulate_run.h"
#include "harness/trial/run_hooks.h"
#include "harness/trial/spans_write.h"
#include "pipeline/base/clock.h"
#include "pipeline/images/image_replay.h"
#include "pipeline/images/image_workload.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/output/limits.h"
#include "pipeline/images/output/output_clash.h"
#include "pipeline/images/output/output_watch.h"
#include "pipeline/images/output/run_journal.h"
#include "pipeline/images/output/run_output.h"
#include "pipeline/images/output/run_print.h"
#include "pipeline/images/recipe/output_name.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/sandbox.h"

/* Everything a run holds; released in one place. */
struct run {
    struct run_options options;
    struct recipe recipe;
    struct batch batch;
    uint64_t items; /* of the whole batch, when only a shard of it is done */
    struct item_table table;
    struct run_journal journal;
    struct run_shard shard;
    struct image_workload images;
    struct image_replay replay; /* not open: the items are computed */
    struct run_hooks hooks;
    struct counter_group group; /* event_count 0: nothing is counted */
    struct emulate_run emulation;
    struct sandbox sandbox;
    char folders[RECIPE_MAX_RENDITIONS][4096]; /* top folders of the outputs: what workers may write */
    struct output_watch watch;
    struct progress progress;
    struct run_details details;
    uint64_t start_ns;
};

/* Reads all inputs; nothing is written yet. */
static int prepare_inputs(struct run *run, struct fault *fault)
{
    const struct run_options *options = &run->options;

    if (recipe_load(options->recipe_path, &run->recipe, fault) ||
        (options->counters && counter_group_load(options->counters, &run->group, fault)))
        return -1;
    if (run_check_folders(options->in, options->out, fault))
        return -1;
    if (batch_list(&run->batch, options->in,
                   &(struct batch_options){.exclude = options->out, .follow_links = options->follow_links},
                   fault))
        return -1;
    if (options->list_path && batch_keep_listed(&run->batch, options->list_path, options->null, fault))
        return -1;
    if (output_clash_check(&run->batch, &run->recipe, fault))
        return -1;
    if (!options->shard.chosen)
        return run_shard_refuse(options->out, fault);
    run->items = run->batch.count;
    return run_shard_cut(&run->shard, &options->shard, options->out, &run->recipe, &run->batch, fault);
}

/* After the batch is known, and before anything is written. */
static int prepare_replay(struct run *run, struct fault *fault)
{
    const struct image_replay_batch batch = {&run->recipe, run->batch.count};
    uint32_t workers = (uint32_t)run->options.pool.workers;

    return !run->options.replay
               ? 0
               : image_replay_open(&run->replay, &batch, run->options.replay, workers, fault);
}

/* Whether the shard is the folder's, and what is left to do of it. */
static int prepare_shard(struct run *run, struct fault *fault)
{
    struct run_journal_options *journal = &run->options.journal;

    if (run_output_make(run->options.out, run->batch.root, &run->recipe, fault) ||
        run_shard_begin(&run->shard, journal->restart, journal->retry_failed, fault))
        return -1;
    journal->file = run->shard.journal;
    if (run->shard.done)
        message_note("shard %" PRIu64 " of %" PRIu64 " was done before", run->shard.choice.number,
                     run->shard.choice.shards);
    return 0;
}

static int prepare_run(struct run *run, struct fault *fault)
{
    const struct run_options *options = &run->options;

    if (item_table_create(&run->table, options->table_fd == RUN_NO_TABLE_FD ? -1 : (int)options->table_fd,
                          run->batch.count, image_result_bytes(&run->recipe), (uint32_t)options->pool.workers,
                          sizeof(struct worker_payload), fault))
        return -1;
    run->table.header->start_ns = run->start_ns;
    if (run_output_make(options->out, run->batch.root, &run->recipe, fault) ||
        run_journal_open(&run->journal, options->out, &run->recipe, &run->batch, &options->journal, fault) ||
        run_output_begin(options->out, &run->recipe, options->journal.durable, fault) ||
        run_journal_resume(&run->journal, &run->table, &options->journal, fault))
        return -1;
    if (run->journal.finished && run->journal.finished < run->batch.count)
        message_note("continuing: %" PRIu64 " of %" PRIu64 " items were finished before",
                     run->journal.finished, run->batch.count);
    if (run_hooks_init(&run->hooks, options->pool.pin_list, options->counters ? &run->group : NULL, fault))
        return -1;
    run->hooks.emulation = options->pool.emulate ? &run->emulation : NULL;
    if (image_workload_init(&run->images, &run->recipe, run->batch.root,
                            (const char *const *)run->batch.paths, run->batch.bytes, run->batch.count,
                            options->out, fault))
        return -1;
    if (options->shard.chosen && run_shard_libraries(&run->shard, run->images.libraries, fault))
        return -1;
    run->images.durable = options->journal.durable;
    run->images.positions = run->batch.positions;
    run->images.real_root = run->batch.real_root;
    return !options->serial && options->pool.start == POOL_START_ZYGOTE
               ? image_workload_prepare(&run->images, fault)
               : 0;
}

/* Each top folder once: a ladder can have one for all. */
static void allow_outputs(struct run *run)
{
    int count = 0;

    for (int i = 0; i < run->recipe.rendition_count; i++) {
        char top[RECIPE_NAME_BYTES], *folder = run->folders[count];
        bool known = false;
        output_name_top_folder(run->recipe.renditions[i].output, top);
        snprintf(folder, sizeof run->folders[0], "%s/%s", run->options.out, top);
        for (int other = 0; other < count && !known; other++)
            known = strcmp(run->folders[other], folder) == 0;
        if (!known)
            sandbox_allow_write(&run->sandbox, run->folders[count++]);
    }
}

/* Once the output folder is there. */
static void fill_sandbox(struct run *run)
{
    char text[512];

    sandbox_allow_read(&run->sandbox, run->batch.single ? run->batch.single : run->batch.root);
    sandbox_allow_read(&run->sandbox, run->recipe.watermark_path);
    sandbox_allow_read(&run->sandbox, run->recipe.font_path);
    if (run->options.replay) {
        sandbox_allow_read(&run->sandbox, run->replay.renditions);
        sandbox_allow_write(&run->sandbox, run->replay.links);
    }
    allow_outputs(run);
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

    if (message_verbose)
        progress_end(&run->progress);
    run_details_say(&run->details, table, &run->batch);
    for (uint64_t i = 0; i < table->items; i++)
        if (atomic_load_explicit(&item_table_item(table, i)->state, memory_order_relaxed) >= ITEM_DONE)
            done += (double)run->batch.bytes[i] + 1;
    progress_update(&run->progress, done, (double)(run->batch.total_bytes + run->batch.count), NULL);
}

/* The errors of a run that came to its end, and its exit code. */
static int judge(const struct run *run, const struct run_outcome *outcome)
{
    const struct batch *batch = &run->batch;
    uint64_t unreadable = batch->left_counts[LEFT_UNREADABLE];

    if (outcome->failed)
        message_error("%" PRIu64 " of %" PRIu64 " items failed: see %s/FAILED.tsv", outcome->failed,
                      batch->count, run->options.out);
    run_check_readable(batch);
    return outcome->failed || unreadable ? KNEE_FAILED : KNEE_OK;
}

static const char *item_name(void *context, uint64_t index)
{
    const struct run *run = context;

    return run->batch.paths[index];
}

static int finish(struct run *run, enum pool_result result, int signal_number, struct fault *fault)
{
    const struct run_options *options = &run->options;
    const struct run_close close = {.out = options->out,
                                    .libraries = run->images.libraries,
                                    .durable = options->journal.durable,
                                    .list = (enum rendition_list_form)options->rendition_list};
    struct run_outcome outcome;

    progress_end(&run->progress);
    run_details_say(&run->details, &run->table, &run->batch);
    run_output_clean(&run->recipe, options->out);
    if (result == POOL_ERROR)
        return -1;
    if (result == POOL_INTERRUPTED) {
        message_note("interrupted: finished items are in %s; run the same command again to continue",
                     options->out);
        return KNEE_INTERRUPTED + signal_number;
    }
    failpoint("manifest", FAILPOINT_NO_ITEM);
    if (run_journal_check(&run->journal, fault))
        return -1;
    if (options->shard.chosen)
        return run_shard_finish(&run->shard, &run->recipe, &run->batch, &run->table, run->images.libraries,
                                close.list, fault)
                   ? -1
                   : KNEE_OK;
    if (run_output_close(&run->table, &run->recipe, &run->batch, &close, &outcome, fault))
        return -1;
    run->table.header->end_ns = clock_now_ns();
    if (options->pool.emulate)
        emulate_run_end(&run->emulation, &run->table);
    if (spans_write(&run->table, item_name, run, fault))
        return -1;
    if (options->stats) {
        run_print_start(&run->table);
        run_print_stages(&run->table);
    }
    if (options->json)
        return summary_json_print(options->out, fault) ? -1 : judge(run, &outcome);
    if (!message_quiet && options->pool.emulate)
        printf("times are those of %" PRIu64 " emulated cores\n", options->pool.emulate);
    if (!message_quiet && options->replay)
        printf("times are replayed: items waited instead of computing\n");
    if (!message_quiet)
        run_print_summary(&run->table, &run->batch, options->out, &outcome);
    return judge(run, &outcome);
}

static int do_run(struct run *run, struct fault *fault)
{
    const struct run_options *options = &run->options;
    struct workload workload;
    struct pool_options pool = {.hooks = &run->hooks.hooks,
                                .sandbox = &run->sandbox,
                                .on_item_final = run_journal_append,
                                .on_item_final_context = &run->journal,
                                .watch = output_watch,
                                .watch_context = &run->watch,
                                .progress = message_quiet ? NULL : show_progress,
                                .progress_context = run};
    enum pool_result result = POOL_OK;
    uint32_t order[POOL_MAX_WORKERS];
    int signal_number = 0;

    pool_arguments_fill(&options->pool, image_limits_memory_bytes(&run->recipe), &pool, order);
    if (sandbox_prepare(&run->sandbox, (enum sandbox_mode)options->pool.sandbox, fault) ||
        prepare_run(run, fault))
        return -1;
    fill_sandbox(run);
    pool.file_bytes = image_limits_file_bytes(&run->recipe, run_journal_most_bytes(&run->journal));
    output_watch_begin(&run->watch, options->out, &run->recipe, &run->batch, options->pool.workers);
    run->watch.others = 2 * run->items;
    if (options->replay)
        image_replay_fill(&run->replay, &run->images, &workload);
    else
        image_workload_fill(&run->images, &workload);
    progress_start(&run->progress, "items");
    if (run->journal.finished < run->batch.count)
        result = (options->serial ? pool_run_serial : pool_run)(&workload, &pool, &run->table, &signal_number,
                                                                fault);
    return finish(run, result, signal_number, fault);
}

static void release(struct run *run)
{
    run_details_release(&run->details);
    image_replay_close(&run->replay);
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

/* The parent of this process reads the outcome from the table. */
static void record_outcome(struct run *run, int code, const struct fault *fault)
{
    if (!run->table.header)
        return;
    run->table.header->exit_code = code;
    snprintf(run->table.header->message, sizeof run->table.header->message, "%s", fault->text);
}

/* The serial part runs on an emulated core too. */
static int emulate(struct run *run, struct fault *fault)
{
    if (run->options.dry_run)
        return 0;
    if (!run->options.pool.emulate) {
        emulate_groups_remove_stale();
        return 0;
    }
    if (emulate_run_begin(&run->emulation, (uint32_t)run->options.pool.emulate,
                          (uint32_t)run->options.pool.workers, fault))
        return -1;
    run->start_ns = clock_now_ns();
    return 0;
}

/* Returns an exit code, or -1 with fault. */
static int prepare_and_run(struct run *run, struct fault *fault)
{
    if (failpoint_arm(fault) || run_check_descriptors(fault) || emulate(run, fault) ||
        prepare_inputs(run, fault) || prepare_replay(run, fault))
        return -1;
    if (run->options.dry_run) {
        run_plan_print(&run->options, &run->recipe, &run->batch);
        return KNEE_OK;
    }
    if (run->options.shard.chosen && prepare_shard(run, fault))
        return -1;
    return run->shard.done ? KNEE_OK : do_run(run, fault);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct run run = {.options = *run_arguments_options(),
                      .start_ns = clock_now_ns(),
                      .table = {.fd = -1},
                      .journal = {.log = {.fd = -1, .read_fd = -1}}};
    int code;

    (void)arguments;
    code = prepare_and_run(&run, fault);
    remedies_add(fault);
    record_outcome(&run, code < 0 ? KNEE_FAILED : code, fault);
    release(&run);
    return code;
}

const struct subcommand cmd_run = {
    .name = "run",
    .summary = "run the image pipeline on a batch",
    .usage = "[options] IN OUT",
    .details =
        "Every file below IN is an item; OUT gets <rendition>/<path>.<ext> (or what name= of the recipe "
        "says),\n"
        "MANIFEST.sha256 (for 'knee verify' or 'sha256sum -c') and, when items failed, FAILED.tsv with the\n"
        "reasons; the other items are processed.\n"
        "The bytes do not depend on workers, chunk or policy. After a kill or an interrupt the same "
        "command continues\n"
        "the run; OUT/.knee/journal lists the finished items.\n"
        "Workers may read IN and the recipe's files and write OUT, and nothing else, as far as this "
        "kernel can\n"
        "enforce it ('knee doctor' shows how far).\n"
        "exit codes: 0 all done, 1 something failed, 2 usage, 130 or 143 interrupted\n",
    .table = run_arguments_table,
    .least = 2,
    .most = 2,
    .check = run_arguments_check,
    .run = run,
};
