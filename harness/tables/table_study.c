#include "harness/tables/table_study.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "harness/study/study_read.h"
#include "harness/tables/table_export.h"
#include "harness/tables/table_groups.h"
#include "harness/tables/table_internal.h"
#include "harness/tables/table_values_internal.h"

struct converting {
    const struct table *table;
    const struct table_request *request;
    struct columns columns;
    struct group_selection selection;
    GHashTable *cells; /* key to index + 1 */
    bool blocks_are_texts;
    GHashTable *blocks; /* text to number + 1 */
    struct study_data *study;
    struct fault *fault;
};

static const char *name_of(const struct converting *c, int column)
{
    return c->table->columns->pdata[column];
}

static unsigned line_of(const struct converting *c, size_t row)
{
    return g_array_index(c->table->rows, struct table_row, row).line;
}

/* Returns 0, or -1 with fault. */
static int read_number(const struct converting *c, size_t row, int column, double *value)
{
    const char *text = table_field(c->table, row, column), *name = name_of(c, column);

    if (!table_number(c->table, text, value))
        return fault_set(c->fault, "%s:%u: %s '%.40s' is not a number: %s", c->table->path, line_of(c, row),
                         name, text, table_number_remedy(c->table, text));
    if (column == c->columns.workers && (*value < 1 || *value > 1e6 || *value != floor(*value)))
        return fault_set(c->fault, "%s:%u: %s '%.40s': give a whole number from 1 to 1000000", c->table->path,
                         line_of(c, row), name, text);
    if ((column == c->columns.measure || column == c->columns.iterations) && !(*value > 0))
        return fault_set(c->fault, "%s:%u: %s '%.40s': give a number above 0", c->table->path,
                         line_of(c, row), name, text);
    return 0;
}

/* A block has a whole number, or any text ("mon"): then blocks are numbered as they come. Returns 0, or -1 with
 * fault. */
static int read_block(struct converting *c, size_t row, unsigned *block)
{
    const char *text = table_field(c->table, row, c->columns.block);
    double value;
    gpointer known;

    if (!*text)
        return fault_set(c->fault,
                         "%s:%u: %s is empty: say which rows were measured together, or leave the column out",
                         c->table->path, line_of(c, row), name_of(c, c->columns.block));
    if (!c->blocks_are_texts && table_number(c->table, text, &value)) {
        *block = (unsigned)value;
        return 0;
    }
    known = g_hash_table_lookup(c->blocks, text);
    if (!known) {
        known = GUINT_TO_POINTER(g_hash_table_size(c->blocks) + 1);
        g_hash_table_insert(c->blocks, (void *)text, known);
    }
    *block = GPOINTER_TO_UINT(known) - 1;
    return 0;
}

/* Whether hyperfine says that the run of a row has failed. */
static bool has_failed(const struct converting *c, size_t row)
{
    int column = c->table->format == TABLE_HYPERFINE ? table_find_column(c->table, TABLE_EXIT_COLUMN) : -1;

    return column >= 0 && strcmp(table_field(c->table, row, column), "0") != 0;
}

/* The cell of a row, made when it is the first of it. made: taken over, or its texts freed. */
static unsigned cell_of(struct converting *c, struct data_cell *made)
{
    char *key =
        g_strdup_printf("%u\n%s\n%lld\n%s\n%s\n%s\n%lld", made->workers, made->role, (long long)made->chunk,
                        made->policy ? made->policy : "", made->placement ? made->placement : "",
                        made->start_method ? made->start_method : "", (long long)made->id);
    unsigned index = GPOINTER_TO_UINT(g_hash_table_lookup(c->cells, key));

    if (index) {
        g_free(key);
        g_free(made->role);
        g_free(made->policy);
        g_free(made->placement);
        g_free(made->start_method);
        return index - 1;
    }
    g_array_append_val(c->study->cells, *made);
    g_hash_table_insert(c->cells, key, GUINT_TO_POINTER(c->study->cells->len));
    return c->study->cells->len - 1;
}

/* A row of a table of anybody. */
static struct data_trial plain_trial(const struct converting *c, double workers, double measure,
                                     double iterations)
{
    bool rate = c->columns.is_throughput;
    struct data_trial trial = {.status = TRIAL_OK, .weight = 1, .others_share = NAN};

    trial.wall_s = rate ? (study_data_is_weak(c->study) ? workers : 1) / measure
                        : measure * c->columns.seconds / iterations;
    trial.prefix_s = trial.spawn_s = trial.init_s = trial.work_s = trial.suffix_s = trial.cpu_s_per_item =
        NAN;
    trial.maxrss_mib = trial.tail_core_s = trial.dispatch_core_s = trial.worker_init_ms = trial.steal_share =
        NAN;
    trial.cpu_s = trial.runqueue_s = trial.cpus_most = trial.threads_most = trial.processes_most =
        trial.rss_sum_mib = trial.left_running = trial.cpus_allowed = trial.items = trial.items_failed = NAN;
    trial.images_per_s = rate ? measure : NAN;
    return trial;
}

/* A row that `knee export` printed. Returns 0, or -1 with fault. */
static int take_export(struct converting *c, size_t row)
{
    struct study_cell cell;
    struct study_trial trial;
    struct data_cell made;
    struct data_trial taken;
    unsigned index;

    if (table_export_row(c->table, row, &cell, &trial, c->fault))
        return -1;
    made = study_data_new_cell(&cell);
    if (made.id == STUDY_UNKNOWN)
        made.id = 0; /* exports of older versions: cells differ in what they are */
    if (!made.role)
        made.role = g_strdup("scaling");
    index = cell_of(c, &made);
    taken = study_data_new_trial(c->study, index, &trial);
    if (!trial.status)
        taken.status = TRIAL_OK;
    g_array_append_val(c->study->trials, taken);
    return 0;
}

static bool has_no_time(const struct converting *c, size_t row)
{
    int status = c->study->is_export ? table_find_column(c->table, "status") : -1;

    return status >= 0 && strcmp(table_field(c->table, row, status), "ok") != 0 &&
           !*table_field(c->table, row, c->columns.measure);
}

static int take_row(struct converting *c, size_t row)
{
    double workers = 1, measure = 1, iterations = 1;
    unsigned block = 0;
    struct data_trial trial;
    struct data_cell cell;

    if (read_number(c, row, c->columns.workers, &workers) ||
        (c->columns.block >= 0 && read_block(c, row, &block)))
        return -1;
    /* A trial that failed before it had a time. */
    if (has_no_time(c, row))
        return take_export(c, row);
    if (read_number(c, row, c->columns.measure, &measure) ||
        (c->columns.iterations >= 0 && read_number(c, row, c->columns.iterations, &iterations)))
        return -1;
    if (c->study->is_export)
        return take_export(c, row);
    trial = plain_trial(c, workers, measure, iterations);
    trial.id = c->study->trials->len;
    trial.block = block;
    if (has_failed(c, row))
        trial.status = TRIAL_FAILED;
    cell = (struct data_cell){.role = g_strdup("scaling"), .workers = (unsigned)workers};
    trial.cell = cell_of(c, &cell);
    g_array_append_val(c->study->trials, trial);
    return 0;
}

static int by_cell_id(const void *a, const void *b, void *cells)
{
    const struct data_cell *x = &g_array_index((GArray *)cells, struct data_cell, *(const unsigned *)a),
                           *y = &g_array_index((GArray *)cells, struct data_cell, *(const unsigned *)b);

    return x->id != y->id ? (x->id > y->id) - (x->id < y->id)
                          : (*(const unsigned *)a > *(const unsigned *)b) -
                                (*(const unsigned *)a < *(const unsigned *)b);
}

/* Cells in the order of the study, not in that in which its trials came upon them. */
static void order_cells(struct study_data *study)
{
    unsigned count = study->cells->len;
    unsigned *order = g_new0(unsigned, count + 1), *place = g_new0(unsigned, count + 1);
    struct data_cell *copy = g_memdup2(study->cells->data, sizeof(struct data_cell) * (count ? count : 1));

    for (unsigned i = 0; i < count; i++)
        order[i] = i;
    g_qsort_with_data(order, (gint)count, sizeof *order, by_cell_id, study->cells);
    for (unsigned i = 0; i < count; i++) {
        place[order[i]] = i;
        g_array_index(study->cells, struct data_cell, i) = copy[order[i]];
    }
    for (unsigned i = 0; i < study->trials->len; i++) {
        struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        trial->cell = place[trial->cell];
    }
    g_free(order);
    g_free(place);
    g_free(copy);
}

/* Refuses rows of several configurations. Returns 0, or -1 with fault. */
static int check_groups(struct converting *c)
{
    unsigned values = 0;
    const char *selected = c->request->group ? c->request->group : "", *comma = *selected ? "," : "";
    int column =
        c->study->is_export ? -1 : table_grouping_column(c->table, &c->columns, &c->selection, &values);

    if (column < 0) {
        char *following =
            c->study->is_export ? NULL : table_following_column(c->table, &c->columns, &c->selection);
        if (following)
            g_hash_table_replace(c->study->facts, g_strdup("follows_workers"), following);
        return 0;
    }
    return fault_set(
        c->fault,
        "%s: the rows are of %u configurations by column '%.40s': give --group %s%s%.40s to fit each, or"
        " --group %s%s%.40s=VALUE for one; call the column block where its values are repetitions",
        c->table->path, values, name_of(c, column), selected, comma, name_of(c, column), selected, comma,
        name_of(c, column));
}

static int convert(struct converting *c)
{
    bool commas = false;

    if (table_check_decimals(c->table, c->columns.measure, &commas, c->fault))
        return -1;
    if (commas)
        g_hash_table_replace(c->study->facts, g_strdup("decimal_commas"), g_strdup(""));
    c->blocks_are_texts = c->columns.block >= 0 && table_blocks_are_texts(c->table, c->columns.block);
    for (size_t row = 0; row < c->table->rows->len; row++)
        if (group_selection_has(&c->selection, c->table, row) && take_row(c, row))
            return -1;
    if (c->study->trials->len == 0)
        return fault_usage(c->fault, "%s: no row with %s", c->table->path, c->request->group);
    if (c->study->is_export) {
        order_cells(c->study);
        study_noise_apply(c->study);
    }
    c->study->paired = c->columns.block >= 0;
    if (c->columns.is_throughput)
        g_hash_table_replace(c->study->facts, g_strdup("throughput"),
                             column_rate_unit(name_of(c, c->columns.measure)));
    return 0;
}

static char *configuration_of(const struct table *table, const struct group_selection *selection, size_t row)
{
    GString *text = g_string_new("");

    for (unsigned i = 0; i < selection->count; i++) {
        char *value = group_value_quoted(table_field(table, row, selection->column[i]));
        g_string_append_printf(text, "%s%s=%s", i ? "," : "",
                               (const char *)table->columns->pdata[selection->column[i]], value);
        g_free(value);
    }
    return g_string_free(text, FALSE);
}

char **table_configurations(const struct table *table, const char *columns, struct fault *fault)
{
    struct group_selection selection;
    GPtrArray *found;
    GHashTable *seen;

    if (group_selection_parse(&selection, table, columns, fault))
        return NULL;
    found = g_ptr_array_new_with_free_func(g_free);
    seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t row = 0; row < table->rows->len; row++) {
        char *text =
            group_selection_has(&selection, table, row) ? configuration_of(table, &selection, row) : NULL;
        if (text && g_hash_table_add(seen, text))
            g_ptr_array_add(found, text);
        else
            g_free(text);
    }
    g_hash_table_destroy(seen);
    group_selection_release(&selection);
    if (found->len == 0) {
        g_ptr_array_free(found, TRUE);
        fault_usage(fault, "%s: no row with %s", table->path, columns);
        return NULL;
    }
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(found, FALSE);
}

/* An export has columns of every kind under their own names. */
static int choose_columns(struct converting *c)
{
    const struct columns_request *asked = &c->request->columns;

    if (!c->study->is_export)
        return columns_choose(c->table, asked, &c->columns, c->fault);
    if (asked->workers || asked->time || asked->unit)
        return fault_usage(
            c->fault,
            "%s: the columns of what 'knee export' prints are fixed: leave out --workers-column, "
            "--time-column and --unit",
            c->table->path);
    c->columns = (struct columns){.workers = table_find_column(c->table, "workers"),
                                  .measure = table_find_column(c->table, "seconds"),
                                  .iterations = -1,
                                  .block = table_find_column(c->table, "block"),
                                  .seconds = 1};
    return 0;
}

int table_study(const struct table *table, const struct table_request *request, struct study_data *study,
                struct fault *fault)
{
    struct converting c = {.table = table, .request = request, .study = study, .fault = fault};
    int status;

    study_data_init(study);
    study->cores = request->cores;
    study->is_table = true;
    study->name = g_path_get_basename(table->path);
    study->is_export = table_is_export(table);
    if (study->is_export && table->rows->len)
        table_export_take_facts(table, 0, study);
    if (study_data_fact(study, "cores") && !study->cores)
        study->cores = (unsigned)g_ascii_strtoull(study_data_fact(study, "cores"), NULL, 10);
    if (request->weak)
        g_hash_table_replace(study->facts, g_strdup("scaling"), g_strdup("weak"));
    c.cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    c.blocks = g_hash_table_new(g_str_hash, g_str_equal);
    status = -1;
    if (choose_columns(&c) == 0 && group_selection_parse(&c.selection, table, request->group, fault) == 0)
        status = check_groups(&c) || convert(&c) ? -1 : 0;
    group_selection_release(&c.selection);
    g_hash_table_destroy(c.cells);
    g_hash_table_destroy(c.blocks);
    if (status)
        study_data_release(study);
    return status;
}
