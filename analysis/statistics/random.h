/* random.h: the one random generator of the program: splitmix64 (Steele, Lea and Flood 2014, "Fast splittable
 * pseudorandom number generators", OOPSLA).
 *
 * A stream is a function of its seed alone: equal seeds give equal numbers on every machine. Any seed is good. To
 * draw for many things in any order, or in several processes, give each a stream of its own with
 * random_stream_of(), or mix its number directly with random_mix().
 *
 * Not for secrets.
 */
#ifndef KNEE_RANDOM_H
#define KNEE_RANDOM_H

#include <stdint.h>

#define RANDOM_STEP 0x9e3779b97f4a7c15u /* 2^64 divided by the golden ratio, odd */

struct random_stream {
    uint64_t state; /* the seed, at first */
};

/* The generator's mixing function: a bijection of 64-bit words. */
static inline uint64_t random_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* 64 random bits. */
static inline uint64_t random_next(struct random_stream *stream)
{
    return random_mix(stream->state += RANDOM_STEP);
}

/* A stream of its own for every (seed, purpose, index). */
struct random_stream random_stream_of(uint64_t seed, uint64_t purpose, uint64_t index);

/* Uniform in (0, 1), 52 bits: never 0 and never 1. */
double random_uniform(struct random_stream *stream);
/* Uniform in [0, 1), 53 bits. */
double random_unit(struct random_stream *stream);
/* Uniform in [low, high). */
double random_between(struct random_stream *stream, double low, double high);
/* Uniform in 0 .. n-1. n far below 2^32, so that the bias of the multiplication does not matter. */
uint64_t random_below(struct random_stream *stream, uint64_t n);
/* Standard normal (Box and Muller 1958). */
double random_normal(struct random_stream *stream);

/* order[count] gets 0 .. count-1 in an order drawn for (seed, index): Fisher and Yates. The bias of its remainders is
 * below 1e-15 for a million. */
void random_order(uint64_t seed, uint64_t index, uint32_t count, uint32_t *order);

#endif
