/* knee_one: knee's image part in one process, item by item on demand, for tests/peers/compare.py.
 *
 * knee_one RECIPE ROOT OUT: one path within ROOT per line of input; each is answered by a line with the CPU
 * milliseconds of the whole process that it took, or "failed: REASON".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/batch.h"
#include "pipeline/clock.h"
#include "pipeline/image_workload.h"

struct one {
    struct recipe recipe;
    struct batch batch;
    struct image_workload images;
    struct workload workload;
    void *state;
};

static void answer(struct one *one, const char *path)
{
    struct fault fault = {0};
    struct item_record record = {0};
    struct image_result result;
    uint64_t start_ns = clock_process_cpu_ns();

    for (uint64_t i = 0; i < one->batch.count; i++) {
        if (strcmp(one->batch.paths[i], path) != 0)
            continue;
        if (one->workload.item(one->workload.context, one->state, i, &record, &result, &fault))
            printf("failed: %s\n", fault.text);
        else
            printf("%.3f\n", (double)(clock_process_cpu_ns() - start_ns) / 1e6);
        return;
    }
    printf("failed: no such item\n");
}

static int start(struct one *one, char **argv, struct fault *fault)
{
    if (recipe_load(argv[1], &one->recipe, fault) || batch_list(&one->batch, argv[2], argv[3], fault) ||
        image_workload_init(&one->images, &one->recipe, one->batch.root,
                            (const char *const *)one->batch.paths, one->batch.bytes, one->batch.count,
                            argv[3], fault))
        return -1;
    image_workload_fill(&one->images, &one->workload);
    return one->workload.init(one->workload.context, &one->state, fault);
}

int main(int argc, char **argv)
{
    static struct one one;
    struct fault fault = {0};
    char line[4096];

    if (argc != 4) {
        fprintf(stderr, "usage: knee_one RECIPE ROOT OUT\n");
        return 2;
    }
    if (start(&one, argv, &fault)) {
        fprintf(stderr, "knee_one: %s\n", fault.text);
        return 1;
    }
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        answer(&one, line);
        fflush(stdout);
    }
    one.workload.release(one.workload.context, one.state);
    image_workload_release(&one.images);
    batch_release(&one.batch);
    recipe_release(&one.recipe);
    return 0;
}
