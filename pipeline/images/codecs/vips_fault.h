/* vips_fault.h: why libvips failed, as a fault. */
#ifndef KNEE_VIPS_FAULT_H
#define KNEE_VIPS_FAULT_H

#include "pipeline/base/fault.h"

/* Takes libvips' error text, as one line, and clears it; without one (interlaced PNG), the last warning. Returns -1.
 * fault may be NULL. */
int vips_fault(struct fault *fault);

/* A decoder has warned; of any thread. Empty: what was warned of before counts no more. */
void vips_fault_warned(const char *text);

#endif
