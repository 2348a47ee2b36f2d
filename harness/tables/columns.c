#include "harness/tables/columns.h"

#include <string.h>

enum kind { KIND_NONE, KIND_WORKERS, KIND_TIME, KIND_MEAN, KIND_THROUGHPUT, KIND_BLOCK };

static const struct {
    const char *name;
    enum kind kind;
} names[] = {
    {"workers", KIND_WORKERS},
    {"worker", KIND_WORKERS},
    {"n", KIND_WORKERS},
    {"p", KIND_WORKERS},
    {"j", KIND_WORKERS},
    {"np", KIND_WORKERS},
    {"threads", KIND_WORKERS},
    {"thread", KIND_WORKERS},
    {"processes", KIND_WORKERS},
    {"procs", KIND_WORKERS},
    {"proc", KIND_WORKERS},
    {"cores", KIND_WORKERS},
    {"core", KIND_WORKERS},
    {"cpus", KIND_WORKERS},
    {"nodes", KIND_WORKERS},
    {"ranks", KIND_WORKERS},
    {"tasks", KIND_WORKERS},
    {"jobs", KIND_WORKERS},
    {"clients", KIND_WORKERS},
    {"concurrency", KIND_WORKERS},
    {"parallelism", KIND_WORKERS},
    {"omp_num_threads", KIND_WORKERS},
    {"seconds", KIND_TIME},
    {"second", KIND_TIME},
    {"secs", KIND_TIME},
    {"sec", KIND_TIME},
    {"s", KIND_TIME},
    {"time", KIND_TIME},
    {"t", KIND_TIME},
    {"wall", KIND_TIME},
    {"walltime", KIND_TIME},
    {"wall_time", KIND_TIME},
    {"wall_clock", KIND_TIME},
    {"wall_clock_time", KIND_TIME},
    {"wallclock", KIND_TIME},
    {"elapsed", KIND_TIME},
    {"elapsed_time", KIND_TIME},
    {"real", KIND_TIME},
    {"real_time", KIND_TIME},
    {"runtime", KIND_TIME},
    {"run_time", KIND_TIME},
    {"execution_time", KIND_TIME},
    {"exec_time", KIND_TIME},
    {"total_time", KIND_TIME},
    {"duration", KIND_TIME},
    {"latency", KIND_TIME},
    {"mean", KIND_MEAN},
    {"avg", KIND_MEAN},
    {"average", KIND_MEAN},
    {"mean_time", KIND_MEAN},
    {"median_time", KIND_MEAN},
    {"median", KIND_MEAN},
    {"throughput", KIND_THROUGHPUT},
    {"rate", KIND_THROUGHPUT},
    {"ops", KIND_THROUGHPUT},
    {"rps", KIND_THROUGHPUT},
    {"tps", KIND_THROUGHPUT},
    {"qps", KIND_THROUGHPUT},
    {"iops", KIND_THROUGHPUT},
    {"flops", KIND_THROUGHPUT},
    {"mflops", KIND_THROUGHPUT},
    {"gflops", KIND_THROUGHPUT},
    {"bandwidth", KIND_THROUGHPUT},
    {"block", KIND_BLOCK},
    {"blocks", KIND_BLOCK},
    {"repeat", KIND_BLOCK},
    {"repetition", KIND_BLOCK},
    {"repetition_index", KIND_BLOCK},
    {"rep", KIND_BLOCK},
    {"replicate", KIND_BLOCK},
    {"run", KIND_BLOCK},
    {"iteration", KIND_BLOCK},
    {"trial", KIND_BLOCK},
    {"round", KIND_BLOCK},
    {"session", KIND_BLOCK},
    {"sample", KIND_BLOCK},
    {"attempt", KIND_BLOCK},
    {"seed", KIND_BLOCK},
};

static const struct {
    const char *name;
    double seconds;
} units[] = {
    {"s", 1},
    {"sec", 1},
    {"secs", 1},
    {"second", 1},
    {"seconds", 1},
    {"ms", 1e-3},
    {"msec", 1e-3},
    {"msecs", 1e-3},
    {"millis", 1e-3},
    {"milliseconds", 1e-3},
    {"us", 1e-6},
    {"usec", 1e-6},
    {"usecs", 1e-6},
    {"micros", 1e-6},
    {"microseconds", 1e-6},
    {"\xc2\xb5s", 1e-6},
    {"ns", 1e-9},
    {"nsec", 1e-9},
    {"nsecs", 1e-9},
    {"nanos", 1e-9},
    {"nanoseconds", 1e-9},
    {"minutes", 60},
    {"mins", 60},
    {"hours", 3600},
};
const char columns_units[] = "s, ms, us, ns, min, h";

/* 0: no unit. */
static double unit_seconds(const char *unit)
{
    if (strcmp(unit, "min") == 0)
        return 60; /* not as the name of a column: there it is the minimum */
    if (strcmp(unit, "h") == 0)
        return 3600;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return 0;
}

/* The name in the form in which names are compared, without its unit; *seconds is 0 when it has none. Caller
 * frees. */
static char *plain(const char *name, double *seconds)
{
    char *text = g_ascii_strdown(name, -1), *cut;

    *seconds = 0;
    g_strdelimit(text, " -.,[](){}", '_');
    while (g_str_has_suffix(text, "_"))
        text[strlen(text) - 1] = '\0';
    if (g_str_has_prefix(text, "parameter_"))
        memmove(text, text + 10, strlen(text + 10) + 1);
    for (cut = strstr(text, "__"); cut; cut = strstr(text, "__"))
        memmove(cut, cut + 1, strlen(cut + 1) + 1);
    cut = strrchr(text, '_');
    if (cut && cut != text && unit_seconds(cut + 1) > 0 && !g_str_has_suffix(text, "_per_s") &&
        !strstr(text, "_per_")) {
        *seconds = unit_seconds(cut + 1);
        *cut = '\0';
    }
    return text;
}

static bool ends_as_rate(const char *name)
{
    static const char *const ends[] = {"_per_second", "_per_sec", "_per_s",      "/second",
                                       "/sec",        "/s",       "_per_minute", "_per_hour"};

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(name, ends[i]))
            return true;
    return false;
}

static enum kind kind_of(const char *name, double *seconds)
{
    char *text = plain(name, seconds);
    const char *stem = text;
    enum kind kind = KIND_NONE;

    if (ends_as_rate(text)) {
        kind = KIND_THROUGHPUT;
    } else if (*seconds == 0 && strcmp(text, "min") != 0 && strcmp(text, "h") != 0 &&
               unit_seconds(text) > 0) {
        *seconds = unit_seconds(text); /* the name is the unit */
        kind = KIND_TIME;
    } else {
        if (g_str_has_prefix(stem, "num_") || g_str_has_prefix(stem, "nr_"))
            stem = strchr(stem, '_') + 1;
        else if (g_str_has_prefix(stem, "n_"))
            stem += 2;
        for (size_t i = 0; i < G_N_ELEMENTS(names) && kind == KIND_NONE; i++)
            if (strcmp(stem, names[i].name) == 0 ||
                (stem[0] == 'n' && names[i].kind == KIND_WORKERS && strlen(names[i].name) > 2 &&
                 strcmp(stem + 1, names[i].name) == 0))
                kind = names[i].kind;
    }
    g_free(text);
    return kind;
}

bool columns_is_block_name(const char *name)
{
    double seconds;

    return kind_of(name, &seconds) == KIND_BLOCK;
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
static int only(const struct table *table, enum kind kind, const char *option, struct fault *fault)
{
    double seconds;
    int found = -1;

    for (unsigned i = 0; i < table->columns->len; i++) {
        const char *name = table->columns->pdata[i];
        if (kind_of(name, &seconds) != kind)
            continue;
        if (kind == KIND_WORKERS && g_ascii_strcasecmp(name, "workers") == 0)
            return (int)i;
        if (kind == KIND_MEAN && found >= 0) { /* the median is the steadier of the two */
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
    columns->workers = only(table, KIND_WORKERS, "--workers-column", fault);
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
        columns->is_throughput = kind_of(name, &seconds) == KIND_THROUGHPUT;
        return 0;
    }
    columns->measure = only(table, KIND_TIME, "--time-column", fault);
    rate = columns->measure == -2 ? -2 : only(table, KIND_THROUGHPUT, "--time-column", fault);
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
        columns->measure = only(table, KIND_MEAN, "--time-column", fault);
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
            kind_of(name, &seconds) != KIND_BLOCK)
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
        kind_of(table->columns->pdata[columns->measure], &columns->seconds);
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
    columns->seconds = unit_seconds(request->unit);
    return columns->seconds > 0
               ? 0
               : fault_usage(fault, "--unit %.20s: give one of %s", request->unit, columns_units);
}
