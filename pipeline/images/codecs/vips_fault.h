/* vips_fault.h: why libvips failed, as a fault. */
#ifndef KNEE_VIPS_FAULT_H
#define KNEE_VIPS_FAULT_H

#include "pipeline/base/fault.h"

/* Takes libvips' error text, as one line, and clears it. Returns -1. fault may be NULL. */
int vips_fault(struct fault *fault);

#endif
