#include "pipeline/images/engines/engine_vips.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/codecs/encode_vips.h"
#include "pipeline/images/codecs/jp2_picture.h"
#include "pipeline/images/codecs/jpeg_vips.h"
#include "pipeline/images/codecs/jxl_vips.h"
#include "pipeline/images/codecs/loaders.h"
#include "pipeline/images/codecs/poster.h"
#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/codecs/vips_picture.h"
#include "pipeline/images/codecs/vips_start.h"
#include "pipeline/images/engines/engine_internal.h"
#include "pipeline/images/engines/reduction.h"
#include "pipeline/images/engines/vips_base.h"
#include "pipeline/images/engines/vips_damage.h"
#include "pipeline/images/engines/vips_open.h"
#include "pipeline/images/jxl/jxl_box.h"
#include "pipeline/images/jxl/jxl_reader.h"
#include "pipeline/images/jxl/jxl_setup.h"
#include "pipeline/images/pixels/bands.h"
#include "pipeline/images/pixels/colour_profile.h"
#include "pipeline/images/pixels/turn.h"
#include "pipeline/images/recipe/geometry.h"

/* --- set-up ----------------------------------------------------------------------------------- */

int engine_vips_setup(struct fault *fault)
{
    picture_memory_setup();
    /* Large pictures stay in memory, which max_pixels bounds: a sandbox has no place for temporary files, and
     * a killed worker would leave them behind. */
    g_setenv("VIPS_DISC_THRESHOLD", "1000g", TRUE);
    if (vips_start())
        return vips_fault(fault);
    vips_damage_setup();
    poster_setup();
    jxl_setup();
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    loaders_restrict();
    return 0;
}

/* --- decoding --------------------------------------------------------------------------------- */

/* Is there a profile that changes colours? The image's profile is for its channels (vips_picture.h). */
static bool converts(VipsImage *image)
{
    const void *profile;
    size_t bytes;

    if (!vips_image_get_typeof(image, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, &bytes))
        return false;
    return image->Bands < 3 || image->BandFmt != VIPS_FORMAT_UCHAR ||
           colour_profile_effect(profile, bytes) != PROFILE_NONE;
}

/* Of a picture stored with that orientation. Returns 0, or -1 with fault: too many pixels. */
static int take_size(int width, int height, int orientation, const struct recipe *recipe,
                     struct engine_size *size, struct fault *fault)
{
    bool swap = turn_swaps(orientation);

    *size = (struct engine_size){.width = swap ? height : width,
                                 .height = swap ? width : height,
                                 .stored_width = width,
                                 .stored_height = height};
    return engine_check_size(size, recipe, fault);
}

static void read_heif_metadata(const void *data, size_t bytes, struct metadata *metadata)
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

static void read_jxl_metadata(const void *data, size_t bytes, struct metadata *metadata)
{
    enum { OFFSET_BYTES = 4 };
    size_t found;
    uint8_t *box = jxl_box_read(data, bytes, "Exif", &found);

    if (box && found > OFFSET_BYTES)
        metadata_read(box + OFFSET_BYTES, found - OFFSET_BYTES, metadata);
    free(box);
}

void engine_vips_metadata(const void *data, size_t bytes, struct metadata *metadata)
{
    if (sniff_kind(data, bytes) == KIND_JXL)
        read_jxl_metadata(data, bytes, metadata);
    else
        read_heif_metadata(data, bytes, metadata);
}

static struct vips_base base_for(const struct recipe *recipe, const struct engine_size *size, int orientation,
                                 bool convert)
{
    double scale = geometry_base_scale(recipe, size->width, size->height);

    return (struct vips_base){
        .width = geometry_length(size->width, scale),
        .height = geometry_length(size->height, scale),
        .orientation = orientation,
        .convert = convert,
        .planes = engine_planes_makes(recipe),
        .background = {recipe->background[0], recipe->background[1], recipe->background[2]}};
}

/* What vips_base_make() does with the image: the profile of plain RGB is applied to the base, all others to the
 * whole. */
static void take_work(const VipsImage *image, const struct vips_base *how, struct engine_size *size)
{
    uint64_t pixels = (uint64_t)image->Xsize * (uint64_t)image->Ysize;

    size->work.decoded_samples = pixels * (uint64_t)image->Bands;
    if (image->Type == VIPS_INTERPRETATION_CMYK)
        size->work.converted_pixels = pixels;
    else if (how->convert)
        size->work.converted_pixels = image->BandFmt == VIPS_FORMAT_UCHAR && image->Bands >= 3
                                          ? (uint64_t)how->width * (uint64_t)how->height
                                          : pixels;
}

/* The JPEG's image to the base picture. */
static int make_jpeg_base(struct jpeg_reader *reader, const struct colour_tags *tags,
                          const struct recipe *recipe, struct engine_size *size, struct pixels *base,
                          struct notes *notes, struct fault *fault)
{
    int reduction = reduction_jpeg(size->stored_width, size->stored_height,
                                   geometry_base_scale(recipe, size->width, size->height));
    struct vips_base how;
    VipsImage *image = jpeg_vips_image(reader, reduction, fault);

    if (image)
        image = vips_picture_fit(image, tags, notes, fault);
    if (!image)
        return -1;
    how = base_for(recipe, size, reader->orientation, converts(image));
    how.part =
        (struct scale_box){0, 0, (double)reader->width / reduction, (double)reader->height / reduction};
    size->work.progressive = reader->progressive;
    take_work(image, &how, size);
    return vips_base_make(image, &how, base, fault);
}

static int decode_jpeg(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct jpeg_reader reader;
    struct colour_tags tags;
    int failed = jpeg_reader_open(&reader, data, bytes, fault);

    colour_tags_read(KIND_JPEG, data, bytes, &tags);
    if (!failed)
        failed = take_size(reader.width, reader.height, reader.orientation, recipe, size, fault) ||
                 make_jpeg_base(&reader, &tags, recipe, size, base, notes, fault);
    if (!failed)
        notes_add_all(notes, jpeg_reader_notes(&reader));
    jpeg_reader_close(&reader);
    return failed ? -1 : 0;
}

/* The decoded picture to the base picture. */
static int make_jxl_base(struct jxl_reader *reader, const struct recipe *recipe, struct engine_size *size,
                         struct pixels *base, struct notes *notes, struct fault *fault)
{
    VipsImage *image = jxl_vips_image(reader, fault);
    const struct colour_tags tags = {.space = reader->space};
    struct vips_base how;

    if (reader->animation)
        notes_add(notes, NOTE_ANIMATION);
    if (turn_is_needed(reader->orientation))
        notes_add(notes, NOTE_ORIENTATION);
    if (image && vips_image_get_typeof(image, VIPS_META_ICC_NAME))
        notes_add(notes, NOTE_PROFILE);
    if (image)
        image = vips_picture_fit(image, &tags, notes, fault);
    if (!image)
        return -1;
    how = base_for(recipe, size, reader->orientation, converts(image));
    take_work(image, &how, size);
    return vips_base_make(image, &how, base, fault);
}

static int decode_jxl(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                      struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct jxl_reader reader;
    int failed = jxl_reader_open(&reader, data, bytes, fault);

    if (!failed)
        failed = take_size(reader.width, reader.height, reader.orientation, recipe, size, fault) ||
                 make_jxl_base(&reader, recipe, size, base, notes, fault);
    jxl_reader_close(&reader);
    return failed ? -1 : 0;
}

/* The image of a picture of that size, of which it shows the part (vips_base.h); taken over. */
static int make_base(VipsImage *image, int width, int height, const struct scale_box *part,
                     const struct recipe *recipe, struct pixels *base, struct engine_size *size,
                     struct fault *fault)
{
    struct vips_base how;

    if (take_size(width, height, vips_image_get_orientation(image), recipe, size, fault)) {
        g_object_unref(image);
        return -1;
    }
    how = base_for(recipe, size, vips_image_get_orientation(image), converts(image));
    how.part = *part;
    take_work(image, &how, size);
    return vips_base_make(image, &how, base, fault);
}

static int decode_jp2(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                      struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct jp2_header header;
    struct jp2_picture picture;
    struct colour_tags tags;
    double scale;

    if (jp2_picture_header(data, bytes, recipe->max_pixels, &header, fault))
        return -1;
    /* Coarser chroma keeps what a base of RGB has room for; one of planes has coarser chroma too. */
    scale = geometry_base_scale(recipe, header.width, header.height) *
            (engine_planes_makes(recipe) ? 1 : header.coarsest);
    if (jp2_picture_open(data, bytes, recipe->max_pixels,
                         reduction_jp2(header.most_reduction, header.width, header.height, scale), &picture,
                         fault))
        return -1;
    colour_tags_read(KIND_JP2, data, bytes, &tags);
    picture.image = vips_picture_fit(picture.image, &tags, notes, fault);
    return picture.image ? make_base(picture.image, picture.width, picture.height, &picture.part, recipe,
                                     base, size, fault)
                         : -1;
}

static int decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                  struct engine_size *size, struct notes *notes, struct fault *fault)
{
    static const struct scale_box whole = {0, 0, 0, 0};
    enum image_kind kind = sniff_kind(data, bytes);
    VipsImage *image;

    vips_damage_forget();
    if (kind == KIND_JPEG)
        return decode_jpeg(data, bytes, recipe, base, size, notes, fault);
    if (kind == KIND_JXL)
        return decode_jxl(data, bytes, recipe, base, size, notes, fault);
    if (kind == KIND_JP2)
        return decode_jp2(data, bytes, recipe, base, size, notes, fault);
    image = vips_open(data, bytes, recipe->max_pixels, notes, fault);
    if (!image || make_base(image, image->Xsize, image->Ysize, &whole, recipe, base, size, fault))
        return -1;
    return vips_damage_found(fault);
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
    VipsImage *stored = wrap(&poster->pixels);
    double aspect = poster->pixel_aspect;
    bool swap = poster->orientation >= 5;
    int width = geometry_length(size->stored_width, fmax(aspect, 1));
    int height = geometry_length(size->stored_height, fmax(1 / aspect, 1));
    struct vips_base how;

    size->width = swap ? height : width;
    size->height = swap ? width : height;
    how = base_for(recipe, size, poster->orientation, false);
    return stored ? vips_base_make(stored, &how, base, fault) : vips_fault(fault);
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
    *size = (struct engine_size){0};
    size->stored_width = poster.pixels.width;
    size->stored_height = poster.pixels.height;
    size->work.decoded_samples =
        poster.frames * 3 * (uint64_t)poster.pixels.width * (uint64_t)poster.pixels.height;
    failed = straighten(&poster, recipe, base, size, fault);
    g_free(poster.pixels.data);
    return failed;
}

/* --- scaling ---------------------------------------------------------------------------------- */

/* The rendition's canvas: the background, with the picture at its place. */
static int put_on_canvas(struct pixels *picture, const struct geometry *g, const uint8_t background[3],
                         struct pixels *to, struct fault *fault)
{
    size_t count = (size_t)g->width * (size_t)g->height, stride = (size_t)g->width * 3;
    size_t row = (size_t)picture->width * 3;

    *to = (struct pixels){.width = g->width, .height = g->height};
    to->data = picture_alloc(count * 3);
    if (!to->data)
        return fault_sys(fault, "no memory for a picture of %dx%d", g->width, g->height);
    for (size_t i = 0; i < count * 3; i++)
        to->data[i] = background[i % 3];
    for (int y = 0; y < picture->height; y++)
        memcpy(to->data + (size_t)(g->top + y) * stride + (size_t)g->left * 3,
               picture->data + (size_t)y * row, row);
    return 0;
}

static int scale(const struct pixels *from, const struct recipe *recipe, const struct rendition *rendition,
                 const struct engine_size *size, struct pixels *to, struct fault *fault)
{
    struct pixels picture = {0};
    struct geometry g;
    struct scale_box box;
    double x, y;
    int failed;

    if (from->layout == PIXELS_PLANES)
        return engine_planes.scale(from, recipe, rendition, size, to, fault);
    geometry_place(rendition, size->width, size->height, &g);
    x = (double)from->width / g.scaled_width;
    y = (double)from->height / g.scaled_height;
    box = (struct scale_box){g.crop_left * x, g.crop_top * y, g.crop_width * x, g.crop_height * y};
    if (bands_scale_rgb(from, &box, g.crop_width, g.crop_height, &picture, fault))
        return -1;
    if (g.width == g.crop_width && g.height == g.crop_height) {
        *to = picture;
        return 0;
    }
    failed = put_on_canvas(&picture, &g, recipe->background, to, fault);
    g_free(picture.data);
    return failed;
}

static int encode(struct pixels *pixels, const struct recipe *recipe, const struct rendition *rendition,
                  const struct metadata *metadata, void **data, size_t *bytes, struct fault *fault)
{
    if (pixels->layout == PIXELS_PLANES)
        return engine_planes.encode(pixels, recipe, rendition, metadata, data, bytes, fault);
    return encode_vips(pixels, recipe, rendition, metadata, data, bytes, fault);
}

const struct engine engine_vips = {.id = ENGINE_VIPS, .decode = decode, .scale = scale, .encode = encode};
