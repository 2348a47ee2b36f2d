#include "pipeline/images/codecs/poster_colour.h"

#include <string.h>

#include <glib.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/pixels/colour_space.h"

/* The brightness of a frame is examined at this size. */
enum { LOOK_SIDE = 64, LOOK_PIXELS = LOOK_SIDE * LOOK_SIDE, OUTLIERS = LOOK_PIXELS / 50 };
enum { BLACK_BELOW = 32, UNIFORM_WITHIN = 16 }; /* of 255 */

/* accurate_rnd and bitexact: the same bytes whatever vector instructions this machine has. */
enum { SWS_EXACT = SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP };

/* --- what the stream says --------------------------------------------------------------------- */

/* Wide films have fewer lines than their kind of video: 1280x536. The largest of standard definition is 1024x576. */
static bool is_high_definition(const AVFrame *frame)
{
    return frame->width >= 1280 || frame->height > 576;
}

static int matrix_of(const AVFrame *frame)
{
    switch (frame->colorspace) {
    case AVCOL_SPC_BT709:
        return SWS_CS_ITU709;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return SWS_CS_BT2020;
    case AVCOL_SPC_SMPTE240M:
        return SWS_CS_SMPTE240M;
    case AVCOL_SPC_FCC:
        return SWS_CS_FCC;
    case AVCOL_SPC_UNSPECIFIED:
        return is_high_definition(frame) ? SWS_CS_ITU709 : SWS_CS_ITU601;
    default:
        return SWS_CS_ITU601;
    }
}

/* libavutil's numbers are the codes of ITU-T H.273. */
static struct colour_space space_of(const AVFrame *frame)
{
    int primaries = (int)frame->color_primaries;

    if (primaries == AVCOL_PRI_UNSPECIFIED && frame->colorspace == AVCOL_SPC_BT2020_NCL)
        primaries = AVCOL_PRI_BT2020; /* that matrix is not used with other primaries */
    return colour_space_of(primaries, (int)frame->color_trc);
}

static bool is_full_range(const AVFrame *frame)
{
    switch (frame->format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
        return true;
    default:
        return frame->color_range == AVCOL_RANGE_JPEG;
    }
}

static bool has_alpha(const AVFrame *frame)
{
    const AVPixFmtDescriptor *description = av_pix_fmt_desc_get(frame->format);

    return frame->format == AV_PIX_FMT_PAL8 || (description && description->flags & AV_PIX_FMT_FLAG_ALPHA);
}

/* --- conversion ------------------------------------------------------------------------------- */

/* Where the stream's chroma lies, in 256ths of a luma pixel from the left and top of its pixels. Streams that do not
 * say have it at the left (H.264, table E-1), those of the full range in the middle (JFIF). */
static void chroma_place(const AVFrame *frame, int *x, int *y)
{
    enum AVChromaLocation location = frame->chroma_location;

    if (location == AVCHROMA_LOC_UNSPECIFIED)
        location = is_full_range(frame) ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT;
    *x = location == AVCHROMA_LOC_LEFT || location == AVCHROMA_LOC_TOPLEFT ||
                 location == AVCHROMA_LOC_BOTTOMLEFT
             ? 0
             : 128;
    *y = location == AVCHROMA_LOC_TOP || location == AVCHROMA_LOC_TOPLEFT         ? 0
         : location == AVCHROMA_LOC_BOTTOM || location == AVCHROMA_LOC_BOTTOMLEFT ? 256
                                                                                  : 128;
}

static void set_up(struct SwsContext *sws, const AVFrame *frame, int width, int height,
                   enum AVPixelFormat format, int flags)
{
    const AVPixFmtDescriptor *description = av_pix_fmt_desc_get(frame->format);
    int x, y;

    av_opt_set_int(sws, "srcw", frame->width, 0);
    av_opt_set_int(sws, "srch", frame->height, 0);
    av_opt_set_int(sws, "src_format", frame->format, 0);
    av_opt_set_int(sws, "dstw", width, 0);
    av_opt_set_int(sws, "dsth", height, 0);
    av_opt_set_int(sws, "dst_format", format, 0);
    av_opt_set_int(sws, "sws_flags", flags | SWS_EXACT, 0);
    chroma_place(frame, &x, &y);
    if (description && description->log2_chroma_w == 1)
        av_opt_set_int(sws, "src_h_chr_pos", x, 0);
    if (description && description->log2_chroma_h == 1)
        av_opt_set_int(sws, "src_v_chr_pos", y, 0);
}

/* The frame in another size and pixel format, rows without gaps but those of stride. */
static int convert(const AVFrame *frame, int width, int height, enum AVPixelFormat format, int flags,
                   uint8_t *data, int stride)
{
    struct SwsContext *sws = sws_alloc_context();
    uint8_t *planes[4] = {data};
    int strides[4] = {stride};

    if (!sws)
        return -1;
    set_up(sws, frame, width, height, format, flags);
    if (sws_init_context(sws, NULL, NULL) < 0) {
        sws_freeContext(sws);
        return -1;
    }
    sws_setColorspaceDetails(sws, sws_getCoefficients(matrix_of(frame)), is_full_range(frame),
                             sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16);
    sws_scale(sws, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes, strides);
    sws_freeContext(sws);
    return 0;
}

static void flatten(const uint8_t *rgba, size_t count, const uint8_t background[3], uint8_t *to)
{
    for (size_t i = 0; i < count; i++, rgba += 4, to += 3)
        for (int k = 0; k < 3; k++)
            to[k] = (uint8_t)((rgba[k] * rgba[3] + background[k] * (255 - rgba[3]) + 127) / 255);
}

int poster_to_rgb(const AVFrame *frame, const uint8_t background[3], struct pixels *pixels,
                  struct fault *fault)
{
    size_t count = (size_t)frame->width * (size_t)frame->height;
    struct colour_space space = space_of(frame);
    bool alpha = has_alpha(frame), deep = !colour_space_is_srgb(&space);
    int bands = alpha ? 4 : 3, bytes = bands * (deep ? 2 : 1), failed;
    uint8_t *between = NULL;

    pixels->data = picture_alloc(count * 3 + 64);
    if (bytes > 3)
        between = picture_alloc(count * (size_t)bytes + 64);
    if (!pixels->data || (bytes > 3 && !between)) {
        g_free(between);
        return fault_sys(fault, "no memory for a frame of %dx%d", frame->width, frame->height);
    }
    failed = convert(frame, frame->width, frame->height,
                     deep    ? (alpha ? AV_PIX_FMT_RGBA64 : AV_PIX_FMT_RGB48)
                     : alpha ? AV_PIX_FMT_RGBA
                             : AV_PIX_FMT_RGB24,
                     SWS_BICUBIC, between ? between : pixels->data, frame->width * bytes);
    if (failed)
        fault_set(fault, "the clip's pixel format %d cannot be turned into RGB", frame->format);
    else if (deep && colour_space_convert(&space, between, 2, bands, count, alpha ? between : pixels->data))
        failed = fault_sys(fault, "no memory for converting a frame's colours");
    else if (alpha)
        flatten(between, count, background, pixels->data);
    g_free(between);
    pixels->width = frame->width;
    pixels->height = frame->height;
    return failed;
}

bool poster_is_blank(const AVFrame *frame)
{
    uint8_t grey[LOOK_PIXELS + 64];
    int seen[256] = {0}, low = 0, high = 255, below = 0, above = 0;

    if (convert(frame, LOOK_SIDE, LOOK_SIDE, AV_PIX_FMT_GRAY8, SWS_AREA, grey, LOOK_SIDE))
        return false;
    for (int i = 0; i < LOOK_PIXELS; i++)
        seen[grey[i]]++;
    while (low < 255 && (below += seen[low]) <= OUTLIERS)
        low++;
    while (high > 0 && (above += seen[high]) <= OUTLIERS)
        high--;
    return high < BLACK_BELOW || high - low <= UNIFORM_WITHIN;
}
