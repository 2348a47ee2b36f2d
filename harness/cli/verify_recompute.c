#include "harness/cli/verify_recompute.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "analysis/statistics/random.h"
#include "harness/cli/verify_report.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "harness/console/progress.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/plain_file.h"
#include "pipeline/base/scratch.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/output/limits.h"
#include "pipeline/images/output/run_journal.h"
#include "pipeline/images/recipe/output_name.h"
#include "pipeline/images/recompute.h"
#include "pipeline/pool/failpoint.h"

/* --- how many --------------------------------------------------------------------------------- */

int verify_share_parse(const char *text, struct verify_share *share, struct fault *fault)
{
    char *end;
    double value;

    *share = (struct verify_share){0};
    if (*text && strspn(text, "0123456789") == strlen(text)) {
        errno = 0;
        share->count = strtoull(text, NULL, 10);
        if (share->count && !errno)
            return 0;
    }
    value = strtod(text, &end);
    if (end != text && *end == '%') {
        value /= 100;
        end++;
    }
    if (end == text || *end || !(value > 0 && value <= 1) || share->count)
        return fault_usage(fault, "--recompute %s: give a share such as 5%% or 0.05, or a number of items",
                           text);
    share->share = value;
    return 0;
}

uint64_t verify_share_of(const struct verify_share *share, uint64_t items)
{
    double wanted = share->count ? (double)share->count : ceil(share->share * (double)items - 1e-9);

    if (wanted < 1)
        wanted = 1;
    return wanted < (double)items ? (uint64_t)wanted : items;
}

/* --- what it needs ---------------------------------------------------------------------------- */

/* Released in one place. */
struct redo {
    const struct verify_recompute_options *options;
    const char *out;
    uint64_t seed;
    struct recipe recipe;
    struct batch batch;
    struct manifest manifest;
    struct failed_list failed;
    uint32_t *drawn; /* the items to do again, ascending */
    uint64_t count;
    struct image_workload images;
    struct item_table table;
    struct sandbox sandbox;
    struct scratch scratch;
    struct progress progress;
};

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* A seed that people can type; the share of items is drawn from it. */
static uint64_t draw_seed(void)
{
    uint32_t random;

    return getrandom(&random, sizeof random, GRND_NONBLOCK) == sizeof random ? random
                                                                             : (uint32_t)clock_now_ns();
}

static int draw_items(struct redo *redo, struct fault *fault)
{
    if (redo->batch.count > UINT32_MAX)
        return fault_set(fault, "batch %s: more than %" PRIu32 " items: give --list", redo->batch.root,
                         UINT32_MAX);
    redo->count = verify_share_of(&redo->options->parsed, redo->batch.count);
    redo->seed = redo->options->seed == VERIFY_NO_SEED ? draw_seed() : redo->options->seed;
    redo->drawn = malloc(redo->batch.count * sizeof *redo->drawn);
    if (!redo->drawn)
        return fault_sys(fault, "order of %" PRIu64 " items: no memory", redo->batch.count);
    random_order(redo->seed, 0, (uint32_t)redo->batch.count, redo->drawn);
    qsort(redo->drawn, redo->count, sizeof *redo->drawn, ascending);
    return 0;
}

/* Other libraries may give other bytes without anything being wrong. */
static void compare_libraries(const struct redo *redo)
{
    static const char begin[] = "# made with ";
    char path[4096], line[1200] = "";
    const char *why;
    FILE *file;

    snprintf(path, sizeof path, "%s/MANIFEST.sha256", redo->out);
    file = plain_file_stream(path, &why);
    if (!file)
        return;
    if (fgets(line, sizeof line, file) && strncmp(line, begin, sizeof begin - 1) == 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line + sizeof begin - 1, redo->images.libraries) != 0)
            message_warning(
                "%s was made with other versions of libraries: its bytes may differ for that reason: see "
                "the first line of its MANIFEST.sha256",
                redo->out);
    }
    fclose(file);
}

static int read_both(struct redo *redo, const char *in, struct fault *fault)
{
    const struct verify_recompute_options *options = redo->options;

    if (recipe_load(options->recipe_path, &redo->recipe, fault) ||
        batch_list(&redo->batch, in,
                   &(struct batch_options){.exclude = redo->out, .follow_links = options->follow_links},
                   fault) ||
        (options->list_path && batch_keep_listed(&redo->batch, options->list_path, options->null, fault)) ||
        run_journal_is_of(redo->out, &redo->recipe, &redo->batch, fault) ||
        manifest_read(&redo->manifest, redo->out, fault) || failed_list_read(&redo->failed, redo->out, fault))
        return -1;
    return draw_items(redo, fault);
}

static int prepare(struct redo *redo, struct fault *fault)
{
    const struct pool_arguments *pool = &redo->options->pool;

    if (sandbox_prepare(&redo->sandbox, (enum sandbox_mode)pool->sandbox, fault) ||
        scratch_make(&redo->scratch, "knee-verify", fault) ||
        image_workload_init(&redo->images, &redo->recipe, redo->batch.root,
                            (const char *const *)redo->batch.paths, redo->batch.bytes, redo->batch.count,
                            redo->scratch.path, fault) ||
        item_table_create(&redo->table, -1, redo->count, sizeof(struct recompute_result),
                          (uint32_t)pool->workers, 0, fault))
        return -1;
    redo->images.positions = redo->batch.positions;
    redo->images.real_root = redo->batch.real_root;
    sandbox_allow_read(&redo->sandbox, redo->batch.single ? redo->batch.single : redo->batch.root);
    sandbox_allow_read(&redo->sandbox, redo->recipe.watermark_path);
    sandbox_allow_read(&redo->sandbox, redo->recipe.font_path);
    if (redo->batch.closed && geteuid() == 0)
        sandbox_keep_override(&redo->sandbox);
    compare_libraries(redo);
    return 0;
}

static void release(struct redo *redo)
{
    scratch_remove(&redo->scratch);
    image_workload_release(&redo->images);
    sandbox_release(&redo->sandbox);
    item_table_close(&redo->table);
    free(redo->drawn);
    failed_list_release(&redo->failed);
    manifest_release(&redo->manifest);
    batch_release(&redo->batch);
    recipe_release(&redo->recipe);
}

/* --- what comes of it ------------------------------------------------------------------------- */

static void show_progress(void *context, const struct item_table *table)
{
    struct redo *redo = context;
    uint64_t done = 0;

    for (uint64_t i = 0; i < table->items; i++)
        done += atomic_load_explicit(&item_table_item(table, i)->state, memory_order_relaxed) >= ITEM_DONE;
    progress_update(&redo->progress, (double)done, (double)table->items, NULL);
}

/* Names what differs. Returns how many items do. */
static uint64_t name_items(const struct redo *redo, struct verify_report *report)
{
    uint64_t different = 0;

    for (uint64_t i = 0; i < redo->count; i++) {
        const struct recompute_result *result = item_table_item_payload(&redo->table, i);
        if (result->verdict == RECOMPUTE_SAME)
            continue;
        different++;
        verify_report_difference(report, "differs", redo->batch.paths[redo->drawn[i]], result->text);
    }
    return different;
}

static int by_path(const void *path, const void *line)
{
    return strcmp(path, ((const struct manifest_line *)line)->path);
}

/* Does the run itself write it, at the top of the output folder? */
static bool is_of_the_run(const char *path)
{
    static const char *const names[] = {"MANIFEST.sha256", "FAILED.tsv", "RENDITIONS.json", "RENDITIONS.csv",
                                        "SUMMARY.json",    "NOTES.tsv",  ".knee/journal"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(path, names[i]) == 0)
            return true;
    return false;
}

/* Names files below a top folder of the outputs that the manifest does not have. Returns how many there are. */
static uint64_t name_extra(const struct redo *redo, const char *top, struct verify_report *report)
{
    char folder[4096];
    char *const roots[] = {folder, NULL};
    bool whole = strcmp(top, ".") == 0;
    size_t before = strlen(redo->out) + 1;
    uint64_t extra = 0;
    const FTSENT *entry;
    FTS *walk;

    if ((size_t)snprintf(folder, sizeof folder, "%s%s%s", redo->out, whole ? "" : "/", whole ? "" : top) >=
        sizeof folder)
        return 0;
    /* COMFOLLOW: the folder itself may be a link to another disk. */
    walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
    while (walk && (entry = fts_read(walk)) != NULL) {
        const char *path = entry->fts_path + before;
        if (entry->fts_info == FTS_D || entry->fts_info == FTS_DP || entry->fts_info == FTS_NS ||
            (whole && is_of_the_run(path)))
            continue;
        if (redo->manifest.count &&
            bsearch(path, redo->manifest.lines, redo->manifest.count, sizeof *redo->manifest.lines, by_path))
            continue;
        extra++;
        verify_report_difference(report, "extra", path, NULL);
    }
    if (walk)
        fts_close(walk);
    return extra;
}

/* In every top folder, once. */
static uint64_t name_all_extra(const struct redo *redo, struct verify_report *report)
{
    char tops[RECIPE_MAX_RENDITIONS][RECIPE_NAME_BYTES];
    uint64_t extra = 0;
    bool whole = false;

    for (int i = 0; i < redo->recipe.rendition_count; i++)
        whole |= strcmp(output_name_top_folder(redo->recipe.renditions[i].output, tops[i]), ".") == 0;
    if (whole)
        return name_extra(redo, ".", report);
    for (int i = 0; i < redo->recipe.rendition_count; i++) {
        bool again = false;
        for (int j = 0; j < i; j++)
            again |= strcmp(tops[i], tops[j]) == 0;
        if (!again)
            extra += name_extra(redo, tops[i], report);
    }
    return extra;
}

static void print_verdict(const struct redo *redo, uint64_t different, uint64_t extra)
{
    printf("%s: %" PRIu64 " of %" PRIu64 " items done again (seed %" PRIu64 "), ",
           different || extra ? "not the same" : "same", redo->count, redo->batch.count, redo->seed);
    if (different)
        printf("%" PRIu64 " %s not what the output folder says", different, different == 1 ? "is" : "are");
    else
        printf("each with the same bytes or failed as before");
    if (extra)
        printf("; %" PRIu64 " %s of no item", extra, extra == 1 ? "file is" : "files are");
    putchar('\n');
}

static int report(const struct redo *redo)
{
    struct verify_report report = {.json = redo->options->json, .most = UINT64_MAX};
    uint64_t different = name_items(redo, &report), extra = name_all_extra(redo, &report);
    bool equal = !different && !extra;

    if (!report.json)
        print_verdict(redo, different, extra);
    verify_report_end(&report, "recompute", equal,
                      json_pack("{s:o, s:I, s:I, s:I, s:I}", "seed", json_sprintf("%" PRIu64, redo->seed),
                                "items", (json_int_t)redo->batch.count, "done_again", (json_int_t)redo->count,
                                "different", (json_int_t)different, "extra", (json_int_t)extra));
    return equal ? KNEE_OK : KNEE_FAILED;
}

static int redo_items(struct redo *redo, struct fault *fault)
{
    struct pool_options limits = {.workers = 1, .chunk = 1},
                        pool = {.progress = show_progress, .progress_context = redo};
    uint32_t order[POOL_MAX_WORKERS];
    struct recompute recompute = {.images = &redo->images,
                                  .out = redo->out,
                                  .manifest = &redo->manifest,
                                  .failed = &redo->failed,
                                  .drawn = redo->drawn,
                                  .drawn_count = redo->count,
                                  .scratch = redo->scratch.path,
                                  .sandbox = &redo->sandbox,
                                  .limits = &limits,
                                  .own_table = &redo->table};
    struct workload workload;
    enum pool_result result;
    int signal_number = 0;

    pool_arguments_fill(&redo->options->pool, image_limits_memory_bytes(&redo->recipe), &limits, order);
    pool_arguments_fill(&redo->options->pool, 0, &pool, order);
    limits.file_bytes = image_limits_file_bytes(&redo->recipe, 0);
    pool.item_timeout_ns = pool.memory_bytes = 0; /* they are those of the items' own processes */
    recompute_fill(&recompute, &workload);
    progress_start(&redo->progress, "items");
    result = pool_run(&workload, &pool, &redo->table, &signal_number, fault);
    progress_end(&redo->progress);
    if (result == POOL_ERROR)
        return -1;
    if (result == POOL_INTERRUPTED) {
        message_note("interrupted: --seed %" PRIu64 " draws the same items", redo->seed);
        return KNEE_INTERRUPTED + signal_number;
    }
    return report(redo);
}

int verify_recompute(const struct verify_recompute_options *options, const char *in, const char *out,
                     struct fault *fault)
{
    struct redo redo = {.options = options, .out = out, .table = {.fd = -1}, .scratch = {.fd = -1}};
    int code = failpoint_arm(fault) || read_both(&redo, in, fault) || prepare(&redo, fault)
                   ? -1
                   : redo_items(&redo, fault);

    release(&redo);
    return code;
}
