#include "pipeline/images/engines/planes_heif.h"

#include <string.h>

#include "pipeline/images/codecs/heif_reader.h"
#include "pipeline/images/engines/engine_internal.h"
#include "pipeline/images/engines/planes_colour.h"
#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/planes_ycc.h"
#include "pipeline/images/pixels/turn.h"
#include "pipeline/images/recipe/geometry.h"

bool planes_heif_takes(const void *data, size_t bytes)
{
    struct heif_item item;

    return heif_item_read(data, bytes, &item) && !item.alpha && heif_reader_has(item.coding);
}

static uint64_t chroma_of(int pixels, int covered)
{
    return ((uint64_t)pixels + (uint64_t)covered - 1) / (uint64_t)covered;
}

static void take_size(const struct heif_item *item, struct engine_size *size)
{
    bool swap = turn_swaps(item->orientation);
    uint64_t luma = (uint64_t)item->width * (uint64_t)item->height;

    *size = (struct engine_size){.width = swap ? item->shown_height : item->shown_width,
                                 .height = swap ? item->shown_width : item->shown_height,
                                 .stored_width = item->width,
                                 .stored_height = item->height};
    size->work.decoded_samples = luma;
    if (item->chroma_x)
        size->work.decoded_samples +=
            2 * chroma_of(item->width, item->chroma_x) * chroma_of(item->height, item->chroma_y);
}

/* --- scaling ----------------------------------------------------------------------------------- */

static int fetch(void *context, int y, uint8_t *const rows[], struct fault *fault)
{
    const struct plane *plane = context;

    (void)fault;
    memcpy(rows[0], plane->data + (ptrdiff_t)y * plane->stride, (size_t)plane->width);
    return 0;
}

static bool is_aligned(const struct plane *plane)
{
    return (uintptr_t)plane->data % SCALE_ALIGN == 0 && plane->stride % SCALE_ALIGN == 0;
}

static int scale(const struct heif_item *item, struct heif_picture *picture, struct pixels *base,
                 struct fault *fault)
{
    for (int i = 0; i < picture->count; i++) {
        struct plane *from = &picture->planes[i], to = planes_get(base, i);
        const struct scale_feed feed = {fetch, from};
        struct scale_box box = planes_box_stored((double)item->shown_width / (i ? item->chroma_x : 1),
                                                 (double)item->shown_height / (i ? item->chroma_y : 1), base,
                                                 i, item->orientation, &to);
        if (i) {
            box.left += item->chroma_left;
            box.top += item->chroma_above;
        }
        if (scale_planes(from, &to, 1, &box, is_aligned(from) ? NULL : &feed, fault))
            return -1;
    }
    for (int i = picture->count; i < PLANE_COUNT; i++) { /* grey */
        struct plane plane = planes_get(base, i);
        memset(plane.data, 128, (size_t)plane.stride * (size_t)plane.height);
    }
    return 0;
}

/* --- the base ---------------------------------------------------------------------------------- */

/* As it is stored: not yet upright. */
static int make_base(const struct heif_item *item, struct heif_picture *picture, const struct recipe *recipe,
                     const struct engine_size *size, struct pixels *base, struct fault *fault)
{
    double factor = geometry_base_scale(recipe, size->width, size->height);
    int width = geometry_length(size->width, factor), height = geometry_length(size->height, factor);
    bool swap = turn_swaps(item->orientation);
    struct planes_ycc ycc = {picture->count == 1 ? YCC_BT601 : picture->matrix, picture->narrow};

    if (planes_alloc(base, swap ? height : width, swap ? width : height, fault) ||
        scale(item, picture, base, fault))
        return -1;
    heif_reader_close(picture); /* room for what follows */
    return planes_ycc_convert(&ycc, base, fault);
}

int planes_heif_decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct heif_item item;
    struct heif_picture picture;
    struct planes_colour colour;
    struct colour_space space;
    enum heif_reader_result result;
    int failed;

    if (!heif_item_read(data, bytes, &item))
        return fault_bug(fault, "no picture that is decoded to its planes");
    take_size(&item, size);
    if (engine_check_size(size, recipe, fault))
        return -1;
    result = heif_reader_decode(&item, &picture, fault);
    failed = result || make_base(&item, &picture, recipe, size, base, fault);
    heif_reader_close(&picture);
    if (result == HEIF_READER_OTHER)
        return engine_vips.decode(data, bytes, recipe, base, size, notes, fault);
    if (failed)
        return -1;
    space = item.nclx ? colour_space_of(item.primaries, item.transfer) : colour_space_srgb;
    colour = (struct planes_colour){item.profile.at, item.profile.bytes, space, 3};
    if (planes_colour_to_srgb(&colour, base, &size->work, notes, fault))
        return -1;
    return planes_upright(base, item.orientation, fault);
}
