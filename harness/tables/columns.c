#include "harness/tables/columns.h"

#include <string.h>

#include "harness/tables/column_names_internal.h"

bool columns_is_block_name(const char *name)
{
    double seconds;

    return column_kind_of(name, &seconds) == COLUMN_BLOCK;
}

/* "a, b, c" of the header. Caller frees. */
static char *header_text(const struct table *table)
{
    GString *text = g_string_new("");

    for (unsigned i = 0; i < table->columns->len && text->len < 200; i++)
        g_string_append_printf(text, "%s%.40s", i ? ", " : "", (const char *)table->columns->pdata[i]);
    return g_string_free(text, FALSE);
}

static int missing(const struct table *table, const char *what, const char *accepted, struct fault *fault)
{
    char *header = header_text(table);
    int status = fault_set(fault, "%s: no column of %s among %s: accepted are %s", table->path, what, header,
                           accepted);

    g_free(header);
    return status;
}

/* The column that was asked for by name. Returns 0, or -1 with fault. */
static int named(const struct table *table, const char *name, int *column, struct fault *fault)
{
    char *header;
    int status;

    for (unsigned i = 0; i < table->columns->len; i++)
        if (g_ascii_strcasecmp(table->columns->pdata[i], name) == 0) {
            *column = (int)i;
            return 0;
        }
    header = header_text(table);
    status = fault_usage(fault, "%s: no column '%.60s': the columns are %s", table->path, name, header);
    g_free(header);
    return status;
}

/* The only column of a kind; -1 when there is none, -2 with fault when there are two. */
static int only(const struct table *table, enum column_kind kind, const char *option, struct fault *fault)
{
    double seconds;
    int found = -1;

    for (unsigned i = 0; i < table->columns->len; i++) {
        const char *name = table->columns->pdata[i];
        if (column_kind_of(name, &seconds) != kind)
            continue;
        if (kind == COLUMN_WORKERS && g_ascii_strcasecmp(name, "workers") == 0)
            return (int)i;
        if (kind == COLUMN_MEAN && found >= 0) { /* the median is the steadier of the two */
            if (strstr(name, "edian"))
                found = (int)i;
            continue;
        }
        if (found >= 0) {
            fault_set(fault,
                      "%s: columns '%.40s' and '%.40s' can both be meant: choose with %s, or leave one out",
                      table->path, (const char *)table->columns->pdata[found], name, option);
            return -2;
        }
        found = (int)i;
    }
    return found;
}

static int choose_workers(const struct table *table, const char *name, struct columns *columns,
                          struct fault *fault)
{
    unsigned later;

    if (name)
        return named(table, name, &columns->workers, fault);
    columns->workers = only(table, COLUMN_WORKERS, "--workers-column", fault);
    if (columns->workers == -2)
        return -1;
    if (columns->workers < 0)
        return missing(
            table, "workers",
            "workers, threads, cores, nodes, procs, ranks, np, jobs, n, or any with --workers-column", fault);
    /* `workers` twice is a mistake, not a choice. */
    for (later = (unsigned)columns->workers + 1; later < table->columns->len; later++)
        if (g_ascii_strcasecmp(table->columns->pdata[later], table->columns->pdata[columns->workers]) == 0)
            return fault_set(fault, "%s: column '%.40s' is there twice: leave one out", table->path,
                             (const char *)table->columns->pdata[later]);
    return 0;
}

static int choose_measure(const struct table *table, const char *name, struct columns *columns,
                          struct fault *fault)
{
    int rate;

    if (name) {
        double seconds;
        if (named(table, name, &columns->measure, fault))
            return -1;
        columns->is_throughput = column_kind_of(name, &seconds) == COLUMN_THROUGHPUT;
        return 0;
    }
    columns->measure = only(table, COLUMN_TIME, "--time-column", fault);
    rate = columns->measure == -2 ? -2 : only(table, COLUMN_THROUGHPUT, "--time-column", fault);
    if (columns->measure == -2 || rate == -2)
        return -1;
    if (columns->measure >= 0 && rate >= 0)
        return fault_set(fault,
                         "%s: columns '%.40s' and '%.40s' both: choose with --time-column, or leave one out",
                         table->path, (const char *)table->columns->pdata[columns->measure],
                         (const char *)table->columns->pdata[rate]);
    columns->is_throughput = rate >= 0;
    if (rate >= 0)
        columns->measure = rate;
    if (columns->measure < 0)
        columns->measure = only(table, COLUMN_MEAN, "--time-column", fault);
    if (columns->measure < 0)
        return missing(table, "times",
                       "seconds, elapsed, real, time, wall, mean, median, ms, us, ns, throughput, ops/s, "
                       "items_per_second,"
                       " or any with --time-column",
                       fault);
    return 0;
}

static bool has_block(const struct table *table)
{
    for (unsigned i = 0; i < table->columns->len; i++)
        if (g_ascii_strcasecmp(table->columns->pdata[i], "block") == 0)
            return true;
    return false;
}

/* A column called block goes before others of its kind; two others are not chosen between in silence. */
static int choose_block(const struct table *table, struct columns *columns, struct fault *fault)
{
    double seconds;

    columns->block = -1;
    for (unsigned i = 0; i < table->columns->len; i++) {
        const char *name = table->columns->pdata[i];
        if ((int)i == columns->workers || (int)i == columns->measure || (int)i == columns->iterations ||
            column_kind_of(name, &seconds) != COLUMN_BLOCK)
            continue;
        if (g_ascii_strcasecmp(name, "block") == 0) {
            columns->block = (int)i;
            return 0;
        }
        if (columns->block >= 0 && !has_block(table))
            return fault_set(
                fault,
                "%s: columns '%.40s' and '%.40s' can both say which rows were measured together: "
                "call one of them block, or leave one out",
                table->path, (const char *)table->columns->pdata[columns->block], name);
        columns->block = (int)i;
    }
    return 0;
}

/* GraphicsMagick's `benchmark -rawcsv` gives the time of all its iterations. */
static int iterations_of(const struct table *table)
{
    if (table->columns->len != 4 || strcmp(table->columns->pdata[0], "Threads") != 0 ||
        strcmp(table->columns->pdata[3], "Elapsed Time") != 0 ||
        strcmp(table->columns->pdata[1], "Iterations") != 0)
        return -1;
    return 1;
}

int columns_choose(const struct table *table, const struct columns_request *request, struct columns *columns,
                   struct fault *fault)
{
    *columns = (struct columns){.measure = -1, .iterations = iterations_of(table), .seconds = 1};
    if (choose_workers(table, request->workers, columns, fault) ||
        choose_measure(table, request->time, columns, fault))
        return -1;
    if (choose_block(table, columns, fault))
        return -1;
    if (columns->is_throughput) {
        columns->seconds = 1;
    } else {
        column_kind_of(table->columns->pdata[columns->measure], &columns->seconds);
        if (columns->seconds == 0)
            columns->seconds = 1;
    }
    if (!request->unit)
        return 0;
    if (columns->is_throughput)
        return fault_usage(
            fault,
            "--unit %.20s: column '%.40s' holds a throughput, whose unit does not matter: leave --unit out",
            request->unit, (const char *)table->columns->pdata[columns->measure]);
    columns->seconds = column_unit_seconds(request->unit);
    return columns->seconds > 0
               ? 0
               : fault_usage(fault, "--unit %.20s: give one of %s", request->unit, columns_units);
}
