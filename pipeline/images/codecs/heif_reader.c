#include "pipeline/images/codecs/heif_reader.h"

#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/pixels/planes_ycc.h"

static const AVCodec *decoder_of(enum heif_coding coding)
{
    return avcodec_find_decoder_by_name(coding == HEIF_AV1 ? "libdav1d" : "hevc");
}

bool heif_reader_has(enum heif_coding coding)
{
    return decoder_of(coding);
}

/* --- decoding ---------------------------------------------------------------------------------- */

/* Of AV1 one for all pictures that have its parameters. */
struct decoder {
    AVCodecContext *context; /* NULL: not yet opened */
    struct iso_span config;
};

static AVCodecContext *open_decoder(const struct heif_item *item)
{
    const AVCodec *codec = decoder_of(item->coding);
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;

    if (!context)
        return NULL;
    context->thread_count = 1; /* the pool runs one process per core */
    context->max_pixels = (int64_t)(item->width + HEIF_MOST_PADDING) * (item->height + HEIF_MOST_PADDING);
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

/* Makes it ready for the picture: the tiles of a grid, which are of one coding and size, mostly have one config. A
 * decoder of HEVC costs little, and would keep the parameter sets of a tile's data, for which the next tile is not
 * coded. */
static bool prepare(struct decoder *decoder, const struct heif_item *item)
{
    const struct iso_span *was = &decoder->config, *is = &item->config;

    if (decoder->context && item->coding == HEIF_AV1 && was->bytes == is->bytes &&
        memcmp(was->at, is->at, is->bytes) == 0) {
        avcodec_flush_buffers(decoder->context);
        return true;
    }
    avcodec_free_context(&decoder->context);
    *decoder = (struct decoder){open_decoder(item), item->config};
    return decoder->context;
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

static enum heif_reader_result decode_one(struct decoder *decoder, const struct heif_item *item,
                                          AVFrame *frame, struct fault *fault)
{
    int error = prepare(decoder, item) ? decode(decoder->context, item, frame) : AVERROR(ENOMEM);

    if (!error && (frame->decode_error_flags || frame->flags & AV_FRAME_FLAG_CORRUPT))
        error = AVERROR_INVALIDDATA;
    if (error)
        return decode_fault(item, error, fault);
    return is_as_said(frame, item) ? HEIF_READER_OK : HEIF_READER_OTHER;
}

/* --- grids ------------------------------------------------------------------------------------- */

/* Pixels that a sample of the plane covers, in x and in y. */
static int across(const struct heif_item *item, int index)
{
    return index && item->chroma_x ? item->chroma_x : 1;
}

static int down(const struct heif_item *item, int index)
{
    return index && item->chroma_y ? item->chroma_y : 1;
}

static int samples(int pixels, int of)
{
    return (pixels + of - 1) / of;
}

static int alloc(const struct heif_item *item, struct heif_picture *picture, struct fault *fault)
{
    size_t at = 0;

    for (int i = 0; i < picture->count; i++) {
        int width = samples(item->width, across(item, i));
        picture->planes[i] =
            (struct plane){NULL, width, samples(item->height, down(item, i)), scale_stride(width)};
        at += (size_t)picture->planes[i].stride * (size_t)picture->planes[i].height;
    }
    picture->memory = picture_alloc_aligned(at + SCALE_ALIGN);
    if (!picture->memory)
        return fault_sys(fault, "no memory to decode %dx%d", item->width, item->height);
    at = 0;
    for (int i = 0; i < picture->count; i++) {
        picture->planes[i].data = picture->memory + at;
        at += (size_t)picture->planes[i].stride * (size_t)picture->planes[i].height;
    }
    return 0;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The part of the tile that is in the picture; x and y: its corner there, in pixels. */
static void paste(const struct heif_item *item, const AVFrame *frame, int x, int y,
                  struct heif_picture *picture)
{
    for (int i = 0; i < picture->count; i++) {
        const struct plane *to = &picture->planes[i];
        int of_x = across(item, i), of_y = down(item, i);
        int width = least(samples(frame->width, of_x), to->width - x / of_x);
        int height = least(samples(frame->height, of_y), to->height - y / of_y);
        for (int row = 0; row < height; row++)
            memcpy(to->data + (ptrdiff_t)(y / of_y + row) * to->stride + x / of_x,
                   frame->data[i] + (ptrdiff_t)row * frame->linesize[i], (size_t)width);
    }
}

static enum heif_reader_result decode_grid(struct decoder *decoder, const struct heif_item *item,
                                           struct heif_picture *picture, struct fault *fault)
{
    if (alloc(item, picture, fault))
        return HEIF_READER_FAILED;
    for (int i = 0; i < item->columns * item->rows; i++) {
        struct heif_item tile;
        enum heif_reader_result result;
        if (!heif_item_tile(item, i, &tile))
            return fault_bug(fault, "a grid without its tile %d", i);
        result = decode_one(decoder, &tile, picture->frame, fault);
        if (result)
            return result;
        if (i == 0 && !take_colours(picture->frame, item, picture))
            return HEIF_READER_OTHER;
        paste(item, picture->frame, i % item->columns * tile.width, i / item->columns * tile.height, picture);
        av_frame_unref(picture->frame);
    }
    return HEIF_READER_OK;
}

/* --- the picture ------------------------------------------------------------------------------- */

/* Coded itself, or a grid of one tile, as libheif writes pictures of odd sizes. */
static enum heif_reader_result decode_single(struct decoder *decoder, const struct heif_item *item,
                                             struct heif_picture *picture, struct fault *fault)
{
    struct heif_item coded = *item;
    enum heif_reader_result result;

    if (item->columns && !heif_item_tile(item, 0, &coded))
        return fault_bug(fault, "a grid without its tile");
    result = decode_one(decoder, &coded, picture->frame, fault);
    if (result)
        return result;
    for (int i = 0; i < picture->count; i++)
        picture->planes[i] =
            (struct plane){.data = picture->frame->data[i], .stride = picture->frame->linesize[i]};
    return take_colours(picture->frame, item, picture) ? HEIF_READER_OK : HEIF_READER_OTHER;
}

/* Of the whole to the part that is shown. */
static void crop(const struct heif_item *item, struct heif_picture *picture)
{
    for (int i = 0; i < picture->count; i++) {
        struct plane *plane = &picture->planes[i];
        int x = across(item, i), y = down(item, i);
        plane->data += (ptrdiff_t)(item->top / y) * plane->stride + item->left / x;
        plane->width = samples(item->shown_width, x);
        plane->height = samples(item->shown_height, y);
    }
}

enum heif_reader_result heif_reader_decode(const struct heif_item *item, struct heif_picture *picture,
                                           struct fault *fault)
{
    struct decoder decoder = {.context = NULL};
    enum heif_reader_result result;

    *picture = (struct heif_picture){.frame = av_frame_alloc(), .count = item->chroma_x ? 3 : 1};
    if (!picture->frame)
        return fault_sys(fault, "no memory for a frame");
    result = item->columns * item->rows > 1 ? decode_grid(&decoder, item, picture, fault)
                                            : decode_single(&decoder, item, picture, fault);
    avcodec_free_context(&decoder.context);
    if (result == HEIF_READER_OK)
        crop(item, picture);
    return result;
}

void heif_reader_close(struct heif_picture *picture)
{
    av_frame_free(&picture->frame);
    free(picture->memory);
    picture->memory = NULL;
}
