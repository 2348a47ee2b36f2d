/* How many items a second the pool hands out when an item costs nothing: claims, records and clocks alone.
 * usage: pool_noop [WORKERS [CHUNK [ITEMS]]]; prints one line per repetition and the median. */
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/pool/pool.h"

enum { REPETITIONS = 5 };

static int nothing(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                   struct fault *fault)
{
    (void)context;
    (void)state;
    (void)payload;
    (void)fault;
    record->bytes_in = index;
    return 0;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int once(uint32_t workers, uint64_t chunk, uint64_t items, double *rate)
{
    struct workload workload = {.name = "nothing", .items = items, .item = nothing};
    struct pool_options options = {.workers = workers, .chunk = chunk, .policy = POLICY_DYNAMIC};
    struct item_table table;
    struct fault fault;
    int signal_number = 0;

    if (item_table_create(&table, -1, items, 0, workers, 0, &fault) ||
        pool_run(&workload, &options, &table, &signal_number, &fault) != POOL_OK) {
        fprintf(stderr, "pool_noop: %s\n", fault.text);
        return -1;
    }
    *rate = (double)items / ((double)(table.header->last_end_ns - table.header->go_ns) / 1e9);
    item_table_close(&table);
    return 0;
}

int main(int argc, char **argv)
{
    uint32_t workers = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2;
    uint64_t chunk = argc > 2 ? strtoull(argv[2], NULL, 10) : 64,
             items = argc > 3 ? strtoull(argv[3], NULL, 10) : 4000000;
    double rates[REPETITIONS];

    for (int i = 0; i < REPETITIONS; i++)
        if (once(workers, chunk, items, &rates[i]))
            return 1;
    qsort(rates, REPETITIONS, sizeof rates[0], ascending);
    printf("pool, no-op items: %u workers, chunk %llu: %.2f million items/s (median of %d; %.2f to %.2f)\n",
           workers, (unsigned long long)chunk, rates[REPETITIONS / 2] / 1e6, REPETITIONS, rates[0] / 1e6,
           rates[REPETITIONS - 1] / 1e6);
    return 0;
}
