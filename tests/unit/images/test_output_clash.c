/* Which batches have outputs with clashing names, and the order in which outputs are listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/output/output_clash.h"
#include "pipeline/images/output/output_order.h"

enum { MOST_ITEMS = 64 };

static struct batch batch_of(char **paths)
{
    struct batch batch = {.root = "in", .paths = paths};

    while (paths[batch.count])
        batch.count++;
    return batch;
}

static struct recipe recipe_of(const char *const *patterns)
{
    struct recipe recipe = {0};

    for (; patterns[recipe.rendition_count]; recipe.rendition_count++) {
        struct rendition *r = &recipe.renditions[recipe.rendition_count];
        snprintf(r->name, sizeof r->name, "r%d", recipe.rendition_count);
        snprintf(r->output, sizeof r->output, "%s", patterns[recipe.rendition_count]);
    }
    return recipe;
}

static void clashes_are_found_and_both_items_named(void **state)
{
    static struct {
        char *paths[5];
        const char *patterns[4], *wanted[2];
    } cases[] = {
        {{"a.jpg", "a.png"}, {"x/{path}.jpg", "y/{path}.jpg"}, {NULL}},
        {{"a.jpg", "a.png"}, {"x/{stem}.jpg"}, {"a.jpg and a.png", "x/a.jpg"}},
        {{"a/i.jpg", "b/i.jpg"}, {"{stem}.jpg"}, {"a/i.jpg and b/i.jpg", "the output i.jpg"}},
        {{"a/i.jpg", "b/i.jpg"}, {"{folder}/{stem}.jpg"}, {NULL}},
        {{"a-1.jpg", "a.jpg"}, {"{stem}.jpg", "{stem}-1.jpg"}, {"a-1.jpg and a.jpg", "a-1.jpg"}},
        {{"a.png", "x/a.png"}, {"x/{path}.jpg", "{path}.jpg"}, {"a.png and x/a.png", "x/a.png.jpg"}},
        {{"p.jpg", "p.jpg.webp/o.jpg"}, {"s/{path}.webp"}, {"p.jpg", "p.jpg.webp/o.jpg: rename one"}},
        {{"p.jpg", "p.jpg.jpg/o.jpg"},
         {"r0/{path}.jpg", "r1/{path}.jpg"},
         {"p.jpg", "p.jpg.jpg/o.jpg: rename"}},
        {{"p.jpg", "p.jpg.webp/o.jpg"}, {"r0/{path}.jpg"}, {NULL}},
        {{"i"}, {"{path}.jpg", "{path}.jpg/x.jpg"}, {"the folder of i"}},
        {{"i"}, {"{path}.jpg/x.jpg", "{path}.jpg"}, {"the folder of i"}},
        {{"MANIFEST.sha256/i"}, {"{path}.jpg"}, {"'r0' begins with the name of a file"}},
        {{"a", "...jpg"}, {"{stem}/i.jpg"}, {"...jpg", "one of . and .."}},
        {{".x.jpg"}, {"{stem}.jpg"}, {".x.jpg", "begins with a dot"}},
        {{".x.jpg"}, {"x/{stem}.jpg"}, {NULL}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct batch batch = batch_of(cases[i].paths);
        struct recipe recipe = recipe_of(cases[i].patterns);
        struct fault fault = {0};
        int result = output_clash_check(&batch, &recipe, &fault);
        if (result != (cases[i].wanted[0] ? -1 : 0))
            fail_msg("case %zu: %d: %s", i, result, fault.text);
        for (int k = 0; k < 2 && cases[i].wanted[k]; k++)
            if (!strstr(fault.text, cases[i].wanted[k]))
                fail_msg("case %zu: '%s' is not in: %s", i, cases[i].wanted[k], fault.text);
    }
}

static void a_path_beyond_the_longest_is_refused(void **state)
{
    char *path = malloc(4200), *paths[] = {path, NULL};
    static const char *const patterns[] = {"{path}/{path}.jpg", NULL};
    struct batch batch = batch_of(paths);
    struct recipe recipe = recipe_of(patterns);
    struct fault fault = {0};

    (void)state;
    assert_non_null(path);
    memset(path, 'a', 2100);
    path[2100] = '\0';
    assert_int_equal(output_clash_check(&batch, &recipe, &fault), -1);
    assert_non_null(strstr(fault.text, "longer than 4095 bytes"));
    free(path);
}

/* Items whose outputs sort as they do, and others: "a" is before "a b", "a.jpg" is not before "a b.jpg". */
static void all_outputs_come_once_and_sorted(void **state)
{
    static char *paths[] = {"a", "a b", "a/c", "b.gif", "b/a", "c", "z/a.gif", "z/a/b", NULL};
    static const char *const sets[][4] = {{"m/{path}.jpg", "l/{path}.jpg", "l!/{path}.jpg"},
                                          {"{path}.jpg", "{path}-2.webp"},
                                          {"x/{folder}-{stem}.jpg", "x/{stem}{path}.jpg"}};

    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct batch batch = batch_of(paths);
        struct recipe recipe = recipe_of(sets[i]);
        bool seen[MOST_ITEMS] = {false};
        char last[OUTPUT_PATH_BYTES] = "";
        struct output_order order;
        struct fault fault = {0};
        uint64_t item, count = 0;
        const char *path;
        int rendition;

        assert_int_equal(output_order_begin(&order, &recipe, &batch, &fault), 0);
        while (output_order_next(&order, &path, &item, &rendition)) {
            bool *mark = &seen[item * 4 + (uint64_t)rendition];
            if (strcmp(last, path) >= 0)
                fail_msg("%s is not before %s", last, path);
            assert_false(*mark);
            *mark = true;
            snprintf(last, sizeof last, "%s", path);
            count++;
        }
        assert_int_equal(count, batch.count * (uint64_t)recipe.rendition_count);
        output_order_release(&order);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clashes_are_found_and_both_items_named),
        cmocka_unit_test(a_path_beyond_the_longest_is_refused),
        cmocka_unit_test(all_outputs_come_once_and_sorted),
    };

    return cmocka_run_group_tests_name("output_clash", tests, NULL, NULL);
}
