#include "harness/cli/recipe_json.h"

#include "harness/fit/fit_json.h"
#include "pipeline/images/image_workload.h"
#include "pipeline/images/recipe/geometry.h"

/* What a setting of an encoder is; null where the format does not read it. */
static json_t *setting(const struct rendition *r, const char *key, int value)
{
    return format_reads(r->format, key) ? json_integer(value) : json_null();
}

static json_t *size_json(const struct rendition *r, int width, int height)
{
    struct geometry placed;

    geometry_place(r, width, height, &placed);
    return json_pack("{s:i, s:i}", "width", placed.width, "height", placed.height);
}

static json_t *rendition_json(const struct recipe *recipe, int index)
{
    const struct rendition *r = &recipe->renditions[index];
    json_t *object = json_object();
    char path[RECIPE_NAME_BYTES + 16];

    image_output_path(recipe, index, "a.jpg", path, sizeof path);
    fit_json_put(object, "output_of_a_jpg", fit_json_text(path));
    fit_json_put(object, "format", fit_json_text(formats[r->format].name));
    fit_json_put(object, "fit", fit_json_text(recipe_fits[r->fit]));
    fit_json_put(object, "width", json_integer(r->width));
    fit_json_put(object, "height", r->height == RECIPE_MOST_SIDE ? json_null() : json_integer(r->height));
    fit_json_put(object, "gravity",
                 r->fit == FIT_INSIDE ? json_null() : fit_json_text(recipe_gravities[r->gravity]));
    fit_json_put(object, "enlarge", json_boolean(r->enlarge));
    fit_json_put(object, "quality", setting(r, "quality", r->quality));
    fit_json_put(object, "compression", setting(r, "compression", r->compression));
    fit_json_put(object, "effort", setting(r, "effort", r->effort));
    fit_json_put(object, "subsampling",
                 format_reads(r->format, "subsampling") ? fit_json_text(recipe_subsamplings[r->subsampling])
                                                        : json_null());
    fit_json_put(object, "progressive", json_boolean(r->progressive));
    fit_json_put(object, "sharpen", fit_json_number(r->sharpen));
    fit_json_put(object, "watermark", json_boolean(r->watermark));
    fit_json_put(object, "caption", json_boolean(r->caption));
    fit_json_put(object, "of_4000x3000", size_json(r, 4000, 3000));
    fit_json_put(object, "of_3000x4000", size_json(r, 3000, 4000));
    return object;
}

json_t *recipe_json(const struct recipe *recipe, const char *path)
{
    json_t *object = json_object(), *renditions = json_array();
    const uint8_t *b = recipe->background;

    fit_json_put(object, "format", json_string("knee-recipe 1"));
    fit_json_put(object, "path", fit_json_text(path));
    fit_json_put(object, "sha256", json_string(recipe->sha256));
    fit_json_put(object, "background", json_sprintf("#%02x%02x%02x", b[0], b[1], b[2]));
    fit_json_put(object, "max_pixels", json_integer((json_int_t)recipe->max_pixels));
    fit_json_put(object, "max_bytes", json_integer((json_int_t)recipe->max_bytes));
    fit_json_put(object, "clip_offset_s", fit_json_number(recipe->clip_offset_s));
    fit_json_put(object, "keep_copyright", json_boolean(recipe->keep & KEEP_COPYRIGHT));
    fit_json_put(object, "keep_icc", json_boolean(recipe->keep & KEEP_ICC));
    fit_json_put(object, "jxl", json_string(recipe->originals ? "lossless-jpeg" : "none"));
    for (int i = 0; i < recipe_pictures(recipe); i++)
        fit_json_append(renditions, rendition_json(recipe, i));
    fit_json_put(object, "renditions", renditions);
    return object;
}
