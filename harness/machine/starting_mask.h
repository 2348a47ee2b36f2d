/* starting_mask.h: the CPUs that this process was started with.
 *
 * The OpenMP library of GCC, which the image libraries load, binds the process to one CPU before main() begins when
 * OMP_PROC_BIND, OMP_PLACES or GOMP_CPU_AFFINITY is in the environment, whether OpenMP is used or not. Workers and
 * commands would inherit that CPU. The mask is remembered before any library is initialised.
 */
#ifndef KNEE_STARTING_MASK_H
#define KNEE_STARTING_MASK_H

#include <stdbool.h>

/* Gives the calling thread the mask that the process was started with. Call it first in main(), before any thread or
 * child. Returns true if a library had changed the mask. */
bool starting_mask_restore(void);

#endif
