#include "recipe.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <openssl/evp.h>

/* While a recipe is being read. */
struct reading {
    const char *path;
    GKeyFile *file;
    struct recipe *recipe;
    struct fault *fault;
};

static const char *const font_folders[] = {"/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype",
                                           "/usr/share/fonts/opentype", "/usr/local/share/fonts"};

const char *recipe_extension(enum recipe_format format)
{
    static const char *const extensions[] = {"jpg", "webp", "png"};
    return extensions[format];
}

/* --- faults with a line number ---------------------------------------------------------------- */

/* The line of key in group (of the group's heading when key is NULL); 0 when it is not there. */
static int line_of(const char *text, const char *group, const char *key)
{
    size_t group_length = strlen(group), key_length = key ? strlen(key) : 0;
    bool inside = false;
    int number = 0;

    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        number++;
        if (*line == '[') {
            inside = strncmp(line + 1, group, group_length) == 0 && line[1 + group_length] == ']';
            if (inside && !key)
                return number;
        } else if (inside && key && strncmp(line, key, key_length) == 0 && strchr("= \t", line[key_length])) {
            return number;
        }
    }
    return 0;
}

static int complain(const struct reading *r, const char *group, const char *key, const char *what)
{
    int line = line_of(r->recipe->text, group, key);

    if (!line)
        line = line_of(r->recipe->text, group, NULL);
    if (key)
        return fault_set(r->fault, "recipe %s:%d: [%s] %s: %s", r->path, line, group, key, what);
    return fault_set(r->fault, "recipe %s:%d: [%s]: %s", r->path, line, group, what);
}

/* --- values: each returns 0, or -1 with fault; a missing key leaves the default --------------- */

static char *value_of(const struct reading *r, const char *group, const char *key)
{
    return g_key_file_get_string(r->file, group, key, NULL);
}

static int get_whole(const struct reading *r, const char *group, const char *key, int least, int most,
                     int *value)
{
    char *text = value_of(r, group, key), *end, what[96];
    long number;

    if (!text)
        return 0;
    errno = 0;
    number = strtol(text, &end, 10);
    if (end == text || *end || errno || number < least || number > most) {
        snprintf(what, sizeof what, "give a whole number from %d to %d", least, most);
        g_free(text);
        return complain(r, group, key, what);
    }
    *value = (int)number;
    g_free(text);
    return 0;
}

/* A number, or a share as "18%". */
static int get_real(const struct reading *r, const char *group, const char *key, double least, double most,
                    double *value)
{
    char *text = value_of(r, group, key), *end, what[96];
    double number;

    if (!text)
        return 0;
    number = g_ascii_strtod(text, &end);
    if (end != text && strcmp(end, "%") == 0) {
        number /= 100;
        end++;
    }
    if (end == text || *end || !isfinite(number) || number < least || number > most) {
        snprintf(what, sizeof what, "give a number from %g to %g; 18%% is 0.18", least, most);
        g_free(text);
        return complain(r, group, key, what);
    }
    *value = number;
    g_free(text);
    return 0;
}

static int get_choice(const struct reading *r, const char *group, const char *key, const char *const *choices,
                      int *value)
{
    char *text = value_of(r, group, key), *allowed, *what;
    int found = -1, result = 0;

    if (!text)
        return 0;
    for (int i = 0; choices[i]; i++)
        if (strcmp(choices[i], text) == 0)
            found = i;
    if (found >= 0) {
        *value = found;
    } else {
        allowed = g_strjoinv(", ", (char **)choices);
        what = g_strdup_printf("'%.40s' is not one of: %s", text, allowed);
        result = complain(r, group, key, what);
        g_free(what);
        g_free(allowed);
    }
    g_free(text);
    return result;
}

static int get_truth(const struct reading *r, const char *group, const char *key, bool *value)
{
    static const char *const choices[] = {"false", "true", NULL};
    int chosen = *value;

    if (get_choice(r, group, key, choices, &chosen))
        return -1;
    *value = chosen;
    return 0;
}

static int get_text(const struct reading *r, const char *group, const char *key, char *value, size_t bytes)
{
    char *text = value_of(r, group, key);
    int result = 0;

    if (!text)
        return 0;
    if (strlen(text) >= bytes)
        result = complain(r, group, key, "is too long");
    else
        g_strlcpy(value, text, bytes);
    g_free(text);
    return result;
}

static int get_colour(const struct reading *r, const char *group, const char *key, uint8_t colour[3])
{
    char *text = value_of(r, group, key), rest;
    unsigned red, green, blue;
    int result = 0;

    if (!text)
        return 0;
    if (strlen(text) != 7 || sscanf(text, "#%2x%2x%2x%c", &red, &green, &blue, &rest) != 3) {
        result = complain(r, group, key, "give a colour such as #ffffff");
    } else {
        colour[0] = (uint8_t)red;
        colour[1] = (uint8_t)green;
        colour[2] = (uint8_t)blue;
    }
    g_free(text);
    return result;
}

static int get_corner(const struct reading *r, const char *group, enum recipe_corner *corner)
{
    static const char *const corners[] = {"top-left", "top-right", "bottom-left", "bottom-right", NULL};
    int chosen = (int)*corner;

    if (get_choice(r, group, "position", corners, &chosen))
        return -1;
    *corner = (enum recipe_corner)chosen;
    return 0;
}

/* A file that the recipe names: absolute, beside the recipe, or (fonts) in the system's folders. */
static int get_file(const struct reading *r, const char *group, const char *key, bool font, char *path)
{
    char *name = value_of(r, group, key), *folder = g_path_get_dirname(r->path), what[256];
    int found = 0;

    if (!name || !*name) {
        g_free(name);
        g_free(folder);
        return complain(r, group, key, "is missing: name the file");
    }
    if (g_path_is_absolute(name))
        snprintf(path, RECIPE_PATH_BYTES, "%s", name);
    else
        snprintf(path, RECIPE_PATH_BYTES, "%s/%s", folder, name);
    found = access(path, R_OK) == 0;
    for (size_t i = 0; font && !found && i < sizeof font_folders / sizeof font_folders[0]; i++) {
        snprintf(path, RECIPE_PATH_BYTES, "%s/%s", font_folders[i], name);
        found = access(path, R_OK) == 0;
    }
    if (!found)
        snprintf(what, sizeof what, "'%.80s' cannot be read beside the recipe%s: %s", name,
                 font ? " or in the system's font folders" : "",
                 font ? "put it there, or install Debian's fonts-dejavu-core" : "put it there");
    g_free(name);
    g_free(folder);
    return found ? 0 : complain(r, group, key, what);
}

/* --- groups ----------------------------------------------------------------------------------- */

static const struct {
    const char *group; /* "rendition ": any group that begins so */
    const char *keys[12];
} known[] = {
    {"recipe", {"name", "background", "clip_offset_s"}},
    {"limits", {"megapixels", "megabytes"}},
    {"watermark", {"file", "width", "opacity", "margin", "position"}},
    {"caption", {"font", "text", "size", "margin", "position"}},
    {"rendition ",
     {"fit", "width", "height", "format", "quality", "watermark", "caption", "progressive", "optimise",
      "enlarge"}},
};

/* GLib gives no text for one that is not UTF-8 or has an escape it does not know. */
static int check_value(const struct reading *r, const char *group, const char *key)
{
    GError *error = NULL;
    char *text = g_key_file_get_string(r->file, group, key, &error);

    g_free(text);
    if (!error)
        return 0;
    complain(r, group, key, "the value must be UTF-8, and a backslash is written twice");
    g_error_free(error);
    return -1;
}

static int check_keys(const struct reading *r, const char *group, const char *const *allowed)
{
    char **keys = g_key_file_get_keys(r->file, group, NULL, NULL);
    int failed = 0;

    for (int i = 0; keys && keys[i] && !failed; i++) {
        bool found = false;
        for (int k = 0; k < 12 && allowed[k]; k++)
            found = found || strcmp(allowed[k], keys[i]) == 0;
        if (found)
            failed = check_value(r, group, keys[i]);
        else {
            char *list = g_strjoinv(", ", (char **)allowed);
            char *what = g_strdup_printf("unknown key; [%s] takes: %s", group, list);
            failed = complain(r, group, keys[i], what);
            g_free(what);
            g_free(list);
        }
    }
    g_strfreev(keys);
    return failed;
}

/* No group and no key that nobody would read. */
static int check_names(const struct reading *r)
{
    char **groups = g_key_file_get_groups(r->file, NULL);
    int failed = 0;

    for (int i = 0; groups[i] && !failed; i++) {
        size_t k, kinds = sizeof known / sizeof known[0];
        for (k = 0; k < kinds; k++) {
            size_t length = strlen(known[k].group);
            if (known[k].group[length - 1] == ' ' ? strncmp(groups[i], known[k].group, length) == 0
                                                  : strcmp(groups[i], known[k].group) == 0)
                break;
        }
        failed = k == kinds ? complain(r, groups[i], NULL,
                                       "unknown group; there are recipe, limits, watermark, caption and "
                                       "'rendition NAME'")
                            : check_keys(r, groups[i], known[k].keys);
    }
    g_strfreev(groups);
    return failed;
}

static int check_rendition_name(const struct reading *r, const char *group, const char *name)
{
    if (!*name || *name == '.' || strchr(name, '/') || strlen(name) >= sizeof r->recipe->renditions[0].name)
        return complain(r, group, NULL,
                        "the name is the name of a folder: give 1 to 63 bytes, no '/', no leading '.'");
    if (strcmp(name, "MANIFEST.sha256") == 0 || strcmp(name, "FAILED.tsv") == 0)
        return complain(r, group, NULL, "the run writes a file of that name: give another");
    return 0;
}

static int read_rendition(const struct reading *r, const char *group)
{
    static const char *const fits[] = {"inside", "cover", NULL};
    static const char *const formats[] = {"jpeg", "webp", "png", NULL};
    struct rendition *rendition = &r->recipe->renditions[r->recipe->rendition_count];
    const char *name = group + strlen("rendition ");
    int fit = FIT_INSIDE, format = FORMAT_JPEG;

    if (r->recipe->rendition_count == RECIPE_MAX_RENDITIONS)
        return complain(r, group, NULL, "is one rendition too many: at most 8");
    if (check_rendition_name(r, group, name))
        return -1;
    *rendition = (struct rendition){.quality = 82};
    g_strlcpy(rendition->name, name, sizeof rendition->name);
    if (get_choice(r, group, "fit", fits, &fit) || get_choice(r, group, "format", formats, &format) ||
        get_whole(r, group, "width", 1, 16384, &rendition->width) ||
        get_whole(r, group, "height", 1, 16384, &rendition->height) ||
        get_whole(r, group, "quality", 1, 100, &rendition->quality) ||
        get_truth(r, group, "watermark", &rendition->watermark) ||
        get_truth(r, group, "caption", &rendition->caption) ||
        get_truth(r, group, "progressive", &rendition->progressive) ||
        get_truth(r, group, "optimise", &rendition->optimise) ||
        get_truth(r, group, "enlarge", &rendition->enlarge))
        return -1;
    if (!rendition->width || !rendition->height)
        return complain(r, group, rendition->width ? "height" : "width",
                        "is missing: give the box in pixels");
    rendition->fit = (enum recipe_fit)fit;
    rendition->format = (enum recipe_format)format;
    r->recipe->rendition_count++;
    return 0;
}

static int read_renditions(const struct reading *r)
{
    char **groups = g_key_file_get_groups(r->file, NULL);
    int failed = 0;

    for (int i = 0; groups[i] && !failed; i++)
        if (strncmp(groups[i], "rendition ", 10) == 0)
            failed = read_rendition(r, groups[i]);
    g_strfreev(groups);
    if (!failed && !r->recipe->rendition_count)
        failed = fault_set(r->fault, "recipe %s: no rendition in it: add a group [rendition NAME]", r->path);
    return failed;
}

static int read_overlays(const struct reading *r)
{
    struct recipe *recipe = r->recipe;
    bool watermark = false, caption = false;

    for (int i = 0; i < recipe->rendition_count; i++) {
        watermark = watermark || recipe->renditions[i].watermark;
        caption = caption || recipe->renditions[i].caption;
    }
    if (get_real(r, "watermark", "width", 0.01, 1, &recipe->watermark_width) ||
        get_real(r, "watermark", "opacity", 0, 1, &recipe->watermark_opacity) ||
        get_real(r, "watermark", "margin", 0, 0.4, &recipe->watermark_margin) ||
        get_corner(r, "watermark", &recipe->watermark_corner) ||
        get_real(r, "caption", "size", 0.005, 0.2, &recipe->caption_size) ||
        get_real(r, "caption", "margin", 0, 0.4, &recipe->caption_margin) ||
        get_text(r, "caption", "text", recipe->caption_text, sizeof recipe->caption_text) ||
        get_corner(r, "caption", &recipe->caption_corner))
        return -1;
    if (watermark && get_file(r, "watermark", "file", false, recipe->watermark_path))
        return -1;
    return caption ? get_file(r, "caption", "font", true, recipe->font_path) : 0;
}

static int read_limits(const struct reading *r)
{
    double megapixels = 100, megabytes = 256;

    if (get_real(r, "limits", "megapixels", 0.01, 4000, &megapixels) ||
        get_real(r, "limits", "megabytes", 0.001, 4000, &megabytes) ||
        get_colour(r, "recipe", "background", r->recipe->background) ||
        get_real(r, "recipe", "clip_offset_s", 0, 36000, &r->recipe->clip_offset_s))
        return -1;
    r->recipe->max_pixels = (uint64_t)(megapixels * 1e6);
    r->recipe->max_bytes = (uint64_t)(megabytes * 1e6);
    return 0;
}

/* --- identity --------------------------------------------------------------------------------- */

static int digest_file(EVP_MD_CTX *context, const char *path, struct fault *fault)
{
    char *content;
    gsize bytes;
    GError *error = NULL;

    if (!*path)
        return 0;
    if (!g_file_get_contents(path, &content, &bytes, &error)) {
        fault_set(fault, "recipe: reading %s: %s", path, error->message);
        g_error_free(error);
        return -1;
    }
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

static int parse(const struct reading *r)
{
    GError *error = NULL;

    if (!g_key_file_load_from_data(r->file, r->recipe->text, strlen(r->recipe->text), G_KEY_FILE_NONE,
                                   &error)) {
        fault_set(r->fault, "recipe %s: %s", r->path, error->message);
        g_error_free(error);
        return -1;
    }
    if (check_names(r) || read_renditions(r) || read_limits(r) || read_overlays(r))
        return -1;
    return digest_recipe(r->recipe, r->fault);
}

int recipe_load(const char *path, struct recipe *recipe, struct fault *fault)
{
    struct reading r = {.path = path, .recipe = recipe, .fault = fault};
    GError *error = NULL;
    gsize bytes;
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
    if (!g_file_get_contents(path, &recipe->text, &bytes, &error)) {
        fault_set(fault, "recipe: %s", error->message);
        g_error_free(error);
        return -1;
    }
    if (strlen(recipe->text) != bytes) {
        failed = fault_set(fault, "recipe %s: has a zero byte in it: it is not a text", path);
    } else {
        r.file = g_key_file_new();
        failed = parse(&r);
        g_key_file_free(r.file);
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
