#include "harness/tables/table_study.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "harness/tables/table_groups.h"
#include "harness/tables/table_internal.h"

/* Columns of `knee export` that say more than a table of anybody does; -1: not that table. */
struct own_columns {
    int role, chunk, policy, placement, status, cores;
};

struct converting {
    const struct table *table;
    const struct table_request *request;
    struct columns columns;
    struct own_columns own;
    bool is_own;
    struct group_selection selection;
    GHashTable *cells; /* key to index + 1 */
    struct study_data *study;
    struct fault *fault;
};

static void find_own(struct converting *c)
{
    static const char *const first[] = {"workers", "seconds", "block", "trial", "role", "chunk", "policy"};

    c->own = (struct own_columns){
        .role = -1, .chunk = -1, .policy = -1, .placement = -1, .status = -1, .cores = -1};
    c->is_own = c->table->columns->len > G_N_ELEMENTS(first);
    for (size_t i = 0; c->is_own && i < G_N_ELEMENTS(first); i++)
        c->is_own = strcmp(c->table->columns->pdata[i], first[i]) == 0;
    if (!c->is_own)
        return;
    c->own = (struct own_columns){.role = table_find_column(c->table, "role"),
                                  .chunk = table_find_column(c->table, "chunk"),
                                  .policy = table_find_column(c->table, "policy"),
                                  .placement = table_find_column(c->table, "placement"),
                                  .status = table_find_column(c->table, "status"),
                                  .cores = table_find_column(c->table, "cores")};
}

static const char *name_of(const struct converting *c, int column)
{
    return c->table->columns->pdata[column];
}

static unsigned line_of(const struct converting *c, size_t row)
{
    return g_array_index(c->table->rows, struct table_row, row).line;
}

/* A number in the C locale, whatever the user's: g_ascii_strtod. Returns 0, or -1 with fault. */
static int read_number(const struct converting *c, size_t row, int column, double *value)
{
    const char *text = table_field(c->table, row, column), *name = name_of(c, column);
    char *end;

    *value = g_ascii_strtod(text, &end);
    if (end == text || *end || !isfinite(*value))
        return fault_set(c->fault, "%s:%u: %s '%.40s' is not a number: %s", c->table->path, line_of(c, row),
                         name, text,
                         strchr(text, ',') ? "write a decimal point, not a comma" : "mend the line");
    if (column == c->columns.workers && (*value < 1 || *value > 1e6 || *value != floor(*value)))
        return fault_set(c->fault, "%s:%u: %s '%.40s': give a whole number from 1 to 1000000", c->table->path,
                         line_of(c, row), name, text);
    if (column == c->columns.block && (*value < 0 || *value > UINT_MAX || *value != floor(*value)))
        return fault_set(c->fault, "%s:%u: %s '%.40s': give a whole number", c->table->path, line_of(c, row),
                         name, text);
    if ((column == c->columns.measure || column == c->columns.iterations) && !(*value > 0))
        return fault_set(c->fault, "%s:%u: %s '%.40s': give a number above 0", c->table->path,
                         line_of(c, row), name, text);
    return 0;
}

static const char *own_text(const struct converting *c, size_t row, int column)
{
    return column >= 0 ? table_field(c->table, row, column) : "";
}

/* The cell of a row, made when it is the first of it. */
static unsigned cell_of(struct converting *c, size_t row, unsigned workers)
{
    const char *role = c->own.role >= 0 ? own_text(c, row, c->own.role) : "scaling";
    const char *chunk = own_text(c, row, c->own.chunk), *policy = own_text(c, row, c->own.policy),
               *placement = own_text(c, row, c->own.placement);
    char *key = g_strdup_printf("%u\n%s\n%s\n%s\n%s", workers, role, chunk, policy, placement);
    unsigned index = GPOINTER_TO_UINT(g_hash_table_lookup(c->cells, key));
    struct data_cell cell = {.id = c->study->cells->len, .workers = workers};

    if (index) {
        g_free(key);
        return index - 1;
    }
    cell.role = g_strdup(role);
    if (c->is_own) {
        cell.chunk = g_ascii_strtoll(chunk, NULL, 10);
        cell.policy = *policy ? g_strdup(policy) : NULL;
        cell.placement = *placement ? g_strdup(placement) : NULL;
    }
    g_array_append_val(c->study->cells, cell);
    g_hash_table_insert(c->cells, key, GUINT_TO_POINTER(c->study->cells->len));
    return c->study->cells->len - 1;
}

static enum trial_status status_of(const struct converting *c, size_t row)
{
    const char *text = own_text(c, row, c->own.status);

    return strcmp(text, "void") == 0 ? TRIAL_VOID : strcmp(text, "failed") == 0 ? TRIAL_FAILED : TRIAL_OK;
}

static int take_row(struct converting *c, size_t row)
{
    bool rate = c->columns.is_throughput;
    double workers = 1, measure = 1, block = 0, iterations = 1;
    struct data_trial trial = {.status = status_of(c, row)};

    if (trial.status != TRIAL_OK && !*table_field(c->table, row, c->columns.measure))
        return 0; /* a trial that failed before it had a time */
    if (read_number(c, row, c->columns.workers, &workers) ||
        read_number(c, row, c->columns.measure, &measure) ||
        (c->columns.iterations >= 0 && read_number(c, row, c->columns.iterations, &iterations)) ||
        (c->columns.block >= 0 && read_number(c, row, c->columns.block, &block)))
        return -1;
    trial.id = c->study->trials->len;
    trial.cell = cell_of(c, row, (unsigned)workers);
    trial.block = (unsigned)block;
    trial.wall_s = rate ? (study_data_is_weak(c->study) ? workers : 1) / measure
                        : measure * c->columns.seconds / iterations;
    trial.prefix_s = trial.spawn_s = trial.init_s = trial.work_s = trial.suffix_s = trial.cpu_s_per_item =
        NAN;
    trial.maxrss_mib = trial.tail_core_s = trial.dispatch_core_s = trial.worker_init_ms = trial.steal_share =
        NAN;
    trial.items = NAN;
    trial.images_per_s = rate ? measure : NAN;
    g_array_append_val(c->study->trials, trial);
    return 0;
}

/* Refuses rows of several configurations. Returns 0, or -1 with fault. */
static int check_groups(struct converting *c)
{
    unsigned values = 0;
    const char *selected = c->request->group ? c->request->group : "", *comma = *selected ? "," : "";
    int column = c->is_own ? -1 : table_grouping_column(c->table, &c->columns, &c->selection, &values);

    if (column < 0)
        return 0;
    return fault_set(
        c->fault,
        "%s: the rows are of %u configurations by column '%.40s': give --group %s%s%.40s to fit each, or"
        " --group %s%s%.40s=VALUE for one",
        c->table->path, values, name_of(c, column), selected, comma, name_of(c, column), selected, comma,
        name_of(c, column));
}

static int convert(struct converting *c)
{
    for (size_t row = 0; row < c->table->rows->len; row++)
        if (group_selection_has(&c->selection, c->table, row) && take_row(c, row))
            return -1;
    if (c->study->trials->len == 0)
        return fault_usage(c->fault, "%s: no row with %s", c->table->path, c->request->group);
    if (c->own.cores >= 0 && !c->study->cores)
        c->study->cores = (unsigned)g_ascii_strtoull(table_field(c->table, 0, c->own.cores), NULL, 10);
    c->study->paired = c->columns.block >= 0;
    if (c->columns.is_throughput)
        g_hash_table_replace(c->study->facts, g_strdup("throughput"),
                             g_strdup(name_of(c, c->columns.measure)));
    return 0;
}

static char *configuration_of(const struct table *table, const struct group_selection *selection, size_t row)
{
    GString *text = g_string_new("");

    for (unsigned i = 0; i < selection->count; i++)
        g_string_append_printf(text, "%s%s=%s", i ? "," : "",
                               (const char *)table->columns->pdata[selection->column[i]],
                               table_field(table, row, selection->column[i]));
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

int table_study(const struct table *table, const struct table_request *request, struct study_data *study,
                struct fault *fault)
{
    struct converting c = {.table = table, .request = request, .study = study, .fault = fault};
    int status;

    study_data_init(study);
    study->cores = request->cores;
    study->is_table = true;
    study->name = g_path_get_basename(table->path);
    if (request->weak)
        g_hash_table_replace(study->facts, g_strdup("scaling"), g_strdup("weak"));
    c.cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    find_own(&c);
    status = -1;
    if (columns_choose(table, &request->columns, &c.columns, fault) == 0 &&
        group_selection_parse(&c.selection, table, request->group, fault) == 0)
        status = check_groups(&c) || convert(&c) ? -1 : 0;
    group_selection_release(&c.selection);
    g_hash_table_destroy(c.cells);
    if (status)
        study_data_release(study);
    return status;
}
