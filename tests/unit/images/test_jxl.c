/* JPEG XL: what the reader says of files that libjxl's encoder makes here, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jxl/encode.h>

#include "pipeline/images/codecs/jxl_vips.h"
#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/jxl/jxl_box.h"
#include "pipeline/images/jxl/jxl_output.h"
#include "pipeline/images/jxl/jxl_reader.h"
#include "pipeline/images/jxl/jxl_writer.h"
#include "tests/unit/images/jxl_fixture.h"

enum { WIDTH = 40, HEIGHT = 24 };

/* A file to be made: 0 is the default of each. */
struct wanted {
    int orientation, colours, bits, frames;
    bool alpha, black, lossy;
    JxlTransferFunction curve;
    JxlPrimaries primaries;
    const char *exif; /* compressed, as cjxl writes it */
};

static int or_default(int value, int otherwise)
{
    return value ? value : otherwise;
}

static void describe(JxlEncoder *encoder, const struct wanted *w)
{
    JxlBasicInfo info;
    JxlColorEncoding colours;

    JxlEncoderInitBasicInfo(&info);
    info.xsize = WIDTH;
    info.ysize = HEIGHT;
    info.orientation = (JxlOrientation)or_default(w->orientation, 1);
    info.bits_per_sample = (uint32_t)or_default(w->bits, 8);
    info.num_color_channels = (uint32_t)or_default(w->colours, 3);
    info.num_extra_channels = w->alpha + w->black;
    info.alpha_bits = w->alpha ? info.bits_per_sample : 0;
    info.uses_original_profile = !w->lossy;
    if (w->frames) {
        info.have_animation = JXL_TRUE;
        info.animation.tps_numerator = 10;
        info.animation.tps_denominator = 1;
    }
    assert_int_equal(JxlEncoderSetBasicInfo(encoder, &info), JXL_ENC_SUCCESS);
    if (w->black) {
        JxlExtraChannelInfo black;
        JxlEncoderInitExtraChannelInfo(JXL_CHANNEL_BLACK, &black);
        assert_int_equal(JxlEncoderSetExtraChannelInfo(encoder, 0, &black), JXL_ENC_SUCCESS);
    }
    JxlColorEncodingSetToSRGB(&colours, info.num_color_channels == 1);
    if (w->curve)
        colours.transfer_function = w->curve;
    if (w->primaries)
        colours.primaries = w->primaries;
    assert_int_equal(JxlEncoderSetColorEncoding(encoder, &colours), JXL_ENC_SUCCESS);
}

/* Samples are sample(index), of 8 bits their upper half; the last frame is the first one reversed. */
static void add_frames(JxlEncoder *encoder, const struct wanted *w)
{
    int channels = or_default(w->colours, 3) + w->alpha, count = WIDTH * HEIGHT * channels;
    const JxlPixelFormat format = {(uint32_t)channels, JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0};
    uint16_t *samples = malloc((size_t)count * 2);

    for (int frame = 0; frame < or_default(w->frames, 1); frame++) {
        JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(encoder, NULL);
        for (int i = 0; i < count; i++) {
            samples[i] = sample(frame ? count - i : i);
            if (or_default(w->bits, 8) == 8)
                samples[i] = (uint16_t)((samples[i] >> 8) * 257);
        }
        if (!w->lossy)
            JxlEncoderSetFrameLossless(settings, JXL_TRUE);
        if (w->frames) {
            JxlFrameHeader header;
            JxlEncoderInitFrameHeader(&header);
            header.duration = 1;
            assert_int_equal(JxlEncoderSetFrameHeader(settings, &header), JXL_ENC_SUCCESS);
        }
        assert_int_equal(JxlEncoderAddImageFrame(settings, &format, samples, (size_t)count * 2),
                         JXL_ENC_SUCCESS);
        if (w->black)
            assert_int_equal(
                JxlEncoderSetExtraChannelBuffer(settings, &format, samples, (size_t)WIDTH * HEIGHT * 2, 0),
                JXL_ENC_SUCCESS);
    }
    free(samples);
}

static struct made make(const struct wanted *w)
{
    JxlEncoder *encoder = JxlEncoderCreate(NULL);
    struct made made = {0};
    struct fault fault = {0};

    if (w->exif)
        assert_int_equal(JxlEncoderUseBoxes(encoder), JXL_ENC_SUCCESS);
    describe(encoder, w);
    if (w->exif)
        assert_int_equal(
            JxlEncoderAddBox(encoder, "Exif", (const uint8_t *)w->exif, strlen(w->exif), JXL_TRUE),
            JXL_ENC_SUCCESS);
    add_frames(encoder, w);
    JxlEncoderCloseInput(encoder);
    assert_int_equal(jxl_output_take(encoder, &made.data, &made.bytes, &fault), 0);
    JxlEncoderDestroy(encoder);
    return made;
}

/* --- reading ----------------------------------------------------------------------------------- */

static void samples_are_those_of_the_file(void **state)
{
    static const struct {
        struct wanted wanted;
        int bands;
        VipsInterpretation type;
    } cases[] = {
        {{.colours = 3}, 3, VIPS_INTERPRETATION_sRGB},
        {{.colours = 1}, 1, VIPS_INTERPRETATION_B_W},
        {{.colours = 3, .alpha = true}, 4, VIPS_INTERPRETATION_sRGB},
        {{.colours = 1, .alpha = true}, 2, VIPS_INTERPRETATION_B_W},
        {{.colours = 3, .bits = 16}, 3, VIPS_INTERPRETATION_RGB16},
        {{.colours = 1, .bits = 16}, 1, VIPS_INTERPRETATION_GREY16},
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct made made = make(&cases[c].wanted);
        struct jxl_reader reader;
        VipsImage *image = read_made(&made, &reader);
        const uint8_t *narrow = vips_image_get_data(image);
        const uint16_t *wide = vips_image_get_data(image);
        assert_int_equal(image->Bands, cases[c].bands);
        assert_int_equal(image->Type, cases[c].type);
        for (int i = 0; i < WIDTH * HEIGHT * image->Bands; i++)
            assert_int_equal(image->BandFmt == VIPS_FORMAT_USHORT ? wide[i] : narrow[i],
                             image->BandFmt == VIPS_FORMAT_USHORT ? sample(i) : sample(i) >> 8);
        assert_true(colour_space_is_srgb(&reader.space));
        g_object_unref(image);
        jxl_reader_close(&reader);
        free(made.data);
    }
}

/* How the colours of a file come out: converted by libjxl when it stores them in its own space, as they are
 * otherwise. */
static void colours_are_said(void **state)
{
    static const struct {
        struct wanted wanted;
        enum colour_curve curve;
        double power, green_y;
        bool wide;
    } cases[] = {
        {{.primaries = JXL_PRIMARIES_P3}, CURVE_SRGB, 0, 0.69, false},
        {{.primaries = JXL_PRIMARIES_P3, .lossy = true}, CURVE_SRGB, 0, 0.60, false},
        {{.primaries = JXL_PRIMARIES_2100, .curve = JXL_TRANSFER_FUNCTION_PQ, .bits = 10},
         CURVE_PQ,
         0,
         0.797,
         true},
        {{.primaries = JXL_PRIMARIES_2100, .curve = JXL_TRANSFER_FUNCTION_PQ, .lossy = true},
         CURVE_PQ,
         0,
         0.797,
         true},
        {{.primaries = JXL_PRIMARIES_2100, .curve = JXL_TRANSFER_FUNCTION_HLG, .lossy = true},
         CURVE_SRGB,
         0,
         0.797,
         false},
        {{.curve = JXL_TRANSFER_FUNCTION_LINEAR}, CURVE_POWER, 1, 0.60, true},
        {{.curve = JXL_TRANSFER_FUNCTION_LINEAR, .lossy = true}, CURVE_SRGB, 0, 0.60, false},
        {{.curve = JXL_TRANSFER_FUNCTION_DCI}, CURVE_POWER, 2.6, 0.60, false},
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct made made = make(&cases[c].wanted);
        struct jxl_reader reader;
        VipsImage *image = read_made(&made, &reader);
        assert_int_equal(reader.space.curve, cases[c].curve);
        assert_float_equal(reader.space.power, cases[c].power, 1e-6);
        assert_float_equal(reader.space.xy[1][1], cases[c].green_y, 1e-3);
        assert_int_equal(image->BandFmt, cases[c].wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
        assert_false(vips_image_get_typeof(image, VIPS_META_ICC_NAME));
        g_object_unref(image);
        jxl_reader_close(&reader);
        free(made.data);
    }
}

static void only_the_first_frame_is_read(void **state)
{
    (void)state;
    for (int frames = 0; frames <= 2; frames += 2) {
        struct made made = make(&(struct wanted){.frames = frames});
        struct jxl_reader reader;
        VipsImage *image = read_made(&made, &reader);
        assert_int_equal(*(const uint8_t *)vips_image_get_data(image), sample(0) >> 8);
        assert_int_equal(((const uint8_t *)vips_image_get_data(image))[5], sample(5) >> 8);
        assert_int_equal(reader.animation, frames > 1);
        g_object_unref(image);
        jxl_reader_close(&reader);
        free(made.data);
    }
}

/* --- the engine -------------------------------------------------------------------------------- */

static int decode(const struct made *made, uint64_t max_pixels, struct engine_size *size, struct notes *notes,
                  struct pixels *base, struct fault *fault)
{
    struct recipe recipe = {.rendition_count = 1,
                            .max_pixels = max_pixels,
                            .renditions = {{.width = 100, .height = 100, .format = FORMAT_PNG}}};

    *fault = (struct fault){.text = ""};
    return engine_vips.decode(made->data, made->bytes, &recipe, base, size, notes, fault);
}

static void the_size_is_the_one_that_is_shown(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct made made = make(&(struct wanted){.orientation = orientation});
        struct engine_size size;
        struct notes notes = {0};
        struct pixels base = {0};
        struct fault fault;
        assert_int_equal(decode(&made, 1000000, &size, &notes, &base, &fault), 0);
        assert_int_equal(size.stored_width, WIDTH);
        assert_int_equal(size.width, orientation >= 5 ? HEIGHT : WIDTH);
        assert_int_equal(base.width, size.width);
        assert_int_equal(base.height, size.height);
        assert_int_equal(notes_have(&notes, NOTE_ORIENTATION), orientation > 1);
        g_free(base.data);
        free(made.data);
    }
}

/* Only the header is there: the limit is checked before anything is decoded. */
static void more_pixels_than_allowed_are_not_decoded(void **state)
{
    struct made made = make(&(struct wanted){.colours = 3});
    struct engine_size size;
    struct notes notes = {0};
    struct pixels base = {0};
    struct fault fault;

    (void)state;
    made.bytes = 40;
    assert_int_equal(decode(&made, WIDTH * HEIGHT, &size, &notes, &base, &fault), -1);
    assert_string_equal(fault.text, "JPEG XL: the file is cut");
    assert_int_equal(decode(&made, WIDTH * HEIGHT - 1, &size, &notes, &base, &fault), -1);
    assert_non_null(strstr(fault.text, "40x24 is more than the recipe's limit"));
    free(made.data);
}

static void every_beginning_of_a_file_is_refused(void **state)
{
    struct made made = make(&(struct wanted){.colours = 3});
    struct engine_size size;
    struct notes notes = {0};
    struct pixels base = {0};
    struct fault fault;
    size_t whole = made.bytes;

    (void)state;
    for (made.bytes = 0; made.bytes < whole; made.bytes += made.bytes < 64 ? 1 : 61) {
        uint8_t *copy = malloc(made.bytes ? made.bytes : 1); /* sanitizers see a byte too many */
        memcpy(copy, made.data, made.bytes);
        struct jxl_reader reader;
        VipsImage *image = NULL;
        fault = (struct fault){.text = ""};
        if (jxl_reader_open(&reader, copy, made.bytes, &fault) == 0)
            image = jxl_vips_image(&reader, &fault);
        if (image) {
            assert_null(vips_image_copy_memory(image));
            assert_string_equal(vips_error_buffer(), "JPEG XL: the file is cut\n");
            vips_error_clear();
            g_object_unref(image);
        } else {
            assert_string_equal(fault.text, "JPEG XL: the file is cut");
        }
        jxl_reader_close(&reader);
        free(copy);
    }
    memset((char *)made.data + whole / 2, 0x55, 40);
    made.bytes = whole;
    assert_int_equal(decode(&made, 1000000, &size, &notes, &base, &fault), -1);
    assert_non_null(strstr(fault.text, "JPEG XL: "));
    free(made.data);
}

static void cmyk_is_refused(void **state)
{
    struct made made = make(&(struct wanted){.black = true});
    struct jxl_reader reader;
    struct fault fault = {.text = ""};

    (void)state;
    assert_int_equal(jxl_reader_open(&reader, made.data, made.bytes, &fault), -1);
    assert_non_null(strstr(fault.text, "CMYK"));
    jxl_reader_close(&reader);
    free(made.data);
}

/* --- boxes and writing ------------------------------------------------------------------------- */

static void boxes_are_read_compressed_or_not(void **state)
{
    static const char text[] = "0000MM: as good as a structure";
    struct made made = make(&(struct wanted){.exif = text});
    const struct jxl_writer_options options = {
        .quality = 80, .effort = 1, .exif = (const uint8_t *)text + 4, .exif_bytes = strlen(text) - 4};
    static uint8_t grey[16 * 16 * 3];
    struct fault fault;
    void *written;
    size_t found, bytes;
    uint8_t *box = jxl_box_read(made.data, made.bytes, "Exif", &found);

    (void)state;
    assert_int_equal(found, strlen(text));
    assert_memory_equal(box, text, found);
    free(box);
    assert_null(jxl_box_read(made.data, made.bytes, "xml ", &found));
    assert_null(jxl_box_read(made.data, made.bytes / 2, "xml ", &found));
    free(made.data);
    assert_int_equal(jxl_writer_encode(grey, 16, 16, &options, &written, &bytes, &fault), 0);
    assert_non_null(memmem(written, bytes, text + 4, strlen(text) - 4)); /* for readers without brotli */
    box = jxl_box_read(written, bytes, "Exif", &found);
    assert_int_equal(found, strlen(text));
    assert_memory_equal(box + 4, text + 4, found - 4);
    free(box);
    free(written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_those_of_the_file),
        cmocka_unit_test(colours_are_said),
        cmocka_unit_test(only_the_first_frame_is_read),
        cmocka_unit_test(the_size_is_the_one_that_is_shown),
        cmocka_unit_test(more_pixels_than_allowed_are_not_decoded),
        cmocka_unit_test(every_beginning_of_a_file_is_refused),
        cmocka_unit_test(cmyk_is_refused),
        cmocka_unit_test(boxes_are_read_compressed_or_not),
    };

    if (vips_init("test_jxl"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
