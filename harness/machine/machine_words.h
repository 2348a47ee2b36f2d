/* machine_words.h: another machine in a few words, or from a file of lstopo, for a prediction of contention.
 *
 *   cores=16        physical cores
 *   sharing=8       cores that share one last-level cache (all)
 *   l3=32MiB        size of one such cache
 *   channels=8      memory channels, or anything in which the memory's traffic is counted
 *   here-channels=2 the same of the machine of the study; without it both are taken as alike
 *   file=node.xml   hwloc's XML, made by `lstopo node.xml` on that machine: cores, sharing and l3; words before or
 * after it
 *                   add to it. The name of a file alone is the same.
 */
#ifndef KNEE_MACHINE_WORDS_H
#define KNEE_MACHINE_WORDS_H

#include "pipeline/base/fault.h"

/* 0: not given. */
struct machine_words {
    unsigned cores, sharing, channels, here_channels;
    double l3_bytes;
};

/* Returns 0, or -1 with fault that names the word. */
int machine_words_parse(const char *text, struct machine_words *words, struct fault *fault);

#endif
