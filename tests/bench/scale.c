/* A batch of very many tiny items: how many bytes of parent and shared memory each takes, at the peak, and whether the
 * pool's rate stays the same from the first tenth to the last. All but the pictures is real: list of paths, item
 * table of the shipped recipe, pool, manifest; an item only fills in what a picture's would.
 *
 * usage: scale [ITEMS [WORKERS [FOLDER]]]   FOLDER: list the files below it instead of ITEMS invented paths
 * Prints: items, bytes per item, items per second, and the rate of each tenth. Exit 1 when something fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/images/image_workload.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/output/run_output.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/pool/pool.h"

/* A line of /proc/self/status, bytes. */
static uint64_t status_bytes(const char *name)
{
    char line[256];
    unsigned long long kib = 0;
    FILE *file = fopen("/proc/self/status", "re");

    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0 && sscanf(line + strlen(name), ": %llu", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib * 1024;
}

static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "we");

    if (file) {
        fputs("5\n", file);
        fclose(file);
    }
}

static int invent(struct batch *batch, uint64_t items)
{
    *batch = (struct batch){.root = strdup("invented"),
                            .paths = calloc(items, sizeof *batch->paths),
                            .bytes = calloc(items, sizeof *batch->bytes),
                            .count = items};
    if (!batch->root || !batch->paths || !batch->bytes)
        return -1;
    for (uint64_t i = 0; i < items; i++) {
        char path[40];
        snprintf(path, sizeof path, "%03u/photo-%06u.jpg", (unsigned)(i / 1000), (unsigned)(i % 1000));
        batch->paths[i] = strdup(path);
        batch->bytes[i] = 1;
        if (!batch->paths[i])
            return -1;
    }
    return 0;
}

static int tiny_item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                     struct fault *fault)
{
    const struct recipe *recipe = context;
    struct image_result *result = payload;

    (void)state;
    (void)fault;
    result->renditions = (uint8_t)recipe->rendition_count;
    for (int i = 0; i < recipe->rendition_count; i++) {
        memcpy(result->outputs[i].sha256, &index, sizeof index);
        result->outputs[i].bytes = 1;
    }
    record->bytes_in = 1;
    return 0;
}

/* From end to end of each tenth, in the order of completion: items of a pool end nearly in their order. */
static void print_tenths(const struct item_table *table)
{
    uint64_t items = table->items, from_ns = table->header->go_ns;

    printf("scale: million items/s in each tenth:");
    for (uint64_t tenth = 1; tenth <= 10; tenth++) {
        uint64_t end_ns = item_table_item(table, items * tenth / 10 - 1)->end_ns;
        printf(" %.2f", (double)items / 10 / (double)(end_ns - from_ns) * 1e3);
        from_ns = end_ns;
    }
    putchar('\n');
}

static int run(const struct batch *batch, struct recipe *recipe, uint32_t workers, const char *out,
               struct fault *fault)
{
    struct workload workload = {.name = "tiny",
                                .context = recipe,
                                .items = batch->count,
                                .payload_bytes = image_result_bytes(recipe),
                                .item = tiny_item};
    const struct pool_options options = {.workers = workers, .chunk = 64, .policy = POLICY_DYNAMIC};
    const struct run_close close = {.out = out, .libraries = "no libraries: nothing is computed"};
    struct run_outcome outcome;
    struct item_table table;
    int signal_number = 0;

    if (item_table_create(&table, -1, batch->count, workload.payload_bytes, workers, 0, fault) ||
        pool_run(&workload, &options, &table, &signal_number, fault) != POOL_OK ||
        run_output_close(&table, recipe, batch, &close, &outcome, fault))
        return -1;
    printf("scale: %llu items, %u workers: %.2f million items/s\n", (unsigned long long)batch->count, workers,
           (double)batch->count / (double)(table.header->last_end_ns - table.header->go_ns) * 1e3);
    print_tenths(&table);
    item_table_close(&table);
    return outcome.done == batch->count ? 0 : fault_set(fault, "not every item was done");
}

int main(int argc, char **argv)
{
    static const char *const files[] = {"MANIFEST.sha256", "RENDITIONS.json", "SUMMARY.json", "NOTES.tsv"};
    uint64_t items = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, before;
    uint32_t workers = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 2;
    char out[] = "/tmp/knee-scale.XXXXXX", path[64];
    struct recipe recipe;
    struct batch batch = {0};
    struct fault fault = {.text = "no memory"};
    int failed;

    if (!mkdtemp(out) || recipe_load("pipeline/recipes/web.recipe", &recipe, &fault)) {
        fprintf(stderr, "scale: %s\n", fault.text);
        return 1;
    }
    forget_peak();
    before = status_bytes("VmRSS");
    failed = (argc > 3 ? batch_list(&batch, argv[3], NULL, &fault) : invent(&batch, items)) ||
             run(&batch, &recipe, workers, out, &fault);
    if (failed) /* the batch is released below: NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        fprintf(stderr, "scale: %s\n", fault.text);
    else
        printf("scale: %.0f bytes of parent and shared memory per item at the peak\n",
               (double)(status_bytes("VmHWM") - before) / (double)batch.count);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", out, files[i]);
        unlink(path);
    }
    rmdir(out);
    batch_release(&batch);
    recipe_release(&recipe);
    return failed ? 1 : 0;
}
