#include "harness/tables/column_names_internal.h"

#include <glib.h>
#include <string.h>

#include "harness/tables/columns.h"

static const struct {
    const char *name;
    enum column_kind kind;
} names[] = {
    {"workers", COLUMN_WORKERS},
    {"worker", COLUMN_WORKERS},
    {"n", COLUMN_WORKERS},
    {"p", COLUMN_WORKERS},
    {"j", COLUMN_WORKERS},
    {"np", COLUMN_WORKERS},
    {"threads", COLUMN_WORKERS},
    {"thread", COLUMN_WORKERS},
    {"processes", COLUMN_WORKERS},
    {"procs", COLUMN_WORKERS},
    {"proc", COLUMN_WORKERS},
    {"cores", COLUMN_WORKERS},
    {"core", COLUMN_WORKERS},
    {"cpus", COLUMN_WORKERS},
    {"cpu", COLUMN_WORKERS},
    {"processors", COLUMN_WORKERS},
    {"thread_count", COLUMN_WORKERS},
    {"core_count", COLUMN_WORKERS},
    {"worker_count", COLUMN_WORKERS},
    {"mpi_ranks", COLUMN_WORKERS},
    {"goroutines", COLUMN_WORKERS},
    {"gomaxprocs", COLUMN_WORKERS},
    {"nodes", COLUMN_WORKERS},
    {"ranks", COLUMN_WORKERS},
    {"tasks", COLUMN_WORKERS},
    {"jobs", COLUMN_WORKERS},
    {"clients", COLUMN_WORKERS},
    {"concurrency", COLUMN_WORKERS},
    {"parallelism", COLUMN_WORKERS},
    {"omp_num_threads", COLUMN_WORKERS},
    {"seconds", COLUMN_TIME},
    {"second", COLUMN_TIME},
    {"secs", COLUMN_TIME},
    {"sec", COLUMN_TIME},
    {"s", COLUMN_TIME},
    {"time", COLUMN_TIME},
    {"t", COLUMN_TIME},
    {"wall", COLUMN_TIME},
    {"walltime", COLUMN_TIME},
    {"wall_time", COLUMN_TIME},
    {"wall_clock", COLUMN_TIME},
    {"wall_clock_time", COLUMN_TIME},
    {"wallclock", COLUMN_TIME},
    {"elapsed", COLUMN_TIME},
    {"elapsed_time", COLUMN_TIME},
    {"real", COLUMN_TIME},
    {"real_time", COLUMN_TIME},
    {"runtime", COLUMN_TIME},
    {"run_time", COLUMN_TIME},
    {"execution_time", COLUMN_TIME},
    {"exec_time", COLUMN_TIME},
    {"total_time", COLUMN_TIME},
    {"duration", COLUMN_TIME},
    {"latency", COLUMN_TIME},
    {"mean", COLUMN_MEAN},
    {"avg", COLUMN_MEAN},
    {"average", COLUMN_MEAN},
    {"median", COLUMN_MEAN},
    {"throughput", COLUMN_THROUGHPUT},
    {"rate", COLUMN_THROUGHPUT},
    {"ops", COLUMN_THROUGHPUT},
    {"rps", COLUMN_THROUGHPUT},
    {"tps", COLUMN_THROUGHPUT},
    {"qps", COLUMN_THROUGHPUT},
    {"iops", COLUMN_THROUGHPUT},
    {"flops", COLUMN_THROUGHPUT},
    {"mflops", COLUMN_THROUGHPUT},
    {"gflops", COLUMN_THROUGHPUT},
    {"tflops", COLUMN_THROUGHPUT},
    {"kops", COLUMN_THROUGHPUT},
    {"mops", COLUMN_THROUGHPUT},
    {"mips", COLUMN_THROUGHPUT},
    {"fps", COLUMN_THROUGHPUT},
    {"mbps", COLUMN_THROUGHPUT},
    {"gbps", COLUMN_THROUGHPUT},
    {"bandwidth", COLUMN_THROUGHPUT},
    {"block", COLUMN_BLOCK},
    {"blocks", COLUMN_BLOCK},
    {"repeat", COLUMN_BLOCK},
    {"repetition", COLUMN_BLOCK},
    {"repetition_index", COLUMN_BLOCK},
    {"rep", COLUMN_BLOCK},
    {"replicate", COLUMN_BLOCK},
    {"run", COLUMN_BLOCK},
    {"iteration", COLUMN_BLOCK},
    {"trial", COLUMN_BLOCK},
    {"round", COLUMN_BLOCK},
    {"session", COLUMN_BLOCK},
    {"sample", COLUMN_BLOCK},
    {"attempt", COLUMN_BLOCK},
    {"seed", COLUMN_BLOCK},
    {"date", COLUMN_BLOCK},
    {"day", COLUMN_BLOCK},
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
    {"\xc2\xb5s", 1e-6}, /* the micro sign, and the Greek letter */
    {"\xce\xbcs", 1e-6},
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
double column_unit_seconds(const char *unit)
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

/* `min` and `h` are units in brackets only: time_min is the least of several times. */
static double unit_of_end(const char *name, const char *end)
{
    bool bracketed = strpbrk(name, "([{") != NULL;

    return !bracketed && (strcmp(end, "min") == 0 || strcmp(end, "h") == 0) ? 0 : column_unit_seconds(end);
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
    if (*text == '#' || *text == '_')
        memmove(text, text + 1, strlen(text));
    for (cut = strstr(text, "__"); cut; cut = strstr(text, "__"))
        memmove(cut, cut + 1, strlen(cut + 1) + 1);
    cut = strrchr(text, '_');
    if (cut && cut != text && !g_str_has_suffix(text, "_per_s") && !strstr(text, "_per_") &&
        unit_of_end(name, cut + 1) > 0) {
        *seconds = unit_of_end(name, cut + 1);
        *cut = '\0';
    }
    return text;
}

static enum column_kind find(const char *stem)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(stem, names[i].name) == 0)
            return names[i].kind;
    return COLUMN_NONE;
}

/* "nthreads", "num_threads", "NumThreads", "nr_cpus", "no_of_workers": what is left is a name of workers. */
static bool counts_workers(const char *name)
{
    static const char *const starts[] = {"number_of_", "no_of_", "num_", "num", "nr_", "n_", "n"};

    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        if (g_str_has_prefix(name, starts[i]) && strlen(name) > strlen(starts[i]) + 2 &&
            find(name + strlen(starts[i])) == COLUMN_WORKERS)
            return true;
    return false;
}

/* "time_mean", "median_elapsed": the mean or the median of a time. */
static bool is_mean_time(const char *name)
{
    static const char *const words[] = {"mean", "avg", "average", "median"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t word = strlen(words[i]), all = strlen(name);
        if (all < word + 2)
            continue;
        if (g_str_has_prefix(name, words[i]) && name[word] == '_' && find(name + word + 1) == COLUMN_TIME)
            return true;
        if (g_str_has_suffix(name, words[i]) && name[all - word - 1] == '_') {
            char *stem = g_strndup(name, all - word - 1);
            bool is_time = find(stem) == COLUMN_TIME;
            g_free(stem);
            if (is_time)
                return true;
        }
    }
    return false;
}

/* "ns/op", "ms_per_frame": a time for each piece of work; "time/ms": a time and its unit. 0: neither. */
static double time_by_piece(const char *name)
{
    const char *slash = strchr(name, '/'), *per = strstr(name, "_per_");
    const char *end = slash ? slash : per;
    double seconds = 0;
    char *stem;

    if (!end || end == name)
        return 0;
    stem = g_strndup(name, (gsize)(end - name));
    g_strdelimit(stem, "_", ' ');
    g_strchomp(stem);
    if (column_unit_seconds(stem) > 0 && strcmp(stem, "h") != 0)
        seconds = column_unit_seconds(stem);
    else if (slash && find(stem) == COLUMN_TIME && strcmp(stem, "t") != 0)
        seconds = column_unit_seconds(slash + 1 + strspn(slash + 1, "_"));
    g_free(stem);
    return seconds;
}

static const char *const rate_ends[] = {"_per_second", "_per_sec", "_per_s", "/second", "/sec", "/s"};
static const char *const slow_rate_ends[] = {"_per_minute", "_per_min", "_per_hour", "/minute",
                                             "/min",        "/hour",    "/h",        "_per_ms",
                                             "/ms",         "_per_us",  "/us"};
static const char *const rate_starts[] = {"throughput_", "bandwidth_", "rate_"};

static bool is_rate(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rate_ends); i++)
        if (g_str_has_suffix(name, rate_ends[i]))
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(slow_rate_ends); i++)
        if (g_str_has_suffix(name, slow_rate_ends[i]))
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(rate_starts); i++)
        if (g_str_has_prefix(name, rate_starts[i]))
            return true;
    return false;
}

enum column_kind column_kind_of(const char *name, double *seconds)
{
    char *text = plain(name, seconds);
    enum column_kind kind = find(text);

    if (time_by_piece(text) > 0) {
        *seconds = time_by_piece(text);
        kind = COLUMN_TIME;
    } else if (is_rate(text)) {
        kind = COLUMN_THROUGHPUT;
    } else if (*seconds == 0 && strcmp(text, "min") != 0 && strcmp(text, "h") != 0 &&
               column_unit_seconds(text) > 0) {
        *seconds = column_unit_seconds(text); /* the name is the unit */
        kind = COLUMN_TIME;
    } else if (kind == COLUMN_NONE && counts_workers(text)) {
        kind = COLUMN_WORKERS;
    } else if (kind == COLUMN_NONE && is_mean_time(text)) {
        kind = COLUMN_MEAN;
    }
    g_free(text);
    return kind;
}

/* Without the word for a throughput before its unit: "bandwidth_GB/s" is GB/s. */
static const char *without_start(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rate_starts); i++)
        if (g_ascii_strncasecmp(text, rate_starts[i], strlen(rate_starts[i])) == 0)
            return text + strlen(rate_starts[i]);
    return text;
}

char *column_rate_unit(const char *name)
{
    const char *open = strpbrk(name, "([{"), *close = open ? strpbrk(open, ")]}") : NULL, *rest;
    char *text, *unit = NULL;

    if (open && close > open + 1)
        return g_strndup(open + 1, (gsize)(close - open - 1));
    text = g_strdup(name);
    g_strdelimit(text, " ", '_');
    rest = without_start(text);
    for (size_t i = 0; i < G_N_ELEMENTS(rate_ends) && !unit; i++) {
        size_t end = strlen(rate_ends[i]), all = strlen(rest);
        if (all > end && g_ascii_strcasecmp(rest + all - end, rate_ends[i]) == 0)
            unit = g_strdup_printf("%.*s/s", (int)(all - end), rest);
    }
    if (!unit)
        unit = g_strdup(rest == text ? name : rest);
    g_free(text);
    return unit;
}
