#include "pipeline/images/recompute.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "pipeline/base/plain_file.h"
#include "pipeline/base/scratch.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/recipe/output_name.h"

/* A worker's own: where the processes of its items write. */
struct recompute_state {
    char folder[1100];
    char tops[RECIPE_MAX_RENDITIONS][1100 + RECIPE_NAME_BYTES]; /* top folders of the outputs */
    struct sandbox sandbox;
};

/* --- what the output folder says ---------------------------------------------------------------- */

static int by_path(const void *path, const void *line)
{
    return strcmp(path, ((const struct manifest_line *)line)->path);
}

static const char *listed(const struct manifest *manifest, const char *path)
{
    const struct manifest_line *line =
        manifest->count ? bsearch(path, manifest->lines, manifest->count, sizeof *manifest->lines, by_path)
                        : NULL;

    return line ? line->sha256 : NULL;
}

/* --- comparing ---------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void differs(struct recompute_result *result, const char *format,
                                                          ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(result->text, sizeof result->text, format, args);
    va_end(args);
    result->verdict = RECOMPUTE_DIFFERENT;
}

static void to_hex(const unsigned char *digest, char hex[65])
{
    for (size_t i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* Bytes and digest of two files. *same is whether they are equal, hex the digest of `made`. Returns 0, or -1 with errno
 * when `made` cannot be read; `there` that ends early, or cannot be read, is not the same. */
static int compare_files(FILE *made, FILE *there, const EVP_MD *sha256, bool *same, char hex[65])
{
    static unsigned char a[65536], b[65536];
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int failed = !context || !EVP_DigestInit_ex2(context, sha256, NULL);
    size_t got;

    *same = true;
    while (!failed && (got = fread(a, 1, sizeof a, made)) > 0) {
        failed = !EVP_DigestUpdate(context, a, got);
        *same = *same && fread(b, 1, got, there) == got && memcmp(a, b, got) == 0;
    }
    *same = *same && fread(b, 1, 1, there) == 0 && !ferror(there);
    failed = failed || ferror(made) || !EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    if (!failed)
        to_hex(digest, hex);
    return failed ? -1 : 0;
}

/* One output of an item that was done. Returns 0, or -1 with fault: the machine's. */
static int compare_output(const struct recompute *recompute, const struct recompute_state *own, int rendition,
                          const char *item_path, struct recompute_result *result, struct fault *fault)
{
    const char *name = recompute->images->recipe->renditions[rendition].name, *why, *sha256;
    char within[4096], path[8192], hex[65] = "";
    FILE *made, *there;
    bool same = false;
    int failed;

    image_output_path(recompute->images->recipe, rendition, item_path, within, sizeof within);
    snprintf(path, sizeof path, "%s/%s", own->folder, within);
    if (rendition >= recipe_pictures(recompute->images->recipe) && access(path, F_OK)) {
        if (listed(recompute->manifest, within))
            differs(result, "%s: it is in the manifest, and is not made now", name);
        return 0;
    }
    made = plain_file_stream(path, &why);
    if (!made) /* its process said that it is there */
        return fault_sys(fault, "%s: %s: its own process has just written it: run the same command again",
                         path, why);
    snprintf(path, sizeof path, "%s/%s", recompute->out, within);
    there = plain_file_stream(path, &why);
    if (!there) {
        differs(result, "%s: it cannot be read: %s", name, why);
        fclose(made);
        return 0;
    }
    failed = compare_files(made, there, recompute->images->sha256, &same, hex);
    fclose(made);
    fclose(there);
    if (failed)
        return fault_sys(fault, "reading an output of %.150s that was made again: %s", item_path,
                         strerror(errno));
    sha256 = listed(recompute->manifest, within);
    if (!same)
        differs(result, "%s: other bytes", name);
    else if (!sha256 || strcmp(sha256, hex) != 0)
        differs(result, "%s: the bytes are the same, the manifest %s", name,
                sha256 ? "has another digest" : "does not have it");
    return 0;
}

/* What the output folder says of the item, against what it comes to now. reason: why it failed now; NULL: it was done.
 * Returns 0, or -1 with fault. */
static int judge(const struct recompute *recompute, const struct recompute_state *own, const char *item_path,
                 const char *reason, struct recompute_result *result, struct fault *fault)
{
    const struct recipe *recipe = recompute->images->recipe;
    bool was_failed = failed_list_has(recompute->failed, item_path);
    int outputs = 0;

    for (int i = 0; i < recipe->rendition_count; i++) {
        char within[4096];
        image_output_path(recipe, i, item_path, within, sizeof within);
        outputs += listed(recompute->manifest, within) != NULL;
    }
    result->verdict = RECOMPUTE_SAME;
    if (was_failed && outputs)
        differs(result, "it has outputs in the manifest, and is listed as failed");
    else if (!was_failed && !outputs)
        differs(result, "it has neither outputs in the manifest nor a line in FAILED.tsv");
    else if (reason && !was_failed)
        differs(result, "it was done, and fails now: %s", reason);
    else if (!reason && was_failed)
        differs(result, "it is listed as failed, and does not fail now");
    for (int i = 0; i < recipe->rendition_count && !reason && result->verdict == RECOMPUTE_SAME; i++)
        if (compare_output(recompute, own, i, item_path, result, fault))
            return -1;
    return 0;
}

/* --- the item's own process ------------------------------------------------------------------- */

/* In that process, before it reads anything: the table with the results of all items goes out of its reach. */
static int forget_own_table(void *context, uint32_t slot, void *payload, struct fault *fault)
{
    const struct recompute *recompute = context;

    (void)slot;
    (void)payload;
    if (recompute->own_table && munmap(recompute->own_table->header, recompute->own_table->bytes))
        return fault_sys(fault, "item table: %s", strerror(errno));
    return 0;
}

/* Runs the item; *reason gets why it failed. Returns ITEM_DONE, ITEM_FAILED, or ITEM_PENDING with fault. */
static enum item_state run_item(struct recompute *recompute, const struct recompute_state *own,
                                uint64_t index, char reason[ITEM_REASON_BYTES], struct fault *fault)
{
    const struct pool_hooks hooks = {.context = recompute, .worker_begin = forget_own_table};
    struct image_workload one = *recompute->images;
    struct pool_options options = *recompute->limits;
    struct item_table table;
    struct workload workload;
    enum pool_result result;
    enum item_state state;
    int signal_number;

    one.output_root = own->folder;
    one.paths += index;
    one.bytes += index;
    one.positions += index;
    one.count = 1;
    one.prepared = NULL;
    options.hooks = &hooks;
    options.sandbox = &own->sandbox;
    if (item_table_create(&table, -1, 1, image_result_bytes(one.recipe), 1, 0, fault))
        return ITEM_PENDING;
    image_workload_fill(&one, &workload);
    do /* a signal is for the pool that we are a worker of: it ends us when the item is done */
        result = pool_run_serial(&workload, &options, &table, &signal_number, fault);
    while (result == POOL_INTERRUPTED);
    state = atomic_load_explicit(&item_table_item(&table, 0)->state, memory_order_relaxed);
    if (result != POOL_OK) {
        state = ITEM_PENDING;
    } else if (state == ITEM_FAILED) {
        item_table_reason(&table, 0, reason);
    }
    item_table_close(&table);
    return state;
}

/* --- the workload --------------------------------------------------------------------------------- */

static void release(void *context, void *own)
{
    const struct recompute_state *state = own;

    (void)context;
    if (!state)
        return;
    scratch_remove_tree(state->folder);
    free(own);
}

static int make_folders(const struct recompute *recompute, struct recompute_state *own, struct fault *fault)
{
    const struct recipe *recipe = recompute->images->recipe;

    for (int i = 0; i < recipe->rendition_count; i++) {
        char top[RECIPE_NAME_BYTES];
        if (store_make_folder(own->folder, output_name_top_folder(recipe->renditions[i].output, top), fault))
            return -1;
        snprintf(own->tops[i], sizeof own->tops[i], "%s/%s", own->folder, top);
    }
    return 0;
}

static int init(void *context, void **state, struct fault *fault)
{
    const struct recompute *recompute = context;
    struct recompute_state *own = calloc(1, sizeof *own);

    if (!own)
        return fault_sys(fault, "worker: no memory");
    own->sandbox = *recompute->sandbox;
    snprintf(own->folder, sizeof own->folder, "%s/XXXXXX", recompute->scratch);
    if (!mkdtemp(own->folder)) {
        fault_sys(fault, "folder for temporary files %s: %s", recompute->scratch, strerror(errno));
        free(own);
        return -1;
    }
    if (make_folders(recompute, own, fault)) {
        release(context, own);
        return -1;
    }
    for (int i = 0; i < recompute->images->recipe->rendition_count; i++)
        sandbox_allow_write(&own->sandbox, own->tops[i]);
    *state = own;
    return 0;
}

static int item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                struct fault *fault)
{
    struct recompute *recompute = context;
    struct recompute_state *own = state;
    struct recompute_result *result = payload;
    uint64_t drawn = recompute->drawn[index];
    const char *path = recompute->images->paths[drawn];
    char reason[ITEM_REASON_BYTES] = "";
    enum item_state now;
    int failed;

    (void)record;
    *result = (struct recompute_result){.verdict = RECOMPUTE_NONE};
    now = run_item(recompute, own, drawn, reason, fault);
    if (now == ITEM_PENDING)
        return WORKLOAD_STOP;
    failed = judge(recompute, own, path, now == ITEM_FAILED ? reason : NULL, result, fault);
    /* Whatever it has left: the next item begins in empty folders. */
    scratch_remove_tree(own->folder);
    if (!failed && mkdir(own->folder, 0700))
        failed = fault_sys(fault, "folder for temporary files %s: %s", own->folder, strerror(errno));
    return failed || make_folders(recompute, own, fault) ? WORKLOAD_STOP : WORKLOAD_DONE;
}

static void lost(void *context, uint64_t index, struct item_record *record, void *payload, const char *why)
{
    (void)context;
    (void)index;
    (void)record;
    differs((struct recompute_result *)payload, "it could not be done again: %s", why);
}

void recompute_fill(struct recompute *recompute, struct workload *workload)
{
    *workload = (struct workload){.name = "recompute",
                                  .context = recompute,
                                  .items = recompute->drawn_count,
                                  .payload_bytes = sizeof(struct recompute_result),
                                  .init = init,
                                  .item = item,
                                  .release = release,
                                  .lost = lost};
}
