/* A PNG file that announces more than it holds is refused before anything is allocated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/codecs/png_chunks.h"

#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define HEADER    "\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0CCCC"
#define PICTURE   "\0\0\0\x02IDATxxCCCC\0\0\0\0IENDCCCC"

static int check(const char *text, size_t bytes, struct fault *fault)
{
    *fault = (struct fault){.text = ""};
    return png_chunks_check((const uint8_t *)text, bytes, fault);
}

static void what_fits_is_accepted(void **state)
{
    static const char whole[] = SIGNATURE HEADER "\0\0\0\x03tEXtabcCCCC" PICTURE;
    static const char other[] = "RIFF\x7f\xff\xff\xffWEBP";
    struct fault fault;

    (void)state;
    for (size_t bytes = 0; bytes < sizeof whole; bytes++) {
        size_t text = sizeof SIGNATURE HEADER - 1; /* its chunk begins here; its data can be cut */
        int cut = bytes >= text + 12 && bytes < text + 15;
        int header_cut = bytes >= 20 && bytes < 33;
        assert_int_equal(check(whole, bytes, &fault), cut || header_cut ? -1 : 0);
    }
    assert_int_equal(check(other, sizeof other - 1, &fault), 0);
}

static void a_chunk_longer_than_the_file_is_named(void **state)
{
    static const char huge[] = SIGNATURE HEADER "\x3f\xff\xff\xffiCCPabcCCCC" PICTURE;
    static const char late[] = SIGNATURE HEADER "\0\0\0\x01gAMAxCCCC\x7f\xff\xff\xffzTXtabcCCCC" PICTURE;
    static const char data[] = SIGNATURE HEADER "\x3f\xff\xff\xffIDATabcCCCC";
    struct fault fault;

    (void)state;
    assert_int_equal(check(huge, sizeof huge - 1, &fault), -1);
    assert_string_equal(fault.text, "PNG: chunk iCCP announces 1073741823 bytes, and the file has 29 more");
    assert_int_equal(check(late, sizeof late - 1, &fault), -1);
    assert_non_null(strstr(fault.text, "zTXt announces 2147483647 bytes"));
    assert_int_equal(check(data, sizeof data - 1, &fault),
                     0); /* the decoder reads it piece by piece, and fails */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_accepted),
        cmocka_unit_test(a_chunk_longer_than_the_file_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
