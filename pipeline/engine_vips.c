#include "engine_vips.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "poster.h"

static int vips_fault(struct fault *fault)
{
    const char *text = vips_error_buffer();
    char *line = g_strdup(text && *text ? text : "libvips gives no reason");

    vips_error_clear();
    g_strdelimit(g_strstrip(line), "\n", ';');
    fault_set(fault, "%s", line);
    g_free(line);
    return -1;
}

/* --- set-up ----------------------------------------------------------------------------------- */

/* The libraries print what they find odd in a file. What matters reaches us as an error, and is told with the
 * item. */
static void drop_log(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    (void)domain;
    (void)level;
    (void)text;
    (void)data;
}

int engine_vips_setup(struct fault *fault)
{
    static const char *const allowed[] = {"VipsForeignLoadJpeg",  "VipsForeignLoadPng",
                                          "VipsForeignLoadWebp",  "VipsForeignLoadTiff",
                                          "VipsForeignLoadNsgif", "VipsForeignLoadHeif"};

    /* One arena: memory that one thread frees another may use. */
    mallopt(M_ARENA_MAX, 1);
    if (vips_init("knee"))
        return vips_fault(fault);
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, drop_log, NULL);
    poster_setup();
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        vips_operation_block_set(allowed[i], FALSE);
    return 0;
}

/* --- geometry --------------------------------------------------------------------------------- */

double engine_vips_scale_needed(const struct rendition *rendition, const struct engine_size *size)
{
    double x = (double)rendition->width / size->width, y = (double)rendition->height / size->height;
    double scale = rendition->fit == FIT_COVER ? fmax(x, y) : fmin(x, y);

    return fmin(scale, 1);
}

/* The box that the base picture must fill: enough for the rendition that needs most. */
static void base_box(const struct recipe *recipe, const struct engine_size *size, int *width, int *height)
{
    double scale = 0;

    for (int i = 0; i < recipe->rendition_count; i++)
        scale = fmax(scale, engine_vips_scale_needed(&recipe->renditions[i], size));
    *width = (int)fmax(1, ceil(size->width * scale - 1e-6));
    *height = (int)fmax(1, ceil(size->height * scale - 1e-6));
}

/* --- decoding --------------------------------------------------------------------------------- */

/* Reads the header only. */
static int read_size(const void *data, size_t bytes, const struct recipe *recipe, struct engine_size *size,
                     struct fault *fault)
{
    VipsImage *header = vips_image_new_from_buffer(data, bytes, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    bool turned;

    if (!header)
        return vips_fault(fault);
    size->stored_width = header->Xsize;
    size->stored_height = header->Ysize;
    turned = vips_image_get_orientation_swap(header);
    g_object_unref(header);
    size->width = turned ? size->stored_height : size->stored_width;
    size->height = turned ? size->stored_width : size->stored_height;
    if ((uint64_t)size->width * (uint64_t)size->height > recipe->max_pixels)
        return fault_set(fault, "%dx%d is more than the recipe's limit of %.0f megapixels",
                         size->stored_width, size->stored_height, (double)recipe->max_pixels / 1e6);
    return 0;
}

/* Any picture to three 8-bit sRGB bands in memory. Takes over image. */
static int to_pixels(VipsImage *image, const struct recipe *recipe, struct pixels *pixels,
                     struct fault *fault)
{
    VipsImage *t[4] = {image};
    VipsArrayDouble *background = vips_array_double_newv(
        3, (double)recipe->background[0], (double)recipe->background[1], (double)recipe->background[2]);
    size_t bytes;
    int failed = vips_colourspace(t[0], &t[1], VIPS_INTERPRETATION_sRGB, NULL);

    if (!failed)
        failed = vips_image_hasalpha(t[1]) ? vips_flatten(t[1], &t[2], "background", background, NULL)
                                           : vips_copy(t[1], &t[2], NULL);
    if (!failed)
        failed = vips_cast_uchar(t[2], &t[3], NULL);
    if (!failed && t[3]->Bands != 3) {
        fault_set(fault, "%d colour bands after conversion to sRGB, 3 expected", t[3]->Bands);
        failed = 2;
    }
    if (!failed) {
        pixels->data = vips_image_write_to_memory(t[3], &bytes);
        pixels->width = t[3]->Xsize;
        pixels->height = t[3]->Ysize;
        failed = pixels->data == NULL;
    }
    vips_area_unref(VIPS_AREA(background));
    for (int i = 0; i < 4; i++)
        VIPS_UNREF(t[i]);
    if (failed == 2)
        return -1;
    return failed ? vips_fault(fault) : 0;
}

int engine_vips_decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct fault *fault)
{
    VipsImage *image = NULL;
    int width, height;

    if (read_size(data, bytes, recipe, size, fault))
        return -1;
    base_box(recipe, size, &width, &height);
    /* The thumbnail operation's own fail_on does not reach the loaders of 8.14; their option does. */
    if (vips_thumbnail_buffer((void *)data, bytes, &image, width, "height", height, "size", VIPS_SIZE_DOWN,
                              "option_string", "[fail_on=warning]", "export_profile", "srgb", NULL))
        return vips_fault(fault);
    return to_pixels(image, recipe, base, fault);
}

static VipsImage *wrap(const struct pixels *pixels)
{
    return vips_image_new_from_memory(pixels->data, (size_t)pixels->width * (size_t)pixels->height * 3,
                                      pixels->width, pixels->height, 3, VIPS_FORMAT_UCHAR);
}

/* Upright and square-pixelled, at the base size. */
static int straighten(const struct poster *poster, const struct recipe *recipe, struct pixels *base,
                      struct engine_size *size, struct fault *fault)
{
    VipsImage *t[4] = {wrap(&poster->pixels)};
    double aspect = poster->pixel_aspect;
    int width, height, failed;

    failed = !t[0] || vips_copy(t[0], &t[1], "interpretation", VIPS_INTERPRETATION_sRGB, NULL) ||
             (fabs(aspect - 1) > 1e-3 ? vips_resize(t[1], &t[2], aspect > 1 ? aspect : 1, "vscale",
                                                    aspect > 1 ? 1.0 : 1 / aspect, NULL)
                                      : vips_copy(t[1], &t[2], NULL)) ||
             vips_rot(t[2], &t[3], (VipsAngle)poster->quarter_turns, NULL);
    if (!failed) {
        VipsImage *thumbnail = NULL;
        size->width = t[3]->Xsize;
        size->height = t[3]->Ysize;
        base_box(recipe, size, &width, &height);
        failed =
            vips_thumbnail_image(t[3], &thumbnail, width, "height", height, "size", VIPS_SIZE_DOWN, NULL);
        if (!failed)
            failed = to_pixels(thumbnail, recipe, base, fault) ? 2 : 0;
    }
    for (int i = 0; i < 4; i++)
        VIPS_UNREF(t[i]);
    if (failed == 2)
        return -1;
    return failed ? vips_fault(fault) : 0;
}

int engine_vips_decode_clip(const char *path, const struct recipe *recipe, struct pixels *base,
                            struct engine_size *size, struct fault *fault)
{
    struct poster poster;
    int failed;

    if (poster_read(path, recipe->clip_offset_s, recipe->max_pixels, &poster, fault))
        return -1;
    size->stored_width = poster.pixels.width;
    size->stored_height = poster.pixels.height;
    failed = straighten(&poster, recipe, base, size, fault);
    g_free(poster.pixels.data);
    return failed;
}

/* --- scaling ---------------------------------------------------------------------------------- */

int engine_vips_scale(const struct pixels *from, const struct rendition *rendition, struct pixels *to,
                      struct fault *fault)
{
    VipsImage *image, *scaled = NULL;
    size_t bytes;
    int failed;

    if (rendition->fit == FIT_INSIDE && from->width <= rendition->width &&
        from->height <= rendition->height) {
        *to = *from;
        to->data = g_memdup2(from->data, (size_t)from->width * (size_t)from->height * 3);
        return 0;
    }
    image = wrap(from);
    failed = !image ||
             vips_thumbnail_image(
                 image, &scaled, rendition->width, "height", rendition->height, "size", VIPS_SIZE_DOWN,
                 "crop", rendition->fit == FIT_COVER ? VIPS_INTERESTING_CENTRE : VIPS_INTERESTING_NONE, NULL);
    if (!failed) {
        to->data = vips_image_write_to_memory(scaled, &bytes);
        to->width = scaled->Xsize;
        to->height = scaled->Ysize;
        failed = to->data == NULL;
    }
    VIPS_UNREF(scaled);
    VIPS_UNREF(image);
    return failed ? vips_fault(fault) : 0;
}

/* --- encoding --------------------------------------------------------------------------------- */

int engine_vips_encode(const struct pixels *pixels, const struct rendition *rendition, void **data,
                       size_t *bytes, struct fault *fault)
{
    VipsImage *image = wrap(pixels), *srgb = NULL;
    int failed = !image || vips_copy(image, &srgb, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);

    *data = NULL;
    if (!failed) {
        switch (rendition->format) {
        case FORMAT_JPEG: /* every option that the bytes depend on is named */
            failed = vips_jpegsave_buffer(srgb, data, bytes, "Q", rendition->quality, "optimize_coding",
                                          (gboolean)rendition->optimise, "interlace",
                                          (gboolean)rendition->progressive, "subsample_mode",
                                          VIPS_FOREIGN_SUBSAMPLE_ON, "strip", TRUE, NULL);
            break;
        case FORMAT_WEBP:
            failed = vips_webpsave_buffer(srgb, data, bytes, "Q", rendition->quality, "effort", 4, "strip",
                                          TRUE, NULL);
            break;
        case FORMAT_PNG:
            failed = vips_pngsave_buffer(srgb, data, bytes, "compression", 6, "filter",
                                         VIPS_FOREIGN_PNG_FILTER_ALL, "strip", TRUE, NULL);
            break;
        }
    }
    VIPS_UNREF(srgb);
    VIPS_UNREF(image);
    return failed ? vips_fault(fault) : 0;
}
