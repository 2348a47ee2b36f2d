#include "pipeline/images/output/rendition_list.h"

#include <inttypes.h>
#include <string.h>

#include <glib.h>

const char *const rendition_list_forms[] = {"json", "csv", "none", NULL};

static const char *const names[] = {"RENDITIONS.json", "RENDITIONS.csv"};

int rendition_list_begin(struct rendition_list *list, const char *folder, enum rendition_list_form form,
                         struct fault *fault)
{
    *list = (struct rendition_list){.form = form};
    for (int other = 0; other < RENDITION_LIST_NONE; other++)
        if (other != (int)form && whole_file_remove(folder, names[other], fault))
            return -1;
    if (form == RENDITION_LIST_NONE)
        return 0;
    if (whole_file_begin(&list->whole, folder, names[form], fault))
        return -1;
    fputs(form == RENDITION_LIST_JSON ? "{\"format\": \"knee-renditions 1\", \"renditions\": ["
                                      : "path,rendition,width,height,bytes,type,sha256,source\r\n",
          list->whole.file);
    return 0;
}

static void put_path(FILE *file, const char *key, const char *path)
{
    fprintf(file, "\"%s\": ", key);
    whole_file_put_json(file, path);
    if (!g_utf8_validate(path, -1, NULL)) {
        char *bytes = g_base64_encode((const guchar *)path, strlen(path));
        fprintf(file, ", \"%s_base64\": \"%s\"", key, bytes);
        g_free(bytes);
    }
}

static void put_csv(FILE *file, const char *text, char after)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (quoted)
        fputc('"', file);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            fputc('"', file);
        fputc(*c, file);
    }
    if (quoted)
        fputc('"', file);
    fputc(after, file);
}

static void hex_of(const uint8_t sha256[32], char hex[65])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < 32; i++) {
        hex[2 * i] = digits[sha256[i] >> 4];
        hex[2 * i + 1] = digits[sha256[i] & 15];
    }
    hex[64] = '\0';
}

void rendition_list_put(struct rendition_list *list, const char *path, const char *source,
                        const struct rendition *rendition, const struct image_output *output)
{
    FILE *file = list->whole.file;
    char hex[65];

    if (!file)
        return;
    hex_of(output->sha256, hex);
    if (list->form == RENDITION_LIST_CSV) {
        put_csv(file, path, ',');
        put_csv(file, rendition->name, ',');
        fprintf(file, "%u,%u,%" PRIu32 ",%s,%s,", output->width, output->height, output->bytes,
                formats[rendition->format].media_type, hex);
        put_csv(file, source, '\r');
        fputc('\n', file);
        return;
    }
    fputs(list->rows++ ? ",\n{" : "\n{", file);
    put_path(file, "path", path);
    fputs(", \"rendition\": ", file);
    whole_file_put_json(file, rendition->name);
    fprintf(file,
            ", \"width\": %u, \"height\": %u, \"bytes\": %" PRIu32 ", \"type\": \"%s\", \"sha256\": \"%s\", ",
            output->width, output->height, output->bytes, formats[rendition->format].media_type, hex);
    put_path(file, "source", source);
    fputc('}', file);
}

int rendition_list_end(struct rendition_list *list, struct fault *fault)
{
    if (!list->whole.file)
        return 0;
    if (list->form == RENDITION_LIST_JSON)
        fputs("\n]}\n", list->whole.file);
    return whole_file_end(&list->whole, fault);
}

void rendition_list_abandon(struct rendition_list *list)
{
    whole_file_abandon(&list->whole);
}
