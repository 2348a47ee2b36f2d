#include <glib.h>
#include <string.h>

#include "pipeline/images/recipe/recipe_internal.h"

const char *const recipe_fits[] = {"inside", "cover", "contain", NULL};
const char *const recipe_gravities[] = {"centre", "north",      "north-east", "east",       "south-east",
                                        "south",  "south-west", "west",       "north-west", NULL};
const char *const recipe_subsamplings[] = {"420", "444", "auto", NULL};

static int check_name(const struct recipe_reading *r, const char *group, const char *name)
{
    static const char *const files[] = {"MANIFEST.sha256", "FAILED.tsv",     "NOTES.tsv", "SUMMARY.json",
                                        "RENDITIONS.json", "RENDITIONS.csv", NULL};

    if (!*name || *name == '.' || strchr(name, '/') || strlen(name) >= sizeof r->recipe->renditions[0].name)
        return recipe_complain(
            r, group, NULL, "the name is the name of a folder: give 1 to 63 bytes, no '/', no leading '.'");
    if (g_strv_contains(files, name))
        return recipe_complain(r, group, NULL, "the run writes a file of that name: give another");
    return 0;
}

/* For a key that other formats read: names them. */
static int complain_of_format(const struct recipe_reading *r, const char *group, const char *key,
                              enum recipe_format format)
{
    char what[256];
    size_t used = (size_t)g_snprintf(what, sizeof what, "has no effect with format=%s: it is for ",
                                     formats[format].name);
    const char *between = "";

    for (int f = 0; f < FORMAT_COUNT; f++)
        if (format_reads((enum recipe_format)f, key)) {
            g_snprintf(what + used, sizeof what - used, "%sformat=%s", between, formats[f].name);
            used = strlen(what);
            between = ", ";
        }
    return recipe_complain(r, group, key, what);
}

/* Every key has an effect with the rendition's format and fit. */
static int check_keys_are_read(const struct recipe_reading *r, const char *group,
                               const struct rendition *rendition)
{
    if (rendition->fit == FIT_INSIDE && key_file_line(&r->file, group, "gravity"))
        return recipe_complain(r, group, "gravity",
                               "has no effect with fit=inside: it is for fit=cover, fit=contain");
    for (int f = 0; f < FORMAT_COUNT; f++)
        for (int k = 0; k < FORMAT_KEYS_MOST && formats[f].keys[k]; k++) {
            const char *key = formats[f].keys[k];
            if (!format_reads(rendition->format, key) && key_file_line(&r->file, group, key))
                return complain_of_format(r, group, key, rendition->format);
        }
    return 0;
}

static int read_choices(const struct recipe_reading *r, const char *group, struct rendition *rendition)
{
    const char *names[FORMAT_COUNT + 1] = {NULL};
    int fit = FIT_INSIDE, format = FORMAT_JPEG, gravity = GRAVITY_CENTRE, sampling = SUBSAMPLING_420;

    for (int f = 0; f < FORMAT_COUNT; f++)
        names[f] = formats[f].name;
    if (recipe_get_choice(r, group, "fit", recipe_fits, &fit) ||
        recipe_get_choice(r, group, "format", names, &format) ||
        recipe_get_choice(r, group, "gravity", recipe_gravities, &gravity) ||
        recipe_get_choice(r, group, "subsampling", recipe_subsamplings, &sampling))
        return -1;
    rendition->fit = (enum recipe_fit)fit;
    rendition->format = (enum recipe_format)format;
    rendition->gravity = (enum recipe_gravity)gravity;
    rendition->subsampling = (enum recipe_subsampling)sampling;
    return 0;
}

static int read_rendition(const struct recipe_reading *r, const char *group)
{
    struct rendition *rendition = &r->recipe->renditions[r->recipe->rendition_count];
    const char *name = group + strlen(RECIPE_RENDITION);

    if (r->recipe->rendition_count == RECIPE_MAX_RENDITIONS)
        return recipe_complain(r, group, NULL, "is one rendition too many: at most 8");
    if (check_name(r, group, name))
        return -1;
    *rendition = (struct rendition){.quality = 82, .compression = 6};
    g_strlcpy(rendition->name, name, sizeof rendition->name);
    if (read_choices(r, group, rendition) ||
        recipe_get_whole(r, group, "width", 1, 16384, &rendition->width) ||
        recipe_get_whole(r, group, "height", 1, 16384, &rendition->height) ||
        recipe_get_whole(r, group, "quality", 1, 100, &rendition->quality) ||
        recipe_get_whole(r, group, "compression", 0, 9, &rendition->compression) ||
        recipe_get_real(r, group, "sharpen", 0, 3, &rendition->sharpen) ||
        recipe_get_truth(r, group, "watermark", &rendition->watermark) ||
        recipe_get_truth(r, group, "caption", &rendition->caption) ||
        recipe_get_truth(r, group, "progressive", &rendition->progressive) ||
        recipe_get_truth(r, group, "optimise", &rendition->optimise) ||
        recipe_get_truth(r, group, "enlarge", &rendition->enlarge))
        return -1;
    if (!rendition->width || !rendition->height)
        return recipe_complain(r, group, rendition->width ? "height" : "width",
                               "is missing: give the box in pixels");
    r->recipe->rendition_count++;
    return check_keys_are_read(r, group, rendition);
}

int recipe_read_renditions(const struct recipe_reading *r)
{
    int failed = 0;

    for (size_t i = 0; i < r->file.count && !failed; i++) {
        const struct key_line *line = &r->file.lines[i];
        if (!line->key && g_str_has_prefix(line->group, RECIPE_RENDITION))
            failed = read_rendition(r, line->group);
    }
    if (!failed && !r->recipe->rendition_count)
        failed = fault_set(r->fault, "recipe %s: no rendition in it: add a group [rendition NAME]", r->path);
    return failed;
}
