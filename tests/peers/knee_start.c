/* knee_start: what knee's pool needs until its workers are ready for images.
 *
 * knee_start RECIPE WORKERS REPETITIONS fresh|zygote: a line for each repetition: milliseconds from before the
 * first fork until the last worker was READY (watermark and caption font loaded). The parent has read the
 * recipe, started libvips and, for zygote, prepared its workers before, once, as `knee run` does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/image_workload.h"
#include "pipeline/pool/pool.h"
#include "tests/bench/no_item.h"

static double all_ready_ms(const struct item_table *table, uint32_t workers)
{
    uint64_t end_ns = 0;

    for (uint32_t i = 0; i < workers; i++) {
        uint64_t ready_ns = item_table_worker(table, i)->init_end_ns;
        end_ns = ready_ns > end_ns ? ready_ns : end_ns;
    }
    return (double)(end_ns - table->header->pool_ns) / 1e6;
}

static int once(const struct workload *images, uint32_t workers, struct fault *fault)
{
    struct workload workload = *images;
    struct pool_options options = {.workers = workers, .chunk = 1, .policy = POLICY_DYNAMIC};
    struct item_table table;
    int signal_number = 0, result = -1;

    workload.items = workers;
    workload.item = no_item;
    if (item_table_create(&table, -1, workers, workload.payload_bytes, workers, 0, fault))
        return -1;
    if (pool_run(&workload, &options, &table, &signal_number, fault) == POOL_OK) {
        printf("%.3f\n", all_ready_ms(&table, workers));
        result = 0;
    }
    item_table_close(&table);
    return result;
}

int main(int argc, char **argv)
{
    static struct recipe recipe;
    static struct image_workload images;
    struct workload workload = {0};
    struct fault fault = {0};
    uint32_t workers = argc == 5 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    int repetitions = argc == 5 ? atoi(argv[3]) : 0, result;
    bool zygote = argc == 5 && strcmp(argv[4], "zygote") == 0;

    if (workers < 1 || workers > POOL_MAX_WORKERS || repetitions < 1 ||
        (!zygote && strcmp(argv[4], "fresh") != 0)) {
        fprintf(stderr, "usage: knee_start RECIPE WORKERS REPETITIONS fresh|zygote\n");
        return 2;
    }
    result = recipe_load(argv[1], &recipe, &fault) ||
             image_workload_init(&images, &recipe, "/", NULL, NULL, 0, "/nowhere", &fault) ||
             (zygote && image_workload_prepare(&images, &fault));
    if (!result)
        image_workload_fill(&images, &workload);
    for (int i = 0; i < repetitions && !result; i++)
        result = once(&workload, workers, &fault);
    if (result)
        fprintf(stderr, "knee_start: %s\n", fault.text);
    return result ? 1 : 0;
}
