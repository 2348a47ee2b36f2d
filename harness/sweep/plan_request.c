/* What the user wants, from the texts of the command line: the lists of plan.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/plan.h"

enum { WORD_BYTES = 64 };

/* Copies the next word of a list separated by commas. Returns where the rest begins, NULL at the end; *word
 * is empty when there was nothing between two commas. */
static const char *next_word(const char *text, char *word)
{
    size_t length = strcspn(text, ",");

    snprintf(word, WORD_BYTES, "%.*s", (int)(length < WORD_BYTES ? length : WORD_BYTES - 1), text);
    return text[length] ? text + length + 1 : NULL;
}

/* A decimal number, 1 .. most, up to *end. */
static int read_number(const char *text, const char **end, uint64_t most, uint64_t *number)
{
    char *after;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    *number = strtoull(text, &after, 10);
    *end = after;
    return errno || *number < 1 || *number > most ? -1 : 0;
}

static int read_range(const char *word, uint64_t most, uint64_t *first, uint64_t *last)
{
    const char *end;

    if (read_number(word, &end, most, first))
        return -1;
    *last = *first;
    if (strncmp(end, "..", 2) == 0 && read_number(end + 2, &end, most, last))
        return -1;
    return *end || *last < *first ? -1 : 0;
}

/* Marks the numbers of a list; 1 is always among them. option: for messages. */
static int read_counts(bool wanted[POOL_MAX_WORKERS + 1], const char *option, const char *text,
                       struct fault *fault)
{
    char word[WORD_BYTES];

    wanted[1] = true;
    for (const char *rest = text; rest;) {
        uint64_t first, last;
        rest = next_word(rest, word);
        if (read_range(word, POOL_MAX_WORKERS, &first, &last))
            return fault_set(fault, "%s %s: give numbers from 1 to %d, as 1,2,4 or 1..16", option, text,
                             POOL_MAX_WORKERS);
        for (uint64_t n = first; n <= last; n++)
            wanted[n] = true;
    }
    return 0;
}

int plan_request_parse_workers(struct plan_request *request, const char *text, struct fault *fault)
{
    bool wanted[POOL_MAX_WORKERS + 1] = {false};

    if (read_counts(wanted, "--workers", text, fault))
        return -1;
    request->worker_count = 0;
    for (uint32_t n = 1; n <= POOL_MAX_WORKERS; n++)
        if (wanted[n])
            request->workers[request->worker_count++] = n;
    return 0;
}

/* nodes with `each` workers: on the curve, unless fewer nodes have as many workers. Returns -1 when there is no
 * room. */
static int place(struct plan_request *request, uint32_t nodes, uint32_t each, uint32_t nodes_of[])
{
    uint32_t workers = nodes * each;

    if (workers > POOL_MAX_WORKERS)
        return -1;
    if (!nodes_of[workers]) {
        nodes_of[workers] = nodes;
        return 0;
    }
    if (request->spread_count == PLAN_SPREAD_MOST)
        return -1;
    request->spread[request->spread_count].workers = workers;
    request->spread[request->spread_count++].nodes = nodes;
    return 0;
}

int plan_request_spread(struct plan_request *request, const char *nodes, struct fault *fault)
{
    bool wanted[POOL_MAX_WORKERS + 1] = {false};
    uint32_t nodes_of[POOL_MAX_WORKERS + 1] = {0};

    if (read_counts(wanted, "--nodes", nodes, fault))
        return -1;
    request->spread_count = 0;
    for (uint32_t n = 1; n <= POOL_MAX_WORKERS; n++)
        for (uint32_t i = 0; wanted[n] && i < request->worker_count; i++)
            if (place(request, n, request->workers[i], nodes_of))
                return fault_set(
                    fault,
                    "--nodes %s: with these --workers a trial has more than %d workers, or there are "
                    "too many combinations: give fewer",
                    nodes, POOL_MAX_WORKERS);
    request->worker_count = 0;
    for (uint32_t n = 1; n <= POOL_MAX_WORKERS; n++)
        if (nodes_of[n]) {
            request->nodes[request->worker_count] = nodes_of[n];
            request->workers[request->worker_count++] = n;
        }
    return 0;
}

void plan_request_default_workers(struct plan_request *request, uint32_t cores)
{
    enum { EACH_BELOW = 16, EACH = 8 };
    uint32_t most = cores + 2 < POOL_MAX_WORKERS ? cores + 2 : POOL_MAX_WORKERS;

    request->worker_count = 0;
    for (uint32_t n = 1; n <= most; n++) {
        bool power = (n & (n - 1)) == 0, between = n % 3 == 0 && ((n / 3) & (n / 3 - 1)) == 0;
        if (cores <= EACH_BELOW || n <= EACH || n >= cores || power || between)
            request->workers[request->worker_count++] = n;
    }
}

/* Keeps the list ascending; a number that is there already changes nothing. */
static int insert_chunk(struct plan_request *request, uint64_t chunk)
{
    uint32_t place = 0;

    while (place < request->chunk_count && request->chunks[place] < chunk)
        place++;
    if (place < request->chunk_count && request->chunks[place] == chunk)
        return 0;
    if (request->chunk_count == PLAN_CHUNKS_MOST)
        return -1;
    memmove(request->chunks + place + 1, request->chunks + place,
            (request->chunk_count - place) * sizeof *request->chunks);
    request->chunks[place] = chunk;
    request->chunk_count++;
    return 0;
}

int plan_request_parse_chunks(struct plan_request *request, const char *text, struct fault *fault)
{
    char word[WORD_BYTES];

    request->chunk_count = 0;
    for (const char *rest = text; rest;) {
        const char *end;
        uint64_t chunk;
        rest = next_word(rest, word);
        if (read_number(word, &end, 1000000, &chunk) || *end)
            return fault_set(fault, "--chunks %s: give numbers from 1 to 1000000, as 1,4,16,64", text);
        if (insert_chunk(request, chunk))
            return fault_set(fault, "--chunks %s: give at most %d numbers", text, PLAN_CHUNKS_MOST);
    }
    return 0;
}

int plan_request_parse_policies(struct plan_request *request, const char *text, struct fault *fault)
{
    char word[WORD_BYTES], list[CHUNK_POLICY_LIST_BYTES];

    memset(request->policies, 0, sizeof request->policies);
    for (const char *rest = text; rest;) {
        enum chunk_policy policy;
        rest = next_word(rest, word);
        if (chunk_policy_parse(word, &policy))
            return fault_set(fault, "--policies %s: choose among %s", text,
                             chunk_policy_list(list, sizeof list));
        request->policies[policy] = true;
    }
    return 0;
}
