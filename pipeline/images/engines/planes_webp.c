#include "pipeline/images/engines/planes_webp.h"

#include <stdlib.h>

#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/codecs/webp_reader.h"
#include "pipeline/images/engines/engine_internal.h"
#include "pipeline/images/engines/planes_colour.h"
#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/planes_ycc.h"
#include "pipeline/images/pixels/turn.h"
#include "pipeline/images/recipe/geometry.h"

static int scale(const struct plane planes[], const struct webp_picture *picture, struct pixels *base,
                 struct fault *fault)
{
    static const struct planes_ycc ycc = {YCC_BT601, true};

    for (int i = 0; i < PLANE_COUNT; i++) {
        double pixels = i == PLANE_Y ? 1 : 2;
        struct plane to = planes_get(base, i);
        struct scale_box box = planes_box_stored(picture->width / pixels, picture->height / pixels, base, i,
                                                 picture->orientation, &to);
        if (scale_planes(&planes[i], &to, 1, &box, NULL, fault))
            return -1;
    }
    return planes_ycc_convert(&ycc, base, fault);
}

static void take_size(const struct webp_picture *picture, struct engine_size *size)
{
    bool swap = turn_swaps(picture->orientation);
    uint64_t chroma = (uint64_t)((picture->width + 1) / 2) * (uint64_t)((picture->height + 1) / 2);

    *size = (struct engine_size){.width = swap ? picture->height : picture->width,
                                 .height = swap ? picture->width : picture->height,
                                 .stored_width = picture->width,
                                 .stored_height = picture->height};
    size->work.decoded_samples = (uint64_t)picture->width * (uint64_t)picture->height + 2 * chroma;
}

/* The base picture as it is stored: not yet upright. */
static int make_base(const void *data, size_t bytes, const struct webp_picture *picture, double scale_factor,
                     const struct engine_size *size, struct pixels *base, struct fault *fault)
{
    struct plane planes[PLANE_COUNT] = {{0}};
    int width = geometry_length(size->width, scale_factor);
    int height = geometry_length(size->height, scale_factor);
    bool swap = turn_swaps(picture->orientation);
    int failed = webp_reader_planes(data, bytes, picture, planes, fault) ||
                 planes_alloc(base, swap ? height : width, swap ? width : height, fault) ||
                 scale(planes, picture, base, fault);

    free(planes[0].data);
    return failed ? -1 : 0;
}

int planes_webp_decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct webp_picture picture;
    struct planes_colour colour;
    struct colour_tags tags;

    if (!webp_reader_open(data, bytes, &picture))
        return fault_bug(fault, "no lossy WebP of one picture without alpha");
    take_size(&picture, size);
    if (engine_check_size(size, recipe, fault))
        return -1;
    colour_tags_read(KIND_WEBP, data, bytes, &tags);
    colour = (struct planes_colour){picture.profile, picture.profile_bytes, tags.space, 3};
    if (make_base(data, bytes, &picture, geometry_base_scale(recipe, size->width, size->height), size, base,
                  fault) ||
        planes_colour_to_srgb(&colour, base, &size->work, notes, fault))
        return -1;
    return planes_upright(base, picture.orientation, fault);
}
