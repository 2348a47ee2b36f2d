#include "pipeline/images/codecs/vips_rows.h"

#include <string.h>

/* For as long as the image that is made. */
struct job {
    vips_rows_convert convert;
    void *context;
};

static uint8_t *row_at(const VipsRegion *region, int x, int y)
{
    return region->data + (ptrdiff_t)(y - region->valid.top) * region->bpl +
           (ptrdiff_t)(x - region->valid.left) * region->im->Bands *
               (ptrdiff_t)vips_format_sizeof(region->im->BandFmt);
}

static int convert_rows(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop)
{
    VipsRegion *from = sequence;
    const struct job *job = b;
    const VipsRect *r = &region->valid;

    (void)a;
    (void)stop;
    if (vips_region_prepare(from, r))
        return -1;
    for (int y = r->top; y < r->top + r->height; y++)
        if (job->convert(job->context, row_at(from, r->left, y), (int)vips_format_sizeof(from->im->BandFmt),
                         from->im->Bands, (size_t)r->width, row_at(region, r->left, y))) {
            vips_error("colour", "no memory for converting colours");
            return -1;
        }
    return 0;
}

VipsImage *vips_rows_make(VipsImage *from, int bands, VipsInterpretation type, vips_rows_convert convert,
                          const void *context, size_t context_bytes)
{
    VipsImage *to = vips_image_new();
    struct job *job = VIPS_NEW(to, struct job);
    int failed;

    *job = (struct job){convert, VIPS_ARRAY(to, context_bytes, char)};
    memcpy(job->context, context, context_bytes);
    failed = vips_image_pipelinev(to, VIPS_DEMAND_STYLE_THINSTRIP, from, NULL);
    to->Bands = bands;
    to->BandFmt = VIPS_FORMAT_UCHAR;
    to->Type = type;
    if (failed || vips_image_generate(to, vips_start_one, convert_rows, vips_stop_one, from, job)) {
        g_object_unref(to);
        return NULL;
    }
    vips_object_local(to, g_object_ref(from));
    return to;
}
