#include "harness/machine/machine_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/topology.h"

enum { MOST = 65536 };

static int read_count(const char *value, unsigned *count)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);

    if (*value < '0' || *value > '9' || *end || number < 1 || number > MOST)
        return -1;
    *count = (unsigned)number;
    return 0;
}

static int read_size(const char *value, double *bytes)
{
    static const struct {
        const char *suffix;
        double bytes;
    } units[] = {{"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}};
    char *end;
    double number = strtod(value, &end);

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (end != value && strcmp(end, units[i].suffix) == 0 && number > 0 && isfinite(number)) {
            *bytes = number * units[i].bytes;
            return 0;
        }
    return -1;
}

static int read_file(const char *path, struct machine_words *words, struct fault *fault)
{
    struct topology topology;

    if (access(path, R_OK))
        return fault_set(
            fault, "--machine: %s cannot be read: make it with 'lstopo FILE.xml' on that machine", path);
    if (topology_load(&topology, path, fault))
        return -1;
    words->cores = topology.cores;
    if (topology.l3_groups > 0)
        words->sharing = (topology.cores + topology.l3_groups - 1) / topology.l3_groups;
    words->l3_bytes = (double)topology.l3_bytes;
    topology_release(&topology);
    return 0;
}

/* Returns 0; -1 with fault; 1: no such word, or not such a value. */
static int read_word(const char *name, const char *value, struct machine_words *words, struct fault *fault)
{
    if (strcmp(name, "file") == 0)
        return read_file(value, words, fault);
    if (strcmp(name, "cores") == 0)
        return read_count(value, &words->cores) ? 1 : 0;
    if (strcmp(name, "sharing") == 0)
        return read_count(value, &words->sharing) ? 1 : 0;
    if (strcmp(name, "channels") == 0)
        return read_count(value, &words->channels) ? 1 : 0;
    if (strcmp(name, "here-channels") == 0)
        return read_count(value, &words->here_channels) ? 1 : 0;
    if (strcmp(name, "l3") == 0)
        return read_size(value, &words->l3_bytes) ? 1 : 0;
    return 1;
}

int machine_words_parse(const char *text, struct machine_words *words, struct fault *fault)
{
    char copy[4096], *rest = copy, *word;

    *words = (struct machine_words){.cores = 0};
    if (access(text, F_OK) == 0)
        return read_file(text, words, fault);
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return fault_usage(fault, "--machine: at most %zu characters", sizeof copy - 1);
    while ((word = strsep(&rest, " \t")) != NULL) {
        char *value = strchr(word, '=');
        int status;
        if (!*word)
            continue;
        if (value)
            *value++ = '\0';
        status = value ? read_word(word, value, words, fault) : 1;
        if (status < 0)
            return -1;
        if (status > 0)
            return fault_usage(
                fault,
                "--machine: '%s%s%s': give a file of lstopo, or words such as cores=16 sharing=8 "
                "l3=32MiB channels=8 here-channels=2",
                word, value ? "=" : "", value ? value : "");
    }
    return 0;
}
