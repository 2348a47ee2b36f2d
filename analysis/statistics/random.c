#include "analysis/statistics/random.h"

#include <math.h>

struct random_stream random_stream_of(uint64_t seed, uint64_t purpose, uint64_t index)
{
    uint64_t state = random_mix(seed + RANDOM_STEP);

    state = random_mix(state ^ (purpose + RANDOM_STEP));
    return (struct random_stream){random_mix(state ^ (index * 0xd1342543de82ef95u + 1))};
}

double random_uniform(struct random_stream *stream)
{
    return ((double)(random_next(stream) >> 12) + 0.5) * 0x1p-52;
}

double random_unit(struct random_stream *stream)
{
    return (double)(random_next(stream) >> 11) * 0x1p-53;
}

double random_between(struct random_stream *stream, double low, double high)
{
    return low + (high - low) * random_unit(stream);
}

uint64_t random_below(struct random_stream *stream, uint64_t n)
{
    return ((random_next(stream) >> 32) * n) >> 32;
}

double random_normal(struct random_stream *stream)
{
    double radius = sqrt(-2 * log(random_uniform(stream)));

    return radius * cos(2 * 3.14159265358979323846 * random_uniform(stream));
}

void random_order(uint64_t seed, uint64_t index, uint32_t count, uint32_t *order)
{
    struct random_stream stream = {.state = seed ^ (0x5851f42d4c957f2du * (index + 1))};

    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = (uint32_t)(random_next(&stream) % i), swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
}
