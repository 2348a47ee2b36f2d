/* vips_damage.h: damage that the decoders behind libvips only warn of: wrong pixels without an error.
 *
 * Caller's sequence: vips_damage_setup() once; for each picture vips_damage_forget(), reading it whole,
 * vips_damage_found(). The libraries may warn from any thread.
 */
#ifndef KNEE_VIPS_DAMAGE_H
#define KNEE_VIPS_DAMAGE_H

#include "pipeline/base/fault.h"

/* Takes over libvips' warnings, which it prints otherwise. */
void vips_damage_setup(void);

void vips_damage_forget(void);

/* Returns 0, or -1 with fault: the first warning since vips_damage_forget() that means lost pixels. */
int vips_damage_found(struct fault *fault);

#endif
