#include "pipeline/images/codecs/jp2_samples.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/pixels/colour_profile.h"

enum { MOST_CHANNELS = 5, LUMA = 0, BLUE_DIFFERENCE = 1, RED_DIFFERENCE = 2 };

/* Which components become which samples. */
struct layout {
    const opj_image_comp_t *channels[MOST_CHANNELS]; /* colours, then alpha */
    int colours;
    bool alpha, premultiplied;
    bool chroma; /* the colours are luma and two colour differences */
};

/* --- which components ------------------------------------------------------------------------- */

static bool is_coarser(const opj_image_comp_t *c, const opj_image_comp_t *than)
{
    return c->dx > than->dx || c->dy > than->dy;
}

/* How many of the components hold colours. count: those that are not called alpha. */
static int count_colours(const opj_image_t *image, int count)
{
    bool inks = image->color_space == OPJ_CLRSPC_CMYK ||
                (count >= 4 && image->icc_profile_len &&
                 colour_profile_channels(image->icc_profile_buf, image->icc_profile_len) == 4);

    if (inks)
        return 4;
    return image->color_space == OPJ_CLRSPC_GRAY || count < 3 ? 1 : 3;
}

static int find_layout(const opj_image_t *image, struct layout *layout, struct fault *fault)
{
    const opj_image_comp_t *alpha = NULL;
    int count = 0, wanted;

    *layout = (struct layout){0};
    for (OPJ_UINT32 i = 0; i < image->numcomps; i++) {
        const opj_image_comp_t *c = &image->comps[i];
        if (!c->data || !c->w || !c->h || !c->dx || !c->dy || c->prec < 1 || c->prec > 31)
            return fault_set(fault, "JPEG 2000: a component without samples");
        if (!c->alpha && count < MOST_CHANNELS - 1)
            layout->channels[count++] = c;
        else if (c->alpha && !alpha)
            alpha = c;
    }
    if (image->icc_profile_buf &&
        !image->icc_profile_len) /* the library's way to keep the parameters of CIELab */
        return fault_set(fault, "JPEG 2000 in CIELab: convert it to sRGB");
    wanted = count_colours(image, count);
    if (count < wanted)
        return fault_set(fault, "JPEG 2000: %d colour components, %d expected", count, wanted);
    layout->colours = wanted;
    layout->chroma =
        wanted == 3 && (image->color_space == OPJ_CLRSPC_SYCC || image->color_space == OPJ_CLRSPC_EYCC ||
                        (image->color_space != OPJ_CLRSPC_SRGB && count == 3 &&
                         is_coarser(layout->channels[1], layout->channels[0])));
    if (!alpha && wanted < 4 && image->numcomps == (OPJ_UINT32)wanted + 1)
        alpha = layout->channels[wanted];
    layout->alpha = alpha;
    layout->premultiplied = alpha && alpha->alpha == 2;
    layout->channels[wanted] = alpha;
    return 0;
}

/* --- samples ---------------------------------------------------------------------------------- */

/* Where on the grid of a component a place of the first component's is, along one axis: between two samples. */
struct between {
    OPJ_UINT32 low, high;
    float share; /* of high */
};

static struct between find_place(OPJ_UINT32 at, OPJ_UINT32 first_offset, OPJ_UINT32 first_step,
                                 OPJ_UINT32 offset, OPJ_UINT32 step, OPJ_UINT32 length)
{
    double place = ((double)at + first_offset) * first_step / step - offset;
    double whole = floor(place = fmin(fmax(place, 0), (double)length - 1));
    OPJ_UINT32 low = (OPJ_UINT32)whole;

    return (struct between){low, low + 1 < length ? low + 1 : low, (float)(place - whole)};
}

static float at(const opj_image_comp_t *c, OPJ_UINT32 x, OPJ_UINT32 y)
{
    return (float)c->data[(size_t)y * c->w + x];
}

/* Row y of a component, from 0 to 1 (chroma that is signed: as if it were not). */
static void fill_row(const opj_image_comp_t *first, const opj_image_comp_t *c, OPJ_UINT32 y, float *row)
{
    struct between down = find_place(y, first->y0, first->dy, c->y0, c->dy, c->h);
    float offset = c->sgnd ? (float)(UINT64_C(1) << (c->prec - 1)) : 0;
    float scale = 1 / (float)((UINT64_C(1) << c->prec) - 1);
    bool same = c->dx == first->dx && c->dy == first->dy && c->w >= first->w && c->h >= first->h;

    for (OPJ_UINT32 x = 0; x < first->w; x++) {
        struct between across = {x, x, 0};
        float upper, lower = 0;
        if (!same)
            across = find_place(x, first->x0, first->dx, c->x0, c->dx, c->w);
        upper = at(c, across.low, down.low);
        if (across.share > 0)
            upper += across.share * (at(c, across.high, down.low) - upper);
        if (down.share > 0) {
            lower = at(c, across.low, down.high);
            lower += across.share * (at(c, across.high, down.high) - lower);
            upper += down.share * (lower - upper);
        }
        row[x] = (upper + offset) * scale;
    }
}

/* ITU-T T.871, clause 7. half: the value of no colour difference. */
static void to_rgb(float *rows[], OPJ_UINT32 width, float half)
{
    for (OPJ_UINT32 x = 0; x < width; x++) {
        float y = rows[LUMA][x], b = rows[BLUE_DIFFERENCE][x] - half, r = rows[RED_DIFFERENCE][x] - half;
        rows[0][x] = y + 1.402F * r;
        rows[1][x] = y - 0.344136F * b - 0.714136F * r;
        rows[2][x] = y + 1.772F * b;
    }
}

static float clamped(float value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

static void put_row(const struct layout *layout, float *rows[], const struct jp2_samples *to, OPJ_UINT32 y)
{
    size_t at_sample = (size_t)y * (size_t)to->width * (size_t)to->bands;
    const float *alpha = layout->alpha ? rows[layout->colours] : NULL;

    for (int x = 0; x < to->width; x++)
        for (int i = 0; i < to->bands; i++, at_sample++) {
            float value = rows[i][x];
            if (layout->premultiplied && i < layout->colours)
                value = alpha[x] > 0 ? value / alpha[x] : 0;
            if (to->format == VIPS_FORMAT_UCHAR)
                ((uint8_t *)to->data)[at_sample] = (uint8_t)lrintf(clamped(value) * 255);
            else
                ((uint16_t *)to->data)[at_sample] = (uint16_t)lrintf(clamped(value) * 65535);
        }
}

static void fill(const struct layout *layout, struct jp2_samples *samples, float *memory)
{
    const opj_image_comp_t *first = layout->channels[0], *chroma = layout->channels[BLUE_DIFFERENCE];
    float *rows[MOST_CHANNELS];

    for (int i = 0; i < samples->bands; i++)
        rows[i] = memory + (size_t)i * first->w;
    for (OPJ_UINT32 y = 0; y < first->h; y++) {
        for (int i = 0; i < samples->bands; i++)
            fill_row(first, layout->channels[i], y, rows[i]);
        if (layout->chroma)
            to_rgb(rows, first->w,
                   (float)(UINT64_C(1) << (chroma->prec - 1)) / (float)((UINT64_C(1) << chroma->prec) - 1));
        put_row(layout, rows, samples, y);
    }
}

int jp2_samples_make(const opj_image_t *image, struct jp2_samples *samples, struct fault *fault)
{
    static const VipsInterpretation types[][2] = {[1] = {VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16},
                                                  [3] = {VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB16},
                                                  [4] = {VIPS_INTERPRETATION_CMYK, VIPS_INTERPRETATION_CMYK}};
    struct layout layout;
    bool deep = false;
    float *memory;

    if (find_layout(image, &layout, fault))
        return -1;
    if (!layout.channels[0])
        return fault_set(fault, "JPEG 2000: a component is missing");
    *samples = (struct jp2_samples){.width = (int)layout.channels[0]->w,
                                    .height = (int)layout.channels[0]->h,
                                    .bands = layout.colours + layout.alpha};
    for (int i = 0; i < samples->bands; i++) {
        deep = deep || (layout.channels[i] && layout.channels[i]->prec > 8);
    }
    samples->format = deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
    samples->type = types[layout.colours][deep];
    samples->bytes =
        (size_t)samples->width * (size_t)samples->height * (size_t)samples->bands * (deep ? 2 : 1);
    samples->data = picture_alloc(samples->bytes);
    memory = g_try_malloc(MOST_CHANNELS * (size_t)samples->width * sizeof *memory);
    if (samples->data && memory) {
        fill(&layout, samples, memory);
        g_free(memory);
        return 0;
    }
    g_free(memory);
    g_free(samples->data);
    samples->data = NULL;
    return fault_sys(fault, "no memory for a picture of %dx%d", samples->width, samples->height);
}
