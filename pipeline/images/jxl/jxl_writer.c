#include "pipeline/images/jxl/jxl_writer.h"

#include <math.h>
#include <stdbool.h>

#include <jxl/encode.h>

#include "pipeline/images/jxl/jxl_output.h"

/* As cjxl of libjxl 0.7. */
double jxl_writer_distance(int quality)
{
    if (quality >= 100)
        return 0;
    return quality >= 30 ? 0.1 + (100 - quality) * 0.09 : 6.4 + pow(2.5, (30 - quality) / 5.0) / 6.25;
}

static int describe(JxlEncoder *encoder, int width, int height, bool lossless, struct fault *fault)
{
    JxlBasicInfo info;
    JxlColorEncoding colours;

    JxlEncoderInitBasicInfo(&info);
    info.xsize = (uint32_t)width;
    info.ysize = (uint32_t)height;
    info.bits_per_sample = 8;
    info.num_color_channels = 3;
    info.uses_original_profile = lossless;
    JxlColorEncodingSetToSRGB(&colours, JXL_FALSE);
    if (JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS ||
        JxlEncoderSetColorEncoding(encoder, &colours) != JXL_ENC_SUCCESS)
        return jxl_output_complain(encoder, "describe the picture", fault);
    return 0;
}

static int add_picture(JxlEncoder *encoder, const uint8_t *rgb, size_t bytes,
                       const struct jxl_writer_options *options, struct fault *fault)
{
    const JxlPixelFormat format = {
        .num_channels = 3, .data_type = JXL_TYPE_UINT8, .endianness = JXL_NATIVE_ENDIAN};
    JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(encoder, NULL);
    bool lossless = options->quality >= 100;

    if (!settings ||
        JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, options->effort) !=
            JXL_ENC_SUCCESS ||
        (lossless ? JxlEncoderSetFrameLossless(settings, JXL_TRUE)
                  : JxlEncoderSetFrameDistance(settings, (float)jxl_writer_distance(options->quality))) !=
            JXL_ENC_SUCCESS ||
        JxlEncoderAddImageFrame(settings, &format, rgb, bytes) != JXL_ENC_SUCCESS)
        return jxl_output_complain(encoder, "take the picture", fault);
    return 0;
}

int jxl_writer_encode(const uint8_t *rgb, int width, int height, const struct jxl_writer_options *options,
                      void **data, size_t *bytes, struct fault *fault)
{
    JxlEncoder *encoder = JxlEncoderCreate(NULL);
    int failed = 0;

    if (!encoder)
        return fault_sys(fault, "JPEG XL: no memory for an encoder");
    if (options->exif && JxlEncoderUseBoxes(encoder) != JXL_ENC_SUCCESS)
        failed = jxl_output_complain(encoder, "write boxes", fault);
    if (!failed)
        failed = describe(encoder, width, height, options->quality >= 100, fault);
    if (!failed && options->exif)
        failed = jxl_output_add_exif(encoder, options->exif, options->exif_bytes, fault);
    if (!failed)
        failed = add_picture(encoder, rgb, (size_t)width * (size_t)height * 3, options, fault);
    if (!failed) {
        JxlEncoderCloseInput(encoder);
        failed = jxl_output_take(encoder, data, bytes, fault);
    }
    JxlEncoderDestroy(encoder);
    return failed;
}
