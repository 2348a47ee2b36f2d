#include "pipeline/images/output/failed_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/lines.h"
#include "pipeline/base/plain_file.h"

static const char failed_name[] = "FAILED.tsv", heading[] = "path\tstage\tattempt\treason";

/* --- writing ---------------------------------------------------------------------------------- */

int failed_list_begin(struct failed_writer *writer, const char *folder, struct fault *fault)
{
    if (whole_file_begin(&writer->whole, folder, failed_name, fault))
        return -1;
    fprintf(writer->whole.file, "%s\n", heading);
    return 0;
}

void failed_list_put(struct failed_writer *writer, const struct failed_item *item)
{
    whole_file_put_field(writer->whole.file, item->path, '\t');
    whole_file_put_field(writer->whole.file, item->stage, '\t');
    fprintf(writer->whole.file, "%u\t", item->attempt);
    whole_file_put_field(writer->whole.file, item->reason, '\n');
}

int failed_list_end(struct failed_writer *writer, struct fault *fault)
{
    return whole_file_end(&writer->whole, fault);
}

int failed_list_remove(const char *folder, struct fault *fault)
{
    return whole_file_remove(folder, failed_name, fault);
}

/* --- reading ---------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes whole_file_put_field() in place. Returns 0, or -1 when it is not such a field. */
static int unescape(char *text)
{
    static const char letters[] = "tnr\\", specials[] = "\t\n\r\\";
    char *to = text;

    for (const char *c = text; *c; c++) {
        const char *letter;
        if (*c != '\\') {
            *to++ = *c;
            continue;
        }
        c++;
        letter = *c ? strchr(letters, *c) : NULL;
        if (letter) {
            *to++ = specials[letter - letters];
        } else {
            int high = *c == 'x' ? hex_value(c[1]) : -1, low = high < 0 ? -1 : hex_value(c[2]);
            if (low < 0 || !(high | low))
                return -1;
            *to++ = (char)(high << 4 | low);
            c += 2;
        }
    }
    *to = '\0';
    return 0;
}

/* Returns 0, or -1 when memory is short. */
static int add(struct failed_list *list, const char *path)
{
    if (list->count == list->capacity) {
        uint64_t capacity = list->capacity ? list->capacity * 2 : 64;
        char **grown = realloc(list->paths, capacity * sizeof *grown);
        if (!grown)
            return -1;
        list->paths = grown;
        list->capacity = capacity;
    }
    list->paths[list->count] = strdup(path);
    return list->paths[list->count] ? (list->count++, 0) : -1;
}

/* Returns 0, or -1 when the line has another form; the heading is no item. */
static int read_line(void *context, char *line, unsigned long number)
{
    struct failed_list *list = context;
    char *tab = strchr(line, '\t');
    int tabs = 0;

    if (number == 1)
        return strcmp(line, heading) == 0 ? 0 : -1;
    for (const char *c = line; *c; c++)
        tabs += *c == '\t';
    if (tabs != 3 || !tab || tab == line)
        return -1;
    *tab = '\0';
    return unescape(line) || add(list, line) ? -1 : 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int failed_list_read(struct failed_list *list, const char *folder, struct fault *fault)
{
    char path[4096];
    const char *why;
    FILE *file;
    int failed;

    *list = (struct failed_list){0};
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, failed_name) >= sizeof path)
        return fault_set(fault, "output folder %.100s...: its path is too long", folder);
    if (access(path, F_OK) && errno == ENOENT)
        return 0;
    file = plain_file_stream(path, &why);
    if (!file)
        return fault_set(fault, "%s: %s: give a folder that 'knee run' has written", path, why);
    failed = lines_each(file, path, read_line, list,
                        "not a line of a list of failed items: run the batch again", fault);
    fclose(file);
    if (failed)
        failed_list_release(list);
    else if (list->count)
        qsort(list->paths, list->count, sizeof *list->paths, by_text);
    return failed;
}

bool failed_list_has(const struct failed_list *list, const char *path)
{
    return list->count && bsearch(&path, list->paths, list->count, sizeof *list->paths, by_text);
}

void failed_list_release(struct failed_list *list)
{
    for (uint64_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct failed_list){0};
}
