#include "pipeline/images/recipe/geometry.h"

#include <math.h>

double geometry_scale(const struct rendition *rendition, int width, int height)
{
    double x = (double)rendition->width / width, y = (double)rendition->height / height;
    double scale = rendition->fit == FIT_COVER ? fmax(x, y) : fmin(x, y);

    return rendition->enlarge ? scale : fmin(scale, 1);
}

int geometry_length(int length, double scale)
{
    return (int)fmax(1, floor(length * scale + 0.5));
}

double geometry_base_scale(const struct recipe *recipe, int width, int height)
{
    double scale = 0;

    for (int i = 0; i < recipe_pictures(recipe); i++)
        scale = fmax(scale, geometry_scale(&recipe->renditions[i], width, height));
    return fmin(scale, 1);
}

static int at_most(int value, int most)
{
    return value < most ? value : most;
}

/* Offset of a box within free pixels, horizontally and vertically. */
static int across(enum recipe_gravity gravity, int free)
{
    switch (gravity) {
    case GRAVITY_WEST:
    case GRAVITY_NORTH_WEST:
    case GRAVITY_SOUTH_WEST:
        return 0;
    case GRAVITY_EAST:
    case GRAVITY_NORTH_EAST:
    case GRAVITY_SOUTH_EAST:
        return free;
    case GRAVITY_CENTRE:
    case GRAVITY_NORTH:
    case GRAVITY_SOUTH:
        break;
    }
    return free / 2;
}

static int down(enum recipe_gravity gravity, int free)
{
    switch (gravity) {
    case GRAVITY_NORTH:
    case GRAVITY_NORTH_WEST:
    case GRAVITY_NORTH_EAST:
        return 0;
    case GRAVITY_SOUTH:
    case GRAVITY_SOUTH_WEST:
    case GRAVITY_SOUTH_EAST:
        return free;
    case GRAVITY_CENTRE:
    case GRAVITY_WEST:
    case GRAVITY_EAST:
        break;
    }
    return free / 2;
}

void geometry_place(const struct rendition *rendition, int width, int height, struct geometry *geometry)
{
    double scale = geometry_scale(rendition, width, height);
    struct geometry g = {.scaled_width = geometry_length(width, scale),
                         .scaled_height = geometry_length(height, scale)};

    g.crop_width = g.scaled_width;
    g.crop_height = g.scaled_height;
    if (rendition->fit != FIT_INSIDE) { /* with contain the whole picture fits */
        g.crop_width = at_most(g.scaled_width, rendition->width);
        g.crop_height = at_most(g.scaled_height, rendition->height);
        g.crop_left = across(rendition->gravity, g.scaled_width - g.crop_width);
        g.crop_top = down(rendition->gravity, g.scaled_height - g.crop_height);
    }
    g.width = g.crop_width;
    g.height = g.crop_height;
    if (rendition->fit == FIT_CONTAIN) {
        g.width = rendition->width;
        g.height = rendition->height;
        g.left = across(rendition->gravity, g.width - g.crop_width);
        g.top = down(rendition->gravity, g.height - g.crop_height);
    }
    *geometry = g;
}

bool geometry_is_plain(const struct geometry *geometry)
{
    return geometry->width == geometry->scaled_width && geometry->height == geometry->scaled_height;
}
