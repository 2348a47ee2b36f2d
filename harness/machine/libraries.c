#include "harness/machine/libraries.h"

#include <fontconfig/fontconfig.h>
#include <glib.h>
#include <gsl/gsl_version.h>
#include <hwloc.h>
#include <jansson.h>
#include <lcms2.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswscale/swscale.h>
#include <openssl/crypto.h>
#include <papi.h>
#include <seccomp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <vips/vips.h>
#include <webp/decode.h>
#include <zimg.h>

static void add(char *text, size_t bytes, const char *name, const char *version)
{
    size_t used = strlen(text);
    snprintf(text + used, bytes - used, "%s%s %s", used ? ", " : "", name, version);
}

static void add_three(char *text, size_t bytes, const char *name, unsigned major, unsigned minor,
                      unsigned micro)
{
    char version[48];
    snprintf(version, sizeof version, "%u.%u.%u", major, minor, micro);
    add(text, bytes, name, version);
}

static void add_ffmpeg(char *text, size_t bytes, const char *name, unsigned version)
{
    add_three(text, bytes, name, version >> 16, version >> 8 & 0xff, version & 0xff);
}

char *libraries_text(char *text, size_t bytes)
{
    unsigned zimg[3];
    unsigned fontconfig = (unsigned)FcGetVersion(), lcms = (unsigned)cmsGetEncodedCMMversion();
    int loaded = PAPI_get_opt(PAPI_LIB_VERSION, NULL); /* negative before PAPI is started */
    unsigned papi = (unsigned)(loaded > 0 ? loaded : PAPI_VERSION);

    text[0] = '\0';
    add_three(text, bytes, "vips", (unsigned)vips_version(0), (unsigned)vips_version(1),
              (unsigned)vips_version(2));
    add_ffmpeg(text, bytes, "libavformat", avformat_version());
    add_ffmpeg(text, bytes, "libavcodec", avcodec_version());
    add_ffmpeg(text, bytes, "libavutil", avutil_version());
    add_ffmpeg(text, bytes, "libswscale", swscale_version());
    add_three(text, bytes, "webp", (unsigned)WebPGetDecoderVersion() >> 16,
              (unsigned)WebPGetDecoderVersion() >> 8 & 0xff, (unsigned)WebPGetDecoderVersion() & 0xff);
    zimg_get_version_info(&zimg[0], &zimg[1], &zimg[2]);
    add_three(text, bytes, "zimg", zimg[0], zimg[1], zimg[2]);
    add_three(text, bytes, "lcms2", lcms / 1000, lcms / 10 % 100, lcms % 10);
    add_three(text, bytes, "seccomp", seccomp_version()->major, seccomp_version()->minor,
              seccomp_version()->micro);
    add(text, bytes, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING));
    add_three(text, bytes, "glib", glib_major_version, glib_minor_version, glib_micro_version);
    add_three(text, bytes, "fontconfig", fontconfig / 10000, fontconfig / 100 % 100, fontconfig % 100);
    add(text, bytes, "gsl", gsl_version);
    add(text, bytes, "hwloc", HWLOC_VERSION); /* it reports its interface at run time, not its version */
    add_three(text, bytes, "papi", PAPI_VERSION_MAJOR(papi), PAPI_VERSION_MINOR(papi),
              PAPI_VERSION_REVISION(papi));
    add(text, bytes, "sqlite", sqlite3_libversion());
    add(text, bytes, "jansson", jansson_version_str());
    return text;
}
