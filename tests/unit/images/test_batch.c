/* The list of items: complete, sorted, the same for the same folder; what is passed over and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/images/input/batch.h"

static char folder[] = "/tmp/knee-batch.XXXXXX";

static void put(const char *path, const char *content)
{
    char full[512];
    FILE *file;

    snprintf(full, sizeof full, "%s/%s", folder, path);
    file = fopen(full, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static int make_folder(void **state)
{
    static const char *const folders[] = {"", "/in", "/in/b", "/in/.hidden", "/in/out", "/in/empty", "/bare"};
    char path[512];

    (void)state;
    if (!mkdtemp(folder))
        return -1;
    for (size_t i = 1; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s%s", folder, folders[i]);
        if (mkdir(path, 0777))
            return -1;
    }
    put("in/b.jpg", "12345");
    put("in/b/z", "1");
    put("in/a name\nwith newline", "22");
    put("in/-dash", "333");
    put("in/\xff\xfe", "4444");
    put("in/.hidden/x", "no");
    put("in/.dot", "no");
    put("in/out/large.jpg", "no");
    snprintf(path, sizeof path, "%s/in/link", folder);
    return symlink("b.jpg", path);
}

static int remove_folder(void **state)
{
    char command[256];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void list(struct batch *batch, const char *suffix)
{
    char root[256], out[256];
    struct fault fault;

    snprintf(root, sizeof root, "%s/in%s", folder, suffix);
    snprintf(out, sizeof out, "%s/in/out", folder);
    if (batch_list(batch, root, &(struct batch_options){.exclude = out}, &fault))
        fail_msg("%s", fault.text);
}

static void every_regular_file_sorted_bytewise(void **state)
{
    static const char *const wanted[] = {"-dash", "a name\nwith newline", "b.jpg", "b/z", "\xff\xfe"};
    static const uint64_t bytes[] = {3, 2, 5, 1, 4};
    struct batch batch;

    (void)state;
    list(&batch, "///");
    assert_int_equal(batch.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(batch.paths[i], wanted[i]);
        assert_int_equal(batch.bytes[i], bytes[i]);
    }
    assert_int_equal(batch.total_bytes, 15);
    assert_int_not_equal(batch.root[strlen(batch.root) - 1], '/');
    batch_release(&batch);
}

static void identity_is_of_paths_and_sizes(void **state)
{
    struct batch batch;
    char first[65], second[65], third[65];

    (void)state;
    list(&batch, "");
    batch_sha256(&batch, first);
    batch_sha256(&batch, second);
    batch.bytes[2]++;
    batch_sha256(&batch, third);
    batch_release(&batch);
    assert_string_equal(first, second);
    assert_string_not_equal(first, third);
    assert_int_equal(strlen(first), 64);
}

static void a_list_keeps_what_it_names(void **state)
{
    struct batch batch, whole;
    struct fault fault;
    char path[256];

    (void)state;
    list(&whole, "");
    put("bare/list", "b/z\n\n-dash");
    snprintf(path, sizeof path, "%s/bare/list", folder);
    list(&batch, "");
    assert_int_equal(batch_keep_listed(&batch, path, false, &fault), 0);
    assert_int_equal(batch.count, 2);
    assert_string_equal(batch.paths[0], "-dash");
    assert_string_equal(batch.paths[1], "b/z");
    for (uint64_t i = 0; i < whole.count; i++)
        for (int k = 0; k < 2; k++)
            if (strcmp(whole.paths[i], batch.paths[k]) == 0)
                assert_int_equal(batch.positions[k], i + 1);
    batch_release(&whole);
    assert_int_equal(batch.total_bytes, 4);
    put("bare/list", "not there\n");
    assert_int_equal(batch_keep_listed(&batch, path, false, &fault), -1);
    assert_non_null(strstr(fault.text, "not there is not in batch"));
    batch_release(&batch);
    put("bare/list", "");
    list(&batch, "");
    assert_int_equal(batch_keep_listed(&batch, path, false, &fault), -1);
    batch_release(&batch);
    unlink(path);
}

static void what_is_left_out_is_listed(void **state)
{
    static const struct {
        const char *path;
        enum left_out why;
    } wanted[] = {{".dot", LEFT_HIDDEN}, {".hidden", LEFT_HIDDEN}, {"link", LEFT_LINK}};
    struct batch batch;
    char text[256];

    (void)state;
    list(&batch, "");
    assert_int_equal(batch.left_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(batch.left[i].path, wanted[i].path);
        assert_int_equal(batch.left[i].why, wanted[i].why);
    }
    assert_string_equal(batch_left_list(&batch, text, sizeof text), "1 link (not followed), 2 hidden names");
    batch_release(&batch);
}

static void followed_links_stay_within_the_batch(void **state)
{
    static const struct {
        const char *target, *name;
        enum left_out why; /* LEFT_COUNT: an item */
    } links[] = {{"../in/b.jpg", "1", LEFT_COUNT},
                 {"..", "2", LEFT_LINK_OUTSIDE},
                 {"../in", "3", LEFT_LOOP},
                 {"nothing", "4", LEFT_LINK_BROKEN},
                 {"/dev/null", "5", LEFT_LINK_OUTSIDE},
                 {"6", "6", LEFT_LINK_BROKEN}, /* itself */
                 {"out/large.jpg", "7", LEFT_LINK_OUTSIDE},
                 {"out", "8", LEFT_LINK_OUTSIDE}};
    enum { LINKS = sizeof links / sizeof links[0] };
    struct batch batch;
    struct fault fault;
    char root[256], out[256], path[512];

    (void)state;
    snprintf(root, sizeof root, "%s/in", folder);
    snprintf(out, sizeof out, "%s/in/out", folder);
    for (int i = 0; i < LINKS; i++) {
        snprintf(path, sizeof path, "%s/%s", root, links[i].name);
        assert_int_equal(symlink(links[i].target, path), 0);
    }
    if (batch_list(&batch, root, &(struct batch_options){.exclude = out, .follow_links = true}, &fault))
        fail_msg("%s", fault.text);
    for (int i = 0; i < LINKS; i++) {
        uint64_t index;
        enum left_out why = LEFT_COUNT;
        for (uint64_t k = 0; k < batch.left_count; k++)
            if (strcmp(batch.left[k].path, links[i].name) == 0)
                why = batch.left[k].why;
        if (why != links[i].why || batch_find(&batch, links[i].name, &index) != (why == LEFT_COUNT))
            fail_msg("%s: %d", links[i].target, why);
        snprintf(path, sizeof path, "%s/%s", root, links[i].name);
        unlink(path);
    }
    batch_release(&batch);
}

static void a_file_is_a_batch_of_one(void **state)
{
    struct batch batch;
    struct fault fault;
    char path[256];

    (void)state;
    snprintf(path, sizeof path, "%s/in/b.jpg", folder);
    assert_int_equal(batch_list(&batch, path, NULL, &fault), 0);
    assert_int_equal(batch.count, 1);
    assert_string_equal(batch.paths[0], "b.jpg");
    assert_string_equal(batch.single, path);
    assert_int_equal(batch.total_bytes, 5);
    batch_release(&batch);
}

static void what_is_no_batch_is_refused_by_name(void **state)
{
    static const struct {
        const char *path, *part;
    } cases[] = {{"nowhere", "nowhere: No such file"},
                 {"in/empty", "no file in it"},
                 {"in/b.jpg/x", "Not a directory"}};
    struct batch batch;
    struct fault fault;
    char root[256];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        snprintf(root, sizeof root, "%s/%s", folder, cases[i].path);
        assert_int_equal(batch_list(&batch, root, NULL, &fault), -1);
        if (!strstr(fault.text, cases[i].part))
            fail_msg("got '%s', wanted '%s' in it", fault.text, cases[i].part);
        assert_int_equal(batch.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_regular_file_sorted_bytewise),
        cmocka_unit_test(identity_is_of_paths_and_sizes),
        cmocka_unit_test(a_list_keeps_what_it_names),
        cmocka_unit_test(what_is_left_out_is_listed),
        cmocka_unit_test(followed_links_stay_within_the_batch),
        cmocka_unit_test(a_file_is_a_batch_of_one),
        cmocka_unit_test(what_is_no_batch_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
