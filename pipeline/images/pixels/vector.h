/* vector.h: loops over samples that the compiler turns into vector code, for processors with AVX2 too. They compute
 * with whole numbers only, so the result is the same on every processor.
 */
#ifndef KNEE_VECTOR_H
#define KNEE_VECTOR_H

/* Before a function: compiled twice, and chosen when the program starts. gcc only; not where a sanitizer would run in
 * the choice, which comes before it is ready. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)
#define VECTOR_LOOP __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define VECTOR_LOOP
#endif

#endif
