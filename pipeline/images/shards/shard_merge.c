#include "pipeline/images/shards/shard_merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/output/manifest.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/output/summary.h"
#include "pipeline/images/shards/shard_result.h"

enum { WINDOWS_BYTES = 64 << 20, WINDOW_MOST = 32768, WINDOW_LEAST = 1024, PIECES_MOST = 12 };

/* One shard in the heap. */
struct source {
    struct shard_reader reader;
    struct shard_output head;
};

struct work {
    const char *out;
    struct shard_merge *merge;
    struct shard_result first; /* the first shard's, which the others are compared with */
    struct source *sources;    /* plan.shards of them; owned */
    uint64_t *heap;            /* places in sources, the least path first; owned */
    uint64_t heap_count;
    struct failed_writer failures;
    struct whole_file notes;
    struct manifest_writer manifest;
    struct rendition_list list;
    struct run_outcome seen; /* the outputs that were read */
    struct fault *fault;
};

/* --- what is missing -------------------------------------------------------------------------- */

uint64_t shard_missing(const char *out, uint64_t shards, char *text, size_t bytes)
{
    uint64_t missing = 0, pieces = 0, shown = 0;
    size_t used = 0;

    *text = '\0';
    for (uint64_t i = 1; i <= shards; i++) {
        uint64_t from = i;
        while (i <= shards && !shard_is_done(out, i))
            i++;
        missing += i - from;
        if (i == from || pieces++ >= PIECES_MOST || used >= bytes)
            continue;
        shown += i - from;
        used += (size_t)snprintf(text + used, bytes - used, "%s%" PRIu64, used ? ", " : "", from);
        if (i - from > 1 && used < bytes)
            used += (size_t)snprintf(text + used, bytes - used, "-%" PRIu64, i - 1);
    }
    if (missing > shown && used < bytes)
        snprintf(text + used, bytes - used, " and %" PRIu64 " more", missing - shown);
    return missing;
}

static int refuse_missing(const char *out, uint64_t shards, struct fault *fault)
{
    char text[256];
    uint64_t missing = shard_missing(out, shards, text, sizeof text);

    return missing ? fault_set(fault,
                               "output folder %s: %" PRIu64 " of %" PRIu64
                               " shards are not done: %s: run them, then merge again",
                               out, missing, shards, text)
                   : 0;
}

/* --- before the outputs ------------------------------------------------------------------------ */

static void add_counts(uint64_t *sum, const uint64_t *counts, int count)
{
    for (int i = 0; i < count; i++)
        sum[i] += counts[i];
}

static void add_result(struct shard_merge *merge, const struct shard_result *result)
{
    struct run_outcome *sum = &merge->outcome;
    const struct run_outcome *one = &result->outcome;

    sum->done += one->done;
    sum->failed += one->failed;
    sum->outputs += one->outputs;
    sum->bytes_out += one->bytes_out;
    add_counts(sum->notes, one->notes, NOTE_COUNT);
    add_counts(sum->kinds, one->kinds, KIND_COUNT);
    add_counts(sum->failed_stages, one->failed_stages, STAGE_COUNT);
    add_counts(sum->rendition_files, one->rendition_files, RECIPE_MAX_RENDITIONS);
    add_counts(sum->rendition_bytes, one->rendition_bytes, RECIPE_MAX_RENDITIONS);
    add_counts(merge->left_counts, result->left_counts, LEFT_COUNT);
    if (!merge->first_ns || result->times.start_ns < merge->first_ns) {
        merge->first_ns = result->times.start_ns;
        snprintf(merge->first_host, sizeof merge->first_host, "%s", result->host);
    }
    if (result->times.end_ns > merge->last_ns) {
        merge->last_ns = result->times.end_ns;
        snprintf(merge->last_host, sizeof merge->last_host, "%s", result->host);
    }
}

static int check_shard(const struct work *work, const struct shard_result *result)
{
    const char *out = work->out;
    char what[512];

    if (!shard_plan_equal(&result->plan, &work->merge->plan, what, sizeof what))
        return fault_set(work->fault,
                         "shard %" PRIu64 " of %s, made on %s, is of %s: remove its marker and run it again",
                         result->shard, out, result->host, what);
    if (strcmp(result->libraries, work->first.libraries) != 0) {
        shard_libraries_difference(result->libraries, work->first.libraries, what, sizeof what);
        return fault_set(work->fault,
                         "shard %" PRIu64 " of %s, made on %s, had other libraries than shard 1 on %s: %s: "
                         "remove its marker and run it again with the same libraries",
                         result->shard, out, result->host, work->first.host, what);
    }
    if (result->list != work->first.list)
        return fault_set(work->fault,
                         "shard %" PRIu64 " of %s has another list of renditions (%s) than shard 1 (%s): "
                         "remove its marker and run it again",
                         result->shard, out, rendition_list_forms[result->list],
                         rendition_list_forms[work->first.list]);
    return 0;
}

static int write_row(struct work *work, char kind, const char *row)
{
    FILE *file;

    if (kind == 'F') {
        if (!work->failures.whole.file && failed_list_begin(&work->failures, work->out, work->fault))
            return -1;
        file = work->failures.whole.file;
    } else {
        if (!work->notes.file) {
            if (whole_file_begin(&work->notes, work->out, "NOTES.tsv", work->fault))
                return -1;
            fputs(summary_notes_heading, work->notes.file);
        }
        file = work->notes.file;
    }
    fputs(row, file);
    fputc('\n', file);
    return 0;
}

/* Reads a shard's heading and rows, and leaves its reader before its first output. */
static int open_source(struct work *work, uint64_t number, size_t window)
{
    struct shard_reader *reader = &work->sources[number - 1].reader;
    struct shard_result result;
    const char *row;
    char kind;
    int more;

    if (shard_reader_begin(reader, work->out, number, window, &result, work->fault))
        return -1;
    if (number == 1)
        work->first = result;
    if (check_shard(work, &result))
        return -1;
    add_result(work->merge, &result);
    while ((more = shard_reader_row(reader, &kind, &row, work->fault)) > 0)
        if (write_row(work, kind, row))
            return -1;
    return more;
}

static int open_sources(struct work *work)
{
    uint64_t shards = work->merge->plan.shards;
    size_t window = WINDOWS_BYTES / shards;

    window = window > WINDOW_MOST ? WINDOW_MOST : window < WINDOW_LEAST ? WINDOW_LEAST : window;
    work->sources = calloc(shards, sizeof *work->sources);
    work->heap = calloc(shards, sizeof *work->heap);
    if (!work->sources || !work->heap)
        return fault_sys(work->fault, "output folder %s: no memory for its %" PRIu64 " shards", work->out,
                         shards);
    for (uint64_t i = 1; i <= shards; i++)
        if (open_source(work, i, window))
            return -1;
    return 0;
}

/* --- the outputs ------------------------------------------------------------------------------ */

static bool is_less(const struct work *work, uint64_t a, uint64_t b)
{
    return strcmp(work->sources[a].head.path, work->sources[b].head.path) < 0;
}

static void sink(struct work *work, uint64_t at)
{
    uint64_t *heap = work->heap;

    for (;;) {
        uint64_t child = 2 * at + 1, moved = heap[at];
        if (child >= work->heap_count)
            return;
        if (child + 1 < work->heap_count && is_less(work, heap[child + 1], heap[child]))
            child++;
        if (!is_less(work, heap[child], moved))
            return;
        heap[at] = heap[child];
        heap[child] = moved;
        at = child;
    }
}

/* Reads the next output of a source. Returns 1, 0 at its end, -1 with fault. */
static int advance(struct work *work, uint64_t at)
{
    struct source *source = &work->sources[at];
    int more = shard_reader_output(&source->reader, &source->head, work->fault);

    if (more > 0 && source->head.rendition >= work->first.recipe.rendition_count)
        return shard_reader_damaged(&source->reader, work->fault);
    if (more == 0)
        shard_reader_end(&source->reader);
    return more;
}

static int fill_heap(struct work *work)
{
    for (uint64_t i = 0; i < work->merge->plan.shards; i++) {
        int more = advance(work, i);
        if (more < 0)
            return -1;
        if (more)
            work->heap[work->heap_count++] = i;
    }
    for (uint64_t i = work->heap_count / 2; i-- > 0;)
        sink(work, i);
    return 0;
}

static int put_output(struct work *work, const struct shard_output *output)
{
    if (manifest_put(&work->manifest, output->path, output->output.sha256))
        return fault_sys(work->fault, "writing %s: %s: free space there, then merge again",
                         work->manifest.whole.final, strerror(errno));
    rendition_list_put(&work->list, output->path, output->source,
                       &work->first.recipe.renditions[output->rendition], &output->output);
    work->seen.outputs++;
    work->seen.rendition_files[output->rendition]++;
    return 0;
}

static int put_outputs(struct work *work)
{
    if (fill_heap(work))
        return -1;
    while (work->heap_count) {
        uint64_t least = work->heap[0];
        int more;
        if (put_output(work, &work->sources[least].head))
            return -1;
        more = advance(work, least);
        if (more < 0)
            return -1;
        if (!more)
            work->heap[0] = work->heap[--work->heap_count];
        sink(work, 0);
    }
    if (memcmp(work->seen.rendition_files, work->merge->outcome.rendition_files,
               sizeof work->seen.rendition_files) != 0)
        return fault_set(work->fault,
                         "output folder %s: its markers have %" PRIu64 " outputs and promise %" PRIu64
                         ": remove %s/.knee/shards and run the shards again",
                         work->out, work->seen.outputs, work->merge->outcome.outputs, work->out);
    return 0;
}

/* --- the files -------------------------------------------------------------------------------- */

/* Gives all files their names. */
static int publish(struct work *work)
{
    struct shard_merge *merge = work->merge;
    struct batch counts = {.count = merge->plan.items, .total_bytes = merge->plan.bytes};

    memcpy(counts.left_counts, merge->left_counts, sizeof counts.left_counts);
    if (work->failures.whole.file ? failed_list_end(&work->failures, work->fault)
                                  : failed_list_remove(work->out, work->fault))
        return -1;
    if (work->notes.file ? whole_file_end(&work->notes, work->fault)
                         : whole_file_remove(work->out, "NOTES.tsv", work->fault))
        return -1;
    if (manifest_end(&work->manifest, merge->outcome.manifest_sha256, work->fault) ||
        rendition_list_end(&work->list, work->fault))
        return -1;
    snprintf(work->first.recipe.sha256, sizeof work->first.recipe.sha256, "%s", merge->plan.recipe);
    return summary_write(&work->first.recipe, &counts, merge->plan.batch, &merge->outcome, work->out,
                         work->fault);
}

static int write_all(struct work *work)
{
    char comment[1100];

    if (open_sources(work))
        return -1;
    if (work->merge->outcome.done + work->merge->outcome.failed != work->merge->plan.items)
        return fault_set(work->fault,
                         "output folder %s: its shards have %" PRIu64 " items, and the batch has %" PRIu64
                         ": remove %s/.knee/shards and run the shards again",
                         work->out, work->merge->outcome.done + work->merge->outcome.failed,
                         work->merge->plan.items, work->out);
    snprintf(comment, sizeof comment, "made with %s", work->first.libraries);
    return manifest_begin(&work->manifest, work->out, comment, work->fault) ||
                   rendition_list_begin(&work->list, work->out, work->first.list, work->fault) ||
                   put_outputs(work) || publish(work)
               ? -1
               : 0;
}

static void release(struct work *work)
{
    for (uint64_t i = 0; work->sources && i < work->merge->plan.shards; i++)
        shard_reader_end(&work->sources[i].reader);
    free(work->sources);
    free(work->heap);
    whole_file_abandon(&work->failures.whole);
    whole_file_abandon(&work->notes);
    if (work->manifest.whole.file)
        manifest_abandon(&work->manifest);
    rendition_list_abandon(&work->list);
}

int shard_merge(const char *out, struct shard_merge *merge, struct fault *fault)
{
    struct work work = {.out = out, .merge = merge, .fault = fault};
    char folder[4096];
    int failed;

    *merge = (struct shard_merge){0};
    if (shard_plan_read(out, &merge->plan, fault) || refuse_missing(out, merge->plan.shards, fault))
        return -1;
    failed = write_all(&work);
    release(&work);
    if (failed)
        return -1;
    merge->unreadable = merge->left_counts[LEFT_UNREADABLE];
    run_output_clean(&work.first.recipe, out); /* what killed shards have left */
    store_clean(shard_path(out, "", folder, sizeof folder), false);
    return 0;
}
