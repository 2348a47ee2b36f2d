#include "pipeline/images/codecs/jp2_samples.h"

#include <math.h>
#include <stdint.h>

#include "pipeline/images/pixels/colour_profile.h"

enum { LUMA = 0, BLUE_DIFFERENCE = 1, RED_DIFFERENCE = 2 };

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

static int find_layout(const opj_image_t *image, struct jp2_samples *layout, struct fault *fault)
{
    const opj_image_comp_t *alpha = NULL;
    int count = 0, wanted;

    for (OPJ_UINT32 i = 0; i < image->numcomps; i++) {
        const opj_image_comp_t *c = &image->comps[i];
        if (!c->data || !c->w || !c->h || !c->dx || !c->dy || c->prec < 1 || c->prec > 31)
            return fault_set(fault, "JPEG 2000: a component without samples");
        if (!c->alpha && count < JP2_MOST_CHANNELS - 1)
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
    layout->straight = alpha && !layout->premultiplied;
    return layout->channels[0] ? 0 : fault_set(fault, "JPEG 2000: a component is missing");
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

OPJ_UINT32 jp2_reduced(OPJ_UINT32 at, OPJ_UINT32 levels)
{
    return (OPJ_UINT32)(((uint64_t)at + (UINT64_C(1) << levels) - 1) >> levels);
}

/* Row y of a component, from 0 to 1 (chroma that is signed: as if it were not). */
static void fill_row(const opj_image_comp_t *first, const opj_image_comp_t *c, OPJ_UINT32 y, float *row)
{
    struct between down = find_place(y, jp2_reduced(first->y0, first->factor), first->dy,
                                     jp2_reduced(c->y0, c->factor), c->dy, c->h);
    float offset = c->sgnd ? (float)(UINT64_C(1) << (c->prec - 1)) : 0;
    float scale = 1 / (float)((UINT64_C(1) << c->prec) - 1);
    OPJ_UINT32 first_x0 = jp2_reduced(first->x0, first->factor), x0 = jp2_reduced(c->x0, c->factor);
    bool same = c->dx == first->dx && c->dy == first->dy && c->w >= first->w && c->h >= first->h;

    for (OPJ_UINT32 x = 0; x < first->w; x++) {
        struct between across = {x, x, 0};
        float upper, lower = 0;
        if (!same)
            across = find_place(x, first_x0, first->dx, x0, c->dx, c->w);
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

static void put_row(const struct jp2_samples *samples, float *rows[], void *to)
{
    const float *alpha = samples->alpha ? rows[samples->colours] : NULL;
    size_t at_sample = 0;

    for (int x = 0; x < samples->width; x++)
        for (int i = 0; i < samples->bands; i++, at_sample++) {
            float value = rows[i][x];
            if (alpha && samples->premultiplied && i < samples->colours)
                value = alpha[x] > 0 ? value / alpha[x] : 0;
            if (samples->format == VIPS_FORMAT_UCHAR)
                ((uint8_t *)to)[at_sample] = (uint8_t)lrintf(clamped(value) * 255);
            else
                ((uint16_t *)to)[at_sample] = (uint16_t)lrintf(clamped(value) * 65535);
        }
}

void jp2_samples_row(const struct jp2_samples *samples, int y, void *to)
{
    const opj_image_comp_t *first = samples->channels[0], *chroma = samples->channels[BLUE_DIFFERENCE];
    float *rows[JP2_MOST_CHANNELS] = {NULL};

    for (int i = 0; i < samples->bands; i++) {
        rows[i] = samples->memory + (size_t)i * first->w;
        fill_row(first, samples->channels[i], (OPJ_UINT32)y, rows[i]);
    }
    if (samples->chroma && samples->bands >= 3)
        to_rgb(rows, first->w,
               (float)(UINT64_C(1) << (chroma->prec - 1)) / (float)((UINT64_C(1) << chroma->prec) - 1));
    put_row(samples, rows, to);
}

/* --- the picture ------------------------------------------------------------------------------ */

int jp2_samples_open(const opj_image_t *image, struct jp2_samples *samples, struct fault *fault)
{
    static const VipsInterpretation types[][2] = {[1] = {VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16},
                                                  [3] = {VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB16},
                                                  [4] = {VIPS_INTERPRETATION_CMYK, VIPS_INTERPRETATION_CMYK}};
    const opj_image_comp_t *first;
    bool deep = false;

    *samples = (struct jp2_samples){.memory = NULL};
    if (find_layout(image, samples, fault))
        return -1;
    first = samples->channels[0];
    samples->width = (int)first->w;
    samples->height = (int)first->h;
    samples->bands = samples->colours + samples->alpha;
    for (int i = 0; i < samples->bands; i++)
        deep = deep || (samples->channels[i] && samples->channels[i]->prec > 8);
    samples->format = deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
    samples->type = types[samples->colours][deep];
    samples->memory = g_try_malloc(JP2_MOST_CHANNELS * (size_t)samples->width * sizeof *samples->memory);
    return samples->memory ? 0 : fault_sys(fault, "no memory for a row of %d samples", samples->width);
}

void jp2_samples_close(struct jp2_samples *samples)
{
    g_free(samples->memory);
    samples->memory = NULL;
}
