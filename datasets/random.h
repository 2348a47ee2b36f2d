/* random.h: the small random generator of the data set builder (splitmix64, Steele, Lea and Flood 2014).
 *
 * Every stream is a function of its seed alone, so whatever is drawn for an item is the same in any order of
 * work.
 */
#ifndef KNEE_DATASETS_RANDOM_H
#define KNEE_DATASETS_RANDOM_H

#include <stdint.h>

struct random_stream {
    uint64_t state;
};

static inline uint64_t random_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static inline uint64_t random_next(struct random_stream *stream)
{
    stream->state += 0x9e3779b97f4a7c15u;
    return random_mix(stream->state);
}

/* A stream of its own for every (seed, purpose, index). */
static inline struct random_stream random_stream_of(uint64_t seed, uint64_t purpose, uint64_t index)
{
    uint64_t state = random_mix(seed + 0x9e3779b97f4a7c15u);
    state = random_mix(state ^ (purpose + 0x9e3779b97f4a7c15u));
    return (struct random_stream){random_mix(state ^ (index * 0xd1342543de82ef95u + 1))};
}

/* Uniform in [0, 1), 53 bits. */
static inline double random_unit(struct random_stream *stream)
{
    return (double)(random_next(stream) >> 11) * 0x1p-53;
}

static inline double random_between(struct random_stream *stream, double low, double high)
{
    return low + (high - low) * random_unit(stream);
}

/* Uniform in 0 .. n-1; n far below 2^32, so the bias of the multiplication does not matter here. */
static inline uint64_t random_below(struct random_stream *stream, uint64_t n)
{
    return ((random_next(stream) >> 32) * n) >> 32;
}

#endif
