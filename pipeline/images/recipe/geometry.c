#include "pipeline/images/recipe/geometry.h"

#include <math.h>

double geometry_scale(const struct rendition *rendition, int width, int height)
{
    double x = (double)rendition->width / width, y = (double)rendition->height / height;
    double scale = rendition->fit == FIT_COVER ? fmax(x, y) : fmin(x, y);

    return rendition->enlarge ? scale : fmin(scale, 1);
}

double geometry_source_scale(const struct rendition *rendition, int width, int height)
{
    double scale = geometry_scale(rendition, width, height);

    return rendition->fit == FIT_COVER && scale < 1 ? fmin(scale * 1.25, 1) : scale;
}

int geometry_length(int length, double scale)
{
    return (int)fmax(1, floor(length * scale + 0.5));
}

double geometry_base_scale(const struct recipe *recipe, int width, int height)
{
    double scale = 0;

    for (int i = 0; i < recipe_pictures(recipe); i++)
        scale = fmax(scale, geometry_source_scale(&recipe->renditions[i], width, height));
    return fmin(scale, 1);
}

static int at_most(int value, int most)
{
    return value < most ? value : most;
}

/* The part of free pixels that is on the left of a box. */
static double across(enum recipe_gravity gravity)
{
    switch (gravity) {
    case GRAVITY_WEST:
    case GRAVITY_NORTH_WEST:
    case GRAVITY_SOUTH_WEST:
        return 0;
    case GRAVITY_EAST:
    case GRAVITY_NORTH_EAST:
    case GRAVITY_SOUTH_EAST:
        return 1;
    case GRAVITY_CENTRE:
    case GRAVITY_NORTH:
    case GRAVITY_SOUTH:
        break;
    }
    return 0.5;
}

static double above(enum recipe_gravity gravity)
{
    switch (gravity) {
    case GRAVITY_NORTH:
    case GRAVITY_NORTH_WEST:
    case GRAVITY_NORTH_EAST:
        return 0;
    case GRAVITY_SOUTH:
    case GRAVITY_SOUTH_WEST:
    case GRAVITY_SOUTH_EAST:
        return 1;
    case GRAVITY_CENTRE:
    case GRAVITY_WEST:
    case GRAVITY_EAST:
        break;
    }
    return 0.5;
}

/* The box fills in one direction, so that the scaled length there is the box's, but for rounding. */
static void cut_scaled(const struct rendition *rendition, double width, double height, struct geometry *g)
{
    g->scaled_width = fmax(width, rendition->width);
    g->scaled_height = fmax(height, rendition->height);
    g->crop_width = rendition->width;
    g->crop_height = rendition->height;
    g->crop_left = across(rendition->gravity) * (g->scaled_width - g->crop_width);
    g->crop_top = above(rendition->gravity) * (g->scaled_height - g->crop_height);
}

static void cut_whole_pixels(const struct rendition *rendition, int width, int height, struct geometry *g)
{
    g->crop_width = at_most(width, rendition->width);
    g->crop_height = at_most(height, rendition->height);
    g->crop_left = floor(across(rendition->gravity) * (width - g->crop_width));
    g->crop_top = floor(above(rendition->gravity) * (height - g->crop_height));
}

void geometry_place(const struct rendition *rendition, int width, int height, struct geometry *geometry)
{
    double scale = geometry_scale(rendition, width, height);
    int scaled_width = geometry_length(width, scale), scaled_height = geometry_length(height, scale);
    struct geometry g = {.scaled_width = scaled_width,
                         .scaled_height = scaled_height,
                         .crop_width = scaled_width,
                         .crop_height = scaled_height};

    if (rendition->fit == FIT_COVER && scale != 1)
        cut_scaled(rendition, width * scale, height * scale, &g);
    else if (rendition->fit == FIT_COVER)
        cut_whole_pixels(rendition, width, height, &g);
    g.width = g.crop_width;
    g.height = g.crop_height;
    if (rendition->fit == FIT_CONTAIN) {
        g.width = rendition->width;
        g.height = rendition->height;
        g.left = (int)(across(rendition->gravity) * (g.width - g.crop_width));
        g.top = (int)(above(rendition->gravity) * (g.height - g.crop_height));
    }
    *geometry = g;
}
