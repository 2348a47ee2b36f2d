#include "pipeline/images/engines/renditions.h"

#include <glib.h>

#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/sharpen.h"
#include "pipeline/images/recipe/geometry.h"

/* Are these pixels of a whole picture the rendition's already? */
static bool is_exact(const struct pixels *pixels, const struct rendition *rendition,
                     const struct engine_size *size)
{
    struct geometry place;

    geometry_place(rendition, size->width, size->height, &place);
    return rendition->fit == FIT_INSIDE && pixels->width == place.width && pixels->height == place.height;
}

/* The scaled part only, without a canvas around it; on planes the luma only, which has the detail. */
static int sharpen(struct pixels *pixels, const struct rendition *rendition, const struct engine_size *size)
{
    struct geometry g;
    struct plane luma;
    size_t stride = (size_t)pixels->width * 3;

    geometry_place(rendition, size->width, size->height, &g);
    if (pixels->layout == PIXELS_RGB)
        return sharpen_pixels(pixels->data + (size_t)g.top * stride + (size_t)g.left * 3, g.crop_width,
                              g.crop_height, 3, stride, rendition->sharpen);
    luma = planes_get(pixels, PLANE_Y);
    return sharpen_pixels(luma.data, luma.width, luma.height, 1, (size_t)luma.stride, rendition->sharpen);
}

/* After all are scaled: a rendition scaled from a sharpened picture would be sharpened twice. */
static int sharpen_all(const struct recipe *recipe, const struct engine_size *size, struct pixels scaled[],
                       struct fault *fault)
{
    for (int i = 0; i < recipe_pictures(recipe); i++)
        if (recipe->renditions[i].sharpen > 0 && sharpen(&scaled[i], &recipe->renditions[i], size))
            return fault_sys(fault, "no memory for sharpening");
    return 0;
}

/* Each rendition from the smallest whole picture that is large enough for it; the base is large enough for
 * all. */
int renditions_make(const struct engine *engine, const struct recipe *recipe, const struct engine_size *size,
                    struct pixels *base, struct pixels scaled[], struct fault *fault)
{
    double made[RECIPE_MAX_RENDITIONS] = {0}; /* scales of finished uncropped renditions; 0: none */
    bool done[RECIPE_MAX_RENDITIONS] = {false};

    for (int n = 0; n < recipe_pictures(recipe); n++) {
        const struct pixels *from = base;
        double needed = -1, smallest = 2;
        int next = 0;
        for (int i = 0; i < recipe_pictures(recipe); i++) {
            double s = geometry_source_scale(&recipe->renditions[i], size->width, size->height);
            if (!done[i] && s > needed) {
                needed = s;
                next = i;
            }
        }
        for (int i = 0; i < recipe_pictures(recipe); i++)
            if (made[i] >= needed && made[i] < smallest && made[i] > 0) {
                smallest = made[i];
                from = &scaled[i];
            }
        if (from == base && is_exact(from, &recipe->renditions[next], size)) {
            scaled[next] = *base; /* those that follow need no more than this one has */
            base->data = NULL;
        } else if (engine->scale(from, recipe, &recipe->renditions[next], size, &scaled[next], fault)) {
            return -1;
        }
        done[next] = true;
        if (recipe->renditions[next].fit == FIT_INSIDE)
            made[next] = geometry_scale(&recipe->renditions[next], size->width, size->height);
    }
    g_free(base->data);
    base->data = NULL;
    return sharpen_all(recipe, size, scaled, fault);
}
