#include "harness/antagonist/antagonist_setting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB         1048576.0
#define CACHE_BYTES (32u << 20)

static const char *const kind_names[ANTAGONIST_KINDS] = {"traffic", "footprint"};

const char *antagonist_kind_name(enum antagonist_kind kind)
{
    return (size_t)kind < ANTAGONIST_KINDS ? kind_names[kind] : NULL;
}

int antagonist_kind_parse(const char *name, enum antagonist_kind *kind)
{
    for (int k = 0; k < ANTAGONIST_KINDS && name; k++)
        if (strcmp(name, kind_names[k]) == 0) {
            *kind = (enum antagonist_kind)k;
            return 0;
        }
    return -1;
}

static uint64_t cache_or_usual(uint64_t shared_cache_bytes)
{
    return shared_cache_bytes ? shared_cache_bytes : CACHE_BYTES;
}

/* Twice the cache, so that a line has left it before it is read again. */
static struct antagonist_setting traffic(double bytes_per_second, uint64_t cache)
{
    return (struct antagonist_setting){ANTAGONIST_TRAFFIC, 2 * cache, bytes_per_second};
}

static struct antagonist_setting footprint(double bytes)
{
    return (struct antagonist_setting){ANTAGONIST_FOOTPRINT, (uint64_t)fmax(bytes, 4096),
                                       ANTAGONIST_UNLIMITED};
}

struct antagonist_setting antagonist_reporter(enum antagonist_kind kind, uint64_t shared_cache_bytes)
{
    uint64_t cache = cache_or_usual(shared_cache_bytes);

    return kind == ANTAGONIST_TRAFFIC ? traffic(ANTAGONIST_UNLIMITED, cache) : footprint((double)cache / 2);
}

bool antagonist_equal(const struct antagonist_setting *one, const struct antagonist_setting *other)
{
    return one->kind == other->kind && one->bytes == other->bytes &&
           one->bytes_per_second == other->bytes_per_second;
}

/* Returns 0; -1: there is no room for one that is new. */
static int add(struct antagonist_setting *settings, int *count, struct antagonist_setting setting)
{
    for (int i = 0; i < *count; i++)
        if (antagonist_equal(&settings[i], &setting))
            return 0;
    if (*count == ANTAGONIST_SETTINGS_MOST)
        return -1;
    settings[(*count)++] = setting;
    return 0;
}

/* One word. Returns 0, or -1 when it is none. */
static int parse_word(const char *word, uint64_t cache, struct antagonist_setting *setting)
{
    char *end;
    double value = strtod(word, &end);

    if (strcmp(word, "max") == 0) {
        *setting = traffic(ANTAGONIST_UNLIMITED, cache);
        return 0;
    }
    if (end == word || !isfinite(value) || value < 0)
        return -1;
    if (strcmp(end, "GB/s") == 0 && value <= 10000) {
        *setting = traffic(value * 1e9, cache);
        return 0;
    }
    if (strcmp(end, "MiB") == 0 && value >= 0.01 && value <= 4096) {
        *setting = footprint(value * MIB);
        return 0;
    }
    return -1;
}

int antagonist_settings_parse(const char *text, uint64_t shared_cache_bytes,
                              struct antagonist_setting settings[ANTAGONIST_SETTINGS_MOST],
                              struct fault *fault)
{
    uint64_t cache = cache_or_usual(shared_cache_bytes);
    char copy[256], *rest = copy, *word, chosen[64];
    int count = 0;

    snprintf(chosen, sizeof chosen, "0GB/s,1GB/s,4GB/s,max,%.17gMiB,%.17gMiB", (double)cache / 8 / MIB,
             (double)cache / MIB);
    if (strlen(text) >= sizeof copy)
        return fault_usage(fault, "--antagonists: at most %zu characters", sizeof copy - 1);
    snprintf(copy, sizeof copy, "%s", strcmp(text, "auto") == 0 ? chosen : text);
    add(settings, &count, antagonist_reporter(ANTAGONIST_TRAFFIC, cache));
    add(settings, &count, antagonist_reporter(ANTAGONIST_FOOTPRINT, cache));
    while ((word = strsep(&rest, ",")) != NULL) {
        struct antagonist_setting setting;
        if (parse_word(word, cache, &setting))
            return fault_usage(fault,
                               "--antagonists %s: '%s': give auto, or steps such as 0GB/s,2GB/s,max,8MiB",
                               text, word);
        if (add(settings, &count, setting))
            return fault_usage(fault, "--antagonists: at most %d steps", ANTAGONIST_SETTINGS_MOST);
    }
    return count;
}

const char *antagonist_text(const struct antagonist_setting *setting, char *text, size_t bytes)
{
    if (setting->kind == ANTAGONIST_FOOTPRINT)
        snprintf(text, bytes, "%.4g MiB in cache", (double)setting->bytes / MIB);
    else if (setting->bytes_per_second < 0)
        snprintf(text, bytes, "traffic at full speed");
    else
        snprintf(text, bytes, "%.4g GB/s", setting->bytes_per_second / 1e9);
    return text;
}
