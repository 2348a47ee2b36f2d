#include "harness/tables/table_groups.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "harness/tables/table_values_internal.h"

/* Level at which the times of two values of a numeric column differ: a measured quantity that repeats by chance must
 * not part the rows. */
#define DIFFERENCE_LEVEL 1e-3
/* The share of cells (value and number of workers) that a table of configurations has at least. */
#define CELLS_LEAST 0.6
/* How many times as long the trials of another configuration take, where nothing but that tells it from a measured
 * quantity. */
#define APART_LEAST 1.25

/* Which values of a column were measured with which numbers of workers. */
struct crossing {
    GHashTable *values; /* text to GHashTable of worker texts */
    size_t rows;
};

static void free_set(gpointer set)
{
    g_hash_table_destroy(set);
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
        double value;
        if (*text && !table_number(table, text, &value))
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

/* Whether every value has two numbers of workers, and most cells are there. */
static bool is_nearly_complete(const struct crossing *c)
{
    GHashTable *all = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter values, workers;
    gpointer set, text;
    size_t cells = 0;
    bool fewer = false, complete;

    g_hash_table_iter_init(&values, c->values);
    while (g_hash_table_iter_next(&values, NULL, &set)) {
        cells += g_hash_table_size(set);
        fewer |= g_hash_table_size(set) < 2;
        g_hash_table_iter_init(&workers, set);
        while (g_hash_table_iter_next(&workers, &text, NULL))
            g_hash_table_add(all, text);
    }
    complete = !fewer && (double)cells >= CELLS_LEAST * g_hash_table_size(c->values) * g_hash_table_size(all);
    g_hash_table_destroy(all);
    return complete;
}

/* Takes the mean of each text of a column off the rest of its rows. Returns the number of texts. */
static size_t take_off_means(const struct table *table, int column, double *rest, size_t rows)
{
    GHashTable *sums = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    size_t texts;

    for (size_t row = 0; row < rows; row++) {
        double *sum = g_hash_table_lookup(sums, table_field(table, row, column));
        if (isnan(rest[row]))
            continue;
        if (!sum) {
            sum = g_new0(double, 2);
            g_hash_table_insert(sums, (void *)table_field(table, row, column), sum);
        }
        sum[0] += rest[row];
        sum[1]++;
    }
    for (size_t row = 0; row < rows; row++)
        if (!isnan(rest[row])) {
            const double *sum = g_hash_table_lookup(sums, table_field(table, row, column));
            rest[row] -= sum[0] / sum[1];
        }
    texts = g_hash_table_size(sums);
    g_hash_table_destroy(sums);
    return texts;
}

static double squares(const double *rest, size_t rows)
{
    double sum = 0;

    for (size_t row = 0; row < rows; row++)
        sum += isnan(rest[row]) ? 0 : rest[row] * rest[row];
    return sum;
}

/* F test of the effect of a column on log times, beyond that of the workers. */
static bool times_differ(const struct table *table, const struct columns *columns,
                         const struct group_selection *selection, int column)
{
    enum { SWEEPS = 50 }; /* of the two effects in turn: they hardly depend on each other in such tables */
    size_t rows = table->rows->len, used = 0, cells, values = 0;
    double *rest = g_new0(double, rows + 1), without, with, df;

    for (size_t row = 0; row < rows; row++) {
        double value;
        bool counts = group_selection_has(selection, table, row) &&
                      table_number(table, table_field(table, row, columns->measure), &value) && value > 0;
        rest[row] = counts ? log(value) : NAN;
        used += counts;
    }
    cells = take_off_means(table, columns->workers, rest, rows);
    without = squares(rest, rows);
    for (int i = 0; i < SWEEPS; i++) {
        values = take_off_means(table, column, rest, rows);
        take_off_means(table, columns->workers, rest, rows);
    }
    with = squares(rest, rows);
    g_free(rest);
    df = (double)used - (double)cells - (double)values + 1;
    if (values < 2 || df < 1)
        return false;
    return gsl_cdf_fdist_Q((without - with) / ((double)values - 1) / (with / df), (double)values - 1, df) <
           DIFFERENCE_LEVEL;
}

/* How many configurations a column has; 0: it is none. */
static unsigned configurations(const struct table *table, const struct group_selection *selection, int column,
                               const struct columns *columns)
{
    struct crossing c = {.rows = 0};
    unsigned values, found = 0;

    cross(&c, table, selection, column, columns->workers);
    values = g_hash_table_size(c.values);
    if (values >= 2 && values < c.rows && shares_workers(&c) &&
        (!is_numeric(table, column) || is_complete(&c) ||
         (is_nearly_complete(&c) && times_differ(table, columns, selection, column))))
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

/* Whether a column may hold configurations. */
static bool is_candidate(const struct table *table, const struct columns *columns,
                         const struct group_selection *selection, int column)
{
    return column != columns->workers && column != columns->measure && column != columns->block &&
           column != columns->iterations && !is_selected(selection, column) &&
           !columns_is_block_name(table->columns->pdata[column]);
}

int table_grouping_column(const struct table *table, const struct columns *columns,
                          const struct group_selection *selection, unsigned *values)
{
    for (int column = 0; column < (int)table->columns->len; column++) {
        if (!is_candidate(table, columns, selection, column))
            continue;
        *values = configurations(table, selection, column, columns);
        if (*values)
            return column;
    }
    return -1;
}

/* Log times of the rows with one number of workers and one value. */
struct cell_times {
    double sum, count;
};

/* The lowest and the highest mean among the values of a number of workers. */
struct worker_times {
    double low, high;
    unsigned values;
};

static void add_time(GHashTable *cells, const char *workers, const char *value, double time)
{
    char *key = g_strdup_printf("%s\n%s", workers, value);
    struct cell_times *cell = g_hash_table_lookup(cells, key);

    if (!cell)
        g_hash_table_insert(cells, g_strdup(key), cell = g_new0(struct cell_times, 1));
    cell->sum += log(time);
    cell->count++;
    g_free(key);
}

static void add_mean(GHashTable *of_workers, const char *key, const struct cell_times *cell)
{
    char *workers = g_strndup(key, strcspn(key, "\n"));
    struct worker_times *times = g_hash_table_lookup(of_workers, workers);
    double mean = cell->sum / cell->count;

    if (!times) {
        times = g_new(struct worker_times, 1);
        *times = (struct worker_times){mean, mean, 0};
        g_hash_table_insert(of_workers, g_strdup(workers), times);
    }
    times->low = fmin(times->low, mean);
    times->high = fmax(times->high, mean);
    times->values++;
    g_free(workers);
}

/* Whether times differ widely between the values of a column wherever a number of workers has several of them. */
static bool times_are_apart(const struct table *table, const struct columns *columns,
                            const struct group_selection *selection, int column)
{
    GHashTable *cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
               *of_workers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer key, data;
    bool apart = true;
    double time;

    for (size_t row = 0; row < table->rows->len; row++)
        if (group_selection_has(selection, table, row) &&
            table_number(table, table_field(table, row, columns->measure), &time) && time > 0)
            add_time(cells, table_field(table, row, columns->workers), table_field(table, row, column), time);
    g_hash_table_iter_init(&iter, cells);
    while (g_hash_table_iter_next(&iter, &key, &data))
        add_mean(of_workers, key, data);
    g_hash_table_iter_init(&iter, of_workers);
    while (apart && g_hash_table_iter_next(&iter, NULL, &data)) {
        const struct worker_times *times = data;
        apart = times->values < 2 || times->high - times->low > log(APART_LEAST);
    }
    g_hash_table_destroy(cells);
    g_hash_table_destroy(of_workers);
    return apart;
}

/* "A at 1, 2; B at 4, 8", in the order of the rows. Caller frees. */
static char *places_of(const struct table *table, const struct columns *columns,
                       const struct group_selection *selection, int column)
{
    GString *text = g_string_new("");
    const char *value = NULL, *workers = NULL;

    for (size_t row = 0; row < table->rows->len && text->len < 120; row++) {
        const char *v = table_field(table, row, column), *w = table_field(table, row, columns->workers);
        if (!group_selection_has(selection, table, row))
            continue;
        if (!value || strcmp(v, value) != 0)
            g_string_append_printf(text, "%s%.20s at %s", text->len ? "; " : "", v, w);
        else if (strcmp(w, workers) != 0)
            g_string_append_printf(text, ", %s", w);
        value = v;
        workers = w;
    }
    return g_string_free(text, FALSE);
}

/* A text whose values share no number of workers, one of them having several; or numbers that share some, each having
 * several, whose times are far apart: too few cells to refuse them. */
static bool is_following(const struct table *table, const struct columns *columns,
                         const struct group_selection *selection, int column)
{
    struct crossing c = {.rows = 0};
    GHashTableIter values;
    gpointer set;
    size_t several = 0, count;
    bool found;

    cross(&c, table, selection, column, columns->workers);
    count = g_hash_table_size(c.values);
    g_hash_table_iter_init(&values, c.values);
    while (g_hash_table_iter_next(&values, NULL, &set))
        several += g_hash_table_size(set) > 1;
    if (is_numeric(table, column))
        found = count > 1 && several == count && shares_workers(&c) &&
                times_are_apart(table, columns, selection, column);
    else
        found = count > 1 && several > 0 && !shares_workers(&c);
    g_hash_table_destroy(c.values);
    return found;
}

char *table_following_column(const struct table *table, const struct columns *columns,
                             const struct group_selection *selection)
{
    for (int column = 0; column < (int)table->columns->len; column++) {
        char *places, *text;
        if (!is_candidate(table, columns, selection, column) ||
            !is_following(table, columns, selection, column))
            continue;
        places = places_of(table, columns, selection, column);
        text = g_strdup_printf("'%.40s' (%s)", (const char *)table->columns->pdata[column], places);
        g_free(places);
        return text;
    }
    return NULL;
}
