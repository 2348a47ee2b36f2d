/* jxl_setup.h: makes libjxl compute the same on every processor.
 *
 * libjxl's decoder and encoder compute with floats and choose among instruction sets while they run; with fused
 * multiply-add (AVX2 and later) roundings differ from those without, by 1 of 255 in a few samples. The library that
 * makes the choice (highway) is asked to leave these sets out: SSE4 and older give the same bytes. Decoding
 * takes 1.6 times as long with them.
 */
#ifndef KNEE_JXL_SETUP_H
#define KNEE_JXL_SETUP_H

#include <stdbool.h>

/* Before the first call of libjxl in a process, and before any fork. Returns whether bytes are now independent of the
 * processor: not where highway is not a library of its own, or on processors other than x86-64. */
bool jxl_setup(void);

#endif
