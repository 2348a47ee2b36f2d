/* JPEG XL: what the writer writes, on every processor alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <dlfcn.h>

#include "pipeline/images/jxl/jxl_setup.h"
#include "pipeline/images/jxl/jxl_writer.h"
#include "tests/unit/images/jxl_fixture.h"

enum { WIDTH = 40, HEIGHT = 24 };

static void quality_100_loses_nothing(void **state)
{
    static uint8_t rgb[WIDTH * HEIGHT * 3];
    size_t bytes[2], again_bytes;
    void *data[2], *again;
    struct jxl_reader reader;
    struct fault fault;
    struct made made;
    VipsImage *image;

    (void)state;
    for (size_t i = 0; i < sizeof rgb; i++)
        rgb[i] = (uint8_t)(sample((int)i) >> 8);
    for (int i = 0; i < 2; i++) {
        const struct jxl_writer_options options = {.quality = i ? 100 : 60, .effort = 3};
        assert_int_equal(jxl_writer_encode(rgb, WIDTH, HEIGHT, &options, &data[i], &bytes[i], &fault), 0);
        assert_int_equal(jxl_writer_encode(rgb, WIDTH, HEIGHT, &options, &again, &again_bytes, &fault), 0);
        assert_int_equal(bytes[i], again_bytes);
        assert_memory_equal(data[i], again, again_bytes);
        free(again);
    }
    assert_true(bytes[0] < bytes[1]);
    made = (struct made){data[1], bytes[1]};
    image = read_made(&made, &reader);
    assert_memory_equal(vips_image_get_data(image), rgb, sizeof rgb);
    g_object_unref(image);
    jxl_reader_close(&reader);
    free(data[0]);
    free(data[1]);
}

static void distances_are_those_of_cjxl(void **state)
{
    (void)state;
    assert_float_equal(jxl_writer_distance(100), 0, 0);
    assert_float_equal(jxl_writer_distance(90), 1, 1e-9);
    assert_float_equal(jxl_writer_distance(30), 6.4, 1e-9);
    assert_float_equal(jxl_writer_distance(10), 12.65, 1e-9);
}

/* --- processors -------------------------------------------------------------------------------- */

enum { SIDE = 300 };

/* In a child, in which libjxl has not chosen yet: a sum over a coded and decoded picture. */
static uint64_t sum_of(void (*choose)(void))
{
    int ends[2];
    uint64_t sum = 14695981039346656037u;

    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        const struct jxl_writer_options options = {.quality = 85, .effort = 4};
        uint8_t *rgb = malloc(SIDE * SIDE * 3);
        struct jxl_reader reader;
        struct fault fault;
        struct made made;
        VipsImage *image;
        choose();
        for (int i = 0; i < SIDE * SIDE * 3; i++)
            rgb[i] = (uint8_t)((i / 7) % 200 + (sample(i) >> 11));
        if (jxl_writer_encode(rgb, SIDE, SIDE, &options, &made.data, &made.bytes, &fault))
            _exit(1);
        image = read_made(&made, &reader);
        for (int i = 0; i < SIDE * SIDE * 3; i++)
            sum = (sum ^ ((const uint8_t *)vips_image_get_data(image))[i]) * 1099511628211u;
        _exit(write(ends[1], &sum, sizeof sum) == sizeof sum ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &sum, sizeof sum), sizeof sum);
    close(ends[0]);
    wait(NULL);
    return sum;
}

static void as_knee_does(void)
{
    jxl_setup();
}

/* As on a processor without AVX2: SSE4, SSSE3 and the targets that every processor has. */
static void as_an_old_processor(void)
{
    void *found = dlsym(RTLD_DEFAULT, "_ZN3hwy26SetSupportedTargetsForTestEl");
    void (*set)(int64_t targets);

    memcpy(&set, &found, sizeof set);
    set(0x6000000000001800);
}

static void as_it_comes(void)
{
}

static void bytes_do_not_depend_on_the_processor(void **state)
{
    uint64_t ours, old;

    (void)state;
    if (!dlsym(RTLD_DEFAULT, "_ZN3hwy26SetSupportedTargetsForTestEl")) {
        print_message("# skipped: libjxl's instruction sets cannot be chosen here\n");
        skip();
    }
    ours = sum_of(as_knee_does);
    old = sum_of(as_an_old_processor);
    if (sum_of(as_it_comes) == old)
        print_message("# this processor has no fused multiply-add: nothing to be kept from\n");
    assert_true(ours == old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_do_not_depend_on_the_processor), /* first: it forks */
        cmocka_unit_test(quality_100_loses_nothing),
        cmocka_unit_test(distances_are_those_of_cjxl),
    };

    if (vips_init("test_jxl_writer"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
