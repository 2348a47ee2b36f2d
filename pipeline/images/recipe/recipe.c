#include "pipeline/images/recipe/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <openssl/evp.h>

#include "pipeline/base/plain_file.h"
#include "pipeline/images/recipe/caption.h"
#include "pipeline/images/recipe/recipe_internal.h"

bool recipe_needs_metadata(const struct recipe *recipe)
{
    return (recipe->keep & KEEP_COPYRIGHT) ||
           (*recipe->font_path && caption_needs_taken(recipe->caption_text));
}

/* --- groups ----------------------------------------------------------------------------------- */

enum { MOST_KEYS = 20 };

static const struct {
    const char *group; /* with a blank at the end: any group that begins so */
    const char *keys[MOST_KEYS];
} known[] = {
    {"recipe", {"name", "background", "clip_offset_s", "keep", "animated_gif", "jxl"}},
    {"limits", {"megapixels", "megabytes"}},
    {"watermark", {"file", "width", "opacity", "margin", "position"}},
    {"caption", {"font", "text", "size", "margin", "position"}},
    {RECIPE_RENDITION,
     {"fit", "width", "widths", "height", "aspect", "name", "format", "quality", "watermark", "caption",
      "progressive", "optimise", "enlarge", "gravity", "sharpen", "subsampling", "compression", "effort"}},
};

static bool is_one_of(const char *key, const char *const *allowed)
{
    for (int k = 0; k < MOST_KEYS && allowed[k]; k++)
        if (strcmp(allowed[k], key) == 0)
            return true;
    return false;
}

static int check_key(const struct recipe_reading *r, const struct key_line *line, const char *const *allowed)
{
    char *list, *what;

    if (is_one_of(line->key, allowed))
        return key_value_unescape(line->value)
                   ? recipe_complain(r, line->group, line->key,
                                     "the value must be UTF-8, and a backslash is written twice")
                   : 0;
    list = g_strjoinv(", ", (char **)allowed);
    what = g_strdup_printf("unknown key; [%s] takes: %s", line->group, list);
    recipe_complain(r, line->group, line->key, what);
    g_free(what);
    g_free(list);
    return -1;
}

/* The keys that a group takes; NULL for a group that nobody reads. */
static const char *const *keys_of(const char *group)
{
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        size_t length = strlen(known[k].group);
        if (known[k].group[length - 1] == ' ' ? strncmp(group, known[k].group, length) == 0
                                              : strcmp(group, known[k].group) == 0)
            return known[k].keys;
    }
    return NULL;
}

/* No group and no key that nobody would read; values without their escapes. */
static int check_names(const struct recipe_reading *r)
{
    for (size_t i = 0; i < r->file.count; i++) {
        const struct key_line *line = &r->file.lines[i];
        const char *const *keys = keys_of(line->group);
        if (!keys)
            return recipe_complain(r, line->group, NULL,
                                   "unknown group; there are recipe, limits, watermark, caption and "
                                   "'rendition NAME'");
        if (line->key && check_key(r, line, keys))
            return -1;
    }
    return 0;
}

static int check_caption(const struct recipe_reading *r)
{
    char what[256];

    if (caption_check(r->recipe->caption_text, what, sizeof what))
        return recipe_complain(r, "caption", "text", what);
    return 0;
}

static int read_overlays(const struct recipe_reading *r)
{
    struct recipe *recipe = r->recipe;
    bool watermark = false, caption = false;

    for (int i = 0; i < recipe->rendition_count; i++) {
        watermark = watermark || recipe->renditions[i].watermark;
        caption = caption || recipe->renditions[i].caption;
    }
    if (recipe_get_real(r, "watermark", "width", 0.01, 1, &recipe->watermark_width) ||
        recipe_get_real(r, "watermark", "opacity", 0, 1, &recipe->watermark_opacity) ||
        recipe_get_real(r, "watermark", "margin", 0, 0.4, &recipe->watermark_margin) ||
        recipe_get_corner(r, "watermark", &recipe->watermark_corner) ||
        recipe_get_real(r, "caption", "size", 0.005, 0.2, &recipe->caption_size) ||
        recipe_get_real(r, "caption", "margin", 0, 0.4, &recipe->caption_margin) ||
        recipe_get_text(r, "caption", "text", recipe->caption_text, sizeof recipe->caption_text) ||
        recipe_get_corner(r, "caption", &recipe->caption_corner) || check_caption(r))
        return -1;
    if (watermark && recipe_get_file(r, "watermark", "file", false, recipe->watermark_path))
        return -1;
    return caption ? recipe_get_file(r, "caption", "font", true, recipe->font_path) : 0;
}

static int read_whole_recipe(const struct recipe_reading *r)
{
    static const char *const kept[] = {"copyright", "icc", NULL};
    static const char *const gifs[] = {"first", "clip", NULL};
    double megapixels = 100, megabytes = 256;
    int gif = 0;

    if (recipe_get_real(r, "limits", "megapixels", 0.01, 4000, &megapixels) ||
        recipe_get_real(r, "limits", "megabytes", 0.001, 4000, &megabytes) ||
        recipe_get_colour(r, "recipe", "background", r->recipe->background) ||
        recipe_get_real(r, "recipe", "clip_offset_s", 0, 36000, &r->recipe->clip_offset_s) ||
        recipe_get_flags(r, "recipe", "keep", kept, &r->recipe->keep) ||
        recipe_get_choice(r, "recipe", "animated_gif", gifs, &gif))
        return -1;
    r->recipe->gif_is_clip = gif;
    r->recipe->max_pixels = (uint64_t)(megapixels * 1e6);
    r->recipe->max_bytes = (uint64_t)(megabytes * 1e6);
    return 0;
}

/* --- identity --------------------------------------------------------------------------------- */

static int digest_file(EVP_MD_CTX *context, const char *path, struct fault *fault)
{
    const char *why;
    char *content;
    size_t bytes;

    if (!*path)
        return 0;
    content = plain_file_read(path, PLAIN_FILE_ASSET, &bytes, &why);
    if (!content)
        return fault_set(fault, "recipe: reading %s: %s", path, why);
    EVP_DigestUpdate(context, content, bytes);
    g_free(content);
    return 0;
}

static int digest_recipe(struct recipe *recipe, struct fault *fault)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char digest[EVP_MAX_MD_SIZE];
    int failed;

    if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
        abort();
    EVP_DigestUpdate(context, recipe->text, strlen(recipe->text));
    failed =
        digest_file(context, recipe->watermark_path, fault) || digest_file(context, recipe->font_path, fault);
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    for (size_t i = 0; i < 32; i++)
        snprintf(recipe->sha256 + 2 * i, 3, "%02x", digest[i]);
    return failed ? -1 : 0;
}

/* --- loading ---------------------------------------------------------------------------------- */

static int parse(struct recipe_reading *r)
{
    char *name = g_strdup_printf("recipe %s", r->path);
    int failed = key_file_parse(&r->file, name, r->recipe->text, r->fault);

    g_free(name);
    if (failed)
        return -1;
    failed = check_names(r) || recipe_read_renditions(r) || read_whole_recipe(r) || recipe_check_pixels(r) ||
             read_overlays(r);
    key_file_release(&r->file);
    return failed ? -1 : digest_recipe(r->recipe, r->fault);
}

int recipe_load(const char *path, struct recipe *recipe, struct fault *fault)
{
    struct recipe_reading r = {.path = path, .recipe = recipe, .fault = fault};
    const char *why;
    size_t bytes;
    int failed;

    *recipe = (struct recipe){.watermark_width = 0.18,
                              .watermark_opacity = 0.6,
                              .watermark_margin = 0.025,
                              .watermark_corner = CORNER_BOTTOM_RIGHT,
                              .caption_text = "{stem}",
                              .caption_size = 0.016,
                              .caption_margin = 0.025,
                              .caption_corner = CORNER_BOTTOM_LEFT,
                              .background = {255, 255, 255}};
    recipe->text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);
    if (!recipe->text)
        return fault_set(fault, "recipe %s: %s", path, why);
    if (strlen(recipe->text) != bytes) {
        failed = fault_set(fault, "recipe %s: has a zero byte in it: it is not a text", path);
    } else {
        failed = parse(&r);
    }
    if (failed)
        recipe_release(recipe);
    return failed;
}

void recipe_release(struct recipe *recipe)
{
    g_free(recipe->text);
    recipe->text = NULL;
}
