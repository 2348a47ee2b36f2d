#include "pipeline/images/codecs/heif_reader.h"

#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>

#include "pipeline/images/pixels/planes_ycc.h"

/* Pixels that a coder may add to a side to fill its last block. */
enum { MOST_PADDING = 128 };

static const AVCodec *decoder_of(enum heif_coding coding)
{
    return avcodec_find_decoder_by_name(coding == HEIF_AV1 ? "libdav1d" : "hevc");
}

bool heif_reader_has(enum heif_coding coding)
{
    return decoder_of(coding);
}

/* --- decoding ---------------------------------------------------------------------------------- */

static AVCodecContext *open_decoder(const struct heif_item *item)
{
    const AVCodec *codec = decoder_of(item->coding);
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;

    if (!context)
        return NULL;
    context->thread_count = 1; /* the pool runs one process per core */
    context->max_pixels = (int64_t)(item->width + MOST_PADDING) * (item->height + MOST_PADDING);
    context->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK;
    if (item->coding == HEIF_HEVC) { /* parameter sets; AV1's are in the picture's data too */
        context->extradata = av_mallocz(item->config.bytes + AV_INPUT_BUFFER_PADDING_SIZE);
        if (context->extradata) {
            memcpy(context->extradata, item->config.at, item->config.bytes);
            context->extradata_size = (int)item->config.bytes;
        }
    }
    if ((item->coding == HEIF_HEVC && !context->extradata) || avcodec_open2(context, codec, NULL) < 0)
        avcodec_free_context(&context);
    return context;
}

/* The decoder's error; 0 and a frame when there is none. */
static int decode(AVCodecContext *context, const struct heif_item *item, AVFrame *frame)
{
    AVPacket *packet = av_packet_alloc();
    int error = packet ? av_new_packet(packet, (int)item->data.bytes) : AVERROR(ENOMEM);

    if (!error) {
        memcpy(packet->data, item->data.at, item->data.bytes);
        packet->flags = AV_PKT_FLAG_KEY;
        error = avcodec_send_packet(context, packet);
    }
    av_packet_free(&packet);
    if (!error)
        error = avcodec_send_packet(context, NULL);
    return error ? error : avcodec_receive_frame(context, frame);
}

static int decode_fault(const struct heif_item *item, int error, struct fault *fault)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";

    av_strerror(error, text, sizeof text);
    return fault_set(fault, "%s: damaged picture (%s)", item->coding == HEIF_AV1 ? "AVIF" : "HEIC",
                     error == AVERROR_EOF ? "it ends early" : text);
}

/* --- what it is -------------------------------------------------------------------------------- */

static bool is_as_said(const AVFrame *frame, const struct heif_item *item)
{
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    int x, y;

    if (!format || format->flags & AV_PIX_FMT_FLAG_RGB || format->flags & AV_PIX_FMT_FLAG_ALPHA ||
        format->comp[0].depth != 8 || frame->width != item->width || frame->height != item->height)
        return false;
    x = format->nb_components == 1 ? 0 : 1 << format->log2_chroma_w;
    y = format->nb_components == 1 ? 0 : 1 << format->log2_chroma_h;
    return x == item->chroma_x && y == item->chroma_y;
}

/* What the file says counts before what the coded picture says. */
static bool take_colours(const AVFrame *frame, const struct heif_item *item, struct heif_picture *picture)
{
    picture->matrix = item->nclx ? item->matrix : (int)frame->colorspace;
    picture->narrow = item->nclx ? item->narrow : frame->color_range != AVCOL_RANGE_JPEG;
    return planes_ycc_knows(picture->matrix);
}

static struct plane plane_of(const AVFrame *frame, const struct heif_item *item, int index)
{
    int x = index ? item->chroma_x : 1, y = index ? item->chroma_y : 1;

    return (struct plane){.data = frame->data[index] + (ptrdiff_t)(item->top / y) * frame->linesize[index] +
                                  item->left / x,
                          .width = (item->shown_width + x - 1) / x,
                          .height = (item->shown_height + y - 1) / y,
                          .stride = frame->linesize[index]};
}

enum heif_reader_result heif_reader_decode(const struct heif_item *item, struct heif_picture *picture,
                                           struct fault *fault)
{
    AVCodecContext *context = open_decoder(item);
    int error;

    *picture = (struct heif_picture){.frame = av_frame_alloc(), .count = item->chroma_x ? 3 : 1};
    error = context && picture->frame ? decode(context, item, picture->frame) : AVERROR(ENOMEM);
    avcodec_free_context(&context);
    if (error)
        return decode_fault(item, error, fault);
    if (picture->frame->decode_error_flags || picture->frame->flags & AV_FRAME_FLAG_CORRUPT)
        return decode_fault(item, AVERROR_INVALIDDATA, fault);
    if (!is_as_said(picture->frame, item) || !take_colours(picture->frame, item, picture))
        return HEIF_READER_OTHER;
    for (int i = 0; i < picture->count; i++)
        picture->planes[i] = plane_of(picture->frame, item, i);
    return HEIF_READER_OK;
}

void heif_reader_close(struct heif_picture *picture)
{
    av_frame_free(&picture->frame);
}
