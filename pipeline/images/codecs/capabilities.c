#include "pipeline/images/codecs/capabilities.h"

#include <stdbool.h>

#include <glib.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "pipeline/images/codecs/encode_vips.h"
#include "pipeline/images/codecs/loaders.h"

static void add(char *text, size_t bytes, const char *name)
{
    if (*text)
        g_strlcat(text, ", ", bytes);
    g_strlcat(text, name, bytes);
}

static char *or_none(char *text, size_t bytes)
{
    if (!*text)
        g_strlcpy(text, "none", bytes);
    return text;
}

char *capabilities_pictures(char *text, size_t bytes)
{
    loaders_list(true, text, bytes);
    add(text, bytes, "JPEG 2000"); /* by OpenJPEG itself */
    add(text, bytes, "JPEG XL");   /* by libjxl itself */
    if (avcodec_find_decoder(AV_CODEC_ID_BMP))
        add(text, bytes, "BMP");
    return text;
}

char *capabilities_missing(char *text, size_t bytes)
{
    loaders_list(false, text, bytes);
    if (!avcodec_find_decoder(AV_CODEC_ID_BMP))
        add(text, bytes, "BMP");
    for (int f = 0; f < FORMAT_COUNT; f++)
        if (encode_vips_try((enum recipe_format)f, NULL)) {
            add(text, bytes, "writing ");
            g_strlcat(text, formats[f].title, bytes);
        }
    return text;
}

char *capabilities_clips(char *text, size_t bytes)
{
    static const char *const containers[][2] = {
        {"mov", "MP4 and MOV"}, {"matroska", "MKV and WebM"}, {"avi", "AVI"}, {"gif", "animated GIF"}};
    static const struct {
        enum AVCodecID id;
        const char *name;
    } codecs[] = {{AV_CODEC_ID_H264, "H.264"},    {AV_CODEC_ID_HEVC, "HEVC"},
                  {AV_CODEC_ID_VP8, "VP8"},       {AV_CODEC_ID_VP9, "VP9"},
                  {AV_CODEC_ID_AV1, "AV1"},       {AV_CODEC_ID_MPEG4, "MPEG-4"},
                  {AV_CODEC_ID_PRORES, "ProRes"}, {AV_CODEC_ID_MJPEG, "Motion JPEG"}};
    char decoded[200] = "";

    *text = '\0';
    for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++)
        if (av_find_input_format(containers[i][0]))
            add(text, bytes, containers[i][1]);
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
        if (avcodec_find_decoder(codecs[i].id))
            add(decoded, sizeof decoded, codecs[i].name);
    g_strlcat(*text ? text : or_none(text, bytes), "; with ", bytes);
    g_strlcat(text, or_none(decoded, sizeof decoded), bytes);
    return text;
}

char *capabilities_written(char *text, size_t bytes)
{
    *text = '\0';
    for (int f = 0; f < FORMAT_COUNT; f++)
        if (encode_vips_try((enum recipe_format)f, NULL) == 0)
            add(text, bytes, formats[f].title);
    return text;
}
