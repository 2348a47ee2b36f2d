#include "pipeline/images/jxl/jxl_reader.h"

#include <stdlib.h>
#include <string.h>

#include <jxl/decode.h>
#include <jxl/encode.h> /* JxlColorEncodingSetToSRGB() */

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/jxl/jxl_said.h"

/* Runs the decoder up to the event. Returns 0, or -1 with fault. */
static int run_to(JxlDecoder *decoder, JxlDecoderStatus wanted, struct fault *fault)
{
    JxlDecoderStatus status;
    struct jxl_said said;
    const char *cause;

    jxl_said_begin(&said);
    status = JxlDecoderProcessInput(decoder);
    cause = jxl_said_end(&said, "damaged picture");
    if (status == wanted)
        return 0;
    if (status == JXL_DEC_NEED_MORE_INPUT)
        return fault_set(fault, "JPEG XL: the file is cut");
    return fault_set(fault, "JPEG XL: %s (libjxl's status %d)", cause, (int)status);
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

static int take_profile(JxlDecoder *decoder, VipsImage *image, struct fault *fault)
{
    size_t bytes = 0;
    uint8_t *profile;

    if (JxlDecoderGetICCProfileSize(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, &bytes) !=
            JXL_DEC_SUCCESS ||
        !bytes)
        return 0;
    profile = malloc(bytes);
    if (!profile)
        return fault_sys(fault, "no memory for a colour profile of %zu bytes", bytes);
    if (JxlDecoderGetColorAsICCProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, profile, bytes) ==
        JXL_DEC_SUCCESS)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile, bytes);
    free(profile);
    return 0;
}

static int take_colours(struct jxl_reader *reader, VipsImage *image, struct fault *fault)
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
        return take_profile(reader->decoder, image, fault);
    reader->space = space_of(&encoding);
    return 0;
}

/* --- pixels ------------------------------------------------------------------------------------ */

static int decode(struct jxl_reader *reader, struct fault *fault)
{
    const JxlPixelFormat format = {.num_channels = (uint32_t)reader->bands,
                                   .data_type = reader->wide ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
                                   .endianness = JXL_NATIVE_ENDIAN};
    JxlFrameHeader header;
    size_t bytes = 0;

    if (run_to(reader->decoder, JXL_DEC_FRAME, fault))
        return -1;
    if (JxlDecoderGetFrameHeader(reader->decoder, &header) == JXL_DEC_SUCCESS)
        reader->animation = !header.is_last;
    if (run_to(reader->decoder, JXL_DEC_NEED_IMAGE_OUT_BUFFER, fault))
        return -1;
    if (JxlDecoderImageOutBufferSize(reader->decoder, &format, &bytes) != JXL_DEC_SUCCESS)
        return fault_set(fault, "JPEG XL: libjxl does not give its samples");
    reader->pixels = picture_alloc(bytes);
    if (!reader->pixels)
        return fault_sys(fault, "no memory for a picture of %dx%d", reader->width, reader->height);
    if (JxlDecoderSetImageOutBuffer(reader->decoder, &format, reader->pixels, bytes) != JXL_DEC_SUCCESS)
        return fault_bug(fault, "a JPEG XL decoder that refuses its buffer");
    return run_to(reader->decoder, JXL_DEC_FULL_IMAGE, fault);
}

static VipsInterpretation interpretation(const struct jxl_reader *reader)
{
    if (reader->bands < 3)
        return reader->wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    return reader->wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

VipsImage *jxl_reader_image(struct jxl_reader *reader, struct fault *fault)
{
    VipsImage *about = vips_image_new(), *image = NULL, *copy = NULL;
    size_t sample = reader->wide ? 2 : 1;
    int failed = take_colours(reader, about, fault) || decode(reader, fault);

    JxlDecoderDestroy(reader->decoder); /* its memory is as large as the picture's, and more */
    reader->decoder = NULL;
    if (!failed)
        image = vips_image_new_from_memory(
            reader->pixels, sample * (size_t)reader->bands * (size_t)reader->width * (size_t)reader->height,
            reader->width, reader->height, reader->bands,
            reader->wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    if (image && vips_copy(image, &copy, "interpretation", interpretation(reader), NULL) == 0) {
        const void *profile;
        size_t bytes;
        vips_image_set_int(copy, VIPS_META_ORIENTATION, reader->orientation);
        if (vips_image_get_typeof(about, VIPS_META_ICC_NAME) &&
            vips_image_get_blob(about, VIPS_META_ICC_NAME, &profile, &bytes) == 0)
            vips_image_set_blob_copy(copy, VIPS_META_ICC_NAME, profile, bytes);
    } else if (!failed) {
        fault_set(fault, "JPEG XL: libvips has no memory for an image");
    }
    VIPS_UNREF(image);
    g_object_unref(about);
    return copy;
}

void jxl_reader_close(struct jxl_reader *reader)
{
    if (reader->decoder)
        JxlDecoderDestroy(reader->decoder);
    free(reader->pixels);
    *reader = (struct jxl_reader){.decoder = NULL};
}
