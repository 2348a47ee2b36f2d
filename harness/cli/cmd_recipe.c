/* knee recipe: checks a recipe and prints what it would make; lists the shipped recipes. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/recipe_json.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_json.h"
#include "pipeline/base/one_line.h"
#include "pipeline/images/codecs/encode_vips.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/image_workload.h"
#include "pipeline/images/overlay/overlay.h"
#include "pipeline/images/recipe/geometry.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/images/recipe/shipped.h"

static struct {
    bool json;
} options;

static const struct option_spec table[] = {
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of lines"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* --- printing -------------------------------------------------------------------------------- */

static void print_whole(const struct recipe *recipe)
{
    const uint8_t *b = recipe->background;

    printf("background  #%02x%02x%02x\n", b[0], b[1], b[2]);
    printf("inputs      at most %g megapixels and %g MB; posters from %g s on; animated GIF: %s\n",
           (double)recipe->max_pixels / 1e6, (double)recipe->max_bytes / 1e6, recipe->clip_offset_s,
           recipe->gif_is_clip ? "as a clip" : "first frame");
    printf("metadata    %s\n", recipe->keep == (KEEP_COPYRIGHT | KEEP_ICC) ? "artist, copyright, sRGB profile"
                               : recipe->keep == KEEP_COPYRIGHT            ? "artist, copyright"
                               : recipe->keep == KEEP_ICC                  ? "sRGB profile"
                                                                           : "none kept");
    if (*recipe->watermark_path)
        one_line_print("watermark   %s: %.3g%% of the width, opacity %.3g%%, margin %.3g%%, %s",
                       base_name(recipe->watermark_path), 100 * recipe->watermark_width,
                       100 * recipe->watermark_opacity, 100 * recipe->watermark_margin,
                       recipe_corners[recipe->watermark_corner]);
    if (*recipe->font_path)
        one_line_print("caption     '%s' in %s: %.3g%% of the width, margin %.3g%%, %s", recipe->caption_text,
                       base_name(recipe->font_path), 100 * recipe->caption_size, 100 * recipe->caption_margin,
                       recipe_corners[recipe->caption_corner]);
}

static void print_options(const struct rendition *r)
{
    printf("%s", formats[r->format].title);
    if (format_reads(r->format, "compression"))
        printf(" compression %d", r->compression);
    if (format_reads(r->format, "quality"))
        printf(" quality %d", r->quality);
    if (format_reads(r->format, "effort"))
        printf(" effort %d", r->effort);
    if (format_reads(r->format, "subsampling"))
        printf(" subsampling %s", recipe_subsamplings[r->subsampling]);
    printf("%s%s%s%s", r->progressive ? ", progressive" : "", r->optimise ? ", optimised" : "",
           r->watermark ? ", watermark" : "", r->caption ? ", caption" : "");
    if (r->sharpen > 0)
        printf(", sharpened by %g", r->sharpen);
}

/* What becomes of pictures of two common shapes. */
static void print_rendition(const struct recipe *recipe, int index)
{
    const struct rendition *r = &recipe->renditions[index];
    struct geometry wide, tall;
    char path[RECIPE_NAME_BYTES + 16], height[16];

    image_output_path(recipe, index, "a.jpg", path, sizeof path);
    geometry_place(r, 4000, 3000, &wide);
    geometry_place(r, 3000, 4000, &tall);
    if (r->height == RECIPE_MOST_SIDE)
        snprintf(height, sizeof height, " wide");
    else
        snprintf(height, sizeof height, "x%d", r->height);
    printf("rendition   %s: %s %d%s", path, recipe_fits[r->fit], r->width, height);
    if (r->fit != FIT_INSIDE)
        printf(", %s", recipe_gravities[r->gravity]);
    printf("%s; ", r->enlarge ? ", enlarged" : "");
    print_options(r);
    printf("\n            of 4000x3000: %dx%d, of 3000x4000: %dx%d\n", wide.width, wide.height, tall.width,
           tall.height);
}

static void print_originals(const struct recipe *recipe)
{
    char jxl[RECIPE_NAME_BYTES + 16], kept[RECIPE_NAME_BYTES + 16];

    if (!recipe->originals)
        return;
    image_output_path(recipe, recipe_pictures(recipe) + ORIGINAL_JXL, "a.jpg", jxl, sizeof jxl);
    image_output_path(recipe, recipe_pictures(recipe) + ORIGINAL_KEPT, "a.jpg", kept, sizeof kept);
    printf("original    %s: a JPEG file as JPEG XL, without loss; or %s: any file as it is\n", jxl, kept);
}

/* --- checking --------------------------------------------------------------------------------- */

/* All that would stop a run before its first item. */
static int try_recipe(const struct recipe *recipe, struct fault *fault)
{
    struct overlay overlay = {0};
    int failed;

    if (engine_vips_setup(fault) || encode_vips_check(recipe, fault))
        return -1;
    failed = overlay_init(&overlay, recipe, fault);
    overlay_release(&overlay);
    return failed;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    static const char known[] = "there are 'knee recipe list' and 'knee recipe check RECIPE'";
    const char *action = arguments->operands[0];

    if (strcmp(action, "list") == 0 && arguments->count == 1)
        return 0;
    if (strcmp(action, "check") == 0 && arguments->count == 2)
        return 0;
    if (strcmp(action, "list") == 0 || strcmp(action, "check") == 0)
        return fault_usage(fault, "recipe %s: %s: %s", action,
                           arguments->count == 1 ? "operand missing" : "one operand too many", known);
    return fault_usage(fault, "unknown action '%.40s': %s", action, known);
}

/* context: the array of JSON, or NULL. */
static void print_shipped(void *context, const char *name, const char *path, const char *about)
{
    json_t *row;

    if (context) {
        row = json_object();
        fit_json_put(row, "name", fit_json_text(name));
        fit_json_put(row, "path", fit_json_text(path));
        fit_json_put(row, "about", fit_json_text(about));
        fit_json_append(context, row);
        return;
    }
    wrapped_print(stdout, 12, "%-11s %s", name, about);
    printf("            %s\n", path);
}

static int list(struct fault *fault)
{
    json_t *whole;
    int status;

    if (!options.json)
        return shipped_each(print_shipped, NULL, fault);
    whole = json_pack("{s:s, s:[]}", "format", "knee-recipes 1", "recipes");
    status = shipped_each(print_shipped, json_object_get(whole, "recipes"), fault);
    if (status == 0)
        fit_json_print(whole, stdout);
    json_decref(whole);
    return status;
}

static void print_recipe(const struct recipe *recipe, const char *path)
{
    if (options.json) {
        json_t *json = recipe_json(recipe, path);
        fit_json_print(json, stdout);
        json_decref(json);
        return;
    }
    one_line_print("recipe      %s: good; SHA-256 %.12s", path, recipe->sha256);
    print_whole(recipe);
    for (int i = 0; i < recipe_pictures(recipe); i++)
        print_rendition(recipe, i);
    print_originals(recipe);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    char found[PATH_MAX];
    const char *path;
    struct recipe recipe;
    struct fault why = {0};
    int failed;

    if (arguments->count == 1)
        return list(fault);
    path = shipped_find(arguments->operands[1], found, sizeof found, fault);
    if (!path || recipe_load(path, &recipe, fault))
        return -1;
    failed = try_recipe(&recipe, &why);
    if (failed)
        fault_set(fault, "recipe %.150s: %.300s", path, why.text);
    else
        print_recipe(&recipe, path);
    recipe_release(&recipe);
    return failed;
}

const struct subcommand cmd_recipe = {
    .name = "recipe",
    .summary = "check a recipe and show what it would make; list the shipped ones",
    .usage = "[--json] check RECIPE | list",
    .details =
        "Checks everything that would stop a run before its first item: keys and values, watermark, font,\n"
        "encoders. An error names file, line, key and the values that are allowed.\n"
        "RECIPE is a file, or the name of a shipped recipe. list prints the names of these, what they are "
        "for and\n"
        "their files, which show every key: copy one to begin your own.\n"
        "exit codes: 0 good, 1 not good, 2 usage\n",
    .table = table,
    .least = 1,
    .most = 2,
    .check = check,
    .run = run,
};
