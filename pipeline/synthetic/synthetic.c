#include "pipeline/synthetic/synthetic.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/random.h"

/* One well-mixed word for every index, in any order. */
static uint64_t mix(uint64_t x)
{
    return random_mix(x + RANDOM_STEP);
}

/* Uniform in (0, 1), never an end. */
static double uniform(uint64_t seed, uint64_t index, uint64_t stream)
{
    return ((double)(mix(mix(seed) ^ (index * 2 + stream)) >> 11) + 0.5) / 9007199254740992.0;
}

uint64_t synthetic_cost_ns(const struct synthetic_spec *spec, uint64_t index)
{
    double u = uniform(spec->seed, index, 0);

    if (spec->last_ns && index + 1 == spec->items)
        return spec->last_ns;
    switch (spec->spread) {
    case SYNTHETIC_FIXED:
        break;
    case SYNTHETIC_UNIFORM:
        return spec->cost_ns + (uint64_t)(u * (double)(spec->cost_to_ns - spec->cost_ns));
    case SYNTHETIC_LOGNORMAL: /* Box and Muller 1958 */
        u = sqrt(-2 * log(u)) * cos(2 * M_PI * uniform(spec->seed, index, 1));
        return (uint64_t)((double)spec->cost_ns * exp(spec->sigma * u));
    }
    return spec->cost_ns;
}

uint64_t synthetic_size_bytes(const struct synthetic_spec *spec, uint64_t index)
{
    /* Another seed: sizes are independent of costs. */
    double u = uniform(~spec->seed, index, 0);

    if (!spec->size_to_bytes)
        return synthetic_cost_ns(spec, index);
    return spec->size_bytes + (uint64_t)(u * (double)(spec->size_to_bytes - spec->size_bytes));
}

uint64_t synthetic_slow_ns(const struct synthetic_spec *spec, uint64_t index, uint32_t workers)
{
    if (!spec->slow_ns || workers < 2)
        return 0;
    return (uint64_t)((double)spec->slow_ns * (double)synthetic_size_bytes(spec, index) / 1e6 *
                      (workers - 1));
}

uint64_t synthetic_serial_ns(const struct synthetic_spec *spec)
{
    double sum = 0;

    if (spec->serial_share <= 0)
        return spec->serial_ns;
    for (uint64_t i = 0; i < spec->items; i++)
        sum += (double)(synthetic_cost_ns(spec, i) + spec->lock_ns + spec->io_ns);
    /* share s of the whole: serial = s / (1 - s) * rest */
    return (uint64_t)(spec->serial_share / (1 - spec->serial_share) * sum);
}

/* --- words ----------------------------------------------------------------------------------------------------- */

/* "20ms" at text; *end behind it. Returns ns, or -1. */
static double duration_ns(const char *text, char **end)
{
    static const struct {
        const char *suffix;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    double value = strtod(text, end);

    if (*end == text || !isfinite(value) || value < 0)
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].suffix);
        if (strncmp(*end, units[i].suffix, length) == 0 && value * units[i].ns < 1e15) {
            *end += length;
            return value * units[i].ns;
        }
    }
    return -1;
}

static int set_duration(uint64_t *target, const char *value)
{
    char *end;
    double ns = duration_ns(value, &end);

    if (ns < 0 || *end)
        return -1;
    *target = (uint64_t)ns;
    return 0;
}

static int set_share(double *target, const char *value)
{
    char *end;
    double share = strtod(value, &end);

    if (end == value || !isfinite(share) || share < 0)
        return -1;
    if (strcmp(end, "%") == 0)
        share /= 100;
    else if (*end)
        return -1;
    *target = share;
    return share < 1 ? 0 : -1;
}

static int set_whole(uint64_t *target, const char *value, uint64_t least)
{
    char *end;
    unsigned long long whole = strtoull(value, &end, 10);

    if (*value < '0' || *value > '9' || *end || whole < least || whole > 100000000)
        return -1;
    *target = whole;
    return 0;
}

static int set_cost(struct synthetic_spec *spec, const char *value)
{
    char *end;
    double first, second;

    if (strncmp(value, "lognormal(", 10) == 0) {
        first = duration_ns(value + 10, &end);
        if (first <= 0 || *end != ',')
            return -1;
        second = strtod(end + 1, &end);
        if (!(second >= 0 && second <= 5) || strcmp(end, ")") != 0)
            return -1;
        spec->spread = SYNTHETIC_LOGNORMAL;
        spec->sigma = second;
    } else if (strncmp(value, "uniform(", 8) == 0) {
        first = duration_ns(value + 8, &end);
        if (first < 0 || *end != ',')
            return -1;
        second = duration_ns(end + 1, &end);
        if (second < first || strcmp(end, ")") != 0)
            return -1;
        spec->spread = SYNTHETIC_UNIFORM;
        spec->cost_to_ns = (uint64_t)second;
    } else {
        first = duration_ns(value, &end);
        if (first < 0 || *end)
            return -1;
        spec->spread = SYNTHETIC_FIXED;
    }
    spec->cost_ns = (uint64_t)first;
    return 0;
}

/* "3MB" at text; *end behind it. Returns bytes, or -1. */
static double size_of(const char *text, char **end)
{
    static const struct {
        const char *suffix;
        double bytes;
    } units[] = {{"kB", 1e3}, {"MB", 1e6}, {"B", 1}};
    double value = strtod(text, end);

    if (*end == text || !(value > 0 && value < 1e9))
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].suffix);
        if (strncmp(*end, units[i].suffix, length) == 0 && value * units[i].bytes >= 1) {
            *end += length;
            return value * units[i].bytes;
        }
    }
    return -1;
}

static int set_size(struct synthetic_spec *spec, const char *value)
{
    bool is_range = strncmp(value, "uniform(", 8) == 0;
    char *end;
    double first = size_of(is_range ? value + 8 : value, &end), second = first;

    if (first < 0 || (is_range && *end != ','))
        return -1;
    if (is_range) {
        second = size_of(end + 1, &end);
        if (second < first)
            return -1;
    }
    if (strcmp(end, is_range ? ")" : "") != 0)
        return -1;
    spec->size_bytes = (uint64_t)first;
    spec->size_to_bytes = (uint64_t)second;
    return 0;
}

static int set_bytes(uint64_t *target, const char *value)
{
    char *end;
    double bytes = size_of(value, &end);

    if (bytes < 64 || *end)
        return -1;
    *target = (uint64_t)bytes;
    return 0;
}

static int set_kind(struct synthetic_spec *spec, const char *value)
{
    static const char *const names[] = {"wait", "spin", "stream"};
    for (int i = 0; i < 3; i++)
        if (strcmp(value, names[i]) == 0) {
            spec->kind = (enum synthetic_kind)i;
            return 0;
        }
    return -1;
}

static int set_serial(struct synthetic_spec *spec, const char *value)
{
    if (strchr(value, '%'))
        return set_share(&spec->serial_share, value);
    return set_duration(&spec->serial_ns, value);
}

static int set_word(struct synthetic_spec *spec, const char *name, const char *value)
{
    if (strcmp(name, "items") == 0)
        return set_whole(&spec->items, value, 1);
    if (strcmp(name, "seed") == 0)
        return set_whole(&spec->seed, value, 0);
    if (strcmp(name, "cost") == 0)
        return set_cost(spec, value);
    if (strcmp(name, "kind") == 0)
        return set_kind(spec, value);
    if (strcmp(name, "serial") == 0)
        return set_serial(spec, value);
    if (strcmp(name, "init") == 0)
        return set_duration(&spec->init_ns, value);
    if (strcmp(name, "contention") == 0)
        return set_share(&spec->contention, value);
    if (strcmp(name, "lock") == 0)
        return set_duration(&spec->lock_ns, value);
    if (strcmp(name, "last") == 0)
        return set_duration(&spec->last_ns, value);
    if (strcmp(name, "io") == 0)
        return set_duration(&spec->io_ns, value);
    if (strcmp(name, "size") == 0)
        return set_size(spec, value);
    if (strcmp(name, "slow") == 0)
        return set_duration(&spec->slow_ns, value);
    if (strcmp(name, "touch") == 0)
        return set_bytes(&spec->touch_bytes, value);
    if (strcmp(name, "buffer") == 0)
        return set_bytes(&spec->buffer_bytes, value);
    return -1;
}

int synthetic_parse(struct synthetic_spec *spec, const char *text, struct fault *fault)
{
    char copy[512], *rest = copy, *word;

    *spec = (struct synthetic_spec){.items = 64, .cost_ns = 20000000, .buffer_bytes = 64000000, .seed = 1};
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return fault_set(fault, "synthetic workload '%.40s...': more than %zu characters", text,
                         sizeof copy - 1);
    while ((word = strsep(&rest, " \t")) != NULL) {
        char *value = strchr(word, '=');
        if (!*word)
            continue;
        if (!value)
            return fault_set(fault, "synthetic workload: '%s' is not a word like items=256", word);
        *value++ = '\0';
        if (set_word(spec, word, value))
            return fault_set(
                fault,
                "synthetic workload: %s=%s: words are items, cost, kind, serial, init, contention, lock, "
                "last, io, size, slow, touch, buffer and seed; values like 20ms, 2%%, 3MB, "
                "lognormal(20ms,0.6)",
                word, value);
    }
    return 0;
}
