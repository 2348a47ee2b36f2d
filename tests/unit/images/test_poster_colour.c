/* Frames of clips as RGB: where chroma lies, and which matrix is taken when the stream does not say. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pipeline/images/codecs/poster_colour.h"

enum { WIDTH = 64, HEIGHT = 32 };

/* Blue at a pixel of a frame of one brightness whose Cb grows by four from sample to sample, to the right or down. */
static double blue_at(enum AVChromaLocation location, enum AVColorRange range, bool down, int x, int y)
{
    const uint8_t white[3] = {255, 255, 255};
    AVFrame *frame = av_frame_alloc();
    struct pixels pixels = {0};
    struct fault fault;
    double blue;

    frame->width = WIDTH;
    frame->height = HEIGHT;
    frame->format = AV_PIX_FMT_YUV420P;
    frame->chroma_location = location;
    frame->color_range = range;
    frame->colorspace = AVCOL_SPC_SMPTE170M;
    assert_int_equal(av_frame_get_buffer(frame, 0), 0);
    for (int row = 0; row < HEIGHT; row++)
        for (int column = 0; column < WIDTH; column++)
            frame->data[0][row * frame->linesize[0] + column] = 100;
    for (int row = 0; row < HEIGHT / 2; row++)
        for (int column = 0; column < WIDTH / 2; column++) {
            frame->data[1][row * frame->linesize[1] + column] = (uint8_t)(80 + 4 * (down ? row : column));
            frame->data[2][row * frame->linesize[2] + column] = 128;
        }
    assert_int_equal(poster_to_rgb(frame, white, &pixels, &fault), 0);
    blue = pixels.data[((size_t)y * WIDTH + (size_t)x) * 3 + 2];
    g_free(pixels.data);
    av_frame_free(&frame);
    return blue;
}

/* Cb of a place between samples that lie `offset` pixels to the right of the first of their two pixels, as blue. */
static double due(double pixel, double offset, bool full)
{
    double cb = 80 + 4 * (pixel - offset) / 2;
    double luma = full ? 100 : (100 - 16) * 255 / 219.0;

    return fmin(255, fmax(0, luma + 1.772 * (cb - 128) * (full ? 1 : 255 / 224.0)));
}

static void chroma_lies_where_the_stream_says(void **state)
{
    static const struct {
        enum AVChromaLocation location;
        enum AVColorRange range;
        double x, y; /* offset of a sample from the middle of its first pixel */
    } cases[] = {{AVCHROMA_LOC_LEFT, AVCOL_RANGE_MPEG, 0, 0.5},
                 {AVCHROMA_LOC_CENTER, AVCOL_RANGE_MPEG, 0.5, 0.5},
                 {AVCHROMA_LOC_TOPLEFT, AVCOL_RANGE_MPEG, 0, 0},
                 {AVCHROMA_LOC_UNSPECIFIED, AVCOL_RANGE_MPEG, 0, 0.5},
                 {AVCHROMA_LOC_UNSPECIFIED, AVCOL_RANGE_JPEG, 0.5, 0.5}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool full = cases[i].range == AVCOL_RANGE_JPEG;
        double across = blue_at(cases[i].location, cases[i].range, false, 30, 10);
        double down = blue_at(cases[i].location, cases[i].range, true, 30, 16);
        if (fabs(across - due(30, cases[i].x, full)) > 1 || fabs(down - due(16, cases[i].y, full)) > 1)
            fail_msg("case %zu: blue %.0f across, due %.1f; %.0f down, due %.1f", i, across,
                     due(30, cases[i].x, full), down, due(16, cases[i].y, full));
    }
}

/* Green of a frame of that size with much Cr: -0.714 of Cr by BT.601, -0.468 by BT.709. */
static int green_of(int width, int height)
{
    const uint8_t white[3] = {255, 255, 255};
    AVFrame *frame = av_frame_alloc();
    struct pixels pixels = {0};
    struct fault fault;
    int green;

    frame->width = width;
    frame->height = height;
    frame->format = AV_PIX_FMT_YUV444P;
    frame->color_range = AVCOL_RANGE_JPEG;
    assert_int_equal(av_frame_get_buffer(frame, 0), 0);
    for (int i = 0; i < 3; i++)
        memset(frame->data[i], i == 2 ? 228 : 128, (size_t)frame->linesize[i] * (size_t)height);
    assert_int_equal(poster_to_rgb(frame, white, &pixels, &fault), 0);
    green = pixels.data[1];
    g_free(pixels.data);
    av_frame_free(&frame);
    return green;
}

static void high_definition_is_by_columns_or_lines(void **state)
{
    static const struct {
        int width, height, green;
    } cases[] = {{720, 480, 57},  {720, 576, 57}, {1024, 576, 57}, {1280, 720, 81},
                 {1280, 536, 81}, {960, 720, 81}, {608, 1080, 81}, {160, 120, 57}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_in_range(green_of(cases[i].width, cases[i].height), cases[i].green - 1, cases[i].green + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chroma_lies_where_the_stream_says),
                                       cmocka_unit_test(high_definition_is_by_columns_or_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
