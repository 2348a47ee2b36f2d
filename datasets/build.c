/* build.c: knee-dataset, which builds a batch of images out of photographs. See README.md. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <vips/vips.h>

#include "datasets/batch.h"
#include "datasets/clip.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "harness/machine/starting_mask.h"
#include "pipeline/base/clock.h"
#include "pipeline/pool/item_table.h"
#include "pipeline/pool/pool.h"

#define CHUNK                                                                                                \
    2 /* items of one source are consecutive: two share its decode, and workers still finish together */
#define PLAIN_EVERY_S  10 /* seconds between lines of progress where there is no terminal */
#define FAILURES_SHOWN 5

struct build_options {
    uint64_t count, seed, jobs;
    double mean_mb;
    const char *photos, *out;
};

static struct build_options options = {.count = 1000, .seed = 1, .mean_mb = 3.0, .photos = "datasets/photos"};

static const struct option_spec table[] = {{.name = "count",
                                            .letter = 'n',
                                            .argument = "N",
                                            .kind = OPTION_COUNT,
                                            .target = &options.count,
                                            .min = 1,
                                            .max = PLAN_MAX_COUNT,
                                            .help = "items to make (1000)"},
                                           {.name = "mean-mb",
                                            .letter = 'm',
                                            .argument = "MB",
                                            .kind = OPTION_REAL,
                                            .target = &options.mean_mb,
                                            .real_min = 0.02,
                                            .real_max = 20,
                                            .help = "their mean size in megabytes (3.0)"},
                                           {.name = "seed",
                                            .letter = 's',
                                            .argument = "N",
                                            .kind = OPTION_COUNT,
                                            .target = &options.seed,
                                            .min = 0,
                                            .max = UINT64_MAX,
                                            .help = "another seed, other pictures (1)"},
                                           {.name = "jobs",
                                            .letter = 'j',
                                            .argument = "N",
                                            .kind = OPTION_COUNT,
                                            .target = &options.jobs,
                                            .min = 1,
                                            .max = POOL_MAX_WORKERS,
                                            .help = "worker processes (one per core)"},
                                           {.name = "photos",
                                            .letter = 'p',
                                            .argument = "DIR",
                                            .kind = OPTION_TEXT,
                                            .target = &options.photos,
                                            .help = "photographs to make them from (datasets/photos)"},
                                           {.name = "out",
                                            .letter = 'o',
                                            .argument = "DIR",
                                            .kind = OPTION_TEXT,
                                            .target = &options.out,
                                            .help = "folder for the items; DIR.tsv describes them"},
                                           OPTION_QUIET,
                                           OPTION_VERBOSE,
                                           {.name = NULL}};

static const struct subcommand subcommand = {
    .name = "dataset",
    .usage = "[options] --photos DIR --out DIR",
    .summary = "Builds a batch of images and clips of realistic sizes and kinds out of photographs (program: "
               "knee-dataset).",
    .details = "The same options and photographs give the same bytes, whatever --jobs. A build that was "
               "stopped\n"
               "continues with the same command. A worker needs up to 0.6 GB.\n",
    .table = table,
};

/* --- progress --------------------------------------------------------------------------------- */

struct progress {
    uint64_t started_ns, printed_ns;
    bool terminal;
};

static void print_progress(void *context, const struct item_table *items)
{
    struct progress *progress = context;
    uint64_t now = clock_now_ns();
    uint64_t wait = progress->terminal ? 500000000u : PLAIN_EVERY_S * UINT64_C(1000000000);
    if (now - progress->printed_ns < wait)
        return;
    progress->printed_ns = now;
    uint64_t done = 0;
    uint64_t bytes = 0;
    uint64_t all = items->items;
    for (uint64_t i = 0; i < all; i++) {
        const struct item_record *record = item_table_item(items, i);
        uint32_t state = atomic_load_explicit(&record->state, memory_order_acquire);
        if (state == ITEM_DONE || state == ITEM_FAILED) {
            done++;
            bytes += record->bytes_out;
        }
    }
    if (done == 0)
        return;
    double seconds = (double)(now - progress->started_ns) * 1e-9;
    double left = seconds / (double)done * (double)(all - done);
    fprintf(stderr, "%sknee dataset: %" PRIu64 " of %" PRIu64 " items, %.0f MB, %.0f s, about %.0f s left%s",
            progress->terminal ? "\r" : "", done, all, (double)bytes * 1e-6, seconds, left,
            progress->terminal ? "   " : "\n");
    fflush(stderr);
}

/* --- the run ---------------------------------------------------------------------------------- */

static bool wants_clips(const struct dataset_plan *plan)
{
    for (uint64_t i = 0; i < plan->count; i++)
        if (plan_kind_is_clip(plan->items[i].kind))
            return true;
    return false;
}

static uint64_t print_failures(const struct item_table *items)
{
    uint64_t failed = 0;
    for (uint64_t i = 0; i < items->items; i++) {
        const struct dataset_batch_payload *payload = item_table_item_payload(items, i);
        if (atomic_load(&item_table_item(items, i)->state) == ITEM_FAILED && failed++ < FAILURES_SHOWN)
            message_error("%s", payload->text);
    }
    if (failed > FAILURES_SHOWN)
        message_error("and %" PRIu64 " more items", failed - FAILURES_SHOWN);
    return failed;
}

/* Makes what is missing. Returns an exit code. */
static int make_missing(struct dataset_batch *batch)
{
    struct workload workload = dataset_batch_workload(batch);
    struct progress progress = {.started_ns = clock_now_ns(), .terminal = isatty(STDERR_FILENO) == 1};
    progress.printed_ns = progress.started_ns;
    struct pool_options pool = {.workers = (uint32_t)options.jobs,
                                .chunk = CHUNK,
                                .policy = POLICY_DYNAMIC,
                                .progress = print_progress,
                                .progress_context = &progress};
    if (pool.workers > workload.items)
        pool.workers = (uint32_t)workload.items;
    struct item_table items;
    struct fault fault = {0};
    int signal_number = 0;
    if (item_table_create(&items, -1, workload.items, workload.payload_bytes, pool.workers, 0, &fault) != 0) {
        message_error("%s", fault.text);
        return KNEE_FAILED;
    }
    enum pool_result result = pool_run(&workload, &pool, &items, &signal_number, &fault);
    if (progress.terminal)
        fputc('\n', stderr);
    int code = KNEE_OK;
    if (result == POOL_ERROR) {
        message_error("%s", fault.text);
        code = KNEE_FAILED;
    } else if (result == POOL_INTERRUPTED) {
        message_note("stopped: run the same command again to continue");
        code = KNEE_INTERRUPTED + signal_number;
    }
    if (print_failures(&items) > 0 && code == KNEE_OK)
        code = KNEE_FAILED;
    item_table_close(&items);
    return code;
}

static int build(const struct dataset_plan *plan, const struct sources *sources, const char *stamp)
{
    struct dataset_batch batch;
    struct fault fault = {0};
    uint64_t bytes;
    if (dataset_batch_open(&batch, options.out, stamp, plan, sources, &fault) != 0) {
        message_error("%s", fault.text);
        return KNEE_FAILED;
    }
    uint64_t started = clock_now_ns();
    if (batch.missing < plan->count)
        message_note("%" PRIu64 " of %" PRIu64 " items are there already", plan->count - batch.missing,
                     plan->count);
    int code = batch.missing > 0 ? make_missing(&batch) : KNEE_OK;
    if (code == KNEE_OK && dataset_batch_finish(&batch, &bytes, &fault) != 0) {
        message_error("%s", fault.text);
        code = KNEE_FAILED;
    }
    if (code == KNEE_OK)
        printf("%s: %" PRIu64 " items, %.1f MB, mean %.3f MB, from %" PRIu32
               " photographs, in %.0f s; described in %s.tsv\n",
               batch.out, plan->count, (double)bytes * 1e-6, (double)bytes * 1e-6 / (double)plan->count,
               sources->count, (double)(clock_now_ns() - started) * 1e-9, batch.out);
    dataset_batch_close(&batch);
    return code;
}

static int plan_and_build(const struct sources *sources)
{
    struct fault fault = {0};
    struct dataset_plan plan;
    struct plan_source sizes[SOURCES_LIMIT];
    for (uint32_t i = 0; i < sources->count; i++)
        sizes[i] = (struct plan_source){sources->items[i].width, sources->items[i].height};
    struct dataset_plan_request request = {options.count, options.mean_mb * 1e6, options.seed};
    if (dataset_plan_make(&plan, &request, sizes, sources->count, &fault) != 0) {
        message_error("%s", fault.text);
        return KNEE_FAILED;
    }
    char stamp[512];
    snprintf(stamp, sizeof stamp,
             "knee-dataset %d count=%" PRIu64 " mean_mb=%g seed=%" PRIu64 " photos=%.16s", PLAN_VERSION,
             options.count, options.mean_mb, options.seed, sources->identity);
    int code = KNEE_FAILED;
    if (wants_clips(&plan) && clip_check(&fault) != 0)
        message_error("%s", fault.text);
    else
        code = build(&plan, sources, stamp);
    dataset_plan_release(&plan);
    return code;
}

/* libvips warns of malformed EXIF in photographs, one line each. */
static void drop_warning(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer data)
{
    (void)domain;
    (void)level;
    (void)text;
    (void)data;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.count = 0};
    struct fault fault = {0};
    struct sources sources;

    starting_mask_restore();
    message_set_command("dataset");
    options.jobs = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
    enum options_result parsed = options_parse(&subcommand, argc, argv, &arguments);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? KNEE_OK : KNEE_USAGE;
    if (options.out == NULL || options.out[0] == '\0') {
        message_error("--out is missing: name the folder for the items");
        return KNEE_USAGE;
    }
    if (VIPS_INIT(argv[0]) != 0) {
        message_error("libvips cannot be started: %s", vips_error_buffer());
        return KNEE_FAILED;
    }
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, drop_warning, NULL);
    vips_concurrency_set(1); /* one worker, one core */
    vips_cache_set_max(0);
    if (sources_open(&sources, options.photos, &fault) != 0) {
        message_error("%s", fault.text);
        return KNEE_FAILED;
    }
    if (sources.unreadable > 0)
        message_warning("%" PRIu32 " files in %s are left out: not readable as a photograph",
                        sources.unreadable, options.photos);
    int code = plan_and_build(&sources);
    sources_release(&sources);
    return code;
}
