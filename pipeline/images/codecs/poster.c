#include "pipeline/images/codecs/poster.h"

#include <math.h>
#include <string.h>

#include <glib.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>

#include "pipeline/base/clock.h"
#include "pipeline/images/codecs/pixel_limit.h"
#include "pipeline/images/codecs/poster_colour.h"
#include "pipeline/images/codecs/poster_file.h"
#include "pipeline/images/codecs/poster_gif.h"

struct reader {
    AVIOContext *file;
    AVFormatContext *format;
    AVCodecContext *codec;
    AVStream *stream; /* the format's */
    AVPacket *packet;
    AVFrame *frame, *best; /* the newest, and what would be taken if there were no more */
    bool whole;            /* a keyframe has come: frames are not made of pieces */
    int64_t first;         /* when the first whole frame is shown, in the stream's time base */
    bool blank;            /* a frame at or after the offset showed nothing; best is the first of them */
    uint64_t blank_cpu_ns; /* CPU time when that one came */
    int64_t packets;       /* of the stream, so far: frames carry the number of theirs (reordered_opaque) */
    int64_t bad_packet;    /* the newest that is cut or that the decoder refused; 0 none */
    bool damaged;          /* frames since then are made of what the bad one should have brought */
    bool any_damage;       /* some frame was left out for that */
    uint64_t frames;       /* decoded */
    struct gif_drawn drawn, best_drawn; /* of a GIF, by the newest frame and by best */
    struct fault *fault;
};

static int av_fault(struct fault *fault, const char *what, int error)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";

    av_strerror(error, text, sizeof text);
    return fault_set(fault, "%s: %s", what, text);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int open_format(struct reader *r, const int *fd)
{
    AVDictionary *options = NULL;
    int error;

    r->file = poster_file_open(fd);
    r->format = avformat_alloc_context();
    if (!r->file || !r->format)
        return fault_sys(r->fault, "no memory for reading a clip");
    r->format->pb = r->file;
    /* Only this file, and only the containers that sniff.c recognises: no playlist that refers to other files. */
    av_dict_set(&options, "protocol_whitelist", "none", 0);
    av_dict_set(&options, "format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,bmp_pipe", 0);
    av_dict_set(&options, "probesize", "5000000", 0);
    av_dict_set(&options, "analyzeduration", "5000000", 0);
    av_dict_set(&options, "max_streams", "64", 0);
    error = avformat_open_input(&r->format, NULL, NULL, &options);
    av_dict_free(&options);
    if (error < 0)
        return av_fault(r->fault, "opening the clip", error);
    error = avformat_find_stream_info(r->format, NULL);
    return error < 0 ? av_fault(r->fault, "reading the clip's streams", error) : 0;
}

/* Alpha of WebM is a second stream in the side data of packets, which only the decoders of libvpx read. */
static const AVCodec *decoder_with_alpha(const AVCodec *codec)
{
    const AVCodec *other = codec->id == AV_CODEC_ID_VP8   ? avcodec_find_decoder_by_name("libvpx")
                           : codec->id == AV_CODEC_ID_VP9 ? avcodec_find_decoder_by_name("libvpx-vp9")
                                                          : NULL;

    return other ? other : codec;
}

/* The picture's stream: no cover where there is a film; of those that are shown by default the largest; of equal ones
 * the first. The library's own choice counts frames, and the alpha of an AVIF sequence, a stream of its own, has as
 * many. */
static int best_stream(const AVFormatContext *format, const AVCodec **codec)
{
    int best = -1, best_rank = 0;
    int64_t most = 0;

    for (unsigned i = 0; i < format->nb_streams; i++) {
        const AVStream *stream = format->streams[i];
        const AVCodecParameters *p = stream->codecpar;
        const AVCodec *found = p->codec_type == AVMEDIA_TYPE_VIDEO ? avcodec_find_decoder(p->codec_id) : NULL;
        int64_t pixels = (int64_t)p->width * p->height;
        int rank = (stream->disposition & AV_DISPOSITION_ATTACHED_PIC ? 1 : 3) +
                   (stream->disposition & AV_DISPOSITION_DEFAULT ? 1 : 0);
        if (!found || rank < best_rank || (rank == best_rank && pixels <= most))
            continue;
        best = (int)i;
        best_rank = rank;
        most = pixels;
        *codec = found;
    }
    return best;
}

static int open_codec(struct reader *r, uint64_t max_pixels)
{
    const AVCodec *codec = NULL;
    const AVCodecParameters *parameters;
    int error, index = best_stream(r->format, &codec);
    const AVDictionaryEntry *alpha;

    if (index < 0 || !codec)
        return fault_set(r->fault, "no picture in the clip that this build decodes");
    r->stream = r->format->streams[index];
    parameters = r->stream->codecpar;
    if (pixel_limit_check((uint64_t)parameters->width, (uint64_t)parameters->height, max_pixels, r->fault))
        return -1;
    alpha = av_dict_get(r->stream->metadata, "alpha_mode", NULL, 0);
    if (alpha && strcmp(alpha->value, "1") == 0)
        codec = decoder_with_alpha(codec);
    for (unsigned i = 0; i < r->format->nb_streams; i++)
        if ((int)i != index)
            r->format->streams[i]->discard = AVDISCARD_ALL;
    r->codec = avcodec_alloc_context3(codec);
    if (!r->codec)
        return fault_sys(r->fault, "no memory for the decoder");
    r->codec->thread_count = 1; /* the pool runs one process per core; threads would also delay frames */
    r->codec->thread_type = 0;
    r->codec->max_pixels = (int64_t)max_pixels;
    error = avcodec_parameters_to_context(r->codec, parameters);
    if (error >= 0)
        error = avcodec_open2(r->codec, codec, NULL);
    return error < 0 ? av_fault(r->fault, "opening the decoder", error) : 0;
}

/* --- finding the frame ------------------------------------------------------------------------ */

/* Decoders of codecs that can be joined at any picture hold frames back until they are whole. */
static bool waits_until_whole(const struct reader *r)
{
    return r->codec->codec_id == AV_CODEC_ID_H264 || r->codec->codec_id == AV_CODEC_ID_HEVC;
}

/* Is the newest frame, and so all that follow, complete? */
static bool is_whole(struct reader *r)
{
    if (r->whole)
        return true;
    if (!r->frame->key_frame && r->frame->pict_type != AV_PICTURE_TYPE_I && !waits_until_whole(r))
        return false;
    r->whole = true;
    r->first = r->frame->best_effort_timestamp;
    return true;
}

/* Decoders fill what is missing with grey, or with their neighbours in place and time, and say so at most in a flag.
 * From a bad packet on frames are damaged, until a whole keyframe comes whose packet follows it. */
static bool is_damaged(struct reader *r)
{
    const AVFrame *frame = r->frame;
    bool own = frame->decode_error_flags || (frame->flags & AV_FRAME_FLAG_CORRUPT) ||
               (r->bad_packet && frame->reordered_opaque == r->bad_packet);

    if (own || (r->bad_packet && frame->reordered_opaque > r->bad_packet && !frame->key_frame))
        r->damaged = true;
    else if (frame->key_frame)
        r->damaged = false;
    r->any_damage |= r->damaged;
    return r->damaged;
}

/* Returns whether the decoder has taken the packet. */
static bool send_packet(struct reader *r)
{
    int error;

    r->codec->reordered_opaque = ++r->packets;
    if (r->codec->codec_id == AV_CODEC_ID_GIF) {
        poster_gif_widen(r->packet);
        poster_gif_add(&r->drawn, r->packet);
    }
    if (r->packet->flags & AV_PKT_FLAG_CORRUPT)
        r->bad_packet = r->packets;
    error = avcodec_send_packet(r->codec, r->packet);
    if (error == AVERROR_INVALIDDATA)
        r->bad_packet = r->packets;
    return error >= 0;
}

static double instant_s(const struct reader *r)
{
    int64_t at = r->frame->best_effort_timestamp;

    return at == AV_NOPTS_VALUE || r->first == AV_NOPTS_VALUE
               ? 0
               : (double)(at - r->first) * av_q2d(r->stream->time_base);
}

/* Has the search for a frame that shows something lasted long enough? */
static bool has_searched_enough(const struct reader *r)
{
    return r->blank && clock_process_cpu_ns() - r->blank_cpu_ns > POSTER_MOST_CPU_S * UINT64_C(1000000000);
}

/* Keeps in best the newest frame before the offset; from there on the first, until one shows something. 1
 * when there is no need to look further. */
static int take_frames(struct reader *r, double offset_s)
{
    while (avcodec_receive_frame(r->codec, r->frame) == 0) {
        bool late, blank;
        r->frames++;
        if (is_damaged(r) || !is_whole(r))
            continue;
        late = instant_s(r) >= offset_s - 1e-6;
        blank = late && poster_is_blank(r->frame);
        if (!late || !blank || !r->blank) {
            av_frame_unref(r->best);
            av_frame_move_ref(r->best, r->frame);
            r->best_drawn = r->drawn;
        }
        if (late && (!blank || has_searched_enough(r)))
            return 1;
        if (blank && !r->blank)
            r->blank_cpu_ns = clock_process_cpu_ns();
        r->blank |= blank;
    }
    return 0;
}

static int find_frame(struct reader *r, double offset_s)
{
    int error = 0, found = 0;

    while (!found && (error = av_read_frame(r->format, r->packet)) >= 0) {
        if (r->packet->stream_index == r->stream->index && send_packet(r))
            found = take_frames(r, offset_s);
        av_packet_unref(r->packet);
    }
    if (!found && avcodec_send_packet(r->codec, NULL) >= 0)
        take_frames(r, offset_s);
    if (!r->best->width)
        return error < 0 && error != AVERROR_EOF
                   ? av_fault(r->fault, "reading the clip", error)
                   : fault_set(r->fault, "no whole frame of it could be decoded%s",
                               r->any_damage || r->bad_packet || !r->packets ? ": it is cut or damaged" : "");
    return 0;
}

/* --- how it is shown -------------------------------------------------------------------------- */

/* The display matrix (libavutil/display.h) maps (x, y) to (a x + c y, b x + d y). Its nearest among the eight ways to
 * place a picture: whether x and y change places, and which of them then runs backwards. */
static int orientation_of(const AVStream *stream)
{
    static const int orientations[2][2][2] = {{{1, 4}, {2, 3}}, {{5, 8}, {6, 7}}};
    size_t bytes = 0;
    const int32_t *m =
        (const int32_t *)(const void *)av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
    double a, b, c, d;

    if (!m || bytes < 9 * sizeof *m)
        return 1;
    a = m[0];
    b = m[1];
    c = m[3];
    d = m[4];
    return fabs(a) + fabs(d) >= fabs(b) + fabs(c) ? orientations[0][a < 0][d < 0]
                                                  : orientations[1][c < 0][b < 0];
}

static double pixel_aspect(struct reader *r)
{
    AVRational ratio = av_guess_sample_aspect_ratio(r->format, r->stream, r->best);
    double aspect = ratio.num > 0 && ratio.den > 0 ? av_q2d(ratio) : 1;

    return aspect > 0.1 && aspect < 10 ? aspect : 1;
}

static void close_reader(struct reader *r)
{
    av_frame_free(&r->frame);
    av_frame_free(&r->best);
    av_packet_free(&r->packet);
    avcodec_free_context(&r->codec);
    avformat_close_input(&r->format);
    poster_file_close(r->file);
}

void poster_setup(void)
{
    av_log_set_level(AV_LOG_QUIET);
}

int poster_read(int fd, const struct recipe *recipe, struct poster *poster, struct fault *fault)
{
    uint64_t max_pixels = recipe->max_pixels;
    struct reader r = {
        .packet = av_packet_alloc(), .frame = av_frame_alloc(), .best = av_frame_alloc(), .fault = fault};
    int failed = -1;

    *poster = (struct poster){.orientation = 1, .pixel_aspect = 1};
    if (!r.packet || !r.frame || !r.best)
        fault_sys(fault, "no memory for a frame");
    else if (open_format(&r, &fd) == 0 && open_codec(&r, max_pixels) == 0 && r.stream && r.codec)
        failed = find_frame(&r, recipe->clip_offset_s);
    if (!failed) {
        if ((uint64_t)r.best->width * (uint64_t)r.best->height > max_pixels)
            failed = fault_set(fault, "%dx%d is more than the recipe's limit", r.best->width, r.best->height);
        else if (r.codec->codec_id == AV_CODEC_ID_GIF)
            poster_gif_clear(r.best, &r.best_drawn);
        if (!failed)
            failed = poster_to_rgb(r.best, recipe->background, &poster->pixels, fault);
        poster->frames = r.frames;
        poster->orientation = orientation_of(r.stream);
        poster->pixel_aspect = pixel_aspect(&r);
    }
    close_reader(&r);
    return failed ? -1 : 0;
}
