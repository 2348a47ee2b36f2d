#include "pipeline/images/jxl/jxl_reader.h"

#include <stdlib.h>
#include <string.h>

#include <jxl/decode.h>
#include <jxl/encode.h> /* JxlColorEncodingSetToSRGB() */

#include "pipeline/base/coroutine.h"
#include "pipeline/base/picture_memory.h"
#include "pipeline/images/jxl/jxl_said.h"
#include "pipeline/images/pixels/vector.h"

static int judge(JxlDecoderStatus status, JxlDecoderStatus wanted, const char *cause, struct fault *fault)
{
    if (status == wanted)
        return 0;
    if (status == JXL_DEC_NEED_MORE_INPUT)
        return fault_set(fault, "JPEG XL: the file is cut");
    return fault_set(fault, "JPEG XL: %s (libjxl's status %d)", cause, (int)status);
}

/* Runs the decoder up to the event. Returns 0, or -1 with fault. */
static int run_to(JxlDecoder *decoder, JxlDecoderStatus wanted, struct fault *fault)
{
    JxlDecoderStatus status;
    struct jxl_said said;

    jxl_said_begin(&said);
    status = JxlDecoderProcessInput(decoder);
    return judge(status, wanted, jxl_said_end(&said, "damaged picture"), fault);
}

/* --- header ------------------------------------------------------------------------------------ */

static int check_channels(const JxlDecoder *decoder, const JxlBasicInfo *info, struct fault *fault)
{
    for (uint32_t i = 0; i < info->num_extra_channels; i++) {
        JxlExtraChannelInfo extra;
        if (JxlDecoderGetExtraChannelInfo(decoder, i, &extra) == JXL_DEC_SUCCESS &&
            extra.type == JXL_CHANNEL_BLACK)
            return fault_set(fault, "JPEG XL in CMYK is not read: convert it to RGB");
    }
    return 0;
}

/* Would 8 bits lose shades? */
static bool needs_wide(const JxlBasicInfo *info, const JxlColorEncoding *encoding)
{
    return info->bits_per_sample > 8 || encoding->transfer_function == JXL_TRANSFER_FUNCTION_PQ ||
           (info->uses_original_profile && encoding->transfer_function == JXL_TRANSFER_FUNCTION_LINEAR);
}

static bool is_of_video(const JxlColorEncoding *encoding)
{
    return encoding->transfer_function == JXL_TRANSFER_FUNCTION_PQ ||
           encoding->transfer_function == JXL_TRANSFER_FUNCTION_HLG ||
           encoding->transfer_function == JXL_TRANSFER_FUNCTION_709;
}

static int read_header(struct jxl_reader *reader, struct fault *fault)
{
    JxlDecoder *decoder = reader->decoder;
    JxlColorEncoding encoding = {.transfer_function = JXL_TRANSFER_FUNCTION_UNKNOWN};
    JxlBasicInfo info;

    if (run_to(decoder, JXL_DEC_BASIC_INFO, fault))
        return -1;
    if (JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS)
        return fault_bug(fault, "a JPEG XL decoder without basic information");
    reader->width = (int)info.xsize; /* at most 2^30 */
    reader->height = (int)info.ysize;
    reader->orientation = (int)info.orientation;
    reader->bands = (int)info.num_color_channels + (info.alpha_bits ? 1 : 0);
    if (check_channels(decoder, &info, fault) || run_to(decoder, JXL_DEC_COLOR_ENCODING, fault))
        return -1;
    if (JxlDecoderGetColorAsEncodedProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_ORIGINAL, &encoding) !=
        JXL_DEC_SUCCESS)
        encoding.transfer_function = JXL_TRANSFER_FUNCTION_UNKNOWN; /* an ICC profile */
    reader->wide = needs_wide(&info, &encoding);
    reader->own_colours = info.uses_original_profile || is_of_video(&encoding);
    return 0;
}

int jxl_reader_open(struct jxl_reader *reader, const void *data, size_t bytes, struct fault *fault)
{
    JxlDecoder *decoder = JxlDecoderCreate(NULL);

    *reader = (struct jxl_reader){.decoder = decoder, .space = colour_space_srgb};
    if (!decoder)
        return fault_sys(fault, "JPEG XL: no memory for a decoder");
    if (JxlDecoderSubscribeEvents(decoder, JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME |
                                               JXL_DEC_FULL_IMAGE) != JXL_DEC_SUCCESS ||
        JxlDecoderSetKeepOrientation(decoder, JXL_TRUE) != JXL_DEC_SUCCESS ||
        JxlDecoderSetUnpremultiplyAlpha(decoder, JXL_TRUE) != JXL_DEC_SUCCESS ||
        JxlDecoderSetInput(decoder, data, bytes) != JXL_DEC_SUCCESS)
        return fault_bug(fault, "a JPEG XL decoder that refuses its options");
    return read_header(reader, fault);
}

/* --- colours ----------------------------------------------------------------------------------- */

static struct colour_space space_of(const JxlColorEncoding *encoding)
{
    struct colour_space space = colour_space_srgb;
    double powers[] = {1, 2.6, encoding->gamma > 0.01 ? 1 / encoding->gamma : 1};

    if (encoding->color_space == JXL_COLOR_SPACE_RGB) {
        memcpy(space.xy[0], encoding->primaries_red_xy, sizeof space.xy[0]);
        memcpy(space.xy[1], encoding->primaries_green_xy, sizeof space.xy[1]);
        memcpy(space.xy[2], encoding->primaries_blue_xy, sizeof space.xy[2]);
        memcpy(space.xy[3], encoding->white_point_xy, sizeof space.xy[3]);
    }
    switch (encoding->transfer_function) {
    case JXL_TRANSFER_FUNCTION_PQ:
        space.curve = CURVE_PQ;
        break;
    case JXL_TRANSFER_FUNCTION_LINEAR:
    case JXL_TRANSFER_FUNCTION_DCI:
    case JXL_TRANSFER_FUNCTION_GAMMA:
        space.curve = CURVE_POWER;
        space.power = powers[encoding->transfer_function == JXL_TRANSFER_FUNCTION_LINEAR ? 0
                             : encoding->transfer_function == JXL_TRANSFER_FUNCTION_DCI  ? 1
                                                                                         : 2];
        break;
    default:
        break;
    }
    return space;
}

static int take_profile(struct jxl_reader *reader, struct fault *fault)
{
    JxlDecoder *decoder = reader->decoder;
    size_t bytes = 0;

    if (JxlDecoderGetICCProfileSize(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, &bytes) !=
            JXL_DEC_SUCCESS ||
        !bytes)
        return 0;
    reader->profile = malloc(bytes);
    if (!reader->profile)
        return fault_sys(fault, "no memory for a colour profile of %zu bytes", bytes);
    reader->profile_bytes = bytes;
    if (JxlDecoderGetColorAsICCProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, reader->profile,
                                       bytes) == JXL_DEC_SUCCESS)
        return 0;
    free(reader->profile);
    reader->profile = NULL;
    return 0;
}

static int take_colours(struct jxl_reader *reader, struct fault *fault)
{
    JxlColorEncoding encoding;

    if (!reader->own_colours) {
        JxlColorEncodingSetToSRGB(&encoding, reader->bands < 3);
        if (JxlDecoderSetPreferredColorProfile(reader->decoder, &encoding) != JXL_DEC_SUCCESS)
            return fault_set(fault, "JPEG XL: libjxl does not convert its colours to sRGB");
        return 0;
    }
    if (JxlDecoderGetColorAsEncodedProfile(reader->decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, &encoding) !=
        JXL_DEC_SUCCESS)
        return take_profile(reader, fault);
    reader->space = space_of(&encoding);
    return 0;
}

/* --- pixels ------------------------------------------------------------------------------------ */

/* The decoder at its work, in a coroutine. */
struct jxl_work {
    struct coroutine coroutine;
    JxlDecoder *decoder;
    size_t width, height, pixel_bytes;
    uint8_t *pixels;
    bool floats;     /* come from libjxl, and become bytes */
    uint32_t *there; /* pixels of each row that are decoded */
    size_t ready;    /* rows from the first on that are whole */
    size_t wanted;   /* rows that the caller waits for; SIZE_MAX: the end */
    size_t done, given;
    JxlDecoderStatus status; /* once it has ended */
};

/* As libjxl rounds them itself: to the nearest whole number, to an even one of two. Each operation is exact or rounded
 * in the same way on every processor. */
VECTOR_LOOP static void bytes_of(const float *from, size_t count, uint8_t *to)
{
    const float whole = 1 << 23; /* a float of this size has no fraction */

    for (size_t i = 0; i < count; i++) {
        float sample = from[i] > 0 ? from[i] : 0, rounded;
        uint32_t bits;
        rounded = (sample < 1 ? sample : 1) * 255 + whole;
        memcpy(&bits, &rounded, sizeof bits);
        to[i] = (uint8_t)bits;
    }
}

static void take_pixels(void *context, size_t x, size_t y, size_t count, const void *pixels)
{
    struct jxl_work *w = context;
    uint8_t *to;

    if (y >= w->height || x > w->width || count > w->width - x || y < w->done)
        return;
    to = w->pixels + (y * w->width + x) * w->pixel_bytes;
    if (w->floats)
        bytes_of(pixels, count * w->pixel_bytes, to);
    else
        memcpy(to, pixels, count * w->pixel_bytes);
    w->there[y] += (uint32_t)count;
    while (w->ready < w->height && w->there[w->ready] >= w->width)
        w->ready++;
    if (w->ready >= w->wanted)
        coroutine_leave(&w->coroutine);
}

static void work_on(void *context)
{
    struct jxl_work *w = context;

    w->status = JxlDecoderProcessInput(w->decoder);
}

static int run_work(struct jxl_work *w, struct fault *fault)
{
    struct jxl_said said;
    const char *cause;

    jxl_said_begin(&said);
    coroutine_continue(&w->coroutine);
    cause = jxl_said_end(&said, "damaged picture");
    return w->coroutine.ended ? judge(w->status, JXL_DEC_FULL_IMAGE, cause, fault) : 0;
}

/* libjxl gives RGB as floats without holding all of them (12 bytes a pixel); other samples it holds. */
static int make_work(struct jxl_reader *reader, struct fault *fault)
{
    bool floats = reader->bands >= 3 && !reader->wide;
    const JxlPixelFormat format = {.num_channels = (uint32_t)reader->bands,
                                   .data_type = floats         ? JXL_TYPE_FLOAT
                                                : reader->wide ? JXL_TYPE_UINT16
                                                               : JXL_TYPE_UINT8,
                                   .endianness = JXL_NATIVE_ENDIAN};
    struct jxl_work *w = reader->work = calloc(1, sizeof *w);
    bool made;

    if (!w)
        return fault_sys(fault, "no memory for a picture of %dx%d", reader->width, reader->height);
    w->decoder = reader->decoder;
    w->floats = floats;
    w->width = (size_t)reader->width;
    w->height = (size_t)reader->height;
    w->pixel_bytes = (size_t)reader->bands * (reader->wide ? 2 : 1);
    w->pixels = picture_alloc(w->width * w->height * w->pixel_bytes);
    w->there = calloc(w->height, sizeof *w->there);
    made = w->pixels && w->there && coroutine_init(&w->coroutine, work_on, w) == 0;
    if (!made)
        return fault_sys(fault, "no memory for a picture of %dx%d", reader->width, reader->height);
    if (JxlDecoderSetImageOutCallback(reader->decoder, &format, take_pixels, w) != JXL_DEC_SUCCESS)
        return fault_set(fault, "JPEG XL: libjxl does not give its samples");
    return 0;
}

int jxl_reader_start(struct jxl_reader *reader, struct fault *fault)
{
    JxlFrameHeader header;

    if (take_colours(reader, fault) || run_to(reader->decoder, JXL_DEC_FRAME, fault))
        return -1;
    if (JxlDecoderGetFrameHeader(reader->decoder, &header) == JXL_DEC_SUCCESS)
        reader->animation = !header.is_last;
    if (run_to(reader->decoder, JXL_DEC_NEED_IMAGE_OUT_BUFFER, fault))
        return -1;
    return make_work(reader, fault);
}

int jxl_reader_rows(struct jxl_reader *reader, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    struct jxl_work *w = reader->work;
    size_t row_bytes = w->width * w->pixel_bytes, end = w->done + (size_t)count;

    w->wanted = end == w->height ? SIZE_MAX : end; /* what follows the last row may be damaged, too */
    while (!w->coroutine.ended && w->ready < w->wanted)
        if (run_work(w, fault))
            return -1;
    if (w->ready < end)
        return fault_set(fault, "JPEG XL: damaged picture");
    for (; w->done < end; w->done++, to += stride)
        memcpy(to, w->pixels + w->done * row_bytes, row_bytes);
    picture_memory_give_back(w->pixels, w->done * row_bytes, &w->given);
    return 0;
}

static void end_work(struct jxl_work *w)
{
    struct jxl_said said;

    w->wanted = SIZE_MAX;
    jxl_said_begin(&said);
    if (w->coroutine.memory && !w->coroutine.ended)
        coroutine_continue(&w->coroutine);
    jxl_said_end(&said, "");
    coroutine_release(&w->coroutine);
    free(w->pixels);
    free(w->there);
    free(w);
}

void jxl_reader_close(struct jxl_reader *reader)
{
    if (reader->work)
        end_work(reader->work);
    if (reader->decoder)
        JxlDecoderDestroy(reader->decoder);
    free(reader->profile);
    *reader = (struct jxl_reader){.decoder = NULL};
}
