/* knee_one: knee's image part in one process, item by item on demand, for the comparison with other programs.
 *
 * knee_one RECIPE ROOT OUT; protocol as in tests/peers/served.py.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/libraries.h"
#include "pipeline/base/version.h"
#include "pipeline/images/image_workload.h"
#include "pipeline/images/input/batch.h"

struct one {
    struct recipe recipe;
    struct batch batch;
    struct image_workload images;
    struct workload workload;
    void *state;
};

static int do_path(struct one *one, const char *path, struct fault *fault)
{
    struct item_record record = {0};
    struct image_result result;

    for (uint64_t i = 0; i < one->batch.count; i++)
        if (strcmp(one->batch.paths[i], path) == 0)
            return one->workload.item(one->workload.context, one->state, i, &record, &result, fault);
    return fault_set(fault, "%s: no such item", path);
}

static void answer(struct one *one, char *line)
{
    struct fault fault = {0};
    char *rest = NULL;

    for (char *path = strtok_r(line, "\t\n", &rest); path; path = strtok_r(NULL, "\t\n", &rest)) {
        if (do_path(one, path, &fault)) {
            printf("failed: %s\n", fault.text);
            return;
        }
    }
    printf("ok\n");
}

static int start(struct one *one, char **argv, struct fault *fault)
{
    if (recipe_load(argv[1], &one->recipe, fault) ||
        batch_list(&one->batch, argv[2], &(struct batch_options){.exclude = argv[3]}, fault) ||
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
    char libraries[512], *line = NULL;
    size_t room = 0;

    if (argc != 4) {
        fprintf(stderr, "usage: knee_one RECIPE ROOT OUT\n");
        return 2;
    }
    if (start(&one, argv, &fault)) {
        fprintf(stderr, "knee_one: %s\n", fault.text);
        return 1;
    }
    printf("ready {\"version\": \"knee %s, %s\", \"pids\": []}\n", knee_version,
           libraries_text(libraries, sizeof libraries));
    fflush(stdout);
    while (getline(&line, &room, stdin) > 0) {
        answer(&one, line);
        fflush(stdout);
    }
    free(line);
    one.workload.release(one.workload.context, one.state);
    image_workload_release(&one.images);
    batch_release(&one.batch);
    recipe_release(&one.recipe);
    return 0;
}
