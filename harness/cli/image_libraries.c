/* The libraries of the image pipeline, for libraries_text(). */
#include <fontconfig/fontconfig.h>
#include <isa-l.h>
#include <jconfig.h>
#include <jxl/decode.h>
#include <lcms2.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswscale/swscale.h>
#include <openjpeg.h>
#include <vips/vips.h>
#include <webp/decode.h>
#include <zimg.h>

#include "harness/machine/libraries.h"

/* libjpeg-turbo and ISA-L have no function for it: the version they were built with. */
#define TEXT(words)    TEXT_OF(words)
#define TEXT_OF(words) #words

static void add_ffmpeg(char *text, size_t bytes, const char *name, unsigned version)
{
    libraries_add_number(text, bytes, name, version >> 16, version >> 8 & 0xff, version & 0xff);
}

void libraries_add_images(char *text, size_t bytes)
{
    unsigned zimg[3], webp = (unsigned)WebPGetDecoderVersion(), jxl = JxlDecoderVersion();
    unsigned fontconfig = (unsigned)FcGetVersion(), lcms = (unsigned)cmsGetEncodedCMMversion();

    libraries_add_number(text, bytes, "vips", (unsigned)vips_version(0), (unsigned)vips_version(1),
                         (unsigned)vips_version(2));
    add_ffmpeg(text, bytes, "libavformat", avformat_version());
    add_ffmpeg(text, bytes, "libavcodec", avcodec_version());
    add_ffmpeg(text, bytes, "libavutil", avutil_version());
    add_ffmpeg(text, bytes, "libswscale", swscale_version());
    libraries_add_number(text, bytes, "webp", webp >> 16, webp >> 8 & 0xff, webp & 0xff);
    libraries_add(text, bytes, "jpeg", TEXT(LIBJPEG_TURBO_VERSION));
    libraries_add_number(text, bytes, "jxl", jxl / 1000000, jxl / 1000 % 1000, jxl % 1000);
    libraries_add(text, bytes, "openjp2", opj_version());
    zimg_get_version_info(&zimg[0], &zimg[1], &zimg[2]);
    libraries_add_number(text, bytes, "isal", ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION, ISAL_PATCH_VERSION);
    libraries_add_number(text, bytes, "zimg", zimg[0], zimg[1], zimg[2]);
    libraries_add_number(text, bytes, "lcms2", lcms / 1000, lcms / 10 % 100, lcms % 10);
    libraries_add_number(text, bytes, "fontconfig", fontconfig / 10000, fontconfig / 100 % 100,
                         fontconfig % 100);
}
