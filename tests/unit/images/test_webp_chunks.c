/* WebP's metadata: dropped from what libvips writes, nothing else touched, damage left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/codecs/webp_chunks.h"

static const char extended[] = "RIFF\x32\0\0\0WEBP"
                               "VP8X\x0a\0\0\0\x08\0\0\0\1\0\0\1\0\0"
                               "VP8 \x05\0\0\0abcde\0"
                               "EXIF\x02\0\0\0xy";
static const char simple[] = "RIFF\x12\0\0\0WEBP"
                             "VP8 \x05\0\0\0abcde";

static void the_picture_alone_is_left(void **state)
{
    uint8_t data[sizeof extended];
    size_t bytes = sizeof extended - 1;

    (void)state;
    memcpy(data, extended, sizeof extended);
    webp_drop_metadata(data, &bytes);
    assert_int_equal(bytes, sizeof simple); /* the padding byte is the text's end */
    assert_memory_equal(data, simple, sizeof simple);
    webp_drop_metadata(data, &bytes);
    assert_int_equal(bytes, sizeof simple);
}

static void alpha_animations_and_damage_stay(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof extended - 1; cut++) {
        uint8_t *data = malloc(cut ? cut : 1);
        size_t bytes = cut;
        memcpy(data, extended, cut);
        webp_drop_metadata(data, &bytes);
        if (cut < 12 + 18 + 14)
            assert_true(bytes == cut && memcmp(data, extended, cut) == 0);
        free(data);
    }
    for (int flag = 0; flag < 2; flag++) {
        uint8_t data[sizeof extended], before[sizeof extended];
        size_t bytes = sizeof extended - 1;
        memcpy(data, extended, sizeof extended);
        data[20] |= flag ? 0x10 : 0x02;
        memcpy(before, data, sizeof data);
        webp_drop_metadata(data, &bytes);
        assert_int_equal(bytes, sizeof extended - 1);
        assert_memory_equal(data, before, sizeof data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picture_alone_is_left),
        cmocka_unit_test(alpha_animations_and_damage_stay),
    };
    return cmocka_run_group_tests_name("webp_chunks", tests, NULL, NULL);
}
