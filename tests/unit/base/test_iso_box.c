/* Boxes one after the other: lengths of 32 and 64 bits, to the end, and damaged ones; and the first one of a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/iso_box.h"

#define SPAN(text) ((struct iso_span){(const uint8_t *)(text), sizeof(text) - 1})

static void boxes_are_read_one_after_the_other(void **state)
{
    /* Each box as its name, a colon and its content; then the number of bytes that are left. */
    static const struct {
        struct iso_span list;
        const char *expected;
    } cases[] = {
        {SPAN(""), "0 left"},
        {SPAN("\0\0\0"), "3 left"},
        {SPAN("\0\0\0\x08"
              "free"),
         "free: 0 left"},
        {SPAN("\0\0\0\x0a"
              "abcdXY\0\0\0\x09"
              "efghZ"),
         "abcd:XY efgh:Z 0 left"},
        {SPAN("\0\0\0\x09"
              "abcdX\0\0\0\0efgh to the end"),
         "abcd:X efgh: to the end 0 left"},
        {SPAN("\0\0\0\x01"
              "wide\0\0\0\0\0\0\0\x12"
              "XY\0\0\0\x08"
              "next"),
         "wide:XY next: 0 left"},
        {SPAN("\0\0\0\x01"
              "wide\0\0\0"),
         "11 left"},
        {SPAN("\0\0\0\x01"
              "wide\0\0\0\0\0\0\0\x0f"),
         "16 left"}, /* shorter than its head */
        {SPAN("\0\0\0\x01"
              "wide\0\0\0\x01\0\0\0\x10"),
         "16 left"}, /* 4 GiB and 16 bytes */
        {SPAN("\0\0\0\x01"
              "wide\xff\xff\xff\xff\xff\xff\xff\xff"),
         "16 left"},
        {SPAN("\0\0\0\x09"
              "abcdX\0\0\0\x07"
              "efgh"),
         "abcd:X 8 left"},
        {SPAN("\0\0\0\x09"
              "abcdX\0\0\0\x0a"
              "efghY"),
         "abcd:X 9 left"}, /* cut */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct iso_span left = cases[i].list, content;
        char name[4], text[200];
        int used = 0;
        while (iso_box_next(&left, &content, name))
            used += snprintf(text + used, sizeof text - (size_t)used, "%.4s:%.*s ", name, (int)content.bytes,
                             (const char *)content.at);
        snprintf(text + used, sizeof text - (size_t)used, "%zu left", left.bytes);
        assert_string_equal(text, cases[i].expected);
    }
}

static void first_of_a_name_is_found(void **state)
{
    struct iso_span list = SPAN("\0\0\0\x09"
                                "abcdX\0\0\0\x09"
                                "efghY\0\0\0\x09"
                                "efghZ");
    struct iso_span found = iso_box_find(list, "efgh");

    (void)state;
    assert_int_equal(found.bytes, 1);
    assert_int_equal(*found.at, 'Y');
    found = iso_box_find(list, "ijkl");
    assert_null(found.at);
    assert_int_equal(found.bytes, 0);
    assert_null(iso_box_find(found, "abcd").at); /* in a box that is not there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_read_one_after_the_other),
        cmocka_unit_test(first_of_a_name_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
