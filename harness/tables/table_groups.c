#include "harness/tables/table_groups.h"

#include <string.h>

/* Which values of a column were measured with which numbers of workers. */
struct crossing {
    GHashTable *values; /* text to GHashTable of worker texts */
    size_t rows;
};

static void free_set(gpointer set)
{
    g_hash_table_destroy(set);
}

int group_selection_parse(struct group_selection *selection, const struct table *table, const char *text,
                          struct fault *fault)
{
    char **words = g_strsplit(text ? text : "", ",", -1);
    int status = 0;

    *selection = (struct group_selection){.count = 0};
    for (char **word = words; *word && status == 0; word++) {
        char *equal = strchr(*word, '=');
        int found = -1;
        if (equal)
            *equal = '\0';
        g_strstrip(*word);
        for (unsigned i = 0; i < table->columns->len; i++)
            if (g_ascii_strcasecmp(table->columns->pdata[i], *word) == 0)
                found = (int)i;
        if (found < 0) {
            status = fault_usage(fault, "%s: no column '%.60s' for --group", table->path, *word);
        } else if (selection->count == GROUP_COLUMNS_MOST) {
            status = fault_usage(fault, "--group: at most %d columns", GROUP_COLUMNS_MOST);
        } else {
            selection->value[selection->count] = equal ? g_strstrip(g_strdup(equal + 1)) : NULL;
            selection->column[selection->count++] = found;
        }
    }
    g_strfreev(words);
    if (status)
        group_selection_release(selection);
    return status;
}

void group_selection_release(struct group_selection *selection)
{
    for (unsigned i = 0; i < selection->count; i++)
        g_free(selection->value[i]);
    selection->count = 0;
}

bool group_selection_has(const struct group_selection *selection, const struct table *table, size_t row)
{
    for (unsigned i = 0; i < selection->count; i++)
        if (selection->value[i] &&
            strcmp(table_field(table, row, selection->column[i]), selection->value[i]) != 0)
            return false;
    return true;
}

static void cross(struct crossing *c, const struct table *table, const struct group_selection *selection,
                  int column, int workers)
{
    c->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_set);
    for (size_t row = 0; row < table->rows->len; row++) {
        const char *value = table_field(table, row, column);
        GHashTable *set;
        if (!group_selection_has(selection, table, row))
            continue;
        c->rows++;
        set = g_hash_table_lookup(c->values, value);
        if (!set) {
            set = g_hash_table_new(g_str_hash, g_str_equal);
            g_hash_table_insert(c->values, (void *)value, set);
        }
        g_hash_table_add(set, (void *)table_field(table, row, workers));
    }
}

static bool is_numeric(const struct table *table, int column)
{
    for (size_t row = 0; row < table->rows->len; row++) {
        const char *text = table_field(table, row, column);
        char *end;
        (void)g_ascii_strtod(text, &end);
        if (*text && (end == text || *end))
            return false;
    }
    return true;
}

/* Whether some number of workers has two values. */
static bool shares_workers(const struct crossing *c)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter values, workers;
    gpointer set, text;
    bool shared = false;

    g_hash_table_iter_init(&values, c->values);
    while (!shared && g_hash_table_iter_next(&values, NULL, &set)) {
        g_hash_table_iter_init(&workers, set);
        while (!shared && g_hash_table_iter_next(&workers, &text, NULL))
            shared = !g_hash_table_add(seen, text);
    }
    g_hash_table_destroy(seen);
    return shared;
}

/* Whether all values have the same numbers of workers, two of them at least. */
static bool is_complete(const struct crossing *c)
{
    GHashTableIter values, workers;
    gpointer set, text;
    GHashTable *first = NULL;

    g_hash_table_iter_init(&values, c->values);
    while (g_hash_table_iter_next(&values, NULL, &set)) {
        if (!first)
            first = set;
        if (g_hash_table_size(set) != g_hash_table_size(first) || g_hash_table_size(set) < 2)
            return false;
        g_hash_table_iter_init(&workers, set);
        while (g_hash_table_iter_next(&workers, &text, NULL))
            if (!g_hash_table_contains(first, text))
                return false;
    }
    return true;
}

/* How many configurations a column has; 0: it is none. */
static unsigned configurations(const struct table *table, const struct group_selection *selection, int column,
                               int workers)
{
    struct crossing c = {.rows = 0};
    unsigned values, found = 0;

    cross(&c, table, selection, column, workers);
    values = g_hash_table_size(c.values);
    if (values >= 2 && values < c.rows && shares_workers(&c) &&
        (is_numeric(table, column) ? is_complete(&c) : true))
        found = values;
    g_hash_table_destroy(c.values);
    return found;
}

static bool is_selected(const struct group_selection *selection, int column)
{
    for (unsigned i = 0; i < selection->count; i++)
        if (selection->column[i] == column)
            return true;
    return false;
}

int table_grouping_column(const struct table *table, const struct columns *columns,
                          const struct group_selection *selection, unsigned *values)
{
    for (int column = 0; column < (int)table->columns->len; column++) {
        if (column == columns->workers || column == columns->measure || column == columns->block ||
            column == columns->iterations || is_selected(selection, column) ||
            columns_is_block_name(table->columns->pdata[column]))
            continue;
        *values = configurations(table, selection, column, columns->workers);
        if (*values)
            return column;
    }
    return -1;
}
