#include "pipeline/images/codecs/encode_vips.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vips/vips.h>

#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/codecs/webp_chunks.h"
#include "pipeline/images/jxl/jxl_writer.h"

enum { EXIF_PREFIX_BYTES = 6 }; /* "Exif", two zero bytes */

/* --- what is kept ----------------------------------------------------------------------------- */

static int keep_icc(VipsImage *image)
{
    VipsBlob *profile = NULL;
    const void *data;
    size_t bytes;

    if (vips_profile_load("srgb", &profile, NULL))
        return -1;
    data = vips_blob_get(profile, &bytes);
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, data, bytes);
    vips_area_unref(VIPS_AREA(profile));
    return 0;
}

/* Attaches the metadata that the recipe keeps; returns whether there is any, or -1. With a profile libvips
 * writes an EXIF block of its own unless there is one: ours is attached first, so that its values are
 * right. */
static int attach(VipsImage *image, const struct recipe *recipe, const struct metadata *metadata)
{
    struct metadata kept = {0};
    uint8_t exif[METADATA_MAX_BYTES];

    if (recipe->keep & KEEP_COPYRIGHT)
        kept = *metadata;
    if (!*kept.artist && !*kept.copyright && !(recipe->keep & KEEP_ICC))
        return 0;
    vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, exif, metadata_write(&kept, exif));
    image->Xres = image->Yres = 72 / 25.4; /* the EXIF default for an unknown resolution */
    return recipe->keep & KEEP_ICC && keep_icc(image) ? -1 : 1;
}

/* --- formats ---------------------------------------------------------------------------------- */

static VipsForeignSubsample subsampling(const struct rendition *rendition)
{
    switch (rendition->subsampling) {
    case SUBSAMPLING_444:
        return VIPS_FOREIGN_SUBSAMPLE_OFF;
    case SUBSAMPLING_AUTO:
        return rendition->quality >= 90 ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON;
    case SUBSAMPLING_420:
        break;
    }
    return VIPS_FOREIGN_SUBSAMPLE_ON;
}

static int save_jpeg(VipsImage *image, const struct rendition *r, gboolean strip, void **data, size_t *bytes)
{
    return vips_jpegsave_buffer(image, data, bytes, "Q", r->quality, "optimize_coding", (gboolean)r->optimise,
                                "interlace", (gboolean)r->progressive, "subsample_mode", subsampling(r),
                                "strip", strip, NULL);
}

/* libvips 8.14 writes an EXIF block even when it strips. */
static int save_webp(VipsImage *image, const struct rendition *r, gboolean strip, void **data, size_t *bytes)
{
    if (vips_webpsave_buffer(image, data, bytes, "Q", r->quality, "effort", 4, "strip", strip, NULL))
        return -1;
    if (strip)
        webp_drop_metadata(*data, bytes);
    return 0;
}

static int save_png(VipsImage *image, const struct rendition *r, gboolean strip, void **data, size_t *bytes)
{
    return vips_pngsave_buffer(image, data, bytes, "compression", r->compression, "filter",
                               VIPS_FOREIGN_PNG_FILTER_ALL, "strip", strip, NULL);
}

static int save_avif(VipsImage *image, const struct rendition *r, gboolean strip, void **data, size_t *bytes)
{
    return vips_heifsave_buffer(image, data, bytes, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q",
                                r->quality, "bitdepth", 8, "effort", 4, "subsample_mode", subsampling(r),
                                "strip", strip, NULL);
}

/* The pixels are in memory, without gaps. libvips' own way would use another number of threads. */
static int save_jxl(VipsImage *image, const struct rendition *r, gboolean strip, void **data, size_t *bytes)
{
    struct jxl_writer_options options = {.quality = r->quality, .effort = r->effort};
    struct fault fault = {.text = ""};
    const void *exif;
    size_t exif_bytes;

    if (!strip && vips_image_get_blob(image, VIPS_META_EXIF_NAME, &exif, &exif_bytes) == 0) {
        options.exif = (const uint8_t *)exif + EXIF_PREFIX_BYTES;
        options.exif_bytes = exif_bytes - EXIF_PREFIX_BYTES;
    }
    if (jxl_writer_encode(vips_image_get_data(image), image->Xsize, image->Ysize, &options, data, bytes,
                          &fault) == 0)
        return 0;
    vips_error("jxl", "%s", fault.text);
    return -1;
}

static const struct {
    /* strip: write no metadata. Returns 0, or not 0 with libvips' error. */
    int (*save)(VipsImage *image, const struct rendition *r, gboolean strip, void **data, size_t *bytes);
    /* Why a build may be unable to write it, and the remedy; NULL: libvips is never built without it. */
    const char *missing;
} savers[FORMAT_COUNT] = {
    [FORMAT_JPEG] = {save_jpeg, NULL},
    [FORMAT_WEBP] = {save_webp, NULL},
    [FORMAT_PNG] = {save_png, NULL},
    [FORMAT_AVIF] = {save_avif,
                     "libheif has no AV1 encoder here: install Debian's libheif1 with libaom3, or give "
                     "jpeg or webp"},
    [FORMAT_JXL] = {save_jxl, NULL},
};

int encode_vips(const struct pixels *pixels, const struct recipe *recipe, const struct rendition *rendition,
                const struct metadata *metadata, void **data, size_t *bytes, struct fault *fault)
{
    VipsImage *image =
        vips_image_new_from_memory(pixels->data, (size_t)pixels->width * (size_t)pixels->height * 3,
                                   pixels->width, pixels->height, 3, VIPS_FORMAT_UCHAR);
    int kept, failed;

    *data = NULL;
    if (!image)
        return vips_fault(fault);
    image->Type = VIPS_INTERPRETATION_sRGB; /* no other reference to it exists yet */
    kept = attach(image, recipe, metadata);
    failed = kept < 0 || savers[rendition->format].save(image, rendition, !kept, data, bytes);
    g_object_unref(image);
    return failed ? vips_fault(fault) : 0;
}

/* --- what this build can do ------------------------------------------------------------------- */

static bool encodes(enum recipe_format format)
{
    uint8_t grey[16 * 16 * 3];
    const struct pixels pixels = {.data = grey, .width = 16, .height = 16};
    const struct recipe recipe = {0};
    const struct rendition rendition = {.format = format, .quality = 50, .effort = 1};
    const struct metadata metadata = {0};
    void *data = NULL;
    size_t bytes = 0;

    memset(grey, 128, sizeof grey);
    return encode_vips(&pixels, &recipe, &rendition, &metadata, &data, &bytes, NULL) == 0 && bytes > 0;
}

int encode_vips_try(enum recipe_format format, struct fault *fault)
{
    int status = 0;
    pid_t child;

    if (!savers[format].missing)
        return 0;
    child = fork();
    if (child == 0)
        _exit(encodes(format) ? 0 : 1);
    if (child < 0)
        return fault_set(fault, "trying the %s encoder: %s", formats[format].title, strerror(errno));
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return fault_set(fault, "this build cannot write %s: %s", formats[format].title, savers[format].missing);
}

int encode_vips_check(const struct recipe *recipe, struct fault *fault)
{
    bool tried[FORMAT_COUNT] = {false};
    struct fault why = {0};

    for (int i = 0; i < recipe_pictures(recipe); i++) {
        const struct rendition *r = &recipe->renditions[i];
        if (!tried[r->format] && encode_vips_try(r->format, &why))
            return fault_set(fault, "[rendition %s] format: %s", r->name, why.text);
        tried[r->format] = true;
    }
    return 0;
}
