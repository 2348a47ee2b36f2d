#include "pipeline/images/engines/engine_vips.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "pipeline/images/codecs/encode_vips.h"
#include "pipeline/images/codecs/jpeg_vips.h"
#include "pipeline/images/codecs/loaders.h"
#include "pipeline/images/codecs/poster.h"
#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/engines/engine_internal.h"
#include "pipeline/images/pixels/colour_profile.h"
#include "pipeline/images/recipe/geometry.h"

/* --- damage that decoders only warn of --------------------------------------------------------- */

/* After these the TIFF library continues and delivers wrong pixels. Its other warnings are about unknown
 * or malformed tags. */
static const char *const damage_words[] = {"Line length mismatch", "Premature EOL", "IFD looping"};

static GMutex damage_lock; /* decoders warn from their own threads */
static char damage_text[160];

static void damage_forget(void)
{
    g_mutex_lock(&damage_lock);
    damage_text[0] = '\0';
    g_mutex_unlock(&damage_lock);
}

static int damage_found(struct fault *fault)
{
    int found;

    g_mutex_lock(&damage_lock);
    found = damage_text[0] ? fault_set(fault, "%s", damage_text) : 0;
    g_mutex_unlock(&damage_lock);
    return found;
}

/* The libraries print warnings about a file. Those that mean damage become the item's fault instead. */
static void take_log(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    (void)domain;
    (void)data;
    if (!(level & G_LOG_LEVEL_WARNING))
        return;
    for (size_t i = 0; i < sizeof damage_words / sizeof damage_words[0]; i++)
        if (strstr(text, damage_words[i])) {
            g_mutex_lock(&damage_lock);
            if (!damage_text[0])
                g_strlcpy(damage_text, text, sizeof damage_text);
            g_mutex_unlock(&damage_lock);
        }
}

/* --- set-up ----------------------------------------------------------------------------------- */

int engine_vips_setup(struct fault *fault)
{
    /* One arena, so that memory freed by one thread can be used by another. Whole pictures stay on the
     * heap from item to item: the kernel zeroes pages that are returned and requested again, which costs
     * memory bandwidth that the cores share. */
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 16 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
    /* Large pictures stay in memory, which max_pixels bounds: a sandbox has no place for temporary files, and
     * a killed worker would leave them behind. */
    g_setenv("VIPS_DISC_THRESHOLD", "1000g", TRUE);
    if (vips_init("knee"))
        return vips_fault(fault);
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, take_log, NULL);
    poster_setup();
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    loaders_restrict();
    return 0;
}

/* --- decoding --------------------------------------------------------------------------------- */

/* From the header. */
struct header {
    bool is_jpeg, swap, convert; /* convert: an ICC profile that is not sRGB */
};

/* Is there a profile that changes colours? */
static bool converts(VipsImage *image)
{
    const void *profile;
    size_t bytes;

    if (vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, &bytes)) {
        vips_error_clear();
        return false;
    }
    return image->Bands < 3 || image->BandFmt != VIPS_FORMAT_UCHAR ||
           colour_profile_effect(profile, bytes) != PROFILE_NONE;
}

static int read_header(const void *data, size_t bytes, const struct recipe *recipe, struct engine_size *size,
                       struct header *header, struct fault *fault)
{
    VipsImage *image = vips_image_new_from_buffer(data, bytes, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    const char *loader = NULL;
    bool good;

    if (!image)
        return vips_fault(fault);
    size->stored_width = image->Xsize;
    size->stored_height = image->Ysize;
    header->swap = vips_image_get_orientation_swap(image);
    size->width = header->swap ? size->stored_height : size->stored_width;
    size->height = header->swap ? size->stored_width : size->stored_height;
    header->is_jpeg =
        vips_image_get_string(image, VIPS_META_LOADER, &loader) == 0 && strncmp(loader, "jpegload", 8) == 0;
    good = engine_check_size(size, recipe, fault) == 0;
    if (good)
        header->convert = converts(image);
    g_object_unref(image);
    return good ? 0 : -1;
}

void engine_vips_metadata(const void *data, size_t bytes, struct metadata *metadata)
{
    VipsImage *image = vips_image_new_from_buffer(data, bytes, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    const void *exif;
    size_t exif_bytes;

    if (image && vips_image_get_typeof(image, VIPS_META_EXIF_NAME) &&
        vips_image_get_blob(image, VIPS_META_EXIF_NAME, &exif, &exif_bytes) == 0)
        metadata_read(exif, exif_bytes, metadata);
    VIPS_UNREF(image);
    vips_error_clear();
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

/* CMYK to sRGB before scaling: libvips' thumbnail would pass it through Lab of another white point. */
static VipsImage *from_inks(VipsImage *image)
{
    VipsImage *converted = NULL;

    return vips_icc_transform(image, &converted, "srgb", "embedded", TRUE, "input_profile", "cmyk", "intent",
                              VIPS_INTENT_RELATIVE, NULL)
               ? NULL
               : converted;
}

/* Scales to exactly width x height, as seen upright; converts when the profile asks for it; turns upright. */
static VipsImage *reduce(VipsImage *image, int width, int height, bool convert)
{
    bool inks = image->Type == VIPS_INTERPRETATION_CMYK;
    VipsImage *reduced = NULL, *from = inks ? from_inks(image) : image;
    int failed = !from;

    if (!failed)
        failed = convert && !inks ? vips_thumbnail_image(from, &reduced, width, "height", height, "size",
                                                         VIPS_SIZE_FORCE, "export_profile", "srgb", NULL)
                                  : vips_thumbnail_image(from, &reduced, width, "height", height, "size",
                                                         VIPS_SIZE_FORCE, NULL);
    if (inks)
        VIPS_UNREF(from);
    return failed ? NULL : reduced;
}

/* The image to the base picture. Takes over image. */
static int make_base(VipsImage *image, const struct recipe *recipe, const struct engine_size *size,
                     const struct header *header, struct pixels *base, struct fault *fault)
{
    double scale = geometry_base_scale(recipe, size->width, size->height);
    VipsImage *reduced = reduce(image, geometry_length(size->width, scale),
                                geometry_length(size->height, scale), header->convert);

    g_object_unref(image);
    return reduced ? to_pixels(reduced, recipe, base, fault) : vips_fault(fault);
}

static int decode_jpeg(const void *data, size_t bytes, const struct recipe *recipe,
                       const struct engine_size *size, const struct header *header, struct pixels *base,
                       struct notes *notes, struct fault *fault)
{
    double scale = geometry_base_scale(recipe, size->width, size->height);
    struct jpeg_reader reader;
    VipsImage *image = NULL;
    int failed = jpeg_reader_open(&reader, data, bytes, fault);

    if (!failed) {
        image = jpeg_vips_image(&reader, engine_jpeg_shrink(scale), fault);
        failed = image ? make_base(image, recipe, size, header, base, fault) : -1;
    }
    if (!failed)
        notes_add_all(notes, jpeg_reader_notes(&reader));
    jpeg_reader_close(&reader);
    return failed;
}

static int decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                  struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct header header = {0};
    VipsImage *image;

    damage_forget();
    if (read_header(data, bytes, recipe, size, &header, fault))
        return -1;
    if (header.is_jpeg)
        return decode_jpeg(data, bytes, recipe, size, &header, base, notes, fault);
    /* The strictest level: a decoder's warning means visible damage. */
    image =
        vips_image_new_from_buffer(data, bytes, "[fail_on=warning]", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (!image)
        return vips_fault(fault);
    return make_base(image, recipe, size, &header, base, fault) ? -1 : damage_found(fault);
}

static VipsImage *wrap(const struct pixels *pixels)
{
    VipsImage *plain =
        vips_image_new_from_memory(pixels->data, (size_t)pixels->width * (size_t)pixels->height * 3,
                                   pixels->width, pixels->height, 3, VIPS_FORMAT_UCHAR);

    if (plain)
        plain->Type = VIPS_INTERPRETATION_sRGB; /* no other reference to it exists yet */
    return plain;
}

/* Upright and square-pixelled, at the base size. */
static int straighten(const struct poster *poster, const struct recipe *recipe, struct pixels *base,
                      struct engine_size *size, struct fault *fault)
{
    VipsImage *stored = wrap(&poster->pixels), *turned = NULL, *reduced = NULL;
    double aspect = poster->pixel_aspect, scale;
    bool swap = poster->orientation >= 5;
    int width = geometry_length(size->stored_width, fmax(aspect, 1));
    int height = geometry_length(size->stored_height, fmax(1 / aspect, 1));

    size->width = swap ? height : width;
    size->height = swap ? width : height;
    scale = geometry_base_scale(recipe, size->width, size->height);
    if (stored)
        vips_image_set_int(stored, VIPS_META_ORIENTATION, poster->orientation);
    if (stored && vips_autorot(stored, &turned, NULL) == 0)
        reduced =
            reduce(turned, geometry_length(size->width, scale), geometry_length(size->height, scale), false);
    VIPS_UNREF(stored);
    VIPS_UNREF(turned);
    return reduced ? to_pixels(reduced, recipe, base, fault) : vips_fault(fault);
}

int engine_vips_decode_clip(int fd, const struct recipe *recipe, struct pixels *base,
                            struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct poster poster;
    int failed;

    (void)notes;
    if (poster_read(fd, recipe, &poster, fault)) {
        g_free(poster.pixels.data);
        return -1;
    }
    size->stored_width = poster.pixels.width;
    size->stored_height = poster.pixels.height;
    failed = straighten(&poster, recipe, base, size, fault);
    g_free(poster.pixels.data);
    return failed;
}

/* --- scaling ---------------------------------------------------------------------------------- */

/* From the scaled picture to the rendition; final is image itself when there is nothing to do. */
static int crop_and_pad(VipsImage *image, const struct geometry *g, const uint8_t background[3],
                        VipsImage **final)
{
    VipsImage *cropped = NULL;
    VipsArrayDouble *colour;
    int failed;

    if (geometry_is_plain(g)) {
        g_object_ref(* final = image);
        return 0;
    }
    if (vips_extract_area(image, &cropped, g->crop_left, g->crop_top, g->crop_width, g->crop_height, NULL))
        return -1;
    colour = vips_array_double_newv(3, (double)background[0], (double)background[1], (double)background[2]);
    failed = vips_embed(cropped, final, g->left, g->top, g->width, g->height, "extend",
                        VIPS_EXTEND_BACKGROUND, "background", colour, NULL);
    vips_area_unref(VIPS_AREA(colour));
    g_object_unref(cropped);
    return failed;
}

static int scale(const struct pixels *from, const struct recipe *recipe, const struct rendition *rendition,
                 const struct engine_size *size, struct pixels *to, struct fault *fault)
{
    VipsImage *image = wrap(from), *scaled = NULL, *final = NULL;
    struct geometry g;
    size_t bytes;
    int failed;

    geometry_place(rendition, size->width, size->height, &g);
    failed = !image ||
             vips_resize(image, &scaled, (double)g.scaled_width / from->width, "vscale",
                         (double)g.scaled_height / from->height, NULL) ||
             crop_and_pad(scaled, &g, recipe->background, &final);
    if (!failed) {
        to->data = vips_image_write_to_memory(final, &bytes);
        to->width = final->Xsize;
        to->height = final->Ysize;
        failed = to->data == NULL;
    }
    VIPS_UNREF(final);
    VIPS_UNREF(scaled);
    VIPS_UNREF(image);
    return failed ? vips_fault(fault) : 0;
}

static int encode(struct pixels *pixels, const struct recipe *recipe, const struct rendition *rendition,
                  const struct metadata *metadata, void **data, size_t *bytes, struct fault *fault)
{
    return encode_vips(pixels, recipe, rendition, metadata, data, bytes, fault);
}

const struct engine engine_vips = {.id = ENGINE_VIPS, .decode = decode, .scale = scale, .encode = encode};
