/* Workers that fill the output folder end the run; what others write to the same disk does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/scratch.h"
#include "pipeline/images/output/limits.h"
#include "pipeline/images/output/output_watch.h"
#include "pipeline/pool/pool.h"

/* Of one item: 4 files of 1 MiB; with the spare items 65 or more times that. */
enum { ITEMS = 3, ITEM_FILES = 4, ITEM_BYTES = 1 << 20, FLOOD = 2000 };

enum deed { MAKES_FEW, MAKES_FILES, MAKES_FOLDERS, MAKES_BYTES, OTHERS_MAKE_FILES };

static char folder[64];
static struct recipe recipe = {
    .rendition_count = 1, .renditions = {{.name = "r", .output = "r/{path}.jpg", .width = 10, .height = 10}}};

static void make_files(const char *within, int count, size_t bytes)
{
    static char data[1 << 20];

    for (int i = 0; i < count; i++) {
        char path[256];
        int fd;
        snprintf(path, sizeof path, "%s/%s/%d-%d", folder, within, (int)getpid(), i);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes)
            abort();
        close(fd);
    }
}

static int do_item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                   struct fault *fault)
{
    const enum deed *deed = context;

    (void)state;
    (void)record;
    (void)payload;
    (void)fault;
    if (index)
        return WORKLOAD_DONE;
    if (*deed == MAKES_FEW)
        make_files("r", ITEM_FILES, 100);
    if (*deed == MAKES_FILES)
        make_files("r", FLOOD, 0);
    if (*deed == MAKES_BYTES)
        make_files("r", 100, 1 << 20);
    if (*deed == OTHERS_MAKE_FILES)
        make_files("elsewhere", FLOOD, 10);
    for (int i = 0; *deed == MAKES_FOLDERS && i < FLOOD; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/r/%d", folder, i);
        if (mkdir(path, 0777))
            abort();
    }
    return WORKLOAD_DONE;
}

static enum pool_result run(enum deed deed, struct fault *fault)
{
    struct workload workload = {.name = "flood", .context = &deed, .items = ITEMS, .item = do_item};
    struct output_watch watch;
    struct pool_options options = {.workers = 2, .chunk = 1, .watch = output_watch, .watch_context = &watch};
    struct item_table table;
    enum pool_result result;
    char path[128];
    int signal_number;

    snprintf(folder, sizeof folder, "%s/knee-watch.XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/r", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/elsewhere", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(item_table_create(&table, -1, ITEMS, 0, 2, 0, fault), 0);
    output_watch_begin_with(&watch, folder, &recipe, 2,
                            &(struct output_amount){.files = ITEM_FILES, .bytes = ITEM_BYTES});
    result = pool_run(&workload, &options, &table, &signal_number, fault);
    item_table_close(&table);
    scratch_remove_tree(folder);
    return result;
}

static void floods_end_the_run(void **state)
{
    static const enum deed deeds[] = {MAKES_FILES, MAKES_FOLDERS, MAKES_BYTES};
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        fault = (struct fault){0};
        assert_int_equal(run(deeds[i], &fault), POOL_ERROR);
        if (!strstr(fault.text, "workers have made") || !strstr(fault.text, "items can have"))
            fail_msg("deed %zu: '%s'", i, fault.text);
    }
}

static void outputs_and_what_others_write_do_not(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(run(MAKES_FEW, &fault), POOL_OK);
    assert_int_equal(run(OTHERS_MAKE_FILES, &fault), POOL_OK);
    assert_string_equal(fault.text, "");
}

static void limits_grow_with_the_recipe(void **state)
{
    struct recipe small = recipe, large = recipe;

    (void)state;
    small.max_pixels = small.max_bytes = 1000000;
    large.max_pixels = 600000000;
    large.max_bytes = 2000000000;
    large.renditions[0].width = large.renditions[0].height = 10000;
    assert_true(image_limits_memory_bytes(&small) >= 1 << 30);
    assert_true(image_limits_memory_bytes(&small) < (uint64_t)2 << 30);
    assert_true(image_limits_memory_bytes(&large) > 100 * large.max_pixels);
    assert_true(image_limits_file_bytes(&large, 0) >
                (uint64_t)4 * 10000 * 10000); /* uncompressed, with alpha */
    assert_int_equal(image_limits_file_bytes(&small, 1 << 30), 1 << 30);
    assert_true(image_limits_item_bytes(&large) >= 2 * image_limits_file_bytes(&large, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(floods_end_the_run),
                                       cmocka_unit_test(outputs_and_what_others_write_do_not),
                                       cmocka_unit_test(limits_grow_with_the_recipe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
