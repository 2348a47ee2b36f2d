#include "harness/tables/table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "harness/tables/table_internal.h"
#include "pipeline/base/plain_file.h"

int table_add_column(struct table *table, const char *name)
{
    g_ptr_array_add(table->columns, (void *)table_text(table, name));
    return (int)table->columns->len - 1;
}

int table_find_column(const struct table *table, const char *name)
{
    for (unsigned i = 0; i < table->columns->len; i++)
        if (strcmp(table->columns->pdata[i], name) == 0)
            return (int)i;
    return -1;
}

const char **table_add_row(struct table *table, unsigned line)
{
    struct table_row row = {.line = line, .fields = g_new(const char *, table->columns->len)};

    for (unsigned i = 0; i < table->columns->len; i++)
        row.fields[i] = "";
    g_ptr_array_add(table->arrays, (void *)row.fields);
    g_array_append_val(table->rows, row);
    return row.fields;
}

const char *table_text(struct table *table, const char *text)
{
    return g_string_chunk_insert(table->texts, text);
}

const char *table_field(const struct table *table, size_t row, int column)
{
    return g_array_index(table->rows, struct table_row, row).fields[column];
}

const char *table_place_word(const struct table *table)
{
    return table->format == TABLE_CSV ? "line" : "entry";
}

static void init(struct table *table, const char *path)
{
    *table = (struct table){.path = g_strdup(path),
                            .columns = g_ptr_array_new(),
                            .rows = g_array_new(FALSE, FALSE, sizeof(struct table_row)),
                            .texts = g_string_chunk_new(16384),
                            .arrays = g_ptr_array_new_with_free_func(g_free)};
}

void table_release(struct table *table)
{
    if (!table->path)
        return;
    g_free(table->path);
    g_ptr_array_free(table->columns, TRUE);
    g_array_free(table->rows, TRUE);
    g_string_chunk_free(table->texts);
    g_ptr_array_free(table->arrays, TRUE);
    *table = (struct table){.path = NULL};
}

int table_parse(const char *path, const char *text, size_t bytes, struct table *table, struct fault *fault)
{
    int status;

    init(table, path);
    if (bytes >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        status = fault_set(fault, "%s is in UTF-16: save it as UTF-8", path);
    else if (strlen(text) != bytes)
        status = fault_set(fault, "%s holds zero bytes: give a text file", path);
    else if (table_is_json(text))
        status = table_parse_json(table, text, bytes, fault);
    else
        status = table_parse_csv(table, text, bytes, fault);
    if (status == 0 && table->rows->len == 0)
        status =
            fault_set(fault, "%s: no row of numbers: give lines such as workers,seconds then 1,12.5", path);
    if (status)
        table_release(table);
    return status;
}

/* All that comes, with a NUL behind it. Returns 0, or -1 with errno. Caller frees. */
static int read_all(int fd, char **text, gsize *bytes)
{
    GString *all = g_string_new("");
    char part[65536];
    ssize_t got;

    while ((got = read(fd, part, sizeof part)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            g_string_append_len(all, part, got);
    *bytes = all->len;
    *text = g_string_free(all, got < 0);
    return got < 0 ? -1 : 0;
}

int table_read(const char *path, struct table *table, struct fault *fault)
{
    const char *why;
    char *text = NULL;
    gsize bytes = 0;
    int status;

    if (strcmp(path, "-") == 0) {
        path = "standard input";
        if (read_all(STDIN_FILENO, &text, &bytes))
            return fault_set(fault, "standard input: %s: give a table", strerror(errno));
    } else {
        text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);
        if (!text)
            return fault_set(fault, "%s: %s: give a file that can be read", path, why);
    }
    status = table_parse(path, text, bytes, table, fault);
    g_free(text);
    return status;
}
