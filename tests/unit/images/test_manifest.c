/* The manifest: what is written is what sha256sum reads, and comes back the same; damage is named by its
 * line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/images/output/manifest.h"

static char folder[] = "/tmp/knee-manifest.XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[256];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void read_file(const char *name, char *text, size_t bytes)
{
    char path[256];
    FILE *file;
    size_t got;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "r");
    assert_non_null(file);
    got = fread(text, 1, bytes - 1, file);
    text[got] = '\0';
    fclose(file);
}

static void lines_are_escaped_as_sha256sum_does(void **state)
{
    static const char *const paths[] = {"large/ \xff", "large/a\nnew\\line", "large/b.jpg"};
    struct manifest_writer writer;
    struct manifest again;
    struct fault fault;
    uint8_t digest[32];
    char text[1024], sha256[65];

    (void)state;
    memset(digest, 0xab, sizeof digest);
    digest[0] = 1;
    assert_int_equal(manifest_begin(&writer, folder, "made with care", &fault), 0);
    assert_int_equal(manifest_put(&writer, paths[0], digest), 0);
    assert_int_equal(manifest_put(&writer, paths[1], digest), 0);
    digest[0] = 0xab;
    assert_int_equal(manifest_put(&writer, paths[2], digest), 0);
    assert_int_equal(manifest_end(&writer, sha256, &fault), 0);
    read_file("MANIFEST.sha256", text, sizeof text);
    assert_string_equal(
        text, "# made with care\n"
              "01ababababababababababababababababababababababababababababababab  large/ \xff\n"
              "\\01ababababababababababababababababababababababababababababababab  large/a\\nnew\\\\line\n"
              "abababababababababababababababababababababababababababababababab  large/b.jpg\n");
    assert_int_equal(manifest_read(&again, folder, &fault), 0);
    assert_int_equal(again.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(again.lines[i].path, paths[i]);
        assert_memory_equal(again.lines[i].sha256, i < 2 ? "01abab" : "ababab", 6);
    }
    manifest_release(&again);
}

/* A path longer than any buffer on the way, of characters that all have to be escaped. */
static void long_paths_are_whole(void **state)
{
    struct manifest_writer writer;
    struct manifest again;
    struct fault fault;
    const uint8_t digest[32] = {0};
    char path[4000], sha256[65];

    (void)state;
    memset(path, '\\', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(manifest_begin(&writer, folder, NULL, &fault), 0);
    assert_int_equal(manifest_put(&writer, path, digest), 0);
    assert_int_equal(manifest_end(&writer, sha256, &fault), 0);
    assert_int_equal(manifest_read(&again, folder, &fault), 0);
    assert_int_equal(again.count, 1);
    assert_string_equal(again.lines[0].path, path);
    manifest_release(&again);
}

static void given_up_leaves_what_was(void **state)
{
    struct manifest_writer writer, never = {0};
    struct fault fault;
    const uint8_t digest[32] = {0};
    char before[8192], after[8192], path[256];

    (void)state;
    read_file("MANIFEST.sha256", before, sizeof before);
    assert_int_equal(manifest_begin(&writer, folder, NULL, &fault), 0);
    assert_int_equal(manifest_put(&writer, "new", digest), 0);
    snprintf(path, sizeof path, "%s", writer.whole.temporary);
    manifest_abandon(&writer);
    manifest_abandon(&never);
    read_file("MANIFEST.sha256", after, sizeof after);
    assert_string_equal(before, after);
    assert_int_equal(access(path, F_OK), -1);
}

static void sha256_of_the_text_is_given_back(void **state)
{
    struct manifest_writer writer;
    struct fault fault;
    char sha256[65];

    (void)state;
    assert_int_equal(manifest_begin(&writer, folder, NULL, &fault), 0);
    assert_int_equal(manifest_end(&writer, sha256, &fault), 0);
    /* of nothing: FIPS 180-4's well-known value */
    assert_string_equal(sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void damaged_lines_are_named(void **state)
{
    static const char good[] = "01ababababababababababababababababababababababababababababababab  a\n";
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"short\n", ":2: "},
        {"01abababababababababababababababababababababababababababababababAB  a\n", ":2: "},
        {"zzababababababababababababababababababababababababababababababab  a\n", ":2: "},
        {"\\01ababababababababababababababababababababababababababababababab  a\\x\n", ":2: "},
        {"01ababababababababababababababababababababababababababababababab\n", ":2: "},
    };
    char path[256];

    (void)state;
    snprintf(path, sizeof path, "%s/MANIFEST.sha256", folder);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct manifest manifest;
        struct fault fault;
        FILE *file = fopen(path, "w");
        fputs(good, file);
        fputs(cases[i].text, file);
        fclose(file);
        assert_int_equal(manifest_read(&manifest, path, &fault), -1);
        if (!strstr(fault.text, cases[i].part))
            fail_msg("case %zu: got '%s'", i, fault.text);
        assert_null(manifest.lines);
    }
}

static void missing_files_and_folders_are_faults(void **state)
{
    struct manifest_writer writer;
    struct manifest manifest;
    struct fault fault;

    (void)state;
    assert_int_equal(manifest_read(&manifest, "/nowhere/at/all", &fault), -1);
    assert_non_null(strstr(fault.text, "/nowhere/at/all"));
    assert_int_equal(manifest_begin(&writer, "/nowhere/at/all", NULL, &fault), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_escaped_as_sha256sum_does),
        cmocka_unit_test(long_paths_are_whole),
        cmocka_unit_test(given_up_leaves_what_was),
        cmocka_unit_test(sha256_of_the_text_is_given_back),
        cmocka_unit_test(damaged_lines_are_named),
        cmocka_unit_test(missing_files_and_folders_are_faults),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
