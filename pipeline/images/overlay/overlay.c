#include "pipeline/images/overlay/overlay.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sys/mman.h>
#include <time.h>

#include <fontconfig/fontconfig.h>
#include <fontconfig/fcfreetype.h>

#include "pipeline/images/overlay/picture_helper.h"

#include "pipeline/images/pixels/blend.h"

/* Pixels are as large as points, so that sizes in the recipe are pixels. */
enum { DPI = 72, LEAST_CAPTION_PX = 6 };

static int vips_fault(struct fault *fault, const char *what, const char *name)
{
    char *text = vips_error_buffer_copy();

    g_strchomp(text);
    fault_set(fault, "%s %s: %s", what, name, *text ? text : "libvips gives no reason");
    g_free(text);
    return -1;
}

#ifdef __SANITIZE_ADDRESS__
/* Fontconfig keeps its patterns behind pointers written as offsets, which a leak checker does not follow. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpangoft2\n";
}
#endif

/* --- preparation ------------------------------------------------------------------------------ */

/* Makes the recipe's font the only one that Pango can find. */
static int load_font(struct overlay *overlay, struct fault *fault)
{
    const char *path = overlay->recipe->font_path;
    FcConfig *config;
    FcPattern *pattern;
    FcChar8 *family = NULL;
    int count;

    pattern = FcFreeTypeQuery((const FcChar8 *)path, 0, NULL, &count);
    if (!pattern || FcPatternGetString(pattern, FC_FAMILY, 0, &family) != FcResultMatch) {
        if (pattern)
            FcPatternDestroy(pattern);
        return fault_set(fault, "caption font %s: not a font that FreeType reads: give another in the recipe",
                         path);
    }
    overlay->family = g_strdup((const char *)family);
    FcPatternDestroy(pattern);
    config = FcConfigCreate();
    if (!config || !FcConfigAppFontAddFile(config, (const FcChar8 *)path) || !FcConfigSetCurrent(config)) {
        if (config)
            FcConfigDestroy(config);
        return fault_set(fault, "caption font %s: fontconfig refuses it", path);
    }
    FcConfigDestroy(config); /* the current configuration keeps its own reference */
    return 0;
}

/* Draws markup as a mask; NULL with vips's error. */
static VipsImage *draw_text(const struct overlay *overlay, const char *markup, int size_px)
{
    char *font = g_strdup_printf("%s %d", overlay->family, size_px);
    VipsImage *mask = NULL;

    if (vips_text(&mask, markup, "font", font, "dpi", DPI, NULL))
        mask = NULL;
    g_free(font);
    return mask;
}

static int open_watermark(const void *context, VipsImage **rgba)
{
    const struct recipe *recipe = context;
    VipsImage *file =
        vips_image_new_from_file(recipe->watermark_path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    VipsImage *srgb = NULL;
    int failed;

    *rgba = NULL;
    failed = !file || vips_colourspace(file, &srgb, VIPS_INTERPRETATION_sRGB, NULL) ||
             (vips_image_hasalpha(srgb) ? vips_copy(srgb, rgba, NULL)
                                        : vips_bandjoin_const1(srgb, rgba, 255, NULL));
    VIPS_UNREF(file);
    VIPS_UNREF(srgb);
    return failed ? -1 : 0;
}

static int load_watermark(struct overlay *overlay, struct fault *fault)
{
    VipsImage *rgba = NULL;
    int failed = open_watermark(overlay->recipe, &rgba);

    if (!failed)
        failed = !(overlay->watermark = vips_image_copy_memory(rgba));
    VIPS_UNREF(rgba);
    return failed ? vips_fault(fault, "watermark", overlay->recipe->watermark_path) : 0;
}

/* Loads what is not there yet. */
static int complete(struct overlay *overlay, struct fault *fault)
{
    if (*overlay->recipe->watermark_path && !overlay->watermark && load_watermark(overlay, fault))
        return -1;
    return *overlay->recipe->font_path && !overlay->family ? load_font(overlay, fault) : 0;
}

int overlay_init(struct overlay *overlay, const struct recipe *recipe, struct fault *fault)
{
    *overlay = (struct overlay){.recipe = recipe};
    return complete(overlay, fault);
}

/* Pango queries fontconfig in threads of its own, which end after the query. */
static void wait_until_alone(void)
{
    const struct timespec pause = {.tv_nsec = 200000};
    char line[128];
    long threads = 2;

    for (int tries = 0; threads != 1 && tries < 10000; tries++) {
        FILE *file = fopen("/proc/self/status", "re");
        if (tries)
            nanosleep(&pause, NULL);
        while (file && fgets(line, sizeof line, file))
            if (sscanf(line, "Threads: %ld", &threads) == 1)
                break;
        if (!file)
            return; /* the code that forks checks the number of threads */
        fclose(file);
    }
}

void overlay_prepare(struct overlay *overlay, const struct recipe *recipe)
{
    struct picture_helper helper = {.fd = -1};
    VipsImage *mask;

    *overlay = (struct overlay){.recipe = recipe};
    if (*recipe->watermark_path)
        picture_helper_start(&helper, open_watermark, recipe);
    if (*recipe->font_path && load_font(overlay, NULL) == 0) {
        /* Pango lays the text out and draws it when the image is built; no pixel is requested, so libvips
         * starts no thread. */
        mask = draw_text(overlay, "knee", 16);
        VIPS_UNREF(mask);
        wait_until_alone();
    }
    overlay->watermark = picture_helper_finish(&helper, &overlay->shared, &overlay->shared_bytes);
    vips_error_clear();
}

int overlay_inherit(struct overlay *overlay, const struct overlay *prepared, struct fault *fault)
{
    *overlay = *prepared;
    if (prepared->family)
        overlay->family = g_strdup(prepared->family);
    if (prepared->watermark)
        g_object_ref(prepared->watermark);
    overlay->shared = NULL; /* owned by the prepared one */
    return complete(overlay, fault);
}

void overlay_release(struct overlay *overlay)
{
    VIPS_UNREF(overlay->watermark);
    for (int i = 0; i < OVERLAY_CACHE; i++)
        g_free(overlay->cache[i].rgba);
    g_free(overlay->family);
    if (overlay->shared)
        munmap(overlay->shared, overlay->shared_bytes);
    *overlay = (struct overlay){0};
}

/* --- blending --------------------------------------------------------------------------------- */

/* Where a box of width x height goes; false: it does not fit. */
static int place(const struct pixels *pixels, int width, int height, int margin, enum recipe_corner corner,
                 int *left, int *top)
{
    bool right = corner == CORNER_TOP_RIGHT || corner == CORNER_BOTTOM_RIGHT;
    bool bottom = corner == CORNER_BOTTOM_LEFT || corner == CORNER_BOTTOM_RIGHT || corner == CORNER_BOTTOM;
    bool middle = corner == CORNER_TOP || corner == CORNER_BOTTOM || corner == CORNER_CENTRE;

    *left = middle ? (pixels->width - width) / 2 : right ? pixels->width - width - margin : margin;
    *top = corner == CORNER_CENTRE ? (pixels->height - height) / 2
           : bottom                ? pixels->height - height - margin
                                   : margin;
    return *left >= 0 && *top >= 0 && *left + width <= pixels->width && *top + height <= pixels->height;
}

/* --- watermark -------------------------------------------------------------------------------- */

static int scale_watermark(struct overlay *overlay, int for_width, struct overlay_scaled *scaled,
                           struct fault *fault)
{
    double scale = overlay->recipe->watermark_width * for_width / overlay->watermark->Xsize;
    VipsImage *resized = NULL;
    size_t bytes;
    int failed;
    VipsImage *premultiplied = NULL, *plain = NULL, *cast = NULL;

    /* With premultiplied alpha, or edges would take on the colour of transparent pixels. */
    failed = vips_premultiply(overlay->watermark, &premultiplied, NULL) ||
             vips_resize(premultiplied, &resized, scale, NULL) || vips_unpremultiply(resized, &plain, NULL) ||
             vips_cast_uchar(plain, &cast, NULL);
    if (!failed)
        failed = !(scaled->rgba = vips_image_write_to_memory(cast, &bytes));
    if (!failed) {
        scaled->for_width = for_width;
        scaled->width = cast->Xsize;
        scaled->height = cast->Ysize;
    }
    VIPS_UNREF(premultiplied);
    VIPS_UNREF(resized);
    VIPS_UNREF(plain);
    VIPS_UNREF(cast);
    return failed ? vips_fault(fault, "watermark", overlay->recipe->watermark_path) : 0;
}

/* Photographs of one shape share a width, so a few sizes are enough for nearly all. */
static const struct overlay_scaled *find_scaled(struct overlay *overlay, int for_width, struct fault *fault)
{
    struct overlay_scaled *place_for_it;

    for (int i = 0; i < OVERLAY_CACHE; i++)
        if (overlay->cache[i].for_width == for_width)
            return &overlay->cache[i];
    place_for_it = &overlay->cache[overlay->next++ % OVERLAY_CACHE];
    g_free(place_for_it->rgba);
    *place_for_it = (struct overlay_scaled){0};
    return scale_watermark(overlay, for_width, place_for_it, fault) ? NULL : place_for_it;
}

int overlay_watermark(struct overlay *overlay, struct pixels *pixels, struct fault *fault)
{
    const struct recipe *recipe = overlay->recipe;
    const struct overlay_scaled *scaled;
    int left, top;

    if (recipe->watermark_width * pixels->width < 4)
        return 0;
    scaled = find_scaled(overlay, pixels->width, fault);
    if (!scaled)
        return -1;
    if (place(pixels, scaled->width, scaled->height, (int)lround(recipe->watermark_margin * pixels->width),
              recipe->watermark_corner, &left, &top)) {
        struct blend_box box = {left, top, scaled->width, scaled->height};
        blend_rgba(pixels, &box, scaled->rgba, recipe->watermark_opacity);
    }
    return 0;
}

/* --- caption ---------------------------------------------------------------------------------- */

/* A dark shadow below, then white: readable on any picture. */
static void blend_caption(struct pixels *pixels, const struct blend_box *box, const uint8_t *mask,
                          int size_px)
{
    int distance = size_px > 16 ? size_px / 12 : 1;
    struct blend_box shadow = *box;

    shadow.left += distance;
    shadow.top += distance;
    blend_mask(pixels, &shadow, mask, 0, 170);
    blend_mask(pixels, box, mask, 255, 230);
}

int overlay_caption(struct overlay *overlay, struct pixels *pixels, const char *text, struct fault *fault)
{
    const struct recipe *recipe = overlay->recipe;
    int size_px = (int)lround(recipe->caption_size * pixels->width);
    int margin = (int)lround(recipe->caption_margin * pixels->width), left, top, width;
    char *markup;
    VipsImage *mask;
    VipsImage *fitting = NULL;
    uint8_t *data = NULL;
    size_t bytes;
    bool good;

    if (size_px < LEAST_CAPTION_PX || !text[strspn(text, " ")])
        return 0;
    markup = g_markup_escape_text(text, -1);
    mask = draw_text(overlay, markup, size_px);
    g_free(markup);
    if (!mask)
        return vips_fault(fault, "caption in font", recipe->font_path);
    width = VIPS_MIN(mask->Xsize, pixels->width - 2 * margin);
    good = width > 0 && vips_extract_area(mask, &fitting, 0, 0, width, mask->Ysize, NULL) == 0 &&
           (data = vips_image_write_to_memory(fitting, &bytes)) != NULL;
    if (good && place(pixels, width, fitting->Ysize, margin, recipe->caption_corner, &left, &top)) {
        struct blend_box box = {left, top, width, fitting->Ysize};
        blend_caption(pixels, &box, data, size_px);
    }
    VIPS_UNREF(fitting);
    g_object_unref(mask);
    g_free(data);
    return good || width <= 0 ? 0 : vips_fault(fault, "caption in font", recipe->font_path);
}
