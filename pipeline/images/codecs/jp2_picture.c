#include "pipeline/images/codecs/jp2_picture.h"

#include <stdbool.h>
#include <stdlib.h>

#include "pipeline/images/codecs/jp2_decoder.h"
#include "pipeline/images/codecs/jp2_samples.h"
#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/codecs/vips_stream.h"

/* --- reduction -------------------------------------------------------------------------------- */

/* T.800's styles of code blocks that the library checks while it decodes them. */
enum { PREDICTABLE_TERMINATION = 0x10, HIGH_THROUGHPUT = 0x40, MOST_BIT_PLANES = 30, MOST_LEVELS = 5 };

/* How many levels of a component need not be decoded for damage to be seen: bit planes that are too many are seen in
 * code blocks alone, too. */
static OPJ_UINT32 levels_of(const opj_tccp_info_t *c)
{
    OPJ_UINT32 levels = c->numresolutions - 1;

    if (c->cblksty & (PREDICTABLE_TERMINATION | HIGH_THROUGHPUT) || !c->numresolutions)
        return 0;
    for (OPJ_UINT32 band = 0; band < 3 * levels + 1 && band < OPJ_J2K_MAXBANDS; band++)
        if (c->stepsizes_expn[band] + c->numgbits + (OPJ_UINT32)c->roishift > MOST_BIT_PLANES + 1)
            return 0;
    return levels < MOST_LEVELS ? levels : MOST_LEVELS;
}

static int find_most_reduction(const struct jp2_decoder *d)
{
    OPJ_UINT32 count = d->image->numcomps, levels = MOST_LEVELS;
    opj_codestream_info_v2_t *info;

    if ((count != 1 && count != 3) || jp2_palette_columns(&d->file))
        return 1;
    info = opj_get_cstr_info(d->codec);
    if (!info || info->nbcomps != count || !info->m_default_tile_info.tccp_info)
        levels = 0;
    for (OPJ_UINT32 i = 0; levels && i < count; i++) {
        OPJ_UINT32 its = levels_of(&info->m_default_tile_info.tccp_info[i]);
        levels = its < levels ? its : levels;
    }
    if (info)
        opj_destroy_cstr_info(&info);
    return 1 << levels;
}

/* Do tiles have parameters of their own, for which the header's do not stand? */
static bool tiles_differ(opj_codec_t *codec)
{
    enum { COD = 0xff52, COC = 0xff53, QCD = 0xff5c, QCC = 0xff5d, RGN = 0xff5e };
    opj_codestream_index_t *index = opj_get_cstr_index(codec);
    bool differ = !index || !index->tile_index;

    for (OPJ_UINT32 tile = 0; !differ && tile < index->nb_of_tiles; tile++)
        for (OPJ_UINT32 i = 0; i < index->tile_index[tile].marknum; i++) {
            int type = index->tile_index[tile].marker[i].type;
            differ |= type == COD || type == COC || type == QCD || type == QCC || type == RGN;
        }
    if (index)
        opj_destroy_cstr_index(&index);
    return differ;
}

static int coarsest(const opj_image_t *image)
{
    OPJ_UINT32 most = 1;

    for (OPJ_UINT32 i = 1; i < image->numcomps; i++) {
        const opj_image_comp_t *c = &image->comps[i], *first = &image->comps[0];
        OPJ_UINT32 across = first->dx ? c->dx / first->dx : 1, down = first->dy ? c->dy / first->dy : 1;
        most = across > most ? across : most;
        most = down > most ? down : most;
    }
    return (int)most;
}

int jp2_picture_header(const void *data, size_t bytes, uint64_t max_pixels, struct jp2_header *header,
                       struct fault *fault)
{
    struct jp2_decoder d;
    int failed = jp2_decoder_open(&d, data, bytes, max_pixels, fault);

    if (!failed)
        *header = (struct jp2_header){.width = (int)d.image->comps[0].w,
                                      .height = (int)d.image->comps[0].h,
                                      .most_reduction = find_most_reduction(&d),
                                      .coarsest = coarsest(d.image)};
    jp2_decoder_close(&d);
    return failed;
}

/* --- strips ----------------------------------------------------------------------------------- */

/* A picture is decoded in strips of this many code blocks of its finest level, which are decoded twice where they reach
 * into two of them; wide ones of half of it. For each strip the library looks at all code blocks of the strip's tiles:
 * a picture that is so high that it would be many strips is narrow. */
enum { STRIP_BLOCKS = 8, WIDE = 8192, MOST_BLOCK_LEVELS = 10, MOST_STRIPS = 64 };

/* For as long as the image. Places are on the reference grid. */
struct strips {
    const void *data;
    size_t bytes;
    uint64_t max_pixels;
    OPJ_UINT32 levels; /* that are left out */
    opj_image_t *image;
    struct jp2_samples samples; /* of the strip */
    struct jp2_samples shape;   /* of the first one; nothing else of it counts */
    OPJ_UINT32 x0, y0, x1, y1;  /* the whole picture */
    OPJ_UINT32 tile_top, tile_height;
    OPJ_UINT32 height, around; /* of a strip; rows of its neighbours, for chroma in between */
    OPJ_UINT32 next;           /* where the next one begins */
    int first, end, done;      /* rows of the strip in its image; of these, those that were given */
};

static void drop_strip(struct strips *s)
{
    jp2_samples_close(&s->samples);
    opj_image_destroy(s->image);
    s->image = NULL;
}

static void close_strips(void *decoder)
{
    drop_strip(decoder);
    free(decoder);
}

/* Of the strip that begins at `from`: at most its height, and no tile in two strips that could be in one. */
static OPJ_UINT32 end_of(const struct strips *s, OPJ_UINT32 from)
{
    uint64_t end = (uint64_t)from + s->height;
    uint64_t tiles = s->tile_height ? (end - s->tile_top) / s->tile_height : 0; /* above the end */
    uint64_t tile_end = s->tile_top + tiles * s->tile_height;

    if (end < s->y1 && tile_end > from)
        end = tile_end;
    return end < s->y1 ? (OPJ_UINT32)end : s->y1;
}

/* The first row of the first component that lies at y or below. */
static OPJ_UINT32 row_of(const struct strips *s, const opj_image_comp_t *c, OPJ_UINT32 y)
{
    return jp2_reduced((OPJ_UINT32)(((uint64_t)y + c->dy - 1) / c->dy), s->levels);
}

static int decode_area(struct strips *s, struct jp2_decoder *d, OPJ_UINT32 end, struct fault *fault)
{
    bool whole = s->next == s->y0 && end == s->y1;
    OPJ_UINT32 above = s->next - s->y0 < s->around ? s->y0 : s->next - s->around;
    OPJ_UINT32 below = s->y1 - end < s->around ? s->y1 : end + s->around;

    if ((s->levels && !opj_set_decoded_resolution_factor(d->codec, s->levels)) ||
        (!whole && !opj_set_decode_area(d->codec, d->image, (OPJ_INT32)s->x0, (OPJ_INT32)above,
                                        (OPJ_INT32)s->x1, (OPJ_INT32)below)) ||
        !opj_decode(d->codec, d->stream, d->image) || !opj_end_decompress(d->codec, d->stream) ||
        d->said.text[0])
        return jp2_decoder_fault(d, fault);
    return s->levels && tiles_differ(d->codec) ? fault_set(fault, "JPEG 2000: tiles differ") : 0;
}

/* The strip after the one that is there, which is dropped. */
static int next_strip(struct strips *s, struct fault *fault)
{
    OPJ_UINT32 end = end_of(s, s->next);
    struct jp2_decoder d;
    int failed = jp2_decoder_open(&d, s->data, s->bytes, s->max_pixels, fault);

    drop_strip(s);
    if (!failed)
        failed = decode_area(s, &d, end, fault);
    if (!failed) {
        s->image = d.image;
        d.image = NULL;
        failed = jp2_samples_open(s->image, &s->samples, fault);
    }
    jp2_decoder_close(&d);
    if (failed)
        return -1;
    if (!s->shape.width) /* the first */
        s->shape = s->samples;
    s->done = s->first = (int)(row_of(s, s->samples.channels[0], s->next) -
                               jp2_reduced(s->samples.channels[0]->y0, s->levels));
    s->end =
        s->first + (int)(row_of(s, s->samples.channels[0], end) - row_of(s, s->samples.channels[0], s->next));
    s->next = end;
    if (s->first < 0 || s->end > s->samples.height || s->samples.width != s->shape.width ||
        s->samples.bands != s->shape.bands || s->samples.format != s->shape.format)
        return fault_bug(fault, "strips of one JPEG 2000 picture that are not alike");
    return 0;
}

static int read_rows(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    struct strips *s = decoder;

    for (int i = 0; i < count; i++) {
        while (s->done >= s->end)
            if (s->next >= s->y1 ? fault_bug(fault, "a row below a picture") : next_strip(s, fault))
                return -1;
        jp2_samples_row(&s->samples, s->done++, to + (size_t)i * stride);
    }
    return 0;
}

/* --- the picture ------------------------------------------------------------------------------ */

static int take_header(struct strips *s, const struct jp2_decoder *d, struct fault *fault)
{
    const opj_image_t *image = d->image;
    opj_codestream_info_v2_t *info = opj_get_cstr_info(d->codec);
    OPJ_UINT32 blocks = 0, coarse = 0;

    for (OPJ_UINT32 i = 0; info && i < image->numcomps && i < info->nbcomps; i++) {
        const opj_image_comp_t *c = &image->comps[i];
        OPJ_UINT32 height = info->m_default_tile_info.tccp_info[i].cblkh;
        blocks = height > blocks ? height : blocks;
        coarse = c->dy != image->comps[0].dy && c->dy > coarse ? c->dy : coarse;
    }
    if (!info || !info->tdy || blocks > MOST_BLOCK_LEVELS)
        return fault_set(fault, "JPEG 2000: it cannot be decoded");
    s->x0 = image->x0;
    s->x1 = image->x1;
    s->y0 = s->next = image->y0;
    s->y1 = image->y1;
    s->tile_top = info->ty0;
    s->tile_height = info->tdy;
    s->height = (OPJ_UINT32)STRIP_BLOCKS << (blocks + s->levels);
    if ((s->x1 - s->x0) >> s->levels > WIDE)
        s->height /= 2;
    while ((s->y1 - s->y0) / s->height >= MOST_STRIPS)
        s->height *= 2;
    s->around = coarse << s->levels;
    opj_destroy_cstr_info(&info);
    return 0;
}

/* Up to the first strip; NULL with fault. whole: there is one only. */
static struct strips *open_strips(const void *data, size_t bytes, uint64_t max_pixels, OPJ_UINT32 levels,
                                  bool whole, struct fault *fault)
{
    struct strips *s = calloc(1, sizeof *s);
    struct jp2_decoder d;
    int failed;

    if (!s) {
        fault_sys(fault, "no memory to decode JPEG 2000");
        return NULL;
    }
    *s = (struct strips){.data = data, .bytes = bytes, .max_pixels = max_pixels, .levels = levels};
    failed = jp2_decoder_open(&d, data, bytes, max_pixels, fault) || take_header(s, &d, fault);
    jp2_decoder_close(&d);
    if (whole)
        s->height = s->y1 - s->y0;
    if (!failed)
        failed = next_strip(s, fault);
    if (!failed && levels && s->samples.straight)
        failed = fault_set(fault, "JPEG 2000: colours are not multiplied by alpha");
    if (!failed)
        return s;
    close_strips(s);
    return NULL;
}

/* One side of the whole picture, in samples of the reduced one: sample k of that is in the middle of sample k * step of
 * the full grid, which begins at an offset. */
static void find_side(OPJ_UINT32 begin, OPJ_UINT32 end, OPJ_UINT32 grid, OPJ_UINT32 levels, int *full,
                      double *first, double *length)
{
    OPJ_UINT32 offset = (OPJ_UINT32)(((uint64_t)begin + grid - 1) / grid);
    double step = (double)(UINT64_C(1) << levels);

    *full = (int)(((uint64_t)end + grid - 1) / grid - offset);
    *first = (offset - 0.5) / step - jp2_reduced(offset, levels) + 0.5;
    *length = *full / step;
}

/* Takes the strips over. */
static int describe(struct strips *s, struct jp2_picture *picture, struct fault *fault)
{
    const opj_image_comp_t *first = s->samples.channels[0];
    struct scale_box *part = &picture->part;
    struct vips_stream stream = {.name = "JPEG 2000",
                                 .width = s->samples.width,
                                 .bands = s->samples.bands,
                                 .format = s->samples.format,
                                 .type = s->samples.type,
                                 .decoder = s,
                                 .rows = read_rows,
                                 .close = close_strips};

    find_side(s->x0, s->x1, first->dx, s->levels, &picture->width, &part->left, &part->width);
    find_side(s->y0, s->y1, first->dy, s->levels, &picture->height, &part->top, &part->height);
    stream.height = (int)(row_of(s, first, s->y1) - row_of(s, first, s->y0));
    picture->image = vips_stream_image(&stream, NULL);
    if (!picture->image)
        return vips_fault(fault);
    if (s->image->icc_profile_buf && s->image->icc_profile_len)
        vips_image_set_blob_copy(picture->image, VIPS_META_ICC_NAME, s->image->icc_profile_buf,
                                 s->image->icc_profile_len);
    return 0;
}

int jp2_picture_open(const void *data, size_t bytes, uint64_t max_pixels, int reduction,
                     struct jp2_picture *picture, struct fault *fault)
{
    struct strips *s = NULL;
    struct fault ignored;
    OPJ_UINT32 levels = 0;

    while (2 << levels <= reduction)
        levels++;
    if (levels)
        s = open_strips(data, bytes, max_pixels, levels, false, &ignored);
    if (!s)
        s = open_strips(data, bytes, max_pixels, 0, false, &ignored);
    if (!s)
        s = open_strips(data, bytes, max_pixels, 0, true, fault);
    return s ? describe(s, picture, fault) : -1;
}
