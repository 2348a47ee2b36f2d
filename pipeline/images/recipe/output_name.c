#include "pipeline/images/recipe/output_name.h"

#include <stdio.h>
#include <string.h>

#include <glib.h>

static const char default_pattern[] = "{rendition}/{path}.{ext}";

/* --- one piece of a pattern ------------------------------------------------------------------- */

enum piece {
    PIECE_END,
    PIECE_TEXT,
    PIECE_PATH, /* of the item: to PIECE_STEM */
    PIECE_FOLDER,
    PIECE_STEM,
    PIECE_RENDITION,
    PIECE_WIDTH,
    PIECE_HEIGHT,
    PIECE_EXT,
    PIECE_WRONG
};

static const char *const fields[] = {[PIECE_PATH] = "{path}",   [PIECE_FOLDER] = "{folder}",
                                     [PIECE_STEM] = "{stem}",   [PIECE_RENDITION] = "{rendition}",
                                     [PIECE_WIDTH] = "{width}", [PIECE_HEIGHT] = "{height}",
                                     [PIECE_EXT] = "{ext}"};

/* The piece that begins at *at, which moves behind it; start and length: the text, or the wrong part. */
static enum piece next_piece(const char **at, const char **start, size_t *length)
{
    *start = *at;
    *length = 1;
    if (!**at)
        return PIECE_END;
    if ((**at == '{' || **at == '}') && (*at)[1] == **at) {
        *at += 2;
        return PIECE_TEXT;
    }
    if (**at != '{' && **at != '}') {
        *length = strcspn(*at, "{}");
        *at += *length;
        return PIECE_TEXT;
    }
    for (int field = PIECE_PATH; field <= PIECE_EXT; field++)
        if (strncmp(*at, fields[field], strlen(fields[field])) == 0) {
            *at += strlen(fields[field]);
            return (enum piece)field;
        }
    *length = strlen(*at);
    *at += *length;
    return PIECE_WRONG;
}

static bool is_of_item(enum piece piece)
{
    return piece >= PIECE_PATH && piece <= PIECE_STEM;
}

/* --- filling ---------------------------------------------------------------------------------- */

/* What has been written of a path. */
struct filling {
    char *path;
    size_t used, bytes;
};

static void add(struct filling *filling, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++, filling->used++)
        if (filling->used + 1 < filling->bytes)
            filling->path[filling->used] = text[i];
}

size_t output_name_fill(const char *resolved, const char *item_path, char *path, size_t bytes)
{
    struct filling filling = {.path = path, .bytes = bytes};
    const char *slash = strrchr(item_path, '/'), *name = slash ? slash + 1 : item_path;
    const char *dot = strrchr(name, '.'), *start;
    size_t stem = dot && dot != name ? (size_t)(dot - name) : strlen(name), length;
    enum piece piece;

    while ((piece = next_piece(&resolved, &start, &length)) != PIECE_END) {
        if (piece == PIECE_PATH)
            add(&filling, item_path, strlen(item_path));
        else if (piece == PIECE_STEM)
            add(&filling, name, stem);
        else if (piece == PIECE_TEXT)
            add(&filling, start, length);
        else if (piece == PIECE_FOLDER && slash)
            add(&filling, item_path, (size_t)(slash - item_path));
        else if (piece == PIECE_FOLDER && *resolved == '/')
            resolved++;
    }
    if (bytes)
        path[filling.used < bytes ? filling.used : bytes - 1] = '\0';
    return filling.used;
}

/* --- checking --------------------------------------------------------------------------------- */

const char *output_name_fault(const char *path)
{
    static const char *const files[] = {"MANIFEST.sha256", "FAILED.tsv",     "NOTES.tsv", "SUMMARY.json",
                                        "RENDITIONS.json", "RENDITIONS.csv", NULL};
    size_t first = strcspn(path, "/");

    if (*path == '/')
        return "is absolute: outputs are in the output folder";
    for (const char *name = path;;) {
        size_t length = strcspn(name, "/");
        if (!length || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'))))
            return "has an empty name or one of . and .. in it";
        if (!name[length])
            break;
        name += length + 1;
    }
    if (*path == '.')
        return "begins with a dot: such names in the output folder are the run's own";
    for (int i = 0; files[i]; i++)
        if (strlen(files[i]) == first && strncmp(path, files[i], first) == 0)
            return "begins with the name of a file that the run writes";
    return NULL;
}

static bool ends_in_format(const char *text, int format)
{
    size_t length = strlen(text), ending = strlen(formats[format].extension);

    return length > ending + 1 && text[length - ending - 1] == '.' &&
           strcmp(text + length - ending, formats[format].extension) == 0;
}

/* Of items in a folder and without one. */
static const char *fault_of_samples(const char *resolved)
{
    static const char *const samples[] = {"folder/item.jpg", "item.jpg"};
    const char *why = NULL;
    char path[2 * RECIPE_NAME_BYTES] = "";

    for (int i = 0; i < 2 && !why; i++) {
        output_name_fill(resolved, samples[i], path, sizeof path);
        why = output_name_fault(path);
    }
    return why;
}

static bool has_item(const char *pattern)
{
    const char *start;
    size_t length;
    enum piece piece;

    while ((piece = next_piece(&pattern, &start, &length)) != PIECE_END)
        if (piece == PIECE_PATH || piece == PIECE_STEM)
            return true;
    return false;
}

bool output_name_is_resolved(const char *text)
{
    bool ending = false;
    const char *at = text, *start;
    size_t length;
    enum piece piece;

    if (strcmp(text, RECIPE_KEPT_OUTPUT) == 0)
        return true;
    if (strlen(text) >= RECIPE_NAME_BYTES || !has_item(text) || fault_of_samples(text))
        return false;
    while ((piece = next_piece(&at, &start, &length)) != PIECE_END)
        if (piece > PIECE_STEM)
            return false;
    for (int format = 0; format < FORMAT_COUNT; format++)
        ending = ending || ends_in_format(text, format);
    return ending;
}

/* --- resolving -------------------------------------------------------------------------------- */

/* With braces as {{ and }}, so that it stays a text. */
static void add_text(GString *resolved, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '{' || text[i] == '}')
            g_string_append_c(resolved, text[i]);
        g_string_append_c(resolved, text[i]);
    }
}

/* Returns 0, or -1 with what. */
static int resolve_pieces(const char *pattern, const struct rendition *rendition, GString *resolved,
                          char *what, size_t bytes)
{
    const char *start;
    size_t length;

    for (;;) {
        enum piece piece = next_piece(&pattern, &start, &length);
        if (piece == PIECE_END)
            return 0;
        if (piece == PIECE_WRONG) {
            snprintf(
                what, bytes,
                "'%.*s' is not one of: {path}, {folder}, {stem}, {rendition}, {width}, {height}, {ext}; a "
                "brace is {{ or }}",
                (int)(length < 40 ? length : 40), start);
            return -1;
        }
        if (piece == PIECE_HEIGHT && rendition->height == RECIPE_MOST_SIDE) {
            snprintf(what, bytes, "{height}: the rendition has no height: give it one or use {width}");
            return -1;
        }
        if (piece == PIECE_TEXT)
            add_text(resolved, start, length);
        else if (is_of_item(piece))
            g_string_append(resolved, fields[piece]);
        else if (piece == PIECE_RENDITION)
            add_text(resolved, rendition->name, strlen(rendition->name));
        else if (piece == PIECE_EXT)
            g_string_append(resolved, formats[rendition->format].extension);
        else
            g_string_append_printf(resolved, "%d",
                                   piece == PIECE_WIDTH ? rendition->width : rendition->height);
    }
}

/* Of a pattern that the recipe's author wrote. */
static int check_pattern(const char *pattern, char *what, size_t bytes)
{
    for (const char *c = pattern; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '\\') {
            snprintf(what, bytes, "has a control character or a backslash in it: give a plain path");
            return -1;
        }
    if (has_item(pattern))
        return 0;
    snprintf(what, bytes, "has neither {path} nor {stem}: every item would have the same name");
    return -1;
}

int output_name_resolve(const char *pattern, const struct rendition *rendition,
                        char resolved[RECIPE_NAME_BYTES], char *what, size_t bytes)
{
    GString *text = g_string_new(NULL);
    const char *why = NULL;
    int failed;

    if (rendition->format == FORMAT_AS_IS)
        pattern = RECIPE_KEPT_OUTPUT;
    failed = resolve_pieces(pattern ? pattern : default_pattern, rendition, text, what, bytes) ||
             (pattern && check_pattern(pattern, what, bytes));

    if (!failed && rendition->format != FORMAT_AS_IS && !ends_in_format(text->str, (int)rendition->format))
        g_string_append_printf(text, ".%s", formats[rendition->format].extension);
    if (!failed && text->len >= RECIPE_NAME_BYTES)
        why = "is too long: at most 255 bytes";
    else if (!failed)
        why = fault_of_samples(text->str);
    if (why) {
        snprintf(what, bytes, "%s", why);
        failed = -1;
    }
    if (!failed)
        g_strlcpy(resolved, text->str, RECIPE_NAME_BYTES);
    g_string_free(text, TRUE);
    return failed ? -1 : 0;
}

/* --- the top folder --------------------------------------------------------------------------- */

/* The first name without its doubled braces goes to top. */
static size_t find_top(const char *resolved, char top[RECIPE_NAME_BYTES])
{
    const char *start;
    size_t length, used = 0;

    while (next_piece(&resolved, &start, &length) == PIECE_TEXT)
        for (size_t i = 0; i < length; i++) {
            if (start[i] == '/') {
                top[used] = '\0';
                return used;
            }
            top[used++] = start[i];
        }
    return 0;
}

size_t output_name_top(const char *resolved)
{
    char top[RECIPE_NAME_BYTES];

    return find_top(resolved, top);
}

const char *output_name_top_folder(const char *resolved, char top[RECIPE_NAME_BYTES])
{
    if (!find_top(resolved, top))
        g_strlcpy(top, ".", RECIPE_NAME_BYTES);
    return top;
}
