/* What the JPEG library's warnings mean: the same for both engines, for baseline and progressive files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vips/vips.h>

#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"

enum { SIDE = 160 };

struct file {
    uint8_t *data;
    size_t bytes;
};

/* Noise, so that every block has many coefficients. */
static struct file jpeg(bool progressive)
{
    VipsImage *noise, *image;
    void *data;
    struct file file = {0};

    assert_int_equal(vips_gaussnoise(&noise, SIDE, SIDE, "mean", 128.0, "sigma", 40.0, "seed", 1, NULL), 0);
    assert_int_equal(vips_cast_uchar(noise, &image, NULL), 0);
    assert_int_equal(vips_jpegsave_buffer(image, &data, &file.bytes, "interlace", progressive,
                                          "optimize_coding", TRUE, NULL),
                     0);
    file.data = malloc(file.bytes + 4096);
    memcpy(file.data, data, file.bytes);
    g_free(data);
    g_object_unref(noise);
    g_object_unref(image);
    return file;
}

static void insert(struct file *file, size_t at, const void *what, size_t bytes)
{
    memmove(file->data + at + bytes, file->data + at, file->bytes - at);
    memcpy(file->data + at, what, bytes);
    file->bytes += bytes;
}

static size_t find(const struct file *file, uint8_t marker, size_t from)
{
    while (file->data[from] != 0xff || file->data[from + 1] != marker)
        from++;
    return from;
}

static void unchanged(struct file *file)
{
    (void)file;
}

static void parameters(struct file *file) /* of a sequential file's scan: 0 and 0, not 0 and 63 */
{
    size_t scan = find(file, 0xda, 2);

    file->data[scan + 4 + 1 + 2 * file->data[scan + 4] + 1] = 0;
}

static void filled(struct file *file)
{
    insert(file, file->bytes - 2, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
}

static void filled_before_the_scan(struct file *file)
{
    insert(file, find(file, 0xda, 2), "any bytes", 9);
}

static void no_end(struct file *file)
{
    file->bytes -= 2;
}

static void left_over(struct file *file) /* as a scan that was decoded to too few coefficients leaves */
{
    insert(file, file->bytes - 2, "\x12\x34\x56\x78\x9a\xbc\xde\x12\x34\x56\x78\x9a\xbc\xde\x01\x03\x05\x07",
           18);
}

static void filled_without_end(struct file *file) /* the rest of a file that was not written */
{
    file->bytes -= 2;
    memset(file->data + file->bytes, 0, 1000);
    file->bytes += 1000;
}

static void much_filling(struct file *file)
{
    uint8_t zeros[2000] = {0};

    insert(file, file->bytes - 2, zeros, sizeof zeros);
}

static void cut(struct file *file)
{
    file->bytes = file->bytes * 2 / 3;
}

static void cut_and_ended(struct file *file)
{
    cut(file);
    memcpy(file->data + file->bytes - 2, "\xff\xd9", 2);
}

static void cut_between_scans(struct file *file)
{
    size_t at = find(file, 0xda, 2);

    file->bytes = find(file, 0xc4, at);
}

static const struct {
    void (*change)(struct file *file);
    bool baseline, progressive; /* the kinds of file that it is for */
    bool accepted;
    uint32_t notes;
} cases[] = {
    {unchanged, true, true, true, 0},
    {parameters, true, false, true, 1 << NOTE_JPEG_ODD_HEADER},
    {filled, true, true, true, 1 << NOTE_JPEG_EXTRA},
    {filled_before_the_scan, true, true, true, 1 << NOTE_JPEG_EXTRA},
    {no_end, true, true, true, 1 << NOTE_JPEG_NO_END},
    {left_over, true, true, false, 0},
    {filled_without_end, true, true, false, 0},
    {much_filling, true, true, false, 0},
    {cut, true, true, false, 0},
    {cut_and_ended, true, true, false, 0},
    {cut_between_scans, false, true, false, 0},
};

static void judge(size_t i, bool progressive, const struct engine *engine, int width)
{
    struct recipe recipe = {.rendition_count = 1, .max_pixels = 1000000};
    struct file file = jpeg(progressive);
    struct pixels base = {0};
    struct engine_size size;
    struct notes notes = {0};
    struct fault fault = {.text = ""};
    bool accepted;

    recipe.renditions[0] = (struct rendition){.width = width, .height = width, .format = FORMAT_JPEG};
    cases[i].change(&file);
    accepted = engine->decode(file.data, file.bytes, &recipe, &base, &size, &notes, &fault) == 0;
    if (accepted != cases[i].accepted || (accepted && notes.set != cases[i].notes))
        fail_msg("case %zu, progressive %d, %s engine, %d pixels: %s, notes %u (%s)", i, progressive,
                 engine_name((int)engine->id), width, accepted ? "accepted" : "refused", notes.set,
                 fault.text);
    g_free(base.data);
    free(file.data);
}

static void a_picture_is_refused_when_pixels_are_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int progressive = 0; progressive < 2; progressive++)
            for (int width = SIDE; width >= SIDE / 4; width /= 4)
                if (progressive ? cases[i].progressive : cases[i].baseline) {
                    judge(i, progressive, &engine_planes, width);
                    judge(i, progressive, &engine_vips, width);
                }
}

static int start(void **state)
{
    struct fault fault;

    (void)state;
    return engine_vips_setup(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_picture_is_refused_when_pixels_are_lost)};

    return cmocka_run_group_tests(tests, start, NULL);
}
