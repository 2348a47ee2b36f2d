#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/images/recipe/output_name.h"
#include "pipeline/images/recipe/recipe_internal.h"

const char *const recipe_fits[] = {"inside", "cover", "contain", NULL};
const char *const recipe_gravities[] = {"centre", "north",      "north-east", "east",       "south-east",
                                        "south",  "south-west", "west",       "north-west", NULL};
const char *const recipe_subsamplings[] = {"420", "444", "auto", NULL};

static int check_name(const struct recipe_reading *r, const char *group, const char *name)
{
    if (!*name || *name == '.' || strchr(name, '/') || strlen(name) >= sizeof r->recipe->renditions[0].name)
        return recipe_complain(
            r, group, NULL, "the name is the name of a folder: give 1 to 63 bytes, no '/', no leading '.'");
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return recipe_complain(r, group, NULL,
                                   "the name has a control character in it: give a plain name");
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

/* All but the box and the names. */
static int read_keys(const struct recipe_reading *r, const char *group, struct rendition *rendition)
{
    return read_choices(r, group, rendition) ||
                   recipe_get_whole(r, group, "quality", 1, 100, &rendition->quality) ||
                   recipe_get_whole(r, group, "compression", 0, 9, &rendition->compression) ||
                   recipe_get_whole(r, group, "effort", 1, 9, &rendition->effort) ||
                   recipe_get_real(r, group, "sharpen", 0, 3, &rendition->sharpen) ||
                   recipe_get_truth(r, group, "watermark", &rendition->watermark) ||
                   recipe_get_truth(r, group, "caption", &rendition->caption) ||
                   recipe_get_truth(r, group, "progressive", &rendition->progressive) ||
                   recipe_get_truth(r, group, "optimise", &rendition->optimise) ||
                   recipe_get_truth(r, group, "enlarge", &rendition->enlarge)
               ? -1
               : check_keys_are_read(r, group, rendition);
}

/* --- the box ---------------------------------------------------------------------------------- */

/* Of a ladder: the height of a box of that width by aspect=W:H. */
static int read_aspect(const struct recipe_reading *r, const char *group, int width, int *height)
{
    const char *text = key_file_find(&r->file, group, "aspect");
    int across, down, used = 0;

    if (!text)
        return 0;
    if (sscanf(text, "%5d:%5d%n", &across, &down, &used) != 2 || text[used] || across < 1 || down < 1)
        return recipe_complain(r, group, "aspect", "give width and height of the box as 16:9");
    *height = (int)((2 * (int64_t)width * down + across) / (2 * (int64_t)across));
    if (*height < 1 || *height > RECIPE_MOST_SIDE)
        return recipe_complain(r, group, "aspect", "gives a box whose height is not from 1 to 16384");
    return 0;
}

/* Which of the keys go together. */
static int check_box(const struct recipe_reading *r, const char *group, const struct rendition *rendition,
                     int ladder)
{
    bool height = key_file_line(&r->file, group, "height"), aspect = key_file_line(&r->file, group, "aspect");

    if (ladder && rendition->width)
        return recipe_complain(r, group, "width", "is there with widths: keep one");
    if (!ladder && aspect)
        return recipe_complain(r, group, "aspect", "is for widths: give width and height");
    if (!ladder && !rendition->width)
        return recipe_complain(r, group, "width", "is missing: give the box in pixels");
    if (ladder && rendition->fit != FIT_INSIDE && (height || !aspect))
        return recipe_complain(
            r, group, height ? "height" : "widths",
            "a box of every width: give its shape, such as aspect=16:9, in place of height");
    if (height && aspect)
        return recipe_complain(r, group, "aspect", "is there with height: keep one");
    if (!ladder && !height && rendition->fit != FIT_INSIDE)
        return recipe_complain(r, group, "height", "is missing: give the box in pixels");
    return 0;
}

/* --- names ------------------------------------------------------------------------------------ */

static int name_outputs(const struct recipe_reading *r, const char *group, struct rendition *rendition)
{
    bool is_picture = g_str_has_prefix(group, RECIPE_RENDITION); /* name= of [recipe] is another key */
    const char *pattern = is_picture ? key_file_find(&r->file, group, "name") : NULL;
    char what[256];

    if (output_name_resolve(pattern, rendition, rendition->output, what, sizeof what))
        return recipe_complain(r, group, pattern ? "name" : NULL, what);
    for (const struct rendition *other = r->recipe->renditions; other < rendition; other++) {
        if (strcmp(other->name, rendition->name) == 0)
            g_snprintf(what, sizeof what, "two renditions are called '%s': give another name", other->name);
        else if (strcmp(other->output, rendition->output) == 0)
            g_snprintf(what, sizeof what,
                       "'%s' and '%s' would have outputs of one name: use {width} or {rendition} in it",
                       other->name, rendition->name);
        else
            continue;
        return recipe_complain(r, group, pattern ? "name" : NULL, what);
    }
    return 0;
}

/* --- a rendition, or a ladder ----------------------------------------------------------------- */

/* One more rendition, of the box of width; a ladder's are called NAME-WIDTH. */
static int add_rendition(const struct recipe_reading *r, const char *group, const struct rendition *of,
                         int width, bool ladder)
{
    struct rendition *rendition = &r->recipe->renditions[r->recipe->rendition_count];
    char name[sizeof of->name + 16], what[64];

    if (r->recipe->rendition_count == RECIPE_MAX_RENDITIONS) {
        g_snprintf(what, sizeof what, "is one rendition too many: at most %d", RECIPE_MAX_RENDITIONS);
        return recipe_complain(r, group, NULL, what);
    }
    *rendition = *of;
    rendition->width = width;
    if (ladder) {
        g_snprintf(name, sizeof name, "%s-%d", of->name, width);
        if (check_name(r, group, name) || read_aspect(r, group, width, &rendition->height))
            return -1;
        g_strlcpy(rendition->name, name, sizeof rendition->name);
    }
    if (name_outputs(r, group, rendition))
        return -1;
    r->recipe->rendition_count++;
    return 0;
}

static int read_rendition(const struct recipe_reading *r, const char *group)
{
    struct rendition rendition = {.quality = 82, .compression = 6, .effort = 5, .height = RECIPE_MOST_SIDE};
    const char *name = group + strlen(RECIPE_RENDITION);
    int widths[RECIPE_MAX_RENDITIONS], count, failed = 0;

    if (check_name(r, group, name))
        return -1;
    g_strlcpy(rendition.name, name, sizeof rendition.name);
    if (read_keys(r, group, &rendition) ||
        recipe_get_whole(r, group, "width", 1, RECIPE_MOST_SIDE, &rendition.width) ||
        recipe_get_whole(r, group, "height", 1, RECIPE_MOST_SIDE, &rendition.height) ||
        recipe_get_ladder(r, group, "widths", 1, RECIPE_MOST_SIDE, widths, &count) ||
        check_box(r, group, &rendition, count))
        return -1;
    if (!count)
        return add_rendition(r, group, &rendition, rendition.width, false);
    for (int i = 0; i < count && !failed; i++)
        failed = add_rendition(r, group, &rendition, widths[i], true);
    return failed;
}

/* --- originals -------------------------------------------------------------------------------- */

static int add_original(const struct recipe_reading *r, const char *name, enum recipe_format format)
{
    struct rendition original = {.format = format};

    g_strlcpy(original.name, name, sizeof original.name);
    if (add_rendition(r, "recipe", &original, 0, false))
        return -1;
    r->recipe->originals++;
    return 0;
}

static int read_originals(const struct recipe_reading *r)
{
    static const char *const choices[] = {"none", "lossless-jpeg", NULL};
    int choice = 0;

    if (recipe_get_choice(r, "recipe", "jxl", choices, &choice))
        return -1;
    return choice && (add_original(r, "original", FORMAT_JXL) || add_original(r, "kept", FORMAT_AS_IS)) ? -1
                                                                                                        : 0;
}

int recipe_check_pixels(const struct recipe_reading *r)
{
    uint64_t sum = 0;

    for (int i = 0; i < r->recipe->rendition_count; i++) {
        const struct rendition *rendition = &r->recipe->renditions[i];
        uint64_t box = (uint64_t)rendition->width * (uint64_t)rendition->height;
        bool grows = rendition->enlarge || rendition->fit == FIT_CONTAIN;
        sum += grows || box < r->recipe->max_pixels ? box : r->recipe->max_pixels;
    }
    return sum <= RECIPE_MOST_PIXELS
               ? 0
               : fault_set(
                     r->fault,
                     "recipe %s: its renditions can have %.0f megapixels of an item together, more than "
                     "%.0f: give smaller boxes, fewer renditions or a lower limit of megapixels",
                     r->path, (double)sum / 1e6, (double)RECIPE_MOST_PIXELS / 1e6);
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
    return failed ? failed : read_originals(r);
}
